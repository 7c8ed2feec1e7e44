// The emulator itself: state, clock, faults and log behind one `fetch`.
import { setTimeout as setTimeoutPromise } from "node:timers/promises";
import type { Level, Settings } from "./call.ts";
import { Clock, type Duration } from "./clock.ts";
import { CONTROL_PREFIX, control } from "./control.ts";
import { type Fault, Faults } from "./faults.ts";
import { connectionLost, isForeign, readText, tooLarge, toResponse, unlessAborted } from "./http.ts";
import { IdempotencyKeys } from "./idempotency.ts";
import { RateLimits } from "./limits.ts";
import { DEFAULT_KEY, DEFAULT_LEVEL, type EmulatorOptions } from "./options.ts";
import { answer, type Machine, type Outcome } from "./pipeline.ts";
import { Races } from "./races.ts";
import { type LoggedRequest, RequestLog } from "./request-log.ts";
import { routeNames } from "./routes.ts";
import { applySeed, type EmulatorSeed } from "./seed.ts";
import { makeSnapshot, readSnapshot, type Snapshot } from "./snapshot.ts";
import { StateFile } from "./state-file.ts";
import { Store } from "./store.ts";

/** Bytes of a request body; larger ones are answered 413. A snapshot may be larger. */
const MAX_BODY_BYTES = 1_048_576;
const MAX_CONTROL_BYTES = 512 * 1_048_576;

