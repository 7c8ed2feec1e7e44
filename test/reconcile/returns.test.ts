// Used-up rows that were replaced, and come back at their resets: each of their cycles is counted once.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { refusals } from "../../src/reconcile/decide/guard.ts";
import { addCycles } from "../../src/reconcile/interval.ts";
import type { Row } from "../../src/reconcile/row.ts";
import { settledReset } from "../../src/reconcile/transitions/marks.ts";
import type { Generation } from "../../src/reconcile/transitions/match.ts";
import { cameBack, cyclesOf } from "../../src/reconcile/transitions/returns.ts";
import { type BalanceEntry, DEFAULT_LIMITS, type Interval, type Reset } from "../../src/schema/index.ts";
import { storedRow } from "../support/row.ts";
import { ACME, MONTHLY, monthly, oneOff } from "./entries.ts";
import { killedAt, statesDuring, worldAt } from "./kill.ts";
import { DAY, LEVELS, START, World } from "./world.ts";

const HOUR = 3_600_000;
const HOURLY = { reset: { interval: "hour" } } as const;

/** Uses units, as far as there are any. @returns how many were used */
async function use(world: World, feature: string, value: number): Promise<number> {
  const answer = (await world.call("balances.track", {
    customer_id: "acme",
    feature_id: feature,
    value,
  })) as { deductions: { value: number }[] };
  world.ms += 1500;
  return answer.deductions.reduce((sum, one) => sum + one.value, 0);
}

async function expectOnly(world: World, entry: BalanceEntry, row: object): Promise<void> {
  expect((await world.live("acme")).filter(({ remaining }) => remaining !== 0)).toMatchObject([row]);
  expect((await world.plan([entry])).changes).toEqual([]);
}

