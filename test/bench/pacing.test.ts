// What docs/benchmarks.md says about the pace, for fewer balances, in the same simulated time.
import { describe, expect, it } from "vitest";
import { CONCURRENCY, SimulatedWorld } from "../../bench/simulated.ts";
import { applyPlan } from "../../src/reconcile/index.ts";
import { type BalanceEntry, desiredBalance } from "../../src/schema/index.ts";

function worldOf(customers: number, latencyMs: number): SimulatedWorld {
  return new SimulatedWorld({
    latencyMs,
    seed: {
      features: [{ id: "api_calls", type: "metered", consumable: true }],
      customers: Array.from({ length: customers }, (_, n) => ({ id: `customer_${n}` })),
    },
  });
}

/** Makes it so, and tells what the plan said and what it took. */
async function converge(world: SimulatedWorld, customers: number, entry: Partial<BalanceEntry>) {
  const balances = Array.from({ length: customers }, (_, n) =>
    desiredBalance({ customer_id: `customer_${n}`, feature_id: "api_calls", ...entry }),
  );
  const { estimate, ...plan } = await world.plan(balances);
  world.calls = [];
  const startedAt = world.time.now();
  const outcome = await applyPlan(
    world.api,
    { estimate, ...plan },
    { clock: world.time, concurrency: CONCURRENCY },
  );
  expect(new Set(outcome.results.map(({ result }) => result))).toEqual(new Set(["converged"]));
  return { estimate, calls: world.calls.length, ms: world.time.now() - startedAt };
}

it("creates at the pace, within 5 %, and is not refused once", async () => {
  const world = worldOf(200, 50);
  const { ms } = await converge(world, 200, { included: 100 });
  expect(ms).toBeLessThanOrEqual((200 / 20) * 1000 * 1.05);
  expect(world.calls.filter(({ status }) => status === 429)).toEqual([]);
});

describe.each([50, 500, 2000])(
  "with %d ms a call, the estimate is a lower bound, and within 20 %%",
  (latency) => {
    const near = ({ estimate, calls, ms }: Awaited<ReturnType<typeof converge>>): void => {
      expect(estimate.calls).toBeLessThanOrEqual(calls);
      expect(estimate.calls).toBeGreaterThanOrEqual(calls * 0.8);
      expect(estimate.ms).toBeLessThanOrEqual(ms);
      expect(estimate.ms).toBeGreaterThanOrEqual(ms * 0.8);
    };

    it("for creates", async () => {
      near(await converge(worldOf(200, latency), 200, { included: 100 }));
    });

    it.each([
      ["updates", 200, {}],
      ["replacements", 40, { reset: { interval: "month" } }],
    ] as const)("for %s", async (_, customers, rest) => {
      const world = worldOf(customers, latency);
      await converge(world, customers, { included: 100, ...rest });
      // Not in the slices of time in which the customers were taken before.
      await world.time.sleep(60_000);
      near(await converge(world, customers, { included: 150, ...rest }));
    });
  },
);
