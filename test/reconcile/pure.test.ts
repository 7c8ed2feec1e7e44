// The pure parts, each on its own: intervals, ids, amounts, totals, the marks of a successor, and what is to be counted on it.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as emulated from "../../src/emulator/intervals.ts";
import {
  isMore,
  keptUsage,
  minus,
  plus,
  sameAmount,
  usedOf,
  withoutNoise,
} from "../../src/reconcile/amounts.ts";
import { idempotencyKey } from "../../src/reconcile/apply/idempotency.ts";
import { totalsOf } from "../../src/reconcile/decide/summary.ts";
import { addCycles, nextBoundary } from "../../src/reconcile/interval.ts";
import { parseRemoteId, remoteId } from "../../src/reconcile/remote-id.ts";
import { type Row, settled, stateOf } from "../../src/reconcile/row.ts";
import {
  isSettledFor,
  markedGrant,
  markedReset,
  markOf,
  secondOf,
  settledReset,
  unmarkedReset,
} from "../../src/reconcile/transitions/marks.ts";
import { cycleToKeep, debtOf, usageOf } from "../../src/reconcile/transitions/succession.ts";
import type { Change } from "../../src/reconcile/types.ts";
import { KEY_PATTERN } from "../../src/schema/balance.ts";
import { desiredBalance, INTERVALS, type Interval, NAMESPACE_PATTERN } from "../../src/schema/index.ts";
import { storedRow } from "../support/row.ts";
import { DAY, START } from "./world.ts";

const interval = fc.constantFrom(...(INTERVALS.filter((one) => one !== "one_off") as Interval[]));
const reset = fc.record({ interval, intervalCount: fc.integer({ min: 1, max: 14 }) });
const moment = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2040, 0, 1) });

const row = (fields: Partial<Row> = {}): Row =>
  storedRow({
    featureId: "storage",
    balanceId: "test:storage",
    creationGrant: 100,
    remaining: 70,
    usage: 30,
    createdAt: START - DAY,
    ...fields,
  });
const MONTH = { interval: "month", intervalCount: 1 } as const;

describe("the next boundary", () => {
  it("is the emulator's, whatever the cycle and however many have passed", () => {
    fc.assert(
      fc.property(moment, reset, fc.integer({ min: 0, max: 3000 * DAY }), (from, cycle, later) => {
        const now = from + later;
        const theirs = emulated.nextBoundary(from, cycle.interval, cycle.intervalCount, now);
        expect(nextBoundary(from, cycle, now)).toBe(theirs);
        expect(addCycles(from, cycle, 1)).toBe(
          emulated.addIntervals(from, cycle.interval, cycle.intervalCount),
        );
      }),
    );
  });

  it("is the boundary itself while that is to come", () => {
    expect(nextBoundary(START + 1, MONTH, START)).toBe(START + 1);
    expect(nextBoundary(START, MONTH, START)).toBeGreaterThan(START);
  });

  it("keeps a day that was cut to a shorter month", () => {
    const january = Date.UTC(2027, 0, 31);
    expect(new Date(nextBoundary(january, MONTH, Date.UTC(2027, 2, 1))).toISOString()).toBe(
      "2027-03-28T00:00:00.000Z",
    );
  });
});

describe("the remote id", () => {
  const key = fc
    .oneof(fc.string({ unit: "grapheme", minLength: 1 }), fc.stringMatching(/^[a-z~:@ 0-9]+$/))
    .filter((text) => new RegExp(KEY_PATTERN, "u").test(text));
  const namespace = fc.stringMatching(new RegExp(NAMESPACE_PATTERN));

  it("says key and generation again, however hostile the key", () => {
    fc.assert(
      fc.property(namespace, key, fc.integer({ min: 1, max: 999_999_999 }), (name, text, generation) => {
        expect(parseRemoteId(name, remoteId(name, text, generation))).toEqual({ key: text, generation });
      }),
    );
  });

  it("belongs to one namespace only", () => {
    fc.assert(
      fc.property(namespace, namespace, key, (name, other, text) => {
        fc.pre(name !== other);
        expect(parseRemoteId(other, remoteId(name, text))).toBeUndefined();
      }),
    );
  });

  it.each([null, "", "test", "test:", "tests:a", "Test:a", ":a"])("is nobody's: %s", (id) => {
    expect(parseRemoteId("test", id)).toBeUndefined();
  });

  it.each(["a~1", "a~0", "a~01", "a~-2", "a~2.5", "~2", "a~9999999999"])("reads %s as a key", (name) => {
    expect(parseRemoteId("test", `test:${name}`)).toEqual({ key: name, generation: 1 });
  });
});

