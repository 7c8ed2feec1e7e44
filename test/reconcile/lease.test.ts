// A customer is worked on by one run at a time, whatever the clock of the machine says, and whether or not it is answered.
import { describe, expect, it } from "vitest";
import { AutumnClient, type Clock } from "../../src/autumn/index.ts";
import { applyPlan, type Outcome, type Plan } from "../../src/reconcile/index.ts";
import { SLICE_MS } from "../../src/reconcile/slice.ts";
import { monthly, oneOff } from "./entries.ts";
import { LEVELS, World } from "./world.ts";

const HOUR = 3_600_000;

/** Applies on a machine whose clock is off, with a client that has heard nothing of the server yet. */
function applyWithClock(world: World, plan: Plan, offBy: number): Promise<Outcome> {
  const clock: Clock = { now: () => world.ms + offBy, sleep: (ms) => world.clock.sleep(ms) };
  const api = new AutumnClient({
    baseUrl: "http://autumn",
    secretKey: world.emulator.key,
    fetch: (async (input, init) => {
      const answer = await world.emulator.fetch(input as string, init);
      answer.headers.set("date", new Date(world.ms).toUTCString());
      return answer;
    }) as typeof fetch,
    clock,
    random: () => 0.5,
    requestsPerSecond: Number.POSITIVE_INFINITY,
    maxRetries: 2,
  });
  return applyPlan(api, plan, { clock, concurrency: 4 });
}

describe.each(LEVELS)("a customer of a server of %s", (level) => {
  it("is taken by machines whose clocks are off, one after the other, and waits for no clock", async () => {
    const world = new World({ level });
    await world.converge([monthly(100)]);
    await world.use("acme", "api_calls", 30);
    const plan = await world.plan([monthly(150)]);
    const began = world.ms;
    const outcomes = await Promise.all([HOUR, -HOUR, 0].map((offBy) => applyWithClock(world, plan, offBy)));
    expect(outcomes.flatMap(({ results }) => results.map(({ result }) => result))).toEqual([
      "converged",
      "converged",
      "converged",
    ]);
    expect(world.ms - began).toBeLessThan(60_000);
    expect(await world.live("acme")).toMatchObject([{ grant: 150, usage: 30 }]);
  });

  it("is still held when a call is sent again after its effect was waited for", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100)]);
    const plan = await world.plan([oneOff(150)]);
    const slice = (): number => Math.floor(world.ms / SLICE_MS);
    world.ms = (slice() + 1) * SLICE_MS + 3000;
    const began = slice();
    const { fetch } = world.emulator;
    let tries = 0;
    let taken = 0;
    world.route = async (input, init) => {
      if (String(input).endsWith("customers.get") && new Headers(init?.headers).has("idempotency-key"))
        taken += 1;
      if (!String(init?.body).includes('"included_grant":150')) return fetch(input, init);
      tries += 1;
      if (tries === 1) {
        taken = 0;
        throw new TypeError("fetch failed");
      }
      expect(slice()).toBeGreaterThan(began);
      expect(taken).toBeGreaterThan(0);
      return fetch(input, init);
    };
    await world.apply(plan);
    expect(tries).toBe(2);
    expect(await world.live("acme")).toMatchObject([{ grant: 150 }]);
  });

  it("that does not answer is said not to, after as many tries as there is patience for", async () => {
    const world = new World({ level });
    await world.converge([monthly(100)]);
    const plan = await world.plan([monthly(150)]);
    let tries = 0;
    world.route = async (input, init) => {
      if (!String(input).endsWith("customers.get")) return world.emulator.fetch(input, init);
      tries += 1;
      world.ms += 30_000;
      throw new DOMException("no answer", "TimeoutError");
    };
    const { results } = await world.apply(plan);
    expect(results).toMatchObject([
      { result: "failed", problem: { message: expect.stringContaining("customers.get: no answer") } },
    ]);
    expect(tries).toBeLessThan(6);
  });

  it("is waited for once when an answer is lost", async () => {
    const world = new World({ level });
    await world.converge([monthly(100)]);
    const plan = await world.plan([monthly(150)]);
    let isLost = false;
    world.route = async (input, init) => {
      const answer = await world.emulator.fetch(input, init);
      if (isLost || !new Headers(init?.headers).has("idempotency-key")) return answer;
      isLost = true;
      throw new TypeError("fetch failed");
    };
    const waits: number[] = [];
    const { results } = await applyPlan(world.client(), plan, {
      clock: world.clock,
      concurrency: 4,
      onEvent: (event) => {
        if (event.type === "waiting") waits.push(event.ms);
      },
    });
    expect(results).toMatchObject([{ result: "converged" }]);
    expect(waits).toHaveLength(1);
    expect(waits[0]).toBeLessThanOrEqual(12_001);
  });
});
