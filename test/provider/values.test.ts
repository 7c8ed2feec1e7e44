// Between Terraform's values and balances: what is declared, what is wrong with it, and which words are kept.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { importIdOf, readImportId, whatThereIs } from "../../src/provider/import-id.ts";
import {
  type CtyObject,
  type CtyValue,
  ExactDecimal,
  numberFromDecimal,
  UNKNOWN,
} from "../../src/provider/protocol/index.ts";
import {
  configurationProblems,
  desiredOf,
  isUnknown,
  proposedInWordsOf,
  stateOfRow,
} from "../../src/provider/values.ts";
import type { Row } from "../../src/reconcile/index.ts";
import { storedRow } from "../support/row.ts";

const NOTHING: CtyObject = Object.fromEntries(
  [
    ...["customer_id", "feature_id", "entity_id", "included", "unlimited", "reset", "expires_at"],
    ...["rollover", "next_reset_at", "balance_id", "id", "remote_id"],
  ].map((name) => [name, null]),
);
const given = (object: CtyObject): CtyObject => ({
  ...NOTHING,
  customer_id: "acme",
  feature_id: "calls",
  ...object,
});

const row = (changes: Partial<Row>): Row =>
  storedRow({
    featureId: "calls",
    balanceId: "terraform:calls",
    grant: 10,
    creationGrant: 10,
    remaining: 10,
    ...changes,
  });

/** A third of a thousand, with as many digits as Terraform has. */
const THIRD = `333.${"3".repeat(150)}5`;

describe("an amount that is written with more digits than the server keeps", () => {
  it.each([
    [numberFromDecimal(THIRD), 333.333333333333],
    [numberFromDecimal("0.9990000000000001"), 0.999],
    [numberFromDecimal("33333333.333333332"), 33_333_333.3333333],
    [9_007_199_254_740_991, 9_007_199_254_740_990],
  ])("stays as it was written: %s", (written, stored) => {
    const state = given({ included: written, balance_id: "calls" });
    expect(stateOfRow(row({ grant: stored }), "calls", state).included).toBe(written);
    // And what the state says stays, where the configuration only says it in other digits.
    const prior = given({ included: stored });
    expect(proposedInWordsOf(prior, given({ included: written })).included).toBe(stored);
    expect(proposedInWordsOf(prior, given({ included: 5n })).included).toBe(5n);
  });

  it("stays within an object as well, where both say it", () => {
    const rollover = (max: CtyValue, length: CtyValue): CtyObject => ({
      ...{ max, length, max_percentage: null, duration: "month" },
    });
    const prior = given({ rollover: rollover(142.857142857143, null) });
    const proposed = given({ rollover: rollover(numberFromDecimal("142.8571428571428571"), 1n) });
    expect(proposedInWordsOf(prior, proposed).rollover).toEqual(rollover(142.857142857143, 1n));
    const stored = { max: 142.857142857143, maxPercentage: null, length: 1, duration: "month" } as const;
    const reset = { interval: "month", intervalCount: 1 } as const;
    const state = given({
      rollover: proposed.rollover ?? null,
      reset: { interval: "month", interval_count: null },
    });
    expect(stateOfRow(row({ rollover: stored, reset }), "calls", state).rollover).toBe(proposed.rollover);
  });
});

