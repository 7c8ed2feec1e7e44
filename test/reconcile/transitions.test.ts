// The table of transitions: every state that a balance can be in comes to an end, and each step does on the server what
// the table says it does.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stateOfBalance } from "../../src/reconcile/decide/diff.ts";
import { AccountReader } from "../../src/reconcile/observe/account-reader.ts";
import { type Row, settled, stateOf } from "../../src/reconcile/row.ts";
import { settledReset } from "../../src/reconcile/transitions/marks.ts";
import { type Generation, matchRows } from "../../src/reconcile/transitions/match.ts";
import { type BalanceState, next, stepsOf } from "../../src/reconcile/transitions/transitions.ts";
import type { Retirement } from "../../src/reconcile/types.ts";
import { type DesiredBalance, desiredBalance, type Reset } from "../../src/schema/index.ts";
import { storedRow } from "../support/row.ts";
import { monthly, NEXT_SUMMER, oneOff } from "./entries.ts";
import { prepared, run } from "./scenario-run.ts";
import { SCENARIOS } from "./scenarios.ts";
import { DAY, LEVELS, START } from "./world.ts";

const NOW = START + 10 * DAY;
const RESETS_AT = START + 30 * DAY;
const MONTH = { interval: "month", intervalCount: 1 } as const;

const base = storedRow({
  featureId: "storage",
  balanceId: "test:storage",
  usage: 30,
  createdAt: START,
});

/** What a row can be, whatever its cycle. */
const CONDITIONS: Readonly<Record<string, Partial<Row>>> = {
  live: {},
  unused: { usage: 0, remaining: 100 },
  overdrawn: { usage: 130, remaining: -30 },
  "used up": { usage: 100, remaining: 0 },
  ended: { expiresAt: NOW - DAY },
  "used up and ended": { usage: 100, remaining: 0, expiresAt: NOW - DAY },
  ending: { expiresAt: NOW + 2000 },
  "ending some day": { expiresAt: NEXT_SUMMER },
};
/** What it can have been made for. */
const CYCLES: Readonly<Record<string, Partial<Row>>> = {
  once: {},
  "once, marked": { grant: 69.999613, creationGrant: 69.999613 },
  "once, moved": { creationGrant: 69.999613 },
  monthly: { reset: MONTH, resetsAt: RESETS_AT },
  "monthly, marked": { reset: MONTH, resetsAt: RESETS_AT + 613 },
  "monthly, of an older version": { reset: MONTH, resetsAt: RESETS_AT + 614 },
  "monthly, counted": { reset: MONTH, resetsAt: settledReset(RESETS_AT, [RESETS_AT]) },
  unlimited: { unlimited: true, grant: 0, creationGrant: 0, remaining: 0, usage: 0 },
};
const ROWS = Object.entries(CONDITIONS).flatMap(([condition, state]) =>
  Object.entries(CYCLES).map(([cycle, made]) => ({
    name: `${condition}, ${cycle}`,
    row: merged(made, state),
  })),
);
const ENTRIES: Readonly<Record<string, DesiredBalance | null>> = {
  "no entry": null,
  "100 once": desiredBalance(oneOff(100)),
  "150 once": desiredBalance(oneOff(150)),
  "20 once": desiredBalance(oneOff(20)),
  "100 once, with an end": desiredBalance(oneOff(100, { expires_at: NEXT_SUMMER })),
  "100 a month": desiredBalance(monthly(100, { feature_id: "storage" })),
  "150 a month": desiredBalance(monthly(150, { feature_id: "storage" })),
  unlimited: desiredBalance({ customer_id: "acme", feature_id: "storage", unlimited: true }),
};

/** A row that was made in a way, and has come to be in a state. */
function merged(made: Partial<Row>, state: Partial<Row>): Row {
  const row = { ...base, ...made };
  const usage = row.unlimited ? 0 : (state.usage ?? base.usage);
  const isUsedUp = state.remaining === 0 && !row.unlimited;
  const used = isUsedUp ? row.grant : usage;
  return {
    ...row,
    expiresAt: state.expiresAt ?? null,
    usage: used,
    remaining: row.unlimited ? 0 : row.grant - used,
  };
}

function stateOfRows(desired: DesiredBalance | null, rows: readonly Row[], retire: Retirement): BalanceState {
  const generations: Generation[] = rows.map((row, n) => ({
    row: { ...row, balanceId: n === 0 ? "test:storage" : `test:storage~${n + 1}` },
    generation: n + 1,
  }));
  const rowsOf = () => generations.map(({ row }) => row);
  return stateOfBalance(desired, "storage", generations, {
    namespace: "test",
    now: NOW,
    retire,
    rowsOf,
    isBoolean: () => false,
  });
}

