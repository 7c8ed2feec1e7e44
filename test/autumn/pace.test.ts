// The pace, in virtual time: never too fast, whatever timers and networks do, and giving way to others.
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { paceOf } from "../../src/autumn/index.ts";
import { Pacer } from "../../src/autumn/pacing/pacer.ts";
import { readRateHeaders } from "../../src/autumn/pacing/rate-headers.ts";
import { busiest, type Scenario, Simulation, VirtualClock } from "./virtual-time.ts";

const running: Simulation[] = [];
function simulate(scenario: Scenario = {}): Simulation {
  const simulation = new Simulation(scenario);
  running.push(simulation);
  return simulation;
}
afterEach(() => {
  for (const simulation of running.splice(0)) simulation.stop();
});

/** Reproducible numbers from 0 to just below 1. */
function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe("alone", () => {
  it("reaches 80 % of the limit, from the first second on, without a 429", async () => {
    const { made, ourRefusals } = await simulate().run(30);
    expect(made.length).toBeGreaterThanOrEqual(20 * 30);
    expect(made.length).toBeLessThanOrEqual(20 * 30 + 1);
    expect(busiest(made)).toBe(20);
    expect(ourRefusals).toBe(0);
  });

  it("is never above 80 % of the limit in any second, however timers and the network jitter", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          seed: fc.integer(),
          lateness: fc.integer({ min: 0, max: 60 }),
          jitter: fc.integer({ min: 0, max: 300 }),
          concurrency: fc.integer({ min: 1, max: 50 }),
          share: fc.constantFrom(0.2, 0.5, 0.8, 1),
        }),
        async ({ seed, lateness, jitter, concurrency, share }) => {
          const random = dice(seed);
          const simulation = simulate({ concurrency, share, latency: () => Math.floor(random() * jitter) });
          simulation.clock.late = () => Math.floor(random() * lateness);
          await simulation.run(10);
          simulation.stop();
          expect(busiest(simulation.made)).toBeLessThanOrEqual(Math.ceil(25 * share));
        },
      ),
      { numRuns: 40 },
    );
  });

  it("keeps its pace although timers are late", async () => {
    const random = dice(1);
    const simulation = simulate();
    simulation.clock.late = () => Math.floor(random() * 20);
    await simulation.run(30);
    expect(simulation.rate(0, 30)).toBeGreaterThan(18);
  });

  it("does not make up for idle time with a burst", async () => {
    const clock = new VirtualClock();
    const pacer = new Pacer(clock);
    const made: number[] = [];
    for (let round = 0; round < 5; round++) {
      for (let n = 0; n < 10; n++) void pacer.take("balances", undefined).then(() => made.push(clock.now()));
      await clock.pass(3000);
    }
    expect(made).toHaveLength(50);
    for (let n = 1; n < made.length; n++) {
      expect((made[n] as number) - (made[n - 1] as number)).toBeGreaterThanOrEqual(50);
    }
  });

  it("goes out in the order of asking", async () => {
    const clock = new VirtualClock();
    const pacer = new Pacer(clock);
    const order: number[] = [];
    for (let n = 0; n < 40; n++) void pacer.take("balances", undefined).then(() => order.push(n));
    await clock.pass(10_000);
    expect(order).toEqual(Array.from({ length: 40 }, (_, n) => n));
  });
});

