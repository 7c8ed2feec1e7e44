// What an import says of what it found and of what it left out.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonText } from "../../src/document/index.ts";
import { type ImportReport, importJson, importText } from "../../src/report/index.ts";
import type { BalanceEntry } from "../../src/schema/index.ts";
import { anyRow, text } from "./arbitrary.ts";
import { row } from "./plans.ts";
import { describes, validates } from "./published-schema.ts";

const entry: BalanceEntry = { customer_id: "acme", feature_id: "api_calls", included: 500 };

const nothing: ImportReport = {
  namespace: "contracts",
  environment: "sandbox",
  baseUrl: "https://api.useautumn.com",
  scope: "organisation",
  customers: 3,
  file: null,
  proposals: [],
  leftOut: [],
  declared: 0,
  ofPlans: 0,
};

const everything: ImportReport = {
  ...nothing,
  file: "balances.yaml",
  proposals: [
    { entry, row: row({ balanceId: "contracts:api_calls" }) },
    { entry: { ...entry, id: "bonus", adopt: "bonus" }, row: row({ balanceId: "bonus" }) },
    { entry: { ...entry, customer_id: "globex" }, row: row({ customerId: "globex" }) },
  ],
  leftOut: [
    {
      row: row({ balanceId: "gift", remaining: 0 }),
      code: "used-up",
      text: "it is used up, and never resets",
    },
    {
      row: row({ balanceId: null, internalId: "cus_ent_1", entityId: "seat_1" }),
      code: "out-of-range",
      text: "`included` is -5, but has to be above 0",
    },
  ],
  declared: 1,
  ofPlans: 2,
};

const crowd: ImportReport = {
  ...nothing,
  scope: "customers",
  leftOut: Array.from({ length: 25 }, (_, n) => ({
    row: row({ balanceId: `gift-${n}` }),
    code: "ended",
    text: "it has ended",
  })),
};

const report: fc.Arbitrary<ImportReport> = fc.record({
  namespace: text,
  environment: fc.constantFrom("sandbox", "live", null),
  baseUrl: text,
  scope: fc.constantFrom("organisation", "customers"),
  customers: fc.nat(),
  file: fc.option(text),
  proposals: fc.array(
    fc.record({
      entry: fc.record({ customer_id: text, feature_id: text, adopt: text }),
      row: anyRow,
    }),
    { maxLength: 3 },
  ),
  leftOut: fc.array(fc.record({ row: anyRow, code: fc.constant("bad-id"), text }), { maxLength: 3 }),
  declared: fc.nat(),
  ofPlans: fc.nat(),
});

const HARMFUL = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

describe("the report of an import", () => {
  it.each(Object.entries({ nothing, everything, crowd }))("of %s", async (name, one) => {
    await expect(importText(one)).toMatchFileSnapshot(`golden/import-${name}.txt`);
    const json = jsonText(importJson(one));
    await expect(json).toMatchFileSnapshot(`golden/import-${name}.json`);
    expect(describes(JSON.parse(json)), JSON.stringify(describes.errors)).toBe(true);
  });

  it("is harmless and follows the published schema, whatever a server says", () => {
    fc.assert(
      fc.property(report, (one) => {
        const said = importText(one);
        expect(said).not.toMatch(HARMFUL);
        expect(said).not.toMatch(/##(?:\[|vso\[)|^::/m);
        const json = jsonText(importJson(one));
        expect(json).not.toMatch(HARMFUL);
        expect(validates(JSON.parse(json)), JSON.stringify(validates.errors)).toBe(true);
        expect(describes(JSON.parse(json)), JSON.stringify(describes.errors)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});