describe.each(LEVELS)("on a server of %s", (level) => {
  it("two used-up rows of different cycles are each counted once a cycle", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100, HOURLY)]);
    await use(world, "storage", 100);
    await world.converge([oneOff(150, MONTHLY)]);
    await use(world, "storage", 50);
    const entry = oneOff(1000, MONTHLY);
    await world.converge([entry]);
    let used = 150;
    for (let hour = 0; hour < 3; hour++) {
      world.ms += HOUR;
      // The hourly row is back, and used up again by the time that a run comes by.
      used += await use(world, "storage", 100);
      for (let run = 0; run < 2; run++) await world.apply(await world.plan([entry]));
      const rows = await world.live("acme");
      expect(rows.find(({ id }) => id === "test:storage~3")).toMatchObject({ grant: 1000, usage: used });
    }
    await expectOnly(world, entry, { id: "test:storage~3", usage: used });
  });

  it("a row that came back goes without anything granted for it, but for what the entry raises", async () => {
    const world = new World({ level });
    await world.converge([monthly(30)]);
    await use(world, "api_calls", 30);
    await world.converge([monthly(90)]);
    world.ms += 31 * DAY;
    const granted = async (entry: BalanceEntry): Promise<number | undefined> =>
      (await world.plan([entry])).changes[0]?.granted;
    expect(await granted(monthly(90))).toBe(-30);
    // From 30 + 90 to 200.
    expect(await granted(monthly(200))).toBe(80);
    expect(await granted({ ...ACME, feature_id: "api_calls", unlimited: true })).toBe(-120);
    const limits = { ...DEFAULT_LIMITS, granted: new Map([["api_calls", 0]]) };
    expect(refusals(await world.plan([monthly(90)], { limits }))).toEqual([]);
  });

  it("a row that came back beside a successor without resets goes, also where a run was killed on the way", async () => {
    const world = new World({ level });
    await world.converge([oneOff(30, MONTHLY)]);
    await use(world, "storage", 30);
    await world.converge([oneOff(90)]);
    world.ms += 31 * DAY;
    await use(world, "storage", 10);
    const plan = await world.plan([oneOff(90)]);
    expect(plan.changes).toMatchObject([{ kind: "replace", granted: -30, carries: 10 }]);
    expect((await world.plan([oneOff(120)])).changes).toMatchObject([{ granted: 0 }]);
    await killedAt(
      world,
      () => world.apply(plan),
      (_, body) => "expires_at" in body,
    );
    world.ms += 60_000;
    // The mark on the grant is nothing that is granted.
    expect((await world.plan([oneOff(90)])).changes).toMatchObject([{ granted: 0, carries: 10 }]);
    await world.converge([oneOff(90)]);
    await expectOnly(world, oneOff(90), { id: "test:storage~2", grant: 90, usage: 40 });
  });

  it("a row that came back and has ended is not counted in a later cycle, of another interval", async () => {
    const world = new World({ level });
    const reset = { interval: "week" } as const;
    const entry = oneOff(150, { reset });
    await world.converge([oneOff(100, { reset: { interval: "day" } })]);
    await use(world, "storage", 100);
    await world.converge([entry]);
    expect(await use(world, "storage", 1000)).toBe(50);
    world.ms += DAY;
    expect(await use(world, "storage", 30)).toBe(30);
    // The daily row ends, and its successor is used up: nothing can be counted on it.
    await world.apply(await world.plan([entry]));
    world.ms += 7 * DAY;
    await use(world, "storage", 10);
    await world.apply(await world.plan([entry]));
    await expectOnly(world, entry, { id: "test:storage~2", usage: 10 });
  });

  it.each([
    ["day", "week", "day"],
    ["month", "week", "month"],
    ["week", "month", "week"],
    ["week", "month", "month"],
  ] as const)("the first row of %s, %s, %s comes back wherever the last replacement is", async (a, b, c) => {
    const granted = (included: number, interval: Interval): BalanceEntry =>
      oneOff(included, { reset: { interval } });
    const world = new World({ level, storeDelayMs: 0 });
    await world.converge([granted(30, a)]);
    await use(world, "storage", 30);
    const [first] = await world.live("acme");
    const back = first?.resetsAt ?? 0;
    world.ms = back - 2 * HOUR;
    await world.converge([granted(80, b)]);
    await use(world, "storage", 5);
    world.ms = back - HOUR;
    const last = granted(70, c);
    const states = await statesDuring(world, () => world.converge([last]));
    expect(states.length).toBeGreaterThan(3);
    for (const remains of states) {
      const after = worldAt(remains, { level, storeDelayMs: 0 });
      after.ms = back + 60_000;
      const used = await use(after, "storage", 6);
      for (let run = 0; run < 2; run++) await after.apply(await after.plan([last]));
      expect(used, remains.at).toBe(6);
      await expectOnly(after, last, { grant: 70, usage: 41 });
    }
  });

  it("a row that comes back just before the end of the one that succeeded it is counted", async () => {
    const world = new World({ level, storeDelayMs: 0 });
    const entry = (included: number): BalanceEntry => oneOff(included, MONTHLY);
    await world.converge([entry(30)]);
    await use(world, "storage", 30);
    const [first] = await world.live("acme");
    const back = first?.resetsAt ?? 0;
    await world.converge([entry(90)]);
    world.ms = back - 3400;
    const plan = await world.plan([entry(50)]);
    let used = 0;
    world.route = async (input, init) => {
      const answer = await world.emulator.fetch(input, init);
      const body = String(init?.body);
      // The answer is late, so that the end of the second row takes effect after its reset.
      if (String(input).endsWith("balances.create")) world.ms = back - 1300;
      if (used === 0 && body.includes("expires_at") && body.includes('"test:storage"')) {
        world.ms += 1000;
        used = await use(world, "storage", 40);
      }
      return answer;
    };
    await world.apply(plan);
    world.route = world.emulator.fetch;
    expect(used).toBe(40);
    world.ms += 20_000;
    await world.apply(await world.plan([entry(50)]));
    await expectOnly(world, entry(50), { id: "test:storage~3", usage: 40 });
  });

  it("a row that was never ended for its successor is counted, if its own cycle began in that one's", async () => {
    const world = new World({ level, storeDelayMs: 0 });
    const entry = oneOff(100, { reset: { interval: "week" } });
    await world.converge([oneOff(60, { reset: { interval: "day" } })]);
    await killedAt(
      world,
      () => world.converge([entry]),
      (route) => route === "balances.create",
    );
    world.ms += 17 * DAY + HOUR;
    const used = await use(world, "storage", 7);
    await world.apply(await world.plan([entry]));
    await expectOnly(world, entry, { id: "test:storage~2", usage: used });
  });

  it("a row that comes back on the last of a month is counted, though the next month is shorter", async () => {
    const world = new World({ level });
    world.ms = Date.UTC(2027, 0, 10);
    const entry = (included: number) => monthly(included, { next_reset_at: Date.UTC(2027, 0, 31, 12) });
    await world.converge([entry(100)]);
    await use(world, "api_calls", 100);
    world.ms = Date.UTC(2027, 0, 30);
    await world.converge([entry(350)]);
    world.ms = Date.UTC(2027, 1, 2);
    const used = await use(world, "api_calls", 220);
    await world.apply(await world.plan([entry(350)]));
    world.ms += 60_000;
    const rows = await world.live("acme");
    expect(rows.find(({ id }) => id === "test:api_calls~2")).toMatchObject({ grant: 350, usage: used });
    expect((await world.plan([entry(350)])).changes).toEqual([]);
  });

  it("a cycle that is kept at the end of a month is not taken for one that is over", async () => {
    const world = new World({ level });
    world.ms = Date.UTC(2027, 0, 30, 23, 50);
    await world.converge([oneOff(200, MONTHLY)]);
    world.ms += 20 * 60_000;
    // Used up while the row is replaced, and the successor with it.
    let used = 0;
    world.route = async (input, init) => {
      const answer = await world.emulator.fetch(input, init);
      if (String(init?.body).includes("expires_at")) used += await use(world, "storage", 1000);
      return answer;
    };
    await world.apply(await world.plan([oneOff(200)]));
    world.route = world.emulator.fetch;
    expect(used).toBeGreaterThan(300);
    await world.converge([oneOff(500, MONTHLY)]);
    const row = (await world.live("acme")).find(({ id }) => id === "test:storage~3");
    expect(row?.usage).toBeCloseTo(used, 6);
  });

  it("a first reset that is far off is not taken for one that has passed", async () => {
    const world = new World({ level });
    const reset = START + 3 * DAY;
    await world.converge([oneOff(100, { reset: { interval: "day" }, next_reset_at: reset })]);
    await world.converge([oneOff(150, { reset: { interval: "day" } })]);
    expect(await world.live("acme")).toMatchObject([{ grant: 150, resetsAt: reset }]);
  });
});