describe("what is wrong", () => {
  it("is told in the words of a configuration", () => {
    const wrong = (object: CtyObject) =>
      configurationProblems(given(object)).map(({ summary, detail }) => [summary, detail]);
    expect(wrong({ included: 5n, balance_id: "" })).toEqual([
      ["Invalid balance: `balance_id` is empty", "Write an id."],
    ]);
    expect(wrong({ included: 0n })[0]?.[1]).toBe("To grant nothing, remove the resource.");
    expect(wrong({ included: 5n, entity_id: "seat~2" })).toEqual([
      [
        expect.stringContaining('the name of this balance would be "calls@seat~2"'),
        'Give it a `balance_id`, for example `balance_id = "calls@seat-2"`.',
      ],
    ]);
    expect(wrong({ included: 5n, next_reset_at: "2030-01-01T00:00:00Z" })[0]?.[1]).toBe(
      'Add a `reset`, for example `reset = { interval = "month" }`, or remove `next_reset_at`.',
    );
    expect(wrong({ included: 5n, expires_at: "2030-01-01" })[0]?.[1]).toBe(
      'Write "2030-01-01T00:00:00Z" for its start, "2030-01-01T23:59:59Z" for its end.',
    );
    expect(wrong({ included: 5n, reset: { interval: "moon", interval_count: null } })[0]?.[1]).toBe(
      'Write for example "month".',
    );
    expect(wrong({ included: 5n, customer_id: "acme\n" })[0]?.[1]).toBe(
      'Write it in one line: `customer_id = "acme"`.',
    );
    expect(wrong({ included: 5n, customer_id: "$" + "{a}\n" })[0]?.[1]).toBe(
      'Write it in one line: `customer_id = "$$' + '{a}"`.',
    );
  });
});

describe("what a configuration declares", () => {
  it("is the same balance in every form of a moment", () => {
    for (const form of ["2031-01-31T00:00:00Z", "2031-01-31T01:00:00+01:00", "1927584000000"]) {
      expect(desiredOf(given({ included: 5n, expires_at: form })).expiresAt).toBe(1_927_584_000_000);
    }
  });

  it("has its name from feature and entity, unless it is given one", () => {
    expect(desiredOf(given({ included: 5n })).key).toBe("calls");
    expect(desiredOf(given({ included: 5n, entity_id: "seat" })).key).toBe("calls@seat");
    expect(desiredOf(given({ included: 5n, balance_id: "b" })).key).toBe("b");
  });

  it("takes no reset and one_off for the same, and amounts exactly", () => {
    const reset = { interval: "one_off", interval_count: null };
    expect(desiredOf(given({ included: numberFromDecimal("0.1"), reset }))).toMatchObject({
      included: 0.1,
      reset: null,
    });
    expect(desiredOf(given({ unlimited: false, included: 1n })).unlimited).toBe(false);
  });

  it("names the attribute of every problem, and doubts nothing that is not known", () => {
    const [problem] = configurationProblems(
      given({ included: 5n, reset: { interval: "moon", interval_count: null } }),
    );
    expect(problem?.path).toEqual(["reset", "interval"]);
    expect(configurationProblems(given({ balance_id: "", included: 1n }))[0]?.path).toEqual(["balance_id"]);
    for (const name of [
      "customer_id",
      "feature_id",
      "entity_id",
      "included",
      "unlimited",
      "reset",
      "expires_at",
      "balance_id",
    ]) {
      expect(configurationProblems({ ...given({ [name]: UNKNOWN }) }), name).toEqual([]);
    }
    const rest: CtyObject = { included: 1n, reset: UNKNOWN, next_reset_at: "2031-01-31T00:00:00Z" };
    expect(configurationProblems(given(rest))).toEqual([]);
  });

  it("is unknown when any part of it is", () => {
    expect(isUnknown({ reset: { interval: UNKNOWN } })).toBe(true);
    expect(isUnknown([null, [UNKNOWN]])).toBe(true);
    expect(isUnknown({ a: null, b: [1n], c: numberFromDecimal("0.1") })).toBe(false);
    expect(ExactDecimal).toBeTypeOf("function");
  });
});

