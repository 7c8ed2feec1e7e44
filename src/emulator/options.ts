// The options of an emulator and what they default to.
import type { Level } from "./call.ts";
import type { RaceOptions } from "./races.ts";
import type { EmulatorSeed } from "./seed.ts";

export const DEFAULT_KEY = "am_sk_test_emulator";
export const DEFAULT_PORT = 4010;
export const DEFAULT_HOST = "127.0.0.1";
export const DEFAULT_LEVEL: Level = "2026-08";

export interface EmulatorOptions {
  /** Port of `startEmulator`; default 4010, 0 picks a free one. */
  readonly port?: number | undefined;
  /** Address to listen on; default 127.0.0.1. The control surface has no password: think before you widen it. */
  readonly host?: string | undefined;
  /** The one secret key that is accepted; default `am_sk_test_emulator`. `am_sk_live_…` makes `env` `live`. */
  readonly key?: string | undefined;
  /**
   * Which server to be; default 2026-08, as recorded. 2026-10 has POST balances.list, updates that land whole
   * or not at all, and 404 balance_not_found for every field of an update that finds no row.
   */
  readonly level?: Level | undefined;
  /** `production` answers 429 above Autumn's published limits; default `none`, without `ratelimit-*` headers. */
  readonly limits?: "production" | "none" | undefined;
  /** Ms, in real time, before a request is handled; default 0. */
  readonly latencyMs?: number | undefined;
  /** Ms, in real time, by which the effect of balances.update comes after its answer; default 0. */
  readonly asyncUpdatesMs?: number | undefined;
  /** Ms, by the emulator's clock, until tracked usage is stored; default 1000. */
  readonly storeDelayMs?: number | undefined;
  /** Customers that one page of balances.list walks over before it is cut short; default 100. */
  readonly listScanCap?: number | undefined;
  /**
   * Ms, by the emulator's clock, after a row's reset date until the server's own job resets it, if nobody reads its
   * customer; default 0, at once. `off` leaves such a row as it is, a drained one hidden, until customers.get,
   * entities.get, tracking or an update reads it.
   */
  readonly resetJob?: number | "off" | undefined;
  /** What goes wrong when calls cross or the server is busy; default nothing. */
  readonly races?: RaceOptions | undefined;
  /** Whether every object of an answer has a field that no client knows, as later servers send; default false. */
  readonly unknownFields?: boolean | undefined;
  /** Waits for so many ms, wherever an answer takes time; default in real time. For tests with a clock of their own. */
  readonly sleep?: ((ms: number) => Promise<void>) | undefined;
  /** The time in ms by which rate limits are counted; default real time. For tests with a clock of their own. */
  readonly limitClock?: (() => number) | undefined;
  /** A file that is loaded when it exists and written after every change. */
  readonly stateFile?: string | undefined;
  /** What to start with, checked when applied; not applied when there is a state file to load. */
  readonly seed?: EmulatorSeed | Readonly<Record<string, unknown>> | undefined;
  /** Ms since the epoch; default `Date.now`. Moving the time adds an offset to it. */
  readonly clock?: (() => number) | undefined;
}