describe("beside others who use the budget", () => {
  it("gives way: 15 calls a second of production lose hardly any, and 5 are left for us", async () => {
    for (const latency of [0, 20, 75]) {
      const simulation = await simulate({ others: () => 1000 / 15, latency: () => latency }).run(60);
      // Before the first answers we cannot know of them
      expect(simulation.othersRefused).toBeLessThanOrEqual(4);
      expect(simulation.ourRefusals).toBeLessThanOrEqual(2);
      expect(simulation.rate(5, 60)).toBeGreaterThan(4);
      expect(simulation.rate(5, 60)).toBeLessThan(9);
    }
  });

  it("gives way to calls that come at random, too", async () => {
    const random = dice(7);
    const simulation = await simulate({ others: () => (-Math.log(1 - random()) * 1000) / 15 }).run(120);
    // By chance alone, 15 a second on average are more than 25 in some windows
    expect(simulation.othersRefused / simulation.othersMade).toBeLessThan(0.015);
    expect(simulation.rate(5, 120)).toBeGreaterThan(1);
  });

  it("takes the pace up again when they are gone", async () => {
    const simulation = simulate({ others: () => 1000 / 15 });
    await simulation.run(20);
    simulation.busy = false;
    await simulation.run(30);
    expect(simulation.rate(15, 20)).toBeLessThan(9);
    expect(simulation.rate(40, 50)).toBeGreaterThan(19.5);
  });

  it("keeps going, slowly, when they use everything", async () => {
    const simulation = await simulate({ others: () => 1000 / 24 }).run(60);
    expect(simulation.rate(10, 60)).toBeGreaterThan(0.4);
    expect(simulation.rate(10, 60)).toBeLessThan(2);
    expect(simulation.othersRefused / simulation.othersMade).toBeLessThan(0.02);
  });

  it("shares with another run of this tool", async () => {
    const one = simulate({ concurrency: 5 });
    const pacer = new Pacer(one.clock);
    let others = 0;
    let refusals = 0;
    const work = async (): Promise<void> => {
      for (;;) {
        const turn = await pacer.take("balances", undefined);
        others += 1;
        await one.clock.sleep(20);
        const { allowed, headers } = one.server.count();
        if (!allowed) refusals += 1;
        await one.clock.sleep(20);
        if (allowed) turn.answered(headers);
        else turn.refused(headers, 1000);
      }
    };
    for (let n = 0; n < 5; n++) void work();
    await one.run(60);
    expect(one.made.length + others).toBeGreaterThan(60 * 10);
    expect(one.ourRefusals + refusals).toBeLessThan(15);
    expect(Math.min(one.made.length, others)).toBeGreaterThan(60 * 3);
  });
});

describe("several processes that share the work", () => {
  it.each([2, 3, 7, 20])("of %d, all reach 80 %% of the limit together, without a 429", async (processes) => {
    const simulation = await simulate({ processes, concurrency: 5 }).run(60);
    expect(simulation.rate(10, 60)).toBeGreaterThan(18);
    expect(simulation.rate(10, 60)).toBeLessThanOrEqual(20.1);
    expect(simulation.ourRefusals).toBe(0);
  });

  it.each([2, 7, 20])("of %d, give way together as one would", async (processes) => {
    const simulation = await simulate({ processes, concurrency: 5, others: () => 1000 / 10 }).run(60);
    expect(simulation.othersRefused).toBeLessThanOrEqual(8);
    expect(simulation.rate(10, 60)).toBeGreaterThan(4);
    expect(simulation.rate(10, 60)).toBeLessThan(15);
  });

  it("go at the rate they are told, each", async () => {
    const simulation = await simulate({ processes: 3, concurrency: 5, requestsPerSecond: 2 }).run(60);
    expect(simulation.rate(10, 60)).toBeGreaterThan(5.5);
    expect(simulation.rate(10, 60)).toBeLessThanOrEqual(6.1);
  });

  it("divide what is limited for the organisation, not what each customer has", () => {
    expect(paceOf("balances", { processes: 4 })).toBe(5);
    expect(paceOf("lists", { processes: 4 })).toBe(10);
    expect(paceOf("entity", { processes: 4 })).toBe(40);
    expect(paceOf("balances", { processes: 4, requestsPerSecond: 3 })).toBe(3);
  });

  it.each([0, -1, 1.5, Number.NaN])("are not %d", (processes) => {
    expect(() => new Pacer(new VirtualClock(), { processes })).toThrow(RangeError);
  });
});

describe("a 429", () => {
  it("halves the pace once, however many calls were under way, and each answer gives some back", async () => {
    const simulation = simulate({ server: { headers: false }, latency: () => 100 });
    await simulation.run(5);
    simulation.server.options.limit = 0;
    await simulation.run(0.3);
    simulation.server.options.limit = 25;
    await simulation.run(20);
    expect(simulation.ourRefusals).toBeGreaterThan(2);
    expect(simulation.rate(6.6, 7.1)).toBeGreaterThanOrEqual(8);
    expect(simulation.rate(6.6, 7.1)).toBeLessThanOrEqual(14);
    expect(simulation.rate(15, 25)).toBeGreaterThan(19);
  });

  it("stops all calls that count against the limit until Retry-After has passed", async () => {
    const clock = new VirtualClock();
    const pacer = new Pacer(clock);
    const turn = await pacer.take("balances", undefined);
    turn.refused(new Headers(), 7000);
    const startedAt = clock.now();
    const waited: Record<string, number> = {};
    for (const group of ["balances", "lists", "customer"] as const) {
      void pacer.take(group, "acme").then(() => {
        waited[group] = clock.now() - startedAt;
      });
    }
    await clock.pass(10_000);
    expect(waited).toEqual({ balances: 7000, lists: 0, customer: 0 });
  });

  it("again and again never stops it for good", async () => {
    const simulation = simulate({ server: { limit: 0, headers: false } });
    await simulation.run(60);
    expect(simulation.rate(10, 60)).toBeGreaterThan(0.3);
    expect(simulation.rate(10, 60)).toBeLessThan(2);
    simulation.server.options.limit = 25;
    await simulation.run(60);
    expect(simulation.rate(90, 120)).toBeGreaterThan(19);
  });
});

