// Whatever a server says, a report of it is text: it renders, stays on its lines, and acts on no terminal.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyJson, driftJson, jsonText, planJson } from "../../src/document/index.ts";
import { driftOf } from "../../src/reconcile/index.ts";
import { driftNotes, driftText, outcomeText, planText, problemsText } from "../../src/report/index.ts";
import { anyOutcome, anyPlan, problem } from "./arbitrary.ts";
import { describes, validates } from "./published-schema.ts";

/** Controls but the line break, marks that reorder or hide, and half characters. */
const HARMFUL = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const CI_COMMAND = /##(?:\[|vso\[)|^::/m;

describe("any plan", () => {
  it("renders as harmless text", () => {
    fc.assert(
      fc.property(anyPlan, fc.option(fc.nat(10), { nil: undefined }), (plan, most) => {
        const text = planText(plan, most === undefined ? {} : { most });
        expect(text).not.toMatch(HARMFUL);
        expect(text).not.toMatch(CI_COMMAND);
        expect(text).not.toMatch(/undefined|NaN|\[object/);
        expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThan(40_000);
      }),
      { numRuns: 100 },
    );
  });

  it("renders as JSON that the published schema describes", () => {
    fc.assert(
      fc.property(anyPlan, fc.option(anyOutcome, { nil: null }), (plan, outcome) => {
        const text = jsonText(applyJson("applied", plan, [], outcome));
        expect(text).not.toMatch(HARMFUL);
        const document = JSON.parse(text);
        expect(validates(document), JSON.stringify(validates.errors)).toBe(true);
        expect(describes(document), JSON.stringify(describes.errors?.slice(0, 3))).toBe(true);
        expect(document.plan.changes.map((one: { customer_id: string }) => one.customer_id)).toEqual(
          plan.changes.map((change) => change.customerId),
        );
        expect(jsonText(planJson(plan, []))).toBe(jsonText(planJson(structuredClone(plan), [])));
      }),
      { numRuns: 100 },
    );
  });
});

describe("any drift", () => {
  const drift = fc
    .tuple(anyPlan, fc.nat(1e13))
    .map(([plan, expiringWithin]) => driftOf(plan, plan.changes, expiringWithin));

  it("renders as harmless text", () => {
    fc.assert(
      fc.property(drift, fc.option(fc.nat(10), { nil: undefined }), (one, most) => {
        const text = driftText(one, most === undefined ? {} : { most });
        expect(text === "").toBe(!one.hasDrifted);
        for (const harmless of [text, driftNotes(one)]) {
          expect(harmless).not.toMatch(HARMFUL);
          expect(harmless).not.toMatch(CI_COMMAND);
          expect(harmless).not.toMatch(/undefined|NaN|\[object/);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("renders as JSON that the published schema describes", () => {
    fc.assert(
      fc.property(drift, (one) => {
        const text = jsonText(driftJson(one, []));
        expect(text).not.toMatch(HARMFUL);
        const document = JSON.parse(text);
        expect(validates(document), JSON.stringify(validates.errors)).toBe(true);
        expect(describes(document), JSON.stringify(describes.errors?.slice(0, 3))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});

describe("any outcome and any problem", () => {
  it("renders as harmless text", () => {
    fc.assert(
      fc.property(anyOutcome, fc.array(problem, { maxLength: 3 }), (outcome, problems) => {
        const text = outcomeText(outcome) + problemsText(problems, { severity: "warning" });
        expect(text).not.toMatch(HARMFUL);
        expect(text).not.toMatch(/##(?:\[|vso\[)/);
      }),
      { numRuns: 100 },
    );
  });
});
