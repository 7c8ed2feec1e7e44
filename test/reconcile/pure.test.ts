// The pure parts, each on its own: intervals, ids, amounts, totals, and the marks of a carry.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as emulated from "../../src/emulator/intervals.ts";
import { isMore, minus, plus, sameAmount } from "../../src/reconcile/amounts.ts";
import {
  carryState,
  cycleToKeep,
  markedDue,
  predecessorsOf,
  unmarked,
  usageOf,
} from "../../src/reconcile/carry.ts";
import { idempotencyKey } from "../../src/reconcile/idempotency.ts";
import { addCycles, nextBoundary } from "../../src/reconcile/interval.ts";
import { parseRemoteId, remoteId } from "../../src/reconcile/remote-id.ts";
import { type Row, settled, stateOf } from "../../src/reconcile/row.ts";
import { totalsOf } from "../../src/reconcile/totals.ts";
import type { Change } from "../../src/reconcile/types.ts";
import { KEY_PATTERN } from "../../src/schema/balance.ts";
import { desiredBalance, INTERVALS, type Interval, NAMESPACE_PATTERN } from "../../src/schema/index.ts";
import { DAY, START } from "./world.ts";

const interval = fc.constantFrom(...(INTERVALS.filter((one) => one !== "one_off") as Interval[]));
const reset = fc.record({ interval, intervalCount: fc.integer({ min: 1, max: 14 }) });
const moment = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2040, 0, 1) });

const row = (fields: Partial<Row> = {}): Row => ({
  customerId: "acme",
  featureId: "storage",
  balanceId: "test:storage",
  internalId: null,
  planId: null,
  entityId: null,
  entityRef: null,
  boolean: false,
  unlimited: false,
  grant: 100,
  creationGrant: 100,
  remaining: 70,
  usage: 30,
  rolledOver: 0,
  reset: null,
  resetsAt: null,
  expiresAt: null,
  rollover: null,
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
    expect(sameAmount(2 ** 53 - 1, 2 ** 53 - 2)).toBe(false);
    expect([sameAmount(null, null), sameAmount(null, 0)]).toEqual([true, false]);
  });
});

describe("the marks of a carry", () => {
  it("stay within the second, and can be told from the finished moment", () => {
    fc.assert(
      fc.property(moment, (ms) => {
        const due = markedDue(ms);
        expect(Math.floor(due / 1000)).toBe(Math.floor(ms / 1000));
        const before = [row({ balanceId: "test:storage", reset: MONTH, resetsAt: ms })];
        const successor = (resetsAt: number) => row({ reset: MONTH, resetsAt, usage: 0, remaining: 100 });
        const now = ms - DAY;
        expect(carryState(successor(due), before, now)).toMatchObject({ due: true, open: true, carried: 0 });
        expect(carryState(successor(due + 1), before, now)).toMatchObject({ due: false, open: true });
        expect(carryState(successor(unmarked(ms)), before, now)).toMatchObject({ due: false, open: false });
        expect(Math.abs(unmarked(ms) - ms)).toBeLessThanOrEqual(2);
      }),
    );
  });

  it("say nothing where there is no row before, or nothing is counted", () => {
    const due = row({ reset: MONTH, resetsAt: markedDue(START + DAY) });
    expect(carryState(due, [], START).open).toBe(false);
    expect(carryState({ ...due, unlimited: true }, [row()], START).open).toBe(false);
    expect(carryState({ ...due, boolean: true }, [row()], START).open).toBe(false);
  });

  it("without resets: usage is due until the grant is moved", () => {
    const made = row({ grant: 70, creationGrant: 70, remaining: 70, usage: 0 });
    expect(carryState(made, [row()], START)).toEqual({ due: true, open: true, usage: 30, carried: 0 });
    const raised = { ...made, grant: 100, usage: 30 };
    expect(carryState(raised, [row()], START)).toMatchObject({ due: false, carried: 30 });
    // An unused row has nothing to hand on, however its successor was edited.
    const bonus = { ...made, usage: -5 };
    expect(carryState(bonus, [row({ usage: 0, remaining: 100 })], START).due).toBe(false);
  });

  it("forgets what was used up before the successor's last reset", () => {
    const drained = row({ remaining: 0, usage: 100 });
    const fresh = row({ reset: MONTH, resetsAt: START + 20 * DAY, createdAt: START - 5 * DAY, usage: 0 });
    expect(carryState(fresh, [drained], START).usage).toBe(100);
    expect(carryState({ ...fresh, createdAt: START - 40 * DAY }, [drained], START).usage).toBe(0);
  });

  it("counts the generation before, and of older ones what is live", () => {
    const drained = row({ remaining: 0, usage: 100 });
    const live = row({ usage: 7 });
    const rows = (...generations: [Row, number][]) =>
      predecessorsOf(
        generations.map(([one, generation]) => ({ row: one, generation })),
        START,
      );
    expect(rows([drained, 1], [live, 2])).toEqual([live]);
    expect(rows([live, 1], [drained, 2])).toEqual([drained, live]);
    expect(rows()).toEqual([]);
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
      idempotencyKey("create", target, { a: 1 }, 1),
      idempotencyKey("update", target, { a: 1 }, 1),
      idempotencyKey("create", { ...target, customerId: "d" }, { a: 1 }, 1),
      idempotencyKey("create", { ...target, namespace: "m" }, { a: 1 }, 1),
      idempotencyKey("create", { ...target, balanceId: "e" }, { a: 1 }, 1),
      idempotencyKey("create", target, { a: 2 }, 1),
      idempotencyKey("create", target, { a: 1 }, 2),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(idempotencyKey("create", { ...target }, { a: 1 }, 1)).toBe(keys[0]);
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