describe("amounts", () => {
  it("are the same as far as the server keeps them: to 15 digits", () => {
    for (const [declared, stored] of [
      [33_333_333.333333332, 33_333_333.3333333],
      [9_007_199_254_740_991, 9_007_199_254_740_990],
      [0.9990000000000001, 0.999],
      [1000 / 3, 333.333333333333],
      [0.1 + 0.2, 0.3],
    ] as const) {
      expect([
        declared,
        sameAmount(declared, stored),
        isMore(declared, stored),
        isMore(stored, declared),
      ]).toEqual([declared, true, false, false]);
      expect([usedOf(declared, stored), usedOf(stored, declared)]).toEqual([0, 0]);
    }
    for (const [a, b] of [
      [999_999_999_999_999, 999_999_999_999_998],
      [0.999, 0.99900001],
      [33_333_333.333333, 33_333_333.333334],
      [100, 100.0001],
    ] as const) {
      expect([a, sameAmount(a, b), isMore(Math.max(a, b), Math.min(a, b))]).toEqual([a, false, true]);
    }
    expect(usedOf(0.3, 0.1)).toBe(0.2);
  });

  it("are used without digits that come from rounding alone", () => {
    for (const [grant, remaining, used] of [
      [100 / 3, 33.2333333333333, 0.1],
      [1 / 3, 0.233733333333333, 0.0996],
      [12_345_678_901.25, 12_345_678_900.55, 0.7],
      [100, 99.9999, 0.0001],
      [0.0004, 0.0003, 0.0001],
      [1e-7, 9e-8, 1e-8],
      [3e-7, -4e-7, 7e-7],
      [0, -0.25, 0.25],
      [100, -30.5, 130.5],
      [9_007_199_254_740_991, 9_007_199_254_730_000, 10_991],
    ] as const) {
      expect([grant, remaining, usedOf(grant, remaining)]).toEqual([grant, remaining, used]);
    }
    // Servers that tell what is used round as well.
    expect(keptUsage(100 / 3, 0.100000000000037)).toBe(0.1);
    expect(keptUsage(0, 0.25)).toBe(0.25);
  });

  it("that the server shows are those that it was sent, and lose no digit that is real", () => {
    for (const [shown, sent] of [
      [0.09999999999999432, 0.1],
      [0.100000000000001, 0.1],
      [-0.300000000000011, -0.3],
      [12.3000000000007, 12.3],
      [33.3333330000001, 33.333333],
    ] as const) {
      expect(withoutNoise(shown)).toBe(sent);
    }
    for (const real of [
      0,
      1e-7,
      1e-11,
      1.00000000000001e-7,
      1 / 3,
      33.3333333333333,
      0.076923076923,
      1.000000001,
    ]) {
      expect(withoutNoise(real)).toBe(real);
      expect(withoutNoise(-real)).toBe(-real);
    }
    for (const real of [33_333_333.3333333, 2 ** 53 - 1, 1e21, 49.999613])
      expect(withoutNoise(real)).toBe(real);
  });

  const amount = fc.integer({ min: -1_000_000, max: 1_000_000 }).map((n) => n / 1000);

  it("add up as on paper", () => {
    expect([plus(0.1, 0.2), minus(16.1, 16), plus(1e-7, 2e-7), plus(2 ** 53 - 1, 0)]).toEqual([
      0.3, 0.1, 3e-7, 9007199254740991,
    ]);
    fc.assert(
      fc.property(
        amount,
        amount,
        (a, b) => minus(plus(a, b), b) === a || sameAmount(minus(plus(a, b), b), a),
      ),
    );
    fc.assert(
      fc.property(amount, amount, (a, b) => {
        expect(String(plus(a, b))).toMatch(/^-?\d+(\.\d{1,3})?$/);
      }),
    );
  });

  it("are the same up to noise, and never when a thousandth apart", () => {
    expect(sameAmount(0.1 + 0.2, 0.3)).toBe(true);
    expect(isMore(0.1 + 0.2, 0.3)).toBe(false);
    expect(sameAmount(123_456_789_012, 123_456_789_012.001)).toBe(false);
    expect([sameAmount(null, null), sameAmount(null, 0)]).toEqual([true, false]);
  });
});