describe("the limit that the server publishes", () => {
  it.each([
    ["lower", { limit: 5, windowSeconds: 1 }, 4],
    ["higher", { limit: 100, windowSeconds: 1 }, 80],
    ["in a window of ten seconds", { limit: 100, windowSeconds: 10 }, 8],
  ])("is followed when it is %s", async (_what, server, expected) => {
    const simulation = await simulate({ server, concurrency: 30 }).run(60);
    expect(simulation.rate(25, 55)).toBeGreaterThan(expected * 0.93);
    expect(simulation.rate(25, 55)).toBeLessThanOrEqual(expected * 1.01);
    expect(simulation.ourRefusals).toBeLessThanOrEqual(expected < 5 ? 5 : 0);
  });

  it("may change while we run", async () => {
    const simulation = simulate();
    await simulation.run(10);
    simulation.server.options.limit = 10;
    await simulation.run(20);
    expect(simulation.rate(15, 30)).toBeLessThanOrEqual(8.1);
    simulation.server.options.limit = 50;
    await simulation.run(20);
    expect(simulation.rate(42, 50)).toBeGreaterThan(36);
  });

  it.each([
    [10, 25, 10],
    [10, 100, 10],
    [10, 5, 5],
    [25, 25, 25],
    [40, 25, 25],
    [0.5, 25, 0.5],
  ])(
    "a fixed rate of %d, with a limit of %d published, makes %d a second",
    async (requestsPerSecond, limit, expected) => {
      const simulation = await simulate({ requestsPerSecond, server: { limit } }).run(60);
      expect(simulation.rate(10, 60)).toBeLessThanOrEqual(expected + 0.02);
      expect(simulation.rate(10, 60)).toBeGreaterThan(expected * 0.85);
      expect(busiest(simulation.made.filter((at) => at > 5000))).toBeLessThanOrEqual(Math.ceil(expected));
    },
  );

  it("a fixed rate gives way to others, too, once they need more than it leaves", async () => {
    const slow = await simulate({ requestsPerSecond: 5, others: () => 1000 / 12 }).run(30);
    expect(slow.rate(5, 30)).toBeGreaterThan(4.5);
    const fast = await simulate({ requestsPerSecond: 20, others: () => 1000 / 15 }).run(60);
    expect(fast.rate(5, 60)).toBeLessThan(9);
    expect(fast.othersRefused).toBeLessThanOrEqual(4);
  });

  it("nonsense in headers changes nothing", () => {
    for (const limit of ["", "0", "-5", "NaN", "Infinity", "25, 25", "1e3", "x".repeat(1000)]) {
      expect(readRateHeaders(new Headers({ "ratelimit-limit": limit }))).toBeUndefined();
    }
    expect(
      readRateHeaders(
        new Headers({ "ratelimit-limit": "25", "ratelimit-remaining": "-1", "ratelimit-policy": "25;w=0" }),
      ),
    ).toEqual({ limit: 25, windowMs: 1000, remaining: undefined, resetMs: 1000 });
  });
});

