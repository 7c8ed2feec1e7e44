// The published JSON Schema and the loader take the same entries: an editor that is content means a file that
// loads, written as YAML or as JSON.
import { readFileSync } from "node:fs";
import Ajv2020 from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { entryProblems, parseBalances } from "../../src/config/index.ts";
import { EARLIEST_MS, entryFields, INTERVALS, LATEST_MS } from "../../src/schema/index.ts";

const published = JSON.parse(
  readFileSync(new URL("../../schema/balances.schema.json", import.meta.url), "utf8"),
);
const validate = new Ajv2020.default({ strict: true, allErrors: true }).compile(published);

const id = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      "acme",
      "api_calls",
      "seat_42",
      "no",
      "123",
      "a@b",
      "ü 漢",
      "~1",
      "null",
      "<<",
    ),
  },
  fc.constantFrom(
    "",
    " a",
    "a ",
    "a~2",
    "a~",
    "a\u0000",
    "a\nb",
    "a\u2028b",
    "\ud800",
    "😀",
    "\u00a0a",
    "a\u0085",
    "\uFEFFa",
    "*a",
    "- a",
    "# a",
    "a: b",
  ),
  fc.string({ unit: "grapheme", maxLength: 6 }),
  fc.string({ unit: "binary", maxLength: 4 }),
);
const amount = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 1_000_000 }) },
  fc.constantFrom(
    0,
    -0,
    -1,
    0.5,
    1.5,
    1e-300,
    1e21,
    1000,
    1001,
    100,
    100.5,
    Number.MAX_SAFE_INTEGER,
    Number.MAX_SAFE_INTEGER + 1,
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const instant = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .date({ min: new Date(EARLIEST_MS), max: new Date(LATEST_MS), noInvalidDate: true })
      .map((date) => date.toISOString()),
  },
  fc.integer({ min: EARLIEST_MS, max: LATEST_MS }),
  fc.constantFrom(
    "2027-01-31",
    "2027-02-29T00:00:00Z",
    "2028-02-29T00:00:00+01:00",
    "2027-01-31T00:00:00",
    "",
    EARLIEST_MS - 1,
    LATEST_MS + 1,
    EARLIEST_MS + 0.5,
    1_801_353_600,
    0,
  ),
);
const wrong = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, "yes", "50_000", 0, 1, "", [], {}, "month", 1e21),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Mostly what belongs there, now and then anything. */
const mostly = (right: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 12, arbitrary: right }, { weight: 1, arbitrary: wrong });
const interval = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...INTERVALS) },
  fc.constantFrom("Month", "monthly", ""),
);
const stranger = fc.dictionary(
  fc.constantFrom("__proto__", "constructor", "Included", "x", "", "1", "<<"),
  wrong,
  { maxKeys: 1 },
);

function withStranger(fields: fc.Arbitrary<object>): fc.Arbitrary<object> {
  return fc.oneof(
    { weight: 15, arbitrary: fields },
    fc.tuple(fields, stranger).map(([known, unknown]) => {
      const both = { ...known };
      for (const [name, value] of Object.entries(unknown)) {
        Object.defineProperty(both, name, { value, enumerable: true, configurable: true, writable: true });
      }
      return both;
    }),
  );
}

const reset = withStranger(
  fc.record({ interval: mostly(interval), interval_count: mostly(amount) }, { requiredKeys: ["interval"] }),
);
const rollover = withStranger(
  fc.record(
    {
      max: mostly(amount),
      max_percentage: mostly(amount),
      length: mostly(amount),
      duration: mostly(fc.constantFrom("month", "forever")),
    },
    { requiredKeys: ["duration"] },
  ),
);
const words = fc.oneof(id, fc.constant("x".repeat(501)), fc.constant("😀".repeat(200)));
const fields: Record<keyof typeof entryFields, fc.Arbitrary<unknown>> = {
  reason: words,
  ticket: words,
  owner: words,
  protected: mostly(fc.boolean()),
  // What schema and loader agree on: how moments and phases fit together, only the loader can tell.
  starts_at: fc.constantFrom("2027-01-31", "", 1_801_353_600, EARLIEST_MS - 1, null),
  phases: fc.constantFrom(
    [],
    {},
    [{ included: 5 }],
    [{ included: 0 }],
    [{ unlimited: true, reset: { interval: "month" } }],
  ),
  gaps: fc.constantFrom("allowed", "refused", "yes"),
  customer_id: mostly(id),
  feature_id: mostly(id),
  entity_id: mostly(id),
  included: mostly(amount),
  included_grant: mostly(amount),
  unlimited: mostly(fc.boolean()),
  reset: mostly(reset),
  expires_at: mostly(instant),
  rollover: mostly(rollover),
  next_reset_at: mostly(instant),
  id: mostly(id),
  adopt: mostly(id),
};

