// Calls fail, and the run goes on: whatever is known of a failed call, the outcome is the same as without it.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Fault } from "../../src/emulator/index.ts";
import { ACME, monthly, oneOff } from "./entries.ts";
import { expectDone, prepared, run } from "./scenario-run.ts";
import { SCENARIOS } from "./scenarios.ts";
import { LEVELS, World } from "./world.ts";

/** Failures that are tried; set RUNS for a long run. */
const RUNS = Number(process.env.RUNS ?? 5);

const FAILURES: Record<string, Omit<Fault, "route" | "nth">> = {
  "the connection breaks before the effect": { kind: "drop_before" },
  "the connection breaks after the effect": { kind: "drop_after" },
  "500 after the effect": { kind: "status", status: 500, after_effect: true },
  "502 before the effect": { kind: "status", status: 502 },
  "429, three times": { kind: "status", status: 429, times: 2 },
};

const WRITES = ["create", "update", "delete"].map((route) => `POST /v1/balances.${route}`);

/** A server that forgets the Idempotency-Key of a call that ended in a 5xx, although it had an effect. */
function failsAndForgets(world: World, nth: number): void {
  let writes = 0;
  world.route = async (input, init) => {
    const path = new URL(String(input)).pathname;
    if (!WRITES.includes(`POST ${path}`) || ++writes !== nth) return world.emulator.fetch(input, init);
    const headers = new Headers(init?.headers);
    headers.delete("idempotency-key");
    await world.emulator.fetch(input, { ...init, headers });
    return Response.json({ message: "broken", code: "internal_error" }, { status: 500 });
  };
}

const expectConverged = (
  outcome: { results: readonly { result: string; problem?: unknown }[] },
  what: string,
) =>
  expect(
    outcome.results.filter(({ result }) => result !== "converged").map(({ problem }) => problem),
    what,
  ).toEqual([]);

describe.each(LEVELS)("a run with a call that fails, server of %s", (level) => {
  describe.each(SCENARIOS)("$name", (scenario) => {
    it("converges, whichever write fails, however", async () => {
      const failures = Object.keys(FAILURES);
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...failures),
          fc.constantFrom(...WRITES),
          fc.integer({ min: 1, max: 6 }),
          async (failure, route, nth) => {
            const { world, resetsAt } = await prepared(scenario, { level });
            world.emulator.inject({ ...(FAILURES[failure] as Fault), route, nth });
            const what = `${failure}, ${route} ${nth}`;
            expectConverged(await run(world, scenario), what);
            world.emulator.clearFaults();
            await expectDone(world, scenario, { meanwhileUnits: 0, resetsAt }, what);
          },
        ),
        { numRuns: RUNS },
      );
    });

    it("converges on a server that forgets the key of a call that failed after its effect", async () => {
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 12 }), async (nth) => {
          const { world, resetsAt } = await prepared(scenario, { level });
          failsAndForgets(world, nth);
          expectConverged(await run(world, scenario), `write ${nth}`);
          world.route = world.emulator.fetch;
          await expectDone(world, scenario, { meanwhileUnits: 0, resetsAt }, `write ${nth}`);
        }),
        { numRuns: RUNS },
      );
    });
  });

  it.each(SCENARIOS)("converges where updates take effect after their answer: $name", async (scenario) => {
    const { world, resetsAt } = await prepared(scenario, { level });
    const slow = new World({ level, asyncUpdatesMs: 2 });
    slow.sleepsReally = true;
    slow.ms = world.ms;
    slow.emulator.restore(world.emulator.snapshot());
    expectConverged(await run(slow, scenario), "asynchronous");
    await new Promise((resolve) => setTimeout(resolve, 10));
    await expectDone(slow, scenario, { meanwhileUnits: 0, resetsAt }, "asynchronous");
  });

  it.each([
    ["raises a grant", oneOff(100), oneOff(150)],
    ["lowers a grant", oneOff(100), oneOff(80)],
    ["counts usage", monthly(100), monthly(150)],
  ])(
    "puts an update that stopped half-way right at once, before it can be killed: %s",
    async (_, from, to) => {
      const world = new World({ level, storeDelayMs: 0 });
      await world.converge([from]);
      await world.use("acme", from.feature_id, 60);
      const plan = await world.plan([to]);
      let failedAt: number | null = null;
      const never = new Promise<never>(() => undefined);
      await new Promise<void>((resolve) => {
        world.route = async (input, init) => {
          const body = init?.body ? JSON.parse(String(init.body)) : {};
          // The first field is carried out, and the server stops.
          if (failedAt === null && body.add_to_balance) {
            const { customer_id, feature_id, balance_id, add_to_balance } = body;
            await world.call("balances.update", { customer_id, feature_id, balance_id, add_to_balance });
            failedAt = world.ms;
            return Response.json({ message: "broken", code: "internal_error" }, { status: 500 });
          }
          // Killed a moment later.
          if (failedAt === null || world.ms < failedAt + 100) return world.emulator.fetch(input, init);
          resolve();
          return never;
        };
        void world.apply(plan).then(() => resolve());
      });
      expect(failedAt).not.toBeNull();
      world.forgetCalls();
      world.route = world.emulator.fetch;
      world.ms += 60_000;
      await world.converge([to]);
      const live = await world.live("acme");
      expect(live).toMatchObject([{ grant: to.included, usage: 60 }]);
    },
  );

  it("survives two pipelines at once on an API where every third call breaks", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100), monthly(100)]);
    await world.use("acme", "storage", 30);
    await world.use("acme", "api_calls", 20);
    const after = [oneOff(150), monthly(150), { ...ACME, feature_id: "credits", included: 5 }];
    const plans = await Promise.all([world.plan(after), world.plan(after)]);
    let calls = 0;
    world.route = async (input, init) => {
      const answer = await world.emulator.fetch(input, init);
      if (++calls % 3 === 0) throw new TypeError("fetch failed");
      return answer;
    };
    await Promise.all(plans.map((plan) => world.apply(plan)));
    world.route = world.emulator.fetch;
    await world.converge(after);
    expect(await world.live("acme")).toMatchObject([
      { id: "test:api_calls~2", grant: 150, usage: 20 },
      { id: "test:credits", grant: 5, usage: 0 },
      { id: "test:storage", grant: 150, usage: 30 },
    ]);
  });
});