describe("rates of all sizes", () => {
  it("Infinity does not wait", async () => {
    const clock = new VirtualClock();
    const pacer = new Pacer(clock, { requestsPerSecond: Number.POSITIVE_INFINITY });
    const startedAt = clock.now();
    for (let n = 0; n < 1000; n++) (await pacer.take("balances", undefined)).answered(new Headers());
    expect(clock.now()).toBe(startedAt);
  });

  it("Infinity is slowed by a published limit and by a 429 all the same", async () => {
    const simulation = await simulate({ requestsPerSecond: Number.POSITIVE_INFINITY }).run(20);
    expect(simulation.rate(5, 20)).toBeLessThanOrEqual(25.1);
    expect(simulation.rate(5, 20)).toBeGreaterThan(20);
  });

  it("one call in ten seconds", async () => {
    const { made } = await simulate({ requestsPerSecond: 0.1 }).run(100);
    expect(made.slice(0, 3)).toEqual([0, 10_000, 20_000]);
    expect(made).toHaveLength(11);
  });

  it("one call in a year does not keep a machine busy", async () => {
    const clock = new VirtualClock();
    let sleeps = 0;
    const sleep = clock.sleep.bind(clock);
    clock.sleep = (ms, signal) => {
      sleeps += 1;
      return sleep(ms, signal);
    };
    const pacer = new Pacer(clock, { requestsPerSecond: 1 / (365 * 86_400) });
    await pacer.take("balances", undefined);
    void pacer.take("balances", undefined);
    await clock.pass(3_600_000);
    expect(sleeps).toBeLessThanOrEqual(61);
  });

  it.each([0, -1, Number.NaN])("%d is refused", (requestsPerSecond) => {
    expect(() => new Pacer(new VirtualClock(), { requestsPerSecond })).toThrow(RangeError);
  });

  it.each([0, -0.5, 1.01, Number.NaN])("a share of %d is refused", (share) => {
    expect(() => new Pacer(new VirtualClock(), { share })).toThrow(RangeError);
  });

  it("says how fast a group is at best", () => {
    expect(paceOf("balances")).toBe(20);
    expect(paceOf("balances", { share: 0.5 })).toBe(12.5);
    expect(paceOf("balances", { requestsPerSecond: 3 })).toBe(3);
    expect(paceOf("lists", { requestsPerSecond: 3 })).toBe(40);
    expect(paceOf("customer")).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("a clock that is set", () => {
  it("back an hour does not hold calls for an hour", async () => {
    const simulation = simulate();
    await simulation.run(5);
    simulation.clock.shift(-3_600_000);
    const before = simulation.made.length;
    await simulation.run(10);
    expect(simulation.made.length - before).toBeGreaterThanOrEqual(19 * 10);
    expect(simulation.made.length - before).toBeLessThanOrEqual(20 * 10 + 1);
  });

  it("forward an hour does not let a burst through", async () => {
    const simulation = simulate();
    await simulation.run(5);
    const before = simulation.made.length;
    simulation.clock.shift(3_600_000);
    await simulation.run(10);
    expect(simulation.made.length - before).toBeLessThanOrEqual(20 * 10 + 2);
    expect(simulation.ourRefusals).toBe(0);
  });
});

describe("limits of single customers", () => {
  it("do not hold up other customers", async () => {
    const clock = new VirtualClock();
    const pacer = new Pacer(clock);
    (await pacer.take("entity", "acme")).refused(new Headers(), 5000);
    (await pacer.take("customer", "acme")).refused(new Headers(), 5000);
    const startedAt = clock.now();
    await pacer.take("entity", "globex");
    await pacer.take("customer", "globex");
    expect(clock.now()).toBe(startedAt);
    let waited = 0;
    void pacer.take("customer", "acme").then(() => {
      waited = clock.now() - startedAt;
    });
    await clock.pass(6000);
    expect(waited).toBe(5000);
  });

  it("are forgotten when there are many, but for those that hold somebody up", async () => {
    const clock = new VirtualClock();
    const pacer = new Pacer(clock);
    (await pacer.take("customer", "held")).refused(new Headers(), 60_000);
    for (let n = 0; n < 5000; n++) {
      (await pacer.take("customer", `c${n}`)).answered(new Headers());
      if (n % 500 === 0) await clock.pass(5000);
    }
    let free = false;
    void pacer.take("customer", "held").then(() => {
      free = true;
    });
    await clock.pass(5000);
    expect(free).toBe(false);
    await clock.pass(60_000);
    expect(free).toBe(true);
  });
});

describe("waiting", () => {
  it("ends at once when aborted, and takes nobody else's turn", async () => {
    const clock = new VirtualClock();
    const pacer = new Pacer(clock, { requestsPerSecond: 1 });
    await pacer.take("balances", undefined);
    const stop = new AbortController();
    const order: string[] = [];
    const first = pacer.take("balances", undefined).then(() => order.push("first"));
    const aborted = pacer.take("balances", undefined, stop.signal).catch((error: unknown) => {
      order.push(`aborted: ${error}`);
    });
    const last = pacer.take("balances", undefined).then(() => order.push(`last ${clock.now()}`));
    stop.abort("enough");
    await aborted;
    expect(order).toEqual(["aborted: enough"]);
    const startedAt = clock.now();
    await clock.pass(5000);
    await Promise.all([first, last]);
    expect(order).toEqual(["aborted: enough", "first", `last ${startedAt + 2000}`]);
  });

  it("does not begin when aborted before", async () => {
    const pacer = new Pacer(new VirtualClock());
    await expect(pacer.take("balances", undefined, AbortSignal.abort("no"))).rejects.toBe("no");
  });
});
