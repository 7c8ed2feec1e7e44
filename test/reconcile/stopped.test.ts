// What is stopped while it reads is an error, whatever had been read: half a plan would pass for a whole one.
import { describe, expect, it } from "vitest";
import { makePlan, type PlanEnvironment, readInFull, renewPlan } from "../../src/reconcile/index.ts";
import type { BalanceEntry } from "../../src/schema/index.ts";
import { GLOBEX, monthly, oneOff } from "./entries.ts";
import { LEVELS, requestFor, World } from "./world.ts";

const entries: BalanceEntry[] = [
  monthly(150),
  oneOff(7, { entity_id: "seat_1" }),
  oneOff(5, { ...GLOBEX, feature_id: "storage" }),
  { customer_id: "globex", feature_id: "sso" },
];
const request = requestFor(entries, { checkGrants: "always", concurrency: 2 });
type Stoppable = PlanEnvironment & { readonly signal: AbortSignal };
type Work = (environment: Stoppable) => Promise<unknown>;

/** What is stopped, and what has to be there before. */
const KINDS: readonly (readonly [name: string, prepare: (world: World) => Promise<Work>])[] = [
  ["a plan", async (world) => (environment) => makePlan(world.client(), request, environment)],
  [
    "a plan that is made anew",
    async (world) => {
      const made = await world.plan(entries);
      return (environment) => renewPlan(world.client(), made, request, environment);
    },
  ],
  [
    "the reading of an import",
    async (world) =>
      ({ signal }) =>
        readInFull(world.client(), { namespace: "test", customers: null, concurrency: 2 }, { signal }),
  ],
];

describe.each(LEVELS)("stopped at any of its calls, server of %s", (level) => {
  it.each(KINDS)("%s is an error", async (_, prepare) => {
    for (let last = 1; ; last++) {
      const world = new World({ level });
      await world.converge([monthly(100), oneOff(3, { customer_id: "globex", feature_id: "api_calls" })]);
      const work = await prepare(world);
      const stop = new AbortController();
      let calls = 0;
      world.route = (input, init) => {
        calls += 1;
        if (calls === last) stop.abort(new Error("stopped"));
        return world.emulator.fetch(input, init);
      };
      const ended = await work({ clock: world.clock, signal: stop.signal }).then(
        () => "done",
        (error: Error) => error.message,
      );
      if (calls < last) {
        expect(ended).toBe("done");
        expect(last).toBeGreaterThan(3);
        return;
      }
      expect(ended, `stopped at call ${last}`).toBe("stopped");
    }
  });
});
