// Texts for terminals as Markdown, and problems as Markdown: what they say stays what it is, and below the limit.
import fc from "fast-check";
import { expect, it } from "vitest";
import { problemsMarkdown, textMarkdown } from "../../src/report/index.ts";
import { hostile, problem } from "./arbitrary.ts";
import { nodesOf, parse } from "./markdown-tree.ts";

it("has the first line as the heading, and the others as they are", () => {
  expect(textMarkdown("1 balance has drifted\nnamespace x\n\nCustomer a\n")).toBe(
    "### 1 balance has drifted\n\n```text\nnamespace x\n\nCustomer a\n```\n",
  );
  expect(textMarkdown("Applied: 3 created.\n")).toBe("### Applied: 3 created.\n");
});

it("cannot be left by what a text says", () => {
  fc.assert(
    fc.property(fc.array(hostile, { minLength: 2, maxLength: 6 }), (lines) => {
      const rest = lines.map((line) => line.replaceAll(/[\r\n]/g, " "));
      const document = parse(textMarkdown(`A text\nand ${rest.join("\n")}\n`));
      expect(document.children?.map(({ type }) => type)).toEqual(["heading", "code"]);
      expect(nodesOf(document, "code")[0]?.value).toContain(rest[0]?.trimEnd());
    }),
  );
});

it("leaves out lines for which there is no room, and counts them", () => {
  const lines = Array.from({ length: 1_000 }, (_, n) => `line ${n} ${"é".repeat(40)}`);
  const markdown = textMarkdown(`A text\n${lines.join("\n")}\n`, { limit: 10_000 });
  expect(Buffer.byteLength(markdown)).toBeLessThanOrEqual(10_000);
  const shown = (markdown.match(/^line /gm) ?? []).length;
  expect(shown).toBeGreaterThan(90);
  expect(markdown).toContain(`For ${1_000 - shown} more lines there is no room`);
});

it("keeps problems below the limit, and counts those that are left out", () => {
  fc.assert(
    fc.property(fc.array(problem, { minLength: 1, maxLength: 80 }), (problems) => {
      const markdown = problemsMarkdown(problems, { limit: 8_192, heading: "It went wrong" });
      expect(Buffer.byteLength(markdown)).toBeLessThanOrEqual(8_192);
      expect(markdown).toMatch(/^### It went wrong: \d+ problems?\n/);
      const shown = nodesOf(parse(markdown), "listItem").length;
      const [, more] = /^- and (\d+) more$/m.exec(markdown) ?? [];
      expect(more === undefined ? shown : shown - 1 + Number(more)).toBe(problems.length);
    }),
  );
});

it("sets punctuation after a piece of code, and not in one of its own", () => {
  const hint = "the fields here are `customer_id`, `feature_id`, `id`.";
  expect(problemsMarkdown([{ code: "x", message: "no such field", hint }])).toContain(`Hint: ${hint}`);
});
