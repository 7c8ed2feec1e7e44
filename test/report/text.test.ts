// What people read. The golden files are the specification: look at them when they change.
import { describe, expect, it } from "vitest";
import { outcomeText, planText, problemsText } from "../../src/report/index.ts";
import { outcomes, plans } from "./plans.ts";

describe("a plan as text", () => {
  it.each(Object.entries(plans))("%s", async (name, plan) => {
    await expect(planText(plan)).toMatchFileSnapshot(`golden/plan-${name}.txt`);
  });

  it("in colours says the same", async () => {
    const { "every-kind": plan } = plans;
    if (!plan) throw new Error("there is no such plan");
    const coloured = planText(plan, { colours: true });
    expect(coloured).toContain("\u001b[32m");
    expect(coloured.replaceAll(/\u001b\[\d+m/g, "")).toBe(planText(plan));
  });

  it("names the first reset that will be, where the declared one has passed", () => {
    const { "some-customers": plan } = plans;
    if (!plan) throw new Error("there is no such plan");
    const resetsAt = Date.UTC(2027, 0, 1);
    const text = planText({ ...plan, changes: plan.changes.map((change) => ({ ...change, resetsAt })) });
    expect(text).toContain("50,000 a month, first reset 2027-01-01T00:00:00Z");
    expect(text).toContain(
      "2026-12-01T00:00:00Z, the first reset that is declared, has passed: its cycle goes on",
    );
  });

  it("leaves out the harmless changes first, and says so", async () => {
    const { many, "every-kind": every, alike } = plans;
    if (!many || !every || !alike) throw new Error("there is no such plan");
    await expect(planText(many, { most: 5 })).toMatchFileSnapshot("golden/plan-many-shortened.txt");
    await expect(planText(alike, { most: 200 })).toMatchFileSnapshot("golden/plan-alike-shortened.txt");
    await expect(planText(every, { most: 2 })).toMatchFileSnapshot("golden/plan-every-kind-shortened.txt");
  });
});

describe("an outcome as text", () => {
  it.each(Object.entries(outcomes))("%s", async (name, outcome) => {
    await expect(outcomeText(outcome)).toMatchFileSnapshot(`golden/outcome-${name}.txt`);
  });
});

describe("problems as text", () => {
  const problems = [
    {
      code: "a",
      message: "`custmer_id` is unknown",
      hint: "did you mean `customer_id`?",
      place: { file: "b.yaml", line: 3, column: 5 },
    },
    { code: "b", message: "there is no secret key" },
  ];

  it("is what compilers write: the place, the problem, the way out", () => {
    expect(problemsText(problems)).toBe(
      "b.yaml:3:5: error: `custmer_id` is unknown\n  hint: did you mean `customer_id`?\nerror: there is no secret key\n",
    );
  });

  it("counts what is wrong in one way with many entries", () => {
    const at = (line: number) => ({ file: "b.yaml", line, column: 5 });
    const alike = (count: number) =>
      Array.from({ length: count }, (_, n) => ({ code: "x", message: "no", hint: "yes", place: at(n + 1) }));
    const other = { code: "x", message: "other", place: at(9999) };
    const line = (n: number) => `b.yaml:${n}:5: error: no\n  hint: yes\n`;
    expect(problemsText(alike(5))).toBe([1, 2, 3, 4, 5].map(line).join(""));
    expect(problemsText([other, ...alike(1300), other])).toBe(
      `b.yaml:9999:5: error: other\n${line(1)}${line(2)}${line(3)}  1,297 more like this, the last at b.yaml:1300:5\nb.yaml:9999:5: error: other\n`,
    );
    expect(problemsText(alike(7).map(({ place: _, ...problem }) => problem))).toBe(
      `${"error: no\n  hint: yes\n".repeat(3)}  4 more like this\n`,
    );
  });

  it("says how bad it is", () => {
    expect(problemsText(problems.slice(1), { severity: "warning" })).toBe(
      "warning: there is no secret key\n",
    );
  });

  it("is nothing when nothing is wrong", () => {
    expect(problemsText([])).toBe("");
  });
});

it("calls an outcome applied that was interrupted when nothing was left to do", () => {
  const { applied, interrupted } = outcomes;
  if (!applied || !interrupted) throw new Error("there is no such outcome");
  expect(outcomeText({ ...applied, interrupted: true })).toBe(outcomeText(applied));
  expect(outcomeText(interrupted)).toMatch(/^Interrupted: /);
});
