// Matching, comparing and deciding, on rows made by hand: what the emulator cannot easily show, and how long it takes.
import { describe, expect, it } from "vitest";
import { changesOf } from "../../src/reconcile/decide/changes.ts";
import { type Row, rowOfPublicRead } from "../../src/reconcile/row.ts";
import { differences, isAsDeclared } from "../../src/reconcile/transitions/compare.ts";
import { matchRows } from "../../src/reconcile/transitions/match.ts";
import { type BalanceEntry, desiredBalance } from "../../src/schema/index.ts";
import { storedRow } from "../support/row.ts";
import { monthly, NEXT_SUMMER, oneOff } from "./entries.ts";
import { START } from "./world.ts";

/** The row that an entry would be stored as. */
function rowOf(entry: BalanceEntry, fields: Partial<Row> = {}): Row {
  const { customerId, featureId, entityId, included, unlimited, reset, expiresAt, rollover, key } =
    desiredBalance(entry);
  const grant = included ?? 0;
  return storedRow({
    customerId,
    featureId,
    balanceId: `test:${key}`,
    entityId,
    entityRef: entityId,
    boolean: included === null && !unlimited,
    unlimited,
    grant,
    reset,
    resetsAt: reset === null ? null : START + 1,
    expiresAt,
    rollover,
    createdAt: START,
    creationGrant: grant,
    remaining: grant,
    ...fields,
  });
}

const rollover = { max: 5, length: 2, duration: "month" } as const;
const VARIANTS: BalanceEntry[] = [
  oneOff(100),
  oneOff(101),
  oneOff(100, { expires_at: NEXT_SUMMER }),
  oneOff(100, { entity_id: "seat_1" }),
  oneOff(100, { feature_id: "credits" }),
  monthly(100, { feature_id: "storage" }),
  monthly(100, { feature_id: "storage", reset: { interval: "month", interval_count: 2 } }),
  monthly(100, { feature_id: "storage", rollover }),
  monthly(100, { feature_id: "storage", rollover: { ...rollover, length: 3 } }),
  monthly(100, { feature_id: "storage", rollover: { max: 5, duration: "forever" } }),
  monthly(100, { feature_id: "storage", rollover: { max_percentage: 5, duration: "forever" } }),
  { customer_id: "acme", feature_id: "storage", unlimited: true },
  { customer_id: "acme", feature_id: "storage" },
];

describe("comparing", () => {
  it("agrees with itself: as declared is without differences, and only that", () => {
    for (const [i, entry] of VARIANTS.entries()) {
      for (const [j, stored] of VARIANTS.entries()) {
        const desired = desiredBalance(entry);
        const row = rowOf(stored);
        const { fields, replaces } = differences(desired, row);
        const isSame = fields.length === 0 && replaces === null;
        expect(isAsDeclared(desired, row), `${i} ${j}`).toBe(isSame);
        // A boolean and an unmetered row differ in their feature's type, which no entry can change.
        if (i !== 12 && j !== 12) expect(isSame, `${i} ${j}`).toBe(i === j);
      }
    }
  });

  it("does not mind what a read does not tell", () => {
    const desired = desiredBalance(monthly(100, { rollover, entity_id: "seat_1" }));
    const row = rowOf(monthly(100), {
      creationGrant: undefined,
      rollover: undefined,
      entityId: undefined,
      entityRef: "ety_1",
    });
    expect(isAsDeclared(desired, row)).toBe(true);
    expect(isAsDeclared(desired, { ...row, entityRef: null })).toBe(true);
    expect(isAsDeclared(desiredBalance(monthly(100)), row)).toBe(false);
  });

  it("ignores what is included in a row without a limit", () => {
    const desired = desiredBalance({ customer_id: "acme", feature_id: "storage", unlimited: true });
    expect(isAsDeclared(desired, rowOf(VARIANTS[11] as BalanceEntry, { grant: 7, creationGrant: 9 }))).toBe(
      true,
    );
  });

  it("reads a one-off interval as none, and keeps intervals it knows", () => {
    const wire = (interval: string) =>
      rowOfPublicRead(
        {
          id: "cus_ent_1",
          feature_id: "storage",
          plan_id: null,
          included_grant: 1,
          remaining: 1,
          usage: 0,
          unlimited: false,
          reset: { interval, interval_count: 2, resets_at: null },
          expires_at: null,
          paid: false,
          rolled_over: 0,
        },
        "acme",
      );
    expect([wire("one_off").reset, wire("lifetime").reset]).toEqual([null, null]);
    expect(wire("month").reset).toEqual({ interval: "month", intervalCount: 2 });
    expect(wire("month")).toMatchObject({ balanceId: null, internalId: "cus_ent_1" });
  });
});

describe("matching", () => {
  const match = (entries: BalanceEntry[], rows: Row[]) =>
    matchRows(
      entries.map((entry) => desiredBalance(entry)),
      new Map([["acme", rows]]),
      "test",
    );
  const named = (balanceId: string): Row => rowOf(oneOff(1), { balanceId });

  it("finds every generation of a key, and tells keys apart that begin alike", () => {
    const rows = ["test:storage", "test:storage~2", "test:storage2", "test:storage~2~3"].map(named);
    const { declared, undeclared, ownedRows } = match([oneOff(1)], rows);
    expect(declared[0]?.map(({ row, generation }) => [row.balanceId, generation])).toEqual([
      ["test:storage", 1],
      ["test:storage~2", 2],
    ]);
    expect(undeclared.map(({ key }) => key)).toEqual(["storage2", "storage~2"]);
    expect(ownedRows).toBe(4);
  });

  it("puts an adopted row before all rows of the entry's own", () => {
    const { declared } = match([oneOff(1, { adopt: "x" })], ["x", "test:storage"].map(named));
    expect(declared[0]?.map(({ generation }) => generation)).toEqual([0, 1]);
  });

  it("keeps customers apart", () => {
    const { declared, undeclared } = matchRows(
      [desiredBalance(oneOff(1, { customer_id: "globex" }))],
      new Map([["acme", [named("test:storage")]]]),
      "test",
    );
    expect(declared).toEqual([[]]);
    expect(undeclared).toHaveLength(1);
  });
});

describe("deciding", () => {
  it("takes 100,000 entries against as many rows", () => {
    const entries = Array.from({ length: 100_000 }, (_, n) => monthly(5, { customer_id: `c${n}` }));
    const rows = new Map(entries.map((entry) => [entry.customer_id, [rowOf(entry)]]));
    const balances = entries.map((entry) => desiredBalance(entry));
    const context = { namespace: "test", now: START, isBoolean: () => false };
    const { declared } = changesOf(balances, rows, context);
    expect(declared).toHaveLength(100_000);
    expect(declared.every(({ kind }) => kind === "none")).toBe(true);
  });
});