describe("words", () => {
  it("of the state before are kept where they mean the same", () => {
    const before = given({
      included: 10n,
      unlimited: false,
      reset: { interval: "month", interval_count: 1n },
      expires_at: "2031-01-31T01:00:00+01:00",
    });
    const found = row({ reset: { interval: "month", intervalCount: 1 }, expiresAt: 1_927_584_000_000 });
    expect(stateOfRow(found, "calls", before)).toMatchObject({
      included: 10n,
      unlimited: false,
      reset: before.reset,
      expires_at: before.expires_at,
    });
    expect(stateOfRow({ ...found, expiresAt: 1_927_584_000_001 }, "calls", before).expires_at).toBe(
      "2031-01-31T00:00:00.001Z",
    );
  });

  it("of the state before are planned for moments only, as Terraform demands", () => {
    const prior = given({ expires_at: "2031-01-31T00:00:00Z", unlimited: false, reset: null });
    const proposed = given({
      expires_at: "1927584000000",
      unlimited: null,
      reset: { interval: "one_off", interval_count: null },
    });
    expect(proposedInWordsOf(prior, proposed)).toEqual({ ...proposed, expires_at: prior.expires_at });
    const unknown = given({ expires_at: UNKNOWN });
    expect(proposedInWordsOf(prior, unknown)).toEqual(unknown);
  });

  it("of a moment that no calendar has are its milliseconds", () => {
    expect(stateOfRow(row({ expiresAt: 1e18 }), "k", null).expires_at).toBe("1000000000000000000");
    expect(stateOfRow(row({ expiresAt: 1e18 }), "k", given({ expires_at: null })).expires_at).toBe(
      "1000000000000000000",
    );
  });

  it("of an entity are kept where the server does not tell", () => {
    const hidden = row({ entityId: undefined, entityRef: "ety_1" });
    expect(stateOfRow(hidden, "k", given({ entity_id: "seat" })).entity_id).toBe("seat");
    // Autumn's own id is no name of it.
    expect(stateOfRow(hidden, "k", null).entity_id).toBeNull();
  });
});

describe("import ids", () => {
  it("are read as they are written, whatever is in them", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (customerId, balanceId) => {
        const id = readImportId(importIdOf(customerId, balanceId));
        expect(id).toMatchObject({ customerId, balanceId, name: null });
      }),
    );
  });

  it("name the entity, by our own name of the balance or by saying so", () => {
    expect(readImportId("acme/calls@seat")).toEqual({
      customerId: "acme",
      entityId: null,
      maybeEntities: ["seat"],
      balanceId: "calls@seat",
      name: null,
    });
    expect(readImportId("acme/calls@jane@example.com").maybeEntities).toEqual([
      "jane@example.com",
      "example.com",
    ]);
    const json = '{"customer_id": "a", "balance_id": "b", "entity_id": "e"}';
    expect(readImportId(json)).toEqual({
      customerId: "a",
      entityId: "e",
      maybeEntities: [],
      balanceId: "b",
      name: null,
    });
  });

  it("give a row another name, which has to be one that a balance can have", () => {
    const json = (name: unknown) => JSON.stringify({ customer_id: "a", balance_id: "x:b~3", name });
    expect(readImportId(json("bonus"))).toMatchObject({ balanceId: "x:b~3", name: "bonus" });
    for (const name of ["bonus~2", " bonus", "a\u001b[31m"]) {
      expect(() => readImportId(json(name)), name).toThrow("which none can be");
    }
    for (const name of ["", 1, {}]) expect(() => readImportId(json(name))).toThrow("not understood");
  });

  it.each([
    "",
    "acme",
    "/x",
    "acme/",
    "{",
    '{"customer_id": "a"}',
    '{"customer_id": "a", "balance_id": 1}',
    '{"customer_id": "a", "balance_id": "b", "entityId": "e"}',
  ])("%j is none", (id) => {
    expect(() => readImportId(id)).toThrow("not understood");
  });

  it("that find nothing are told what was meant, or else what there is", () => {
    const many = Array.from({ length: 22 }, (_, n) => `row_of_somebody_${n}`);
    expect(whatThereIs([], "calls")).toBe("it has none");
    expect(whatThereIs(["n:Bonus", "x"], "n:bonus")).toBe("did you mean n:Bonus?");
    expect(whatThereIs(["other", "third "], "calls")).toBe('it has: other, "third "');
    expect(whatThereIs(many, "calls")).toMatch(
      /^it has: row_of_somebody_0, .*, row_of_somebody_19 and 2 more$/,
    );
  });
});

it("names an amount in the digits of the configuration", () => {
  const summaryOf = (included: CtyValue) => configurationProblems(given({ included }))[0]?.summary;
  expect(summaryOf(9007199254740993n)).toContain("`included` is 9007199254740993, but");
  expect(summaryOf(new ExactDecimal("1e400"))).toContain("`included` is 1e400, but");
});
