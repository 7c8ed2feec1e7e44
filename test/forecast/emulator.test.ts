// A forecast, held against what the emulator has once its clock is there.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { forecast } from "../../src/forecast/index.ts";
import { type BalanceEntry, desiredBalance } from "../../src/schema/index.ts";
import { DAY, START, World } from "../reconcile/world.ts";

const entries = fc.array(
  fc
    .record({
      included: fc.integer({ min: 1, max: 1000 }),
      reset: fc.option(
        fc.record({
          interval: fc.constantFrom("hour", "day", "week", "month", "quarter", "semi_annual", "year"),
          interval_count: fc.integer({ min: 1, max: 3 }),
        }),
      ),
      days: fc.integer({ min: 1, max: 400 }),
      says: fc.boolean(),
    })
    .map(({ included, reset, days, says }) => ({
      included,
      ...(reset === null ? {} : { reset }),
      ...(says ? { [reset === null ? "expires_at" : "next_reset_at"]: START + days * DAY } : {}),
    })),
  { minLength: 1, maxLength: 5 },
);

/** When each row was made. */
async function createdAt(world: World): Promise<Map<string, number>> {
  const { balances } = (await world.call("balances/list?customer_id=acme")) as {
    balances: { external_id: string; created_at: number }[];
  };
  return new Map(balances.map((row) => [row.external_id, row.created_at]));
}

describe("a forecast", () => {
  it("says what the server has when the time has come", async () => {
    await fc.assert(
      fc.asyncProperty(entries, fc.integer({ min: 1, max: 500 * 24 }), async (drawn, hours) => {
        const declared = drawn.map((one, index) => ({
          customer_id: "acme",
          feature_id: "api_calls",
          id: `b${index}`,
          ...one,
        })) as BalanceEntry[];
        const world = new World();
        await world.converge(declared);
        const made = await createdAt(world);
        world.ms += hours * 3_600_000;
        const there = new Map((await world.live("acme")).map((row) => [row.id, row]));
        for (const balance of declared.map((one) => desiredBalance(one))) {
          const id = `test:${balance.key}`;
          // A cycle begins when the server makes the row, which is some moments after the run began.
          const { holdings } = forecast([balance], made.get(id) ?? Number.NaN, world.ms);
          const told = holdings.map(({ entry, nextResetAt }) => [entry.included, nextResetAt]);
          const row = there.get(id);
          expect(told, id).toEqual(row === undefined ? [] : [[row.grant, row.resetsAt]]);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("says what the server has after the next phase, once that has been applied", async () => {
    const phases = (reset: BalanceEntry["reset"]) => [
      { included: 10, ends_at: START + 40 * DAY, ...(reset ? { reset } : {}) },
      { included: 25, ...(reset ? { reset } : {}) },
    ];
    const declared: BalanceEntry[] = [
      { customer_id: "acme", feature_id: "api_calls", id: "monthly", phases: phases({ interval: "month" }) },
      { customer_id: "acme", feature_id: "api_calls", id: "once", phases: phases(undefined) },
    ];
    const world = new World();
    await world.converge(declared);
    const made = await createdAt(world);
    world.ms += 41 * DAY;
    await world.converge(declared);
    const rows = await world.live("acme");
    for (const balance of declared.map((one) => desiredBalance(one))) {
      const { holdings } = forecast([balance], made.get(`test:${balance.key}`) ?? Number.NaN, world.ms);
      const there = rows.filter(({ id }) => id?.startsWith(`test:${balance.key}`));
      expect(there.map(({ grant, resetsAt }) => [grant, resetsAt])).toEqual(
        holdings.map(({ entry, nextResetAt }) => [entry.included, nextResetAt]),
      );
    }
  });
});