describe("the rows that came back", () => {
  const CYCLES: Reset[] = [
    { interval: "hour", intervalCount: 1 },
    { interval: "day", intervalCount: 1 },
    { interval: "week", intervalCount: 1 },
    { interval: "month", intervalCount: 1 },
  ];
  const usedUp = (reset: Reset, resetsAt: number, n: number): Row =>
    storedRow({
      featureId: "storage",
      balanceId: n === 0 ? "test:storage" : `test:storage~${n + 1}`,
      usage: 100,
      reset,
      resetsAt,
      createdAt: START - DAY,
    });

  it("are those that were reset since they were counted, and no others", () => {
    const row = fc.record({
      reset: fc.constantFrom(...CYCLES),
      in: fc.integer({ min: 1, max: 3000 }),
      cycles: fc.nat(2),
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 3 }), (rows) => {
        const month = { interval: "month", intervalCount: 1 } as const;
        const made = rows.map((one, n) => usedUp(one.reset, START + one.in * 1000, n));
        const older = (list: readonly Row[]): Generation[] =>
          list.map((one, n) => ({ row: one, generation: n + 1 }));
        const successor = { ...usedUp(month, START + 20 * DAY, rows.length), createdAt: START };
        const counted = {
          ...successor,
          resetsAt: settledReset(successor.resetsAt as number, cyclesOf(successor, older(made), START)),
        };
        expect(cameBack(counted, older(made), START)).toEqual([]);

        const later = made.map((one, n) => {
          const { reset, resetsAt } = one as Row & { reset: Reset; resetsAt: number };
          return { ...one, resetsAt: addCycles(resetsAt, reset, rows[n]?.cycles ?? 0) };
        });
        const now = Math.max(START, ...later.map((one) => addCycles(one.resetsAt, one.reset as Reset, -1)));
        const reset = later.filter((one, n) => one.resetsAt !== made[n]?.resetsAt);
        // What came back is known; of the others, those alone whose codes happen to come to the same.
        expect(cameBack(counted, older(later), now)).toEqual(expect.arrayContaining(reset));
        if (reset.length === 0) expect(cameBack(counted, older(later), now)).toEqual([]);
      }),
    );
  });
});
