// Plans as Markdown: the golden files are the specification. Whatever ids are like, the document keeps the form
// that was meant, shows nothing of them but text in code, and stays below its limit.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { refusals } from "../../src/reconcile/index.ts";
import { COMMENT_LIMIT, LEAST_MARKDOWN, planMarkdown, problemsMarkdown } from "../../src/report/index.ts";
import { anyPlan, hostile, problem } from "./arbitrary.ts";
import { codeIn, nodesOf, type Parsed, parse } from "./markdown-tree.ts";
import { change, desired, plan, plans, refusal, renamed, row } from "./plans.ts";

describe("a plan as Markdown", () => {
  it.each(Object.entries(plans))("%s", async (name, plan) => {
    const markdown = planMarkdown(plan, name === "every-kind" ? [refusal] : [], { wholeAt: "plan.html" });
    await expect(markdown).toMatchFileSnapshot(`golden/plan-${name}.md`);
  });

  it("leaves out the harmless changes first, and says so", async () => {
    const { many } = plans;
    if (!many) throw new Error("there is no such plan");
    const markdown = planMarkdown(many, [], {
      limit: LEAST_MARKDOWN,
      wholeAt: "https://ci.example.com/artifacts/plan.html?job=1&x=<y>",
    });
    await expect(markdown).toMatchFileSnapshot("golden/plan-many-shortened.md");
    expect(nodesOf(parse(markdown), "link").map(({ url }) => url)).toEqual(
      Array(2).fill("https://ci.example.com/artifacts/plan.html?job=1&x=%3Cy%3E"),
    );
  });

  it("counts every change of a plan that is far too large, and stays below what GitHub takes", () => {
    const large = plan({
      changes: Array.from({ length: 10_000 }, (_, n) => {
        const customerId = `customer_${n % 4_000}`;
        return change(n % 1_000 === 0 ? "delete" : "create", {
          desired: desired({ customerId, included: 1 + (n % 4_000) }),
        });
      }),
    });
    const markdown = planMarkdown(large);
    expect(markdown.length).toBeLessThan(65_536);
    expect(markdown.length).toBeGreaterThan(COMMENT_LIMIT * 0.85);
    const rows = nodesOf(parse(markdown), "tableRow").filter(
      ({ children }) => children?.length === 4 && codeIn(children[0] as Parsed).length === 1,
    );
    const [, shown, hidden] =
      /\*\*([\d,]+) of 10,000 changes are shown here.\*\* For ([\d,]+) more/.exec(markdown) ?? [];
    const amount = (text = ""): number => Number(text.replaceAll(",", ""));
    expect(rows.length).toBe(amount(shown));
    expect(amount(shown) + amount(hidden)).toBe(10_000);
    expect(markdown.match(/`-` delete/g)).toHaveLength(10);
    const summed = [...markdown.matchAll(/^- .*: ([\d,]+) to create$/gm)].map(([, n]) => amount(n));
    expect(summed.reduce((a, b) => a + b, 0)).toBe(amount(hidden));
  });

  it("has room for changes beside many groups with long names, and stays below its limit", () => {
    const named = (n: number): string => `customer-${n}-${"x".repeat(90)}`;
    const few = { customers: 50, first: [1, 2, 3, 4, 5].map(named) };
    const [group] = plans.alike?.groups ?? [];
    if (group === undefined) throw new Error("there is no such plan");
    const groups = Array.from({ length: 25 }, (_, n) => ({
      ...group,
      name: named(n),
      enters: few,
      leaves: few,
    }));
    const markdown = planMarkdown(plan({ changes: [change("create")], groups }), [], {
      limit: LEAST_MARKDOWN,
    });
    expect(Buffer.byteLength(markdown)).toBeLessThanOrEqual(LEAST_MARKDOWN);
    expect(markdown).toMatch(/^- Group `customer-0-x+…?.*\n(?:- Group .*\n)*- and 2\d more groups$/m);
    expect(nodesOf(parse(markdown), "tableRow")).toHaveLength(2);
  });

  it("counts the approvers that it has no room for, and stays below its limit", () => {
    const approvals = Array.from({ length: 100 }, (_, n) => `${n}-${"x".repeat(60)}`);
    const findings = approvals.map((approver) => ({
      rule: `rule-${approver}`.slice(0, 64),
      effect: "approve" as const,
      approver,
      message: "m".repeat(500),
      customerId: "acme",
      key: "k".repeat(500),
    }));
    const asking = plan({ policy: { name: "autumn-balances.policy.yaml", approvals, findings } });
    const markdown = planMarkdown(asking, [], { limit: LEAST_MARKDOWN });
    expect(Buffer.byteLength(markdown)).toBeLessThanOrEqual(LEAST_MARKDOWN);
    expect(markdown).toMatch(/asks for the approval of `0-x+` and .* and (?:80|95) more$/m);
    expect(planMarkdown(asking)).toContain(`and \`${approvals.at(-1)}\`\n`);
  });

  it("refuses a limit that nothing fits into", () => {
    expect(() => planMarkdown(plan(), [], { limit: 100 })).toThrow(RangeError);
    expect(() => planMarkdown(plan(), [], { limit: Number.NaN })).toThrow(RangeError);
  });
});