/** Few fields at a time, so that a good share of the entries is right. */
const entry = fc
  .subarray(Object.keys(entryFields) as (keyof typeof entryFields)[], { maxLength: 5 })
  .chain((names) => {
    const chosen = Object.fromEntries(
      [...new Set([...names, "customer_id", "feature_id"] as const)].map((name) => [name, fields[name]]),
    );
    return withStranger(fc.record(chosen, { requiredKeys: names.length === 5 ? [] : Object.keys(chosen) }));
  });

/** What only the loader can say: the name that an entry without `id` gets may not end like a generation's. */
function needsAnId(value: unknown): boolean {
  const { id: given, feature_id, entity_id } = value as Record<string, unknown>;
  return given === undefined && /~\d+$/.test(String(entity_id ?? feature_id));
}

const file = (value: unknown) => ({ version: 1, namespace: "contracts", balances: [value] });
/** The writer of the yaml package loses a `__proto__`, and writes `<<` without the quotes that tell it from a merge. */
const sameInYaml = (json: string): boolean => !json.includes('"__proto__"') && !json.includes('"<<"');
const count = { taken: 0, refused: 0 };

describe("an entry", () => {
  it("is taken by the loader exactly when the published schema takes it", () => {
    fc.assert(
      fc.property(fc.oneof({ weight: 30, arbitrary: entry }, wrong), (value) => {
        // What the texts say: JSON has no -0 and leaves `undefined` out.
        const json = JSON.stringify(file(value));
        const said = JSON.parse(json) as { balances: unknown[] };
        const expected = validate(said) && !needsAnId(said.balances[0]);
        const fromJson = parseBalances(json, "balances.json");
        expect(fromJson.problems.length === 0).toBe(expected);
        expect(entryProblems(said.balances[0]).length === 0).toBe(expected);
        const yaml = stringify(said, { aliasDuplicateObjects: false });
        if (sameInYaml(json)) {
          const fromYaml = parseBalances(yaml, "balances.yaml");
          expect([yaml, fromYaml.problems.length === 0]).toEqual([yaml, expected]);
          if (expected) {
            const balance = fromYaml.config?.balances[0];
            const { place, ...same } = fromJson.config?.balances[0] ?? {};
            expect(balance).toMatchObject(same);
          }
        }
        count[expected ? "taken" : "refused"]++;
      }),
      { numRuns: 4000 },
    );
    // Otherwise the property would say little.
    expect(count.taken).toBeGreaterThan(500);
    expect(count.refused).toBeGreaterThan(500);
  });
});

const limits = fc.record(
  {
    deletes: mostly(amount),
    delete_percent: mostly(amount),
    replaces: mostly(fc.nat()),
    replace_percent: mostly(amount),
    granted: mostly(fc.dictionary(id, mostly(amount), { maxKeys: 3, noNullPrototype: true })),
  },
  { requiredKeys: [] },
);
const frame = withStranger(
  fc.record(
    {
      $schema: mostly(fc.constant("x")),
      version: mostly(fc.constant(1)),
      namespace: mostly(fc.oneof(fc.constant("contracts"), id, fc.constantFrom("a:b", "-a", "a".repeat(65)))),
      environment: mostly(fc.constantFrom("live", "sandbox", "production")),
      create_customers: mostly(fc.boolean()),
      limits: mostly(limits),
      balances: mostly(fc.constant([])),
    },
    { requiredKeys: ["version", "namespace", "balances"] },
  ),
);

describe("a file", () => {
  it("is taken by the loader exactly when the published schema takes it", () => {
    fc.assert(
      fc.property(frame, (value) => {
        const json = JSON.stringify(value);
        const said: unknown = JSON.parse(json);
        expect([json, parseBalances(json, "balances.json").problems.length === 0]).toEqual([
          json,
          validate(said),
        ]);
        if (!sameInYaml(json)) return;
        const yaml = stringify(said);
        expect([yaml, parseBalances(yaml, "balances.yaml").problems.length === 0]).toEqual([
          yaml,
          validate(said),
        ]);
      }),
      { numRuns: 2000 },
    );
  });
});
