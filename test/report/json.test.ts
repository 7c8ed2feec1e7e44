// What machines read: it follows the published schema, and nothing the schema does not describe is in it.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyJson, errorJson, jsonText, planJson, validationJson } from "../../src/document/index.ts";
import { problem as anyProblem } from "./arbitrary.ts";
import { outcomes, plans, refusal } from "./plans.ts";
import { describes, validates } from "./published-schema.ts";

function followsTheSchema(text: string): void {
  const document: unknown = JSON.parse(text);
  expect(validates(document), JSON.stringify(validates.errors)).toBe(true);
  expect(describes(document), JSON.stringify(describes.errors?.slice(0, 3))).toBe(true);
}

describe("JSON documents", () => {
  it.each(Object.entries(plans).filter(([name]) => name !== "many"))("of the plan %s", async (name, plan) => {
    const text = jsonText(planJson(plan, name === "every-kind" ? [refusal] : []));
    followsTheSchema(text);
    await expect(text).toMatchFileSnapshot(`golden/plan-${name}.json`);
  });

  it.each(Object.entries(outcomes))("of the outcome %s", async (name, outcome) => {
    const { nothing } = plans;
    if (!nothing) throw new Error("there is no such plan");
    const text = jsonText(applyJson("partly_applied", nothing, [], outcome));
    followsTheSchema(text);
    await expect(text).toMatchFileSnapshot(`golden/outcome-${name}.json`);
  });

  it("of problems and of a validation", () => {
    fc.assert(
      fc.property(fc.array(anyProblem, { maxLength: 3 }), (problems) => {
        followsTheSchema(jsonText(errorJson(problems)));
        const counts = { namespace: "contracts", environment: null, balances: 2, customers: 1 };
        followsTheSchema(jsonText(validationJson({ files: ["balances.yaml"], ...counts, problems })));
      }),
    );
  });

  it("say the same of the same, whatever order limits were read in", () => {
    const { "every-kind": plan } = plans;
    if (!plan) throw new Error("there is no such plan");
    const granted = new Map([...plan.limits.granted].reverse());
    const other = { ...plan, limits: { ...plan.limits, granted } };
    expect(jsonText(planJson(other, []))).toBe(jsonText(planJson(plan, [])));
  });
});