/** What Markdown is made of, without what ids say. */
function form(node: Parsed): unknown {
  if (node.type === "text" || node.type === "inlineCode") return node.type;
  if (node.type === "html") return node.value?.replace(/<code>.*?<\/code>/gs, "<code>");
  return [node.type, ...(node.children ?? []).map(form)];
}

/** HTML that a plan is written with; anything else came from outside. */
const OURS =
  /^(?:<br>|<details(?: open)?>(?:\n<summary>(?:<b><code>[^<>"']*<\/code><\/b>: )?[\w ,]+<\/summary>)?|<\/details>)$/;
const MOMENT_OR_AMOUNT = /\d{4}-\d\d-\d\dT[\d:.]+Z|\d[\d,.]*(?:e[+-]?\d+)?/g;
/** What a site might act upon in text that is not code. */
const ACTIVE = /[@#]\w|https?:|www\.|\w:\w|[<>[\]`|]|&\w|\b[0-9a-f]{7,40}\b/;

describe("any plan as Markdown", () => {
  it("has no link, image, mention, reference or HTML that comes from outside, and stays below its limit", () => {
    fc.assert(
      fc.property(
        anyPlan,
        fc.array(problem, { maxLength: 2 }),
        fc.constantFrom(LEAST_MARKDOWN, 12_000, COMMENT_LIMIT, Number.POSITIVE_INFINITY),
        (plan, problems, limit) => {
          const refusals = problems.map((one) => ({ ...one, forcible: true }));
          const markdown = planMarkdown(plan, refusals, { limit, wholeAt: "plan.html" });
          expect(Buffer.byteLength(markdown)).toBeLessThanOrEqual(limit);
          isHarmless(markdown);
        },
      ),
      { numRuns: 150 },
    );
  });

  it("has the same form whatever the ids are", () => {
    fc.assert(
      fc.property(anyPlan, hostile, (plan, id) => {
        const written = (ending: string) => {
          const names = new Map<string, string>();
          // They begin alike, so that they are sorted alike.
          const rename = (text: string): string => {
            const name = names.get(text) ?? `n${String(names.size).padStart(4, "0")}${ending}`;
            names.set(text, name);
            return name;
          };
          return form(parse(planMarkdown(renamed(plan, rename), [], { limit: Number.POSITIVE_INFINITY })));
        };
        expect(written(id)).toEqual(written("id"));
      }),
      { numRuns: 150 },
    );
  });

  it("cannot be left by a problem's words either", () => {
    fc.assert(
      fc.property(fc.array(problem, { minLength: 1, maxLength: 3 }), (problems) => {
        const markdown = problemsMarkdown(problems);
        isHarmless(markdown);
        expect(nodesOf(parse(markdown), "listItem")).toHaveLength(problems.length);
      }),
      { numRuns: 150 },
    );
  });
});

function isHarmless(markdown: string): void {
  expect(markdown).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
  expect(markdown).not.toMatch(/undefined|NaN|\[object/);
  const tree = parse(markdown);
  for (const type of ["link", "image", "linkReference", "imageReference", "definition", "footnoteReference"])
    expect(nodesOf(tree, type), type).toEqual([]);
  for (const { value } of nodesOf(tree, "html")) expect(value).toMatch(OURS);
  const alert = /^\[!(?:CAUTION|IMPORTANT|WARNING)\]$/;
  for (const { value = "" } of nodesOf(tree, "text")) {
    if (!alert.test(value)) expect(value.replaceAll(MOMENT_OR_AMOUNT, "")).not.toMatch(ACTIVE);
  }
}

it("says of several rows with one id what all of them have used, as the guard does", () => {
  const rows = [row({ usage: 30 }), row({ usage: 30 })];
  const cut = change("replace", {
    desired: desired({ included: 50 }),
    row: rows[0] ?? null,
    retires: rows,
    creates: true,
    carries: 60,
    granted: -50,
  });
  const made = plan({ changes: [cut], ownedRows: 20 });
  const found = refusals(made);
  expect(found.map(({ message }) => message)).toEqual([
    "contracts:api_calls of acme is cut to 50, but 60 are used",
  ]);
  expect(planMarkdown(made, found)).toContain("60 used, 50 once");
  expect(planMarkdown(made, found)).not.toContain("30 used");
});
