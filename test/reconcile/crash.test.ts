// A run is killed between any two calls; customers go on using what they have; the next run finishes, soon or
// late, or is killed itself. Whatever the moment: granted once, no usage lost, nothing left to do.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Remains, statesDuring, worldAt } from "./kill.ts";
import { expectDone, prepared, run, useMeanwhile } from "./scenario-run.ts";
import { SCENARIOS } from "./scenarios.ts";
import { DAY, LEVELS, World } from "./world.ts";

/** Longer than idempotency keys are remembered. */
const NEXT_DAY_MS = 30 * 3_600_000;

/** Pairs of kills that are tried; set RUNS for a long run. */
const RUNS = Number(process.env.RUNS ?? 4);

describe.each(LEVELS)("a run killed at any moment, server of %s", (level) => {
  describe.each(SCENARIOS)("$name", (scenario) => {
    const units = scenario.meanwhile?.units ?? 0;
    const finish = (world: World) => world.converge(scenario.after, { prune: scenario.prune ?? false });

    it("is finished by the next run", async () => {
      const { world, resetsAt } = await prepared(scenario, { level });
      for (const remains of await statesDuring(world, () => run(world, scenario))) {
        for (const used of new Set([units, 0])) {
          for (const late of [0, NEXT_DAY_MS]) {
            const next = worldAt(remains, { level });
            if (used > 0) await useMeanwhile(next, scenario);
            next.ms += late;
            await finish(next);
            const killed = `killed ${remains.at}${used ? ", used" : ""}${late ? ", next day" : ""}`;
            await expectDone(next, scenario, { meanwhileUnits: used, resetsAt }, killed);
          }
        }
      }
    });

    it("is finished by the run after two that were killed", async () => {
      const { world, resetsAt } = await prepared(scenario, { level });
      const first = await statesDuring(world, () => run(world, scenario));
      const pick = (states: readonly Remains[], n: number): Remains => states[n % states.length] as Remains;
      await fc.assert(
        fc.asyncProperty(fc.nat(60), fc.nat(60), fc.boolean(), async (n, m, isLate) => {
          const once = pick(first, n);
          const again = worldAt(once, { level });
          await useMeanwhile(again, scenario);
          if (isLate) again.ms += NEXT_DAY_MS;
          const twice = pick(await statesDuring(again, () => run(again, scenario)), m);
          const last = worldAt(twice, { level });
          await useMeanwhile(last, scenario);
          if (isLate) last.ms += NEXT_DAY_MS;
          await finish(last);
          const killed = `killed ${once.at}, then ${twice.at}`;
          await expectDone(last, scenario, { meanwhileUnits: 2 * units, resetsAt }, killed);
        }),
        { numRuns: RUNS },
      );
    });
  });

  it("has what customers used up meanwhile carried over when the old row is used up by then", async () => {
    const entry = (included: number) => [
      { customer_id: "acme", feature_id: "api_calls", included, reset: { interval: "month" } } as const,
    ];
    const world = new World({ level });
    await world.converge(entry(100));
    await world.use("acme", "api_calls", 30);
    for (const remains of await statesDuring(world, async () => world.apply(await world.plan(entry(150))))) {
      const next = worldAt(remains, { level });
      await next.use("acme", "api_calls", 70);
      next.ms += 2 * DAY;
      await next.converge(entry(150));
      const [successor] = (await next.live("acme")).filter(({ remaining }) => remaining > 0);
      expect(successor, remains.at).toMatchObject({ grant: 150, usage: 100 });
    }
  });
});
