// What the documents name exists: links, options, scripts, exit codes, limits, scenarios.
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { EXIT } from "../../src/app/exit-codes.ts";
import { DEFAULT_LIMITS } from "../../src/schema/index.ts";
import { CONTRACT } from "../support/contract.ts";
import { has } from "../support/has.ts";
import {
  anchors,
  blocks,
  commandLines,
  commands,
  inlineCode,
  links,
  tableBelow,
  withoutBlocks,
} from "./markdown.ts";
import { guides, listedPages } from "./pages.ts";
import { ROOT } from "./session.ts";

const DOCUMENTS = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/README.md", ...guides()];
/** Options of the CDKTF CLI, which documents name by themselves. */
const OF_CDKTF = new Set(["--skip-provider-lock", "--hcl"]);
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const project = JSON.parse(read("package.json")) as { version: string; scripts: Record<string, string> };

/** What a document has its reader type, in blocks and in the text. */
function typed(document: string): string[] {
  const text = read(document);
  const inBlocks = blocks(text).flatMap(({ language, text: block }) => {
    if (language === "sh") return commandLines(block);
    return language === "console" ? commands(block).map(({ command }) => command) : [];
  });
  return [...inBlocks, ...inlineCode(text)];
}

it("has every page in the list of docs/README.md, once", () => {
  const pages = readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" }).filter(
    (path) => path.endsWith(".md") && path !== "README.md",
  );
  expect(listedPages().toSorted()).toEqual(pages.toSorted());
});

describe.each(DOCUMENTS)("%s", (document) => {
  it("has links that lead somewhere", () => {
    for (const link of links(read(document))) {
      if (/^https:/.test(link)) continue;
      const [path = "", anchor] = link.split("#");
      const target = path === "" ? join(ROOT, document) : join(ROOT, dirname(document), path);
      expect(existsSync(target), link).toBe(true);
      if (anchor !== undefined) expect(anchors(readFileSync(target, "utf8")), link).toContain(anchor);
    }
  });

  it("names scripts and tests that are there", () => {
    for (const command of typed(document)) {
      for (const [, script = ""] of command.matchAll(/\bnpm run ([\w:-]+)/g))
        expect(project.scripts).toHaveProperty(script);
      for (const [path] of command.matchAll(/\b(?:test|src|bench|scripts|examples)\/[\w./-]+/g)) {
        expect(existsSync(join(ROOT, path)), `${command}: ${path}`).toBe(true);
      }
      const [, program] = /^npx ([\w-]+)/.exec(command) ?? [];
      const programs = [...readdirSync(join(ROOT, "node_modules/.bin")), "autumn-balances"];
      if (program !== undefined) expect(programs).toContain(program);
    }
  });

  it("does not go wider than a reader's window", () => {
    const isTable = (line: string): boolean => line.startsWith("|");
    const wide = withoutBlocks(read(document))
      .split("\n")
      .filter((line) => line.length > 120 && !isTable(line));
    // The changelog is written by changesets, one line for each change.
    if (document !== "CHANGELOG.md") expect(wide).toEqual([]);
  });
});

describe("the command line in the documents", () => {
  const options = new Map<string, Set<string>>();
  beforeAll(async () => {
    const verbs = [
      "validate",
      "plan",
      "apply",
      "show",
      "drift",
      "import",
      "history",
      "explain",
      "forecast",
      "export",
      "policy test",
      "mcp",
      "completion",
      "doctor",
      "schema",
      "init",
      "emulator",
      "provider install",
      "provider package",
    ];
    await Promise.all(
      verbs.map(async (verb) => {
        const { stdout } = await promisify(execFile)(process.execPath, [
          join(ROOT, "dist/cli.js"),
          ...verb.split(" "),
          "--help",
        ]);
        options.set(
          verb,
          new Set(stdout.match(/^ +(?:-\w, )?(--[\w-]+)/gm)?.map((line) => line.replace(/.*(?=--)/, ""))),
        );
      }),
    );
  });

  it.each(DOCUMENTS)("has the verbs and options that %s names", (document) => {
    const known = new Set([...options.values()].flatMap((set) => [...set]));
    for (const command of typed(document)) {
      const [, verb, rest = ""] =
        /\bautumn-balances (?!\|)((?:(?:provider|policy) )?[a-z]+)\b(.*)/s.exec(command) ?? [];
      if (verb !== undefined) {
        expect([...options.keys()], command).toContain(verb);
        for (const option of rest.match(/(?<![\w-])--[\w-]+/g) ?? [])
          expect(options.get(verb), command).toContain(option);
      } else if (/^--[\w-]+/.test(command) && !OF_CDKTF.has(command)) {
        expect(known, command).toContain(/^--[\w-]+/.exec(command)?.[0]);
      }
    }
  });

  it("has every option of the emulator explained", () => {
    const explained = tableBelow(read("docs/emulator.md"), "## Start it").map(
      ([name = ""]) => /--[\w-]+/.exec(name)?.[0],
    );
    expect(explained).toEqual([...(options.get("emulator") ?? [])].filter((option) => option !== "--help"));
  });

  it("ends as the page on plan and apply says", () => {
    const table = /^\| Exit code.*\n(?:\|.*\n)+/m.exec(read("docs/plan-and-apply.md"))?.[0] ?? "";
    const codes = [...table.matchAll(/^\| (\d+) +\|/gm)].map(([, code]) => Number(code));
    expect(codes).toEqual(Object.values(EXIT).sort((a, b) => a - b));
  });
});

it("tells the limits as they are", () => {
  const { deletes, deletePercent, replaces, replacePercent } = DEFAULT_LIMITS;
  const page = read("docs/plan-and-apply.md");
  expect(page).toContain(
    `\`limits.deletes\` (${deletes}), and more than \`limits.delete_percent\` (${deletePercent})`,
  );
  expect(page).toContain(
    `\`limits.replaces\` (${replaces}), and more than \`limits.replace_percent\` (${replacePercent})`,
  );
});

it("tells in the changelog what the version brings", () => {
  expect(/^## (.+)$/m.exec(read("CHANGELOG.md"))?.[1]).toBe(project.version);
});

it.skipIf(!has("recordings"))("names scenarios that were recorded", () => {
  const files = readdirSync(CONTRACT).filter((name) => name.endsWith(".json"));
  const recorded = files.flatMap((file) =>
    (JSON.parse(readFileSync(join(CONTRACT, file), "utf8")) as { name: string }[]).map(({ name }) => name),
  );
  const named = DOCUMENTS.flatMap((document) =>
    inlineCode(read(document)).filter((code) =>
      /^(?:create|update|delete|read|reset|parallel|idempotency)-[a-z-]+$/.test(code),
    ),
  );
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((name) => !recorded.includes(name))).toEqual([]);
});