/** A local Autumn in this process. Made by {@link createEmulator}. */
export class Emulator {
  /** The secret key that requests must carry. */
  readonly key: string;
  readonly level: Level;
  readonly #clock: Clock;
  readonly #store: Store;
  readonly #machine: Machine;
  readonly #log = new RequestLog();
  readonly #stateFile: StateFile | null;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(options: EmulatorOptions = {}) {
    this.key = options.key ?? DEFAULT_KEY;
    this.level = options.level ?? DEFAULT_LEVEL;
    this.#clock = new Clock(options.clock ?? Date.now);
    this.#store = new Store(() => this.#stateFile?.schedule());
    this.#machine = {
      settings: settingsOf(options, this.key, this.level),
      key: this.key,
      latencyMs: options.latencyMs ?? 0,
      races: options.races ? new Races(options.races, () => this.now()) : null,
      sleep: options.sleep ?? ((ms) => setTimeoutPromise(ms)),
      limits: options.limits === "production" ? new RateLimits(options.limitClock) : null,
      store: this.#store,
      keys: new IdempotencyKeys(),
      faults: new Faults(),
      now: () => this.now(),
      later: (ms, run) => this.#later(ms, run),
      requests: () => this.#log.list(),
    };
    const stateFile =
      options.stateFile === undefined ? null : new StateFile(options.stateFile, () => this.#live());
    const saved = stateFile?.read();
    stateFile?.check();
    if (saved) this.restore(saved);
    this.#stateFile = stateFile;
    if (!saved && options.seed) this.seed(options.seed);
  }

  /**
   * Answers a request as the server would, without a socket. It can stand in for the global `fetch`; the
   * host of the URL does not matter.
   * @throws TypeError when a fault breaks the connection, as `fetch` does
   */
  readonly fetch = async (input: Request | URL | string, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    const outcome = await unlessAborted(this.handle(request), request.signal);
    if (outcome === "dropped") throw connectionLost();
    return toResponse(outcome);
  };

  /** Answers a request, or says that the connection breaks. For servers; everyone else uses `fetch`. */
  async handle(request: Request): Promise<Outcome> {
    const url = new URL(request.url);
    const isControl = `${url.pathname}/`.startsWith(CONTROL_PREFIX);
    const limit = isControl ? MAX_CONTROL_BYTES : MAX_BODY_BYTES;
    const text = await readText(request, limit);
    if (isControl) {
      if (isForeign(request))
        return { status: 403, body: { message: "Not from a web page", code: "forbidden" } };
      const path = url.pathname === CONTROL_PREFIX.slice(0, -1) ? CONTROL_PREFIX : url.pathname;
      return text === undefined ? tooLarge(limit) : control(this, request.method, path, text);
    }
    const logged = this.#log.add(request, url.pathname + url.search, text ?? "", this.now());
    if (text === undefined) {
      logged.status = 413;
      return tooLarge(limit);
    }
    const incoming = { method: request.method, url, headers: request.headers, text };
    const outcome = await answer(this.#machine, incoming);
    if (outcome !== "dropped") logged.status = outcome.status;
    return outcome;
  }

  /** Ms since the epoch by the emulator's clock. */
  now(): number {
    return this.#clock.now();
  }

  /**
   * Moves the time on: by ms, by a duration (`{months: 1}` or `"P1M"`), or to an ISO 8601 instant.
   * @throws TypeError for a text that is neither
   */
  advance(by: number | Duration | string): void {
    this.#clock.advance(by);
    this.#store.changed();
  }

  /** Sets the time, in ms since the epoch or as an ISO 8601 instant; it goes on from there. */
  setTime(time: number | string): void {
    this.#clock.set(time);
    this.#store.changed();
  }

  /** Arms a fault. @throws Error when it makes no sense */
  inject(fault: Fault): void {
    this.#machine.faults.inject(fault);
  }

  /** The faults that wait for a request. */
  faults(): Fault[] {
    return this.#machine.faults.list();
  }

  clearFaults(): void {
    this.#machine.faults.clear();
  }

  /** The API requests so far, oldest first; the latest 20,000 are kept. */
  requests(): LoggedRequest[] {
    return structuredClone(this.#log.list());
  }

  clearRequests(): void {
    this.#log.clear();
  }

  /** The API routes this level has, such as `POST /v1/balances.create`. */
  routes(): string[] {
    return routeNames(this.level);
  }

  /** Forgets everything: state, idempotency keys, faults, requests, counted limits, and the clock's offset. */
  reset(): void {
    this.#cancelTimers();
    this.#clock.offsetMs = 0;
    this.#machine.keys.clear();
    this.#machine.limits?.clear();
    this.clearFaults();
    this.clearRequests();
    this.#store.clear();
  }

  /** The whole state as JSON, for `restore`. Faults and the request log are not part of it. */
  snapshot(): Snapshot {
    return structuredClone(this.#live());
  }

  /** Goes back to a snapshot. @throws TypeError when it is none */
  restore(snapshot: Snapshot): void {
    const checked = readSnapshot(snapshot);
    this.#cancelTimers();
    this.#clock.offsetMs = checked.offsetMs;
    this.#machine.keys.load(checked.idempotencyKeys);
    this.#store.load(checked);
  }

  /**
   * Adds features, customers and balances. What is there already stays.
   * @throws SeedError for a mistake in it; nothing of it is added then
   */
  seed(seed: EmulatorSeed | Readonly<Record<string, unknown>>): void {
    const before = structuredClone(this.#store.state());
    try {
      applySeed(this.#store, seed, this.now());
    } catch (error) {
      this.#store.load(before);
      throw error;
    }
    this.#store.changed();
  }

  /** Writes the state file, if there is one, and stops what is still to come. */
  async close(): Promise<void> {
    this.#cancelTimers();
    await this.#stateFile?.close();
  }

  #live(): Snapshot {
    return makeSnapshot(this.#store.state(), this.#clock.offsetMs, this.#machine.keys.dump());
  }

  #later(ms: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, ms);
    timer.unref();
    this.#timers.add(timer);
  }

  #cancelTimers(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}

/**
 * Makes an emulator in this process.
 * @example
 * ```ts
 * const autumn = createEmulator({ seed: { features: [{ id: "api_calls", type: "metered" }] } });
 * await autumn.fetch("http://autumn/v1/customers.get_or_create", {
 *   method: "POST",
 *   headers: { authorization: `Bearer ${autumn.key}` },
 *   body: JSON.stringify({ customer_id: "acme" }),
 * });
 * autumn.advance({ months: 1 });
 * ```
 * @throws SeedError for a mistake in the seed, StateFileError for a state file that cannot be read or written
 */
export function createEmulator(options: EmulatorOptions = {}): Emulator {
  return new Emulator(options);
}

function settingsOf(options: EmulatorOptions, key: string, level: Level): Settings {
  return {
    env: key.startsWith("am_sk_live") ? "live" : "sandbox",
    level,
    storeDelayMs: options.storeDelayMs ?? 1000,
    asyncUpdatesMs: options.asyncUpdatesMs ?? 0,
    listScanCap: Math.max(1, options.listScanCap ?? 100),
    resetJobMs: options.resetJob === "off" ? null : (options.resetJob ?? 0),
    unknownFields: options.unknownFields ?? false,
  };
}
