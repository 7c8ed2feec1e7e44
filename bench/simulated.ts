// The engine and an emulator in one process, in time that passes only when nothing is left to do: hours of pacing cost
// nothing, and a busy machine changes no result.
import { setImmediate as untilIdle } from "node:timers/promises";
import { AutumnClient, type CallRecord, type Clock, paceOf } from "../src/autumn/index.ts";
import { createEmulator, type Emulator, type EmulatorSeed } from "../src/emulator/index.ts";
import { makePlan, type Plan, type PlanRequest } from "../src/reconcile/index.ts";
import { DEFAULT_LIMITS, type DesiredBalance } from "../src/schema/index.ts";

const START = Date.UTC(2026, 10, 22, 12);
const BASE_URL = "http://autumn.example";
/** As the command line has it. */
export const CONCURRENCY = 10;

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

export class SimulatedTime implements Clock {
  #now = START;
  readonly #sleepers: Sleeper[] = [];
  #isPassing = false;

  now = (): number => this.#now;

  sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((wake) => {
      if (signal?.aborted) return wake();
      this.#add({ at: this.#now + Math.max(0, ms), wake });
      signal?.addEventListener("abort", () => wake(), { once: true });
      if (!this.#isPassing) void this.#pass();
    });

  /** In the order of waking; those of one moment in the order of falling asleep. */
  #add(sleeper: Sleeper): void {
    let low = 0;
    let high = this.#sleepers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#sleepers[middle] as Sleeper).at <= sleeper.at) low = middle + 1;
      else high = middle;
    }
    this.#sleepers.splice(low, 0, sleeper);
  }

  async #pass(): Promise<void> {
    this.#isPassing = true;
    while (this.#sleepers.length > 0) {
      // Nothing here waits for the network or a disk, so after two rounds of the event loop everything is asleep.
      await untilIdle();
      await untilIdle();
      const next = this.#sleepers.shift() as Sleeper;
      this.#now = Math.max(this.#now, next.at);
      next.wake();
    }
    this.#isPassing = false;
  }
}

export interface WorldOptions {
  readonly seed: EmulatorSeed;
  readonly latencyMs: number;
  /** The pace; what the tool chooses when left out. */
  readonly requestsPerSecond?: number;
}

export class SimulatedWorld {
  readonly time = new SimulatedTime();
  readonly emulator: Emulator;
  readonly api: AutumnClient;
  calls: CallRecord[] = [];
  /** Told of every call once it is answered. */
  onCall: (call: CallRecord) => void = () => undefined;
  readonly #pace: number;

  constructor({ seed, latencyMs, requestsPerSecond }: WorldOptions) {
    this.#pace = requestsPerSecond ?? paceOf("balances");
    this.emulator = createEmulator({
      level: "2026-10",
      limits: "production",
      latencyMs,
      seed,
      sleep: this.time.sleep,
      clock: this.time.now,
      limitClock: this.time.now,
    });
    this.api = new AutumnClient({
      baseUrl: BASE_URL,
      secretKey: this.emulator.key,
      fetch: this.emulator.fetch,
      clock: this.time,
      random: () => 0.5,
      ...(requestsPerSecond === undefined ? {} : { requestsPerSecond }),
      onCall: (call) => {
        this.calls.push(call);
        this.onCall(call);
      },
    });
  }

  plan(balances: readonly DesiredBalance[], more: Partial<PlanRequest> = {}): Promise<Plan> {
    return makePlan(
      this.api,
      {
        namespace: "bench",
        environment: null,
        baseUrl: BASE_URL,
        balances,
        createCustomers: false,
        limits: DEFAULT_LIMITS,
        prune: false,
        wholeOrganisation: false,
        checkGrants: "auto",
        concurrency: CONCURRENCY,
        requestsPerSecond: this.#pace,
        ...more,
      },
      { clock: this.time },
    );
  }
}

/** Whether a call counts against the limit of the whole organisation. */
export const isPaced = ({ call }: { readonly call: string }): boolean =>
  /^(?:balances\.(?:create|delete|list)|balances\/list|features\.list)$/.test(call);