describe("the marks of a successor", () => {
  const monthly = (fields: Partial<Row> = {}) => row({ reset: MONTH, usage: 0, remaining: 100, ...fields });

  it("stay within the second of its reset, and come off", () => {
    fc.assert(
      fc.property(moment, moment, (ms, of) => {
        const marked = markedReset(ms);
        expect(secondOf(marked)).toBe(secondOf(ms));
        expect(markOf(monthly({ resetsAt: marked }))).toBe("all");
        expect(markOf(monthly({ resetsAt: unmarkedReset(ms) }))).toBe(null);
        expect(Math.abs(unmarkedReset(ms) - ms)).toBeLessThanOrEqual(2);
        const settled = settledReset(ms, [of]);
        expect(secondOf(settled)).toBe(secondOf(ms));
        expect(markOf(monthly({ resetsAt: settled }))).toBe(null);
        expect(isSettledFor(settled, [of])).toBe(true);
      }),
    );
  });

  it("no longer say that a cycle is counted once the row before has been reset", () => {
    fc.assert(
      fc.property(moment, reset, (ms, cycle) => {
        expect(isSettledFor(settledReset(ms, [ms]), [addCycles(ms, cycle, 1)])).toBe(false);
      }),
    );
  });

  it("keep its grant below what is left, and are told from every grant that is declared", () => {
    const amount = fc.oneof(
      fc.integer({ min: -50, max: 10_000_000 }),
      fc.integer({ min: 1, max: 1_000_000 }).map((n) => n / 1000),
      fc.integer({ min: 1e9, max: 9e15 }),
      fc.constantFrom(0.000613, 5.000613, 5.000616, 1_000_000_613),
    );
    fc.assert(
      fc.property(amount, amount, fc.constantFrom("all", "returned", "rest"), (left, declared, mark) => {
        const grant = markedGrant(left, mark, declared);
        expect(grant).toBeGreaterThan(0);
        if (left > 0.001) expect(grant).toBeLessThanOrEqual(left);
        if (left > 0.001) expect(left - grant).toBeLessThan(left < 1e9 ? 0.0021 : 2000);
        expect(markOf(row({ grant, creationGrant: grant }))).toBe(mark);
        expect(grant).not.toBe(declared);
      }),
    );
  });

  it("are not what somebody happens to have declared, once usage has been counted", () => {
    expect(markOf(row({ grant: 5.000613, creationGrant: 4.000616 }))).toBe(null);
    expect(markOf(row({ grant: 100 }))).toBe(null);
    expect(markOf(row({ unlimited: true, grant: 0.000613 }))).toBe(null);
    expect(markOf(row({ boolean: true, grant: 0.000613 }))).toBe(null);
  });
});

