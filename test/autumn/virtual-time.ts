// Time that passes only when nothing else is to be done, and a server in it that counts calls as Autumn does: in
// fixed windows that begin with somebody's first call.
import { setImmediate as untilIdle } from "node:timers/promises";
import type { Clock, PaceOptions, RateGroup } from "../../src/autumn/index.ts";
import { Pacer } from "../../src/autumn/pacing/pacer.ts";

export class VirtualClock implements Clock {
  #now = Date.UTC(2026, 10, 22, 12);
  #toldBy = 0;
  #timers: { at: number; wake: () => void }[] = [];
  /** ms that every timer is late, as those of a busy machine are. */
  late: () => number = () => 0;

  now(): number {
    return this.#now + this.#toldBy;
  }

  /** Sets the clock, which changes what it tells, and not how long anything takes. */
  shift(ms: number): void {
    this.#toldBy += ms;
  }

  /** ms since 1970, as a clock tells that nobody sets. */
  get trueNow(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const timer = { at: this.#now + ms + this.late(), wake: resolve };
      this.#timers.push(timer);
      signal?.addEventListener("abort", () => {
        this.#timers = this.#timers.filter((one) => one !== timer);
        resolve();
      });
    });
  }

  /** Lets time pass. */
  async pass(ms: number): Promise<void> {
    const until = this.#now + ms;
    for (;;) {
      await untilIdle();
      const next = this.#timers.reduce<{ at: number; wake: () => void } | undefined>(
        (first, timer) => (first && first.at <= timer.at ? first : timer),
        undefined,
      );
      if (!next || next.at > until) break;
      this.#timers.splice(this.#timers.indexOf(next), 1);
      this.#now = Math.max(this.#now, next.at);
      next.wake();
    }
    this.#now = Math.max(this.#now, until);
  }
}

export interface LimitOptions {
  limit: number;
  windowSeconds: number;
  /** Whether answers say how much is left. */
  headers: boolean;
}

/** A limit as hono-rate-limiter keeps it, which Autumn uses. */
export class FixedWindow {
  #start = Number.NEGATIVE_INFINITY;
  #count = 0;
  readonly options: LimitOptions;

  constructor(
    private readonly clock: VirtualClock,
    options: Partial<LimitOptions> = {},
  ) {
    this.options = { limit: 25, windowSeconds: 1, headers: true, ...options };
  }

  count(): { allowed: boolean; headers: Headers } {
    const { limit, windowSeconds } = this.options;
    const now = this.clock.trueNow;
    if (now - this.#start >= windowSeconds * 1000) {
      this.#start = now;
      this.#count = 0;
    }
    this.#count += 1;
    const reset = Math.max(1, Math.ceil((this.#start + windowSeconds * 1000 - now) / 1000));
    const headers = {
      "ratelimit-policy": `${limit};w=${windowSeconds}`,
      "ratelimit-limit": `${limit}`,
      "ratelimit-remaining": `${Math.max(0, limit - this.#count)}`,
      "ratelimit-reset": `${reset}`,
    };
    return {
      allowed: this.#count <= limit,
      headers: new Headers(this.options.headers ? headers : {}),
    };
  }
}

export interface Scenario extends PaceOptions {
  server?: Partial<LimitOptions>;
  /** Calls at a time; 20 when left out. */
  concurrency?: number;
  /** ms there and back, each for every call; 20 when left out. */
  latency?: () => number;
  /** ms between calls of others. */
  others?: () => number;
  group?: RateGroup;
}

/** Calls at full speed against a server, by as many processes as share the limit, and what came of it. */
export class Simulation {
  readonly clock = new VirtualClock();
  readonly server: FixedWindow;
  /** When calls of ours were made, in ms since the start. */
  readonly made: number[] = [];
  ourRefusals = 0;
  othersMade = 0;
  othersRefused = 0;
  /** Whether others make calls. */
  busy = true;
  readonly #startedAt: number;
  #stopped = false;

  constructor(readonly scenario: Scenario = {}) {
    const { server, concurrency = 20, processes = 1 } = scenario;
    this.#startedAt = this.clock.trueNow;
    this.server = new FixedWindow(this.clock, server);
    if (scenario.others) void this.#others(scenario.others);
    for (let process = 0; process < processes; process++) {
      const pacer = new Pacer(this.clock, scenario);
      for (let worker = 0; worker < concurrency; worker++) void this.#work(pacer, process);
    }
  }

  async #work(pacer: Pacer, process: number): Promise<void> {
    const { group = "balances", latency = () => 20 } = this.scenario;
    // No two of them are started at the same moment.
    await this.clock.sleep(process * 370);
    while (!this.#stopped) {
      const turn = await pacer.take(group, "acme");
      if (this.#stopped) return;
      this.made.push(this.clock.trueNow - this.#startedAt);
      await this.clock.sleep(latency());
      const { allowed, headers } = this.server.count();
      if (!allowed) this.ourRefusals += 1;
      await this.clock.sleep(latency());
      if (allowed) turn.answered(headers);
      else turn.refused(headers, 1000);
    }
  }

  async #others(gap: () => number): Promise<void> {
    while (!this.#stopped) {
      await this.clock.sleep(gap());
      if (!this.busy) continue;
      this.othersMade += 1;
      if (!this.server.count().allowed) this.othersRefused += 1;
    }
  }

  async run(seconds: number): Promise<this> {
    await this.clock.pass(seconds * 1000);
    return this;
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Calls a second of ours, between two moments in seconds. */
  rate(from: number, to: number): number {
    return this.made.filter((at) => at >= from * 1000 && at < to * 1000).length / (to - from);
  }
}

/** The most moments that lie in any `windowMs`, wherever it begins. */
export function busiest(moments: readonly number[], windowMs = 1000): number {
  const sorted = [...moments].sort((a, b) => a - b);
  let most = 0;
  let first = 0;
  sorted.forEach((at, index) => {
    while (at - (sorted[first] as number) >= windowMs) first += 1;
    most = Math.max(most, index - first + 1);
  });
  return most;
}