describe("the table of transitions", () => {
  it.each(Object.entries(ENTRIES))("brings every pair of rows to an end: %s", (_, desired) => {
    for (const retire of ["end", "delete"] as const) {
      for (const older of [null, ...ROWS]) {
        for (const newer of ROWS) {
          const what = `${retire}: ${older?.name ?? "nothing"} before ${newer.name}`;
          const state = stateOfRows(desired, older === null ? [newer.row] : [older.row, newer.row], retire);
          const { steps, end } = stepsOf(state);
          expect(next(end).step, what).toBe(null);
          const live = end.generations.filter(({ row }) => stateOf(row, end.now + 5000) === "live");
          const { verdict } = next(state);
          if (verdict.kind === "blocked") {
            expect(steps, what).toEqual([]);
            continue;
          }
          expect(live.length, what).toBeLessThanOrEqual(desired === null ? 0 : 1);
          // One successor at the most, and usage is counted once.
          expect(steps.filter(({ kind }) => kind === "create").length, what).toBeLessThanOrEqual(1);
          expect(steps.filter(({ kind }) => kind === "count").length, what).toBeLessThanOrEqual(1);
          if (desired === null) {
            // What tells that rows were replaced stays in one piece.
            const isReplaced = older !== null;
            const kinds = new Set(steps.map(({ kind }) => kind));
            kinds.delete(isReplaced ? "end" : "delete");
            expect([...kinds], what).toEqual([]);
          }
          if (retire === "end" && desired !== null) {
            expect(
              steps.some(({ kind }) => kind === "delete"),
              what,
            ).toBe(false);
          }
          for (const step of steps) {
            if (step.kind !== "count") continue;
            // What is counted stands still, and is never more than was used.
            expect(step.debt.usage, what).toBeGreaterThanOrEqual(0);
            expect(step.debt.usage, what).toBeLessThanOrEqual(130 * 2);
          }
        }
      }
    }
  });

  it("brings any rows to an end, of whatever cycles", () => {
    const reset = fc.constantFrom<Reset | null>(
      null,
      { interval: "hour", intervalCount: 1 },
      { interval: "week", intervalCount: 2 },
      MONTH,
      { interval: "year", intervalCount: 1 },
    );
    const made = fc
      .record({
        condition: fc.constantFrom(...Object.values(CONDITIONS)),
        reset,
        age: fc.integer({ min: 0, max: 100 }),
        resetsIn: fc.integer({ min: 1, max: 400 * 24 }),
        ms: fc.constantFrom(0, 17, 372, 612, 613, 614, 900),
        grant: fc.constantFrom(100, 69.999613, 150.000614),
      })
      .map(({ condition, reset, age, resetsIn, ms, grant }) =>
        merged(
          {
            reset,
            resetsAt: reset === null ? null : NOW + resetsIn * 3_600_000 + ms,
            createdAt: NOW - age * DAY,
            grant,
          },
          condition,
        ),
      );
    fc.assert(
      fc.property(
        fc.array(made, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(...Object.values(ENTRIES)),
        fc.constantFrom<Retirement>("end", "delete"),
        (rows, desired, retire) => {
          const { end } = stepsOf(stateOfRows(desired, rows, retire));
          expect(next(end).step).toBe(null);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it("takes usage of a row to whatever succeeds it, once", () => {
    for (const { name, row } of ROWS) {
      if (row.unlimited || row.usage === 0) continue;
      for (const [entry, desired] of Object.entries(ENTRIES)) {
        if (desired === null || desired.included === null) continue;
        const { steps, end } = stepsOf(stateOfRows(desired, [row], "end"));
        if (!steps.some(({ kind }) => kind === "create")) continue;
        const successor = end.generations.at(-1)?.row;
        expect(successor, `${name} → ${entry}`).toMatchObject({ grant: desired.included, usage: row.usage });
      }
    }
  });

  it.each(LEVELS)("says what a server of %s makes of it", async (level) => {
    for (const scenario of SCENARIOS) {
      const { world } = await prepared(scenario, { level });
      const api = world.client();
      const read = async (): Promise<readonly Row[]> => {
        const options = { namespace: "test", balances: [], wholeOrganisation: false, concurrency: 1 };
        const rows = await new AccountReader(api, options).readCustomer("acme");
        return (rows ?? []).map((row) => settled(row, world.ms));
      };
      const rows = await read();
      const expected = scenario.after.map((entry) => {
        const desired = desiredBalance(entry);
        const generations = matchRows([desired], new Map([["acme", rows]]), "test").declared[0] ?? [];
        const context = { namespace: "test", now: world.ms, retire: "end", rowsOf: () => rows } as const;
        const { end } = stepsOf(
          stateOfBalance(desired, desired.key, generations, { ...context, isBoolean: () => false }),
        );
        return shown(end.generations.at(-1)?.row);
      });
      await run(world, scenario);
      const after = await read();
      const actual = scenario.after.map((entry) => {
        const desired = desiredBalance(entry);
        const own = matchRows([desired], new Map([["acme", after]]), "test").declared[0] ?? [];
        return shown([...own].sort((a, b) => a.generation - b.generation).at(-1)?.row);
      });
      expect(actual, scenario.name).toEqual(expected);
    }
  });
});

/** What is the same on the server and in the table; a cycle to the minute, as time passes meanwhile. */
const shown = (row: Row | undefined) =>
  row && {
    balanceId: row.balanceId,
    grant: row.grant,
    usage: row.usage,
    unlimited: row.unlimited,
    resets: row.resetsAt === null ? null : Math.round(row.resetsAt / 60_000),
    expiresAt: row.expiresAt,
  };