describe("what is to be counted on a successor", () => {
  const entry = desiredBalance({ customer_id: "acme", feature_id: "storage", included: 100 });
  const made = row({
    grant: 69.999613,
    creationGrant: 69.999613,
    remaining: 69.999613,
    usage: 0,
    createdAt: START,
  });
  const older = (...rows: Row[]) => rows.map((one, n) => ({ row: one, generation: n + 1 }));
  const ended = row({ expiresAt: START });

  it("is nothing where there is no row before, or the successor counts nothing", () => {
    expect(debtOf(entry, made, [], START).mark).toBe(null);
    expect(debtOf(entry, { ...made, unlimited: true }, older(ended), START).mark).toBe(null);
    expect(debtOf(entry, { ...made, grant: 100, usage: 30 }, older(ended), START).mark).toBe(null);
  });

  it("is what was used of the row before, and of those before it that passed theirs on", () => {
    expect(debtOf(entry, made, older(ended), START)).toMatchObject({ mark: "all", usage: 30 });
    // Nothing was counted on the second of three, so that it passes on what was used of the first.
    const second = row({ grant: 9.999613, creationGrant: 9.999613, usage: 7, expiresAt: START });
    expect(debtOf(entry, made, older(ended, second), START).usage).toBe(37);
    expect(debtOf(entry, made, older(ended, { ...second, grant: 80 }), START).usage).toBe(7);
    const unlimited = row({ unlimited: true, usage: 0, expiresAt: START });
    expect(debtOf(entry, made, older(ended, unlimited), START).usage).toBe(30);
    const other = row({ featureId: "credits", usage: 9, expiresAt: START });
    expect(debtOf(entry, made, older(ended, other), START).usage).toBe(30);
  });

  it("is nothing of a cycle that is over", () => {
    const resetsAt = START + 20 * DAY;
    const successor = row({ reset: MONTH, resetsAt: markedReset(resetsAt), usage: 0, createdAt: START });
    const before = row({ reset: MONTH, resetsAt, expiresAt: START + 1 });
    expect(debtOf(entry, successor, older(before), START + DAY).usage).toBe(30);
    const later = { ...successor, resetsAt: markedReset(addCycles(resetsAt, MONTH, 1)) };
    expect(debtOf(entry, later, older(before), START + 30 * DAY)).toMatchObject({ mark: "all", usage: 0 });
  });

  it("is nothing of a cycle that ended for the successor some milliseconds sooner, at the end of a month", () => {
    const end = Date.UTC(2027, 0, 31, 23, 20, 8);
    const successor = row({ reset: MONTH, resetsAt: markedReset(end), usage: 0, createdAt: end - 2400 });
    const usedUp = row({ reset: MONTH, resetsAt: end + 907, usage: 100, remaining: 0 });
    expect(debtOf(entry, successor, older(usedUp), end).usage).toBe(100);
    const reset = { ...successor, resetsAt: markedReset(addCycles(end, MONTH, 1)) };
    expect(debtOf(entry, reset, older(usedUp), end + 700)).toMatchObject({ mark: "all", usage: 0 });
    expect(debtOf(entry, reset, older(usedUp), end + 2000)).toMatchObject({ mark: "all", usage: 0 });
  });

  it("is nothing once a successor of another cycle has been reset, whenever it was to be reset first", () => {
    const monthly = desiredBalance({
      customer_id: "acme",
      feature_id: "storage",
      included: 100,
      reset: { interval: "month" },
      next_reset_at: Date.UTC(2027, 0, 31),
    });
    const createdAt = Date.UTC(2027, 0, 29);
    const successor = (resetsAt: number) =>
      row({ reset: MONTH, resetsAt: markedReset(resetsAt), usage: 0, createdAt });
    const usage = (resetsAt: number) =>
      debtOf(monthly, successor(resetsAt), older(ended), resetsAt - DAY).usage;
    expect(usage(Date.UTC(2027, 0, 31))).toBe(30);
    expect(usage(Date.UTC(2027, 1, 28))).toBe(0);
  });

  it("adds up usage of the feature, and never owes any", () => {
    expect(usageOf([row({ usage: 0.1 }), row({ usage: 0.2 }), row({ featureId: "other" })], "storage")).toBe(
      0.3,
    );
    expect(usageOf([row({ usage: -5 })], "storage")).toBe(0);
    expect(usageOf([row({ unlimited: true }), row({ boolean: true })], "storage")).toBe(0);
  });

  it("keeps the cycle of the first row that has it", () => {
    const yearly = row({ reset: { interval: "year", intervalCount: 1 }, resetsAt: START });
    const monthly = row({ reset: MONTH, resetsAt: START });
    expect(cycleToKeep(MONTH, [yearly, { ...monthly, resetsAt: null }, monthly])).toBe(monthly);
    expect(cycleToKeep(null, [monthly])).toBeUndefined();
  });
});

describe("a row", () => {
  it("is settled to how its next reader finds it", () => {
    const due = row({ grant: 500, reset: MONTH, resetsAt: START - DAY });
    expect(settled(due, START)).toMatchObject({ grant: 100, remaining: 100, usage: 0 });
    expect(settled(due, START).resetsAt).toBeGreaterThan(START);
    expect(settled(due, START - 2 * DAY)).toBe(due);
  });

  it("is drained at exactly 0, and live below", () => {
    expect([0, -1, 0.001].map((remaining) => stateOf(row({ remaining }), START))).toEqual([
      "drained",
      "live",
      "live",
    ]);
    expect(stateOf(row({ remaining: 0, unlimited: true }), START)).toBe("live");
    expect(stateOf(row({ remaining: 0, boolean: true }), START)).toBe("live");
    expect(stateOf(row({ expiresAt: START }), START)).toBe("expired");
  });
});

describe("a key", () => {
  it("depends on all that makes an intent another, and on nothing else", () => {
    const target = { namespace: "n", customerId: "c", balanceId: "b" };
    const keys = [
      idempotencyKey("create", target, { a: 1 }, "1"),
      idempotencyKey("update", target, { a: 1 }, "1"),
      idempotencyKey("create", { ...target, customerId: "d" }, { a: 1 }, "1"),
      idempotencyKey("create", { ...target, namespace: "m" }, { a: 1 }, "1"),
      idempotencyKey("create", { ...target, balanceId: "e" }, { a: 1 }, "1"),
      idempotencyKey("create", target, { a: 2 }, "1"),
      idempotencyKey("create", target, { a: 1 }, "2"),
      idempotencyKey("create", target, { a: 1 }, null),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(idempotencyKey("create", { ...target }, { a: 1 }, "1")).toBe(keys[0]);
    expect(keys.every((key) => /^autumn-balances-[\w-]{43}$/.test(key))).toBe(true);
  });
});

describe("totals", () => {
  const change = (fields: Partial<Change>): Change =>
    ({
      kind: "create",
      featureId: "storage",
      desired: null,
      row: null,
      reasons: [],
      granted: 0,
      ...fields,
    }) as Change;
  const desired = (entry: object) =>
    desiredBalance({ customer_id: "acme", feature_id: "storage", included: 10, ...entry });

  it("set gains and losses of one cycle side by side, and keep cycles apart", () => {
    const totals = totalsOf([
      change({ desired: desired({}), granted: 10.1 }),
      change({ desired: desired({}), granted: 0.2 }),
      change({ kind: "delete", row: row(), granted: -70 }),
      change({ desired: desired({ reset: { interval: "month", interval_count: 2 } }), granted: 5 }),
      change({ kind: "blocked", desired: desired({}), granted: 1000 }),
    ]);
    expect(totals).toEqual([
      { featureId: "storage", per: "2 months", added: 5, taken: 0 },
      { featureId: "storage", per: "once", added: 10.3, taken: 70 },
    ]);
  });

  it("take the old cycle and add the new one where a replacement changes it", () => {
    const totals = totalsOf([
      change({
        kind: "replace",
        desired: desired({ reset: { interval: "month" } }),
        row: row(),
        granted: -90,
      }),
    ]);
    expect(totals).toEqual([
      { featureId: "storage", per: "month", added: 10, taken: 0 },
      { featureId: "storage", per: "once", added: 0, taken: 100 },
    ]);
  });
});
