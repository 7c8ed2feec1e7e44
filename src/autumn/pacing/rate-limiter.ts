// Paces the calls that count against one limit.
//
// Calls go out one by one at even distances, because Autumn counts in fixed windows of a second that begin with
// anybody's first call: a burst at the end of one of our seconds and another at the start of the next can fall into one
// of its windows. Three things set the distance:
// - the ceiling: a share of the limit that the server publishes or documents;
// - the use of others: production traffic comes first. Every answer tells how much of the window is used, and what is
//   not ours is theirs. Their busiest recent window is subtracted, so that they keep their headroom;
// - a brake: a 429 halves the rate, and every answer gives a little of it back.
//
// `ratelimit-reset` counts in whole seconds, and a window lasts only one. So a wait for the next window is measured
// from the first answer seen in this one. It is the exception, as it costs a good part of a second.
import type { Clock } from "../clock.ts";
import { Others } from "./competing-traffic.ts";
import { type RateHeaders, readRateHeaders } from "./rate-headers.ts";

/** The limit of a lane, and how much of it may be used. */
export interface LaneOptions {
  /** Calls per second, until the server publishes another limit. */
  readonly limit: number;
  /** Share of the limit to use. */
  readonly share: number;
  /** Processes among which the share is divided equally. */
  readonly processes: number;
  /** Calls per second, at most, instead of the share. */
  readonly fixed?: number;
}

/** Permission to make one call, to be told of its answer. */
export interface Turn {
  /** Any answer but a 429. */
  answered(headers: Headers): void;
  /** A 429. `retryAfterMs` is 0 when the answer does not give a time. */
  refused(headers: Headers, retryAfterMs: number): void;
}

/** Minimum rate of all processes together, in calls per second, so that progress never stops. */
const LEAST_RATE = 1;
/** How much of the full rate each answer gives back after a 429. */
const RELEASE = 0.02;
const LEAST_BRAKE = 1 / 32;
/** ms after which a long wait is computed anew. */
const LONGEST_SLEEP_MS = 60_000;
const ROUNDING = 1e-6;
/** Its multiples, modulo 1, spread evenly. */
const GOLDEN = 0.618034;

export class Lane {
  readonly #clock: Clock;
  readonly #options: LaneOptions;
  #perSecond: number;
  #windowMs = 1000;
  /** When the last call was due, in ms. A late timer does not delay the calls after it. */
  #due = Number.NEGATIVE_INFINITY;
  /** When calls in the last window were made, in ms. */
  #made: number[] = [];
  #turns = 0;
  #lastMade = Number.NEGATIVE_INFINITY;
  #pausedUntil = Number.NEGATIVE_INFINITY;
  /** Factor on the rate; 1 when nothing is held back. */
  #brake = 1;
  #brakedAt = Number.NEGATIVE_INFINITY;
  readonly #others = new Others();
  #remaining = 0;
  #windowEndsBy = Number.NEGATIVE_INFINITY;
  #waiting = 0;
  /** A queue of callers, so that none is overtaken for ever. */
  #line: Promise<unknown> = Promise.resolve();

  constructor(clock: Clock, options: LaneOptions) {
    this.#clock = clock;
    this.#options = options;
    this.#perSecond = options.limit;
  }

  /** The most calls per second, whatever others use. */
  get #ceiling(): number {
    const { fixed, share, processes } = this.#options;
    return fixed === undefined ? (this.#perSecond * share) / processes : Math.min(fixed, this.#perSecond);
  }

  /** Calls per second that we and others together may make before we slow down. */
  get #budget(): number {
    return Math.max(this.#perSecond * this.#options.share, this.#ceiling);
  }

  /** The current rate, in calls per second. */
  get rate(): number {
    const wanted = Math.min(this.#ceiling, this.#budget - this.#others.perSecond) * this.#brake;
    return Math.max(wanted, Math.min(LEAST_RATE / this.#options.processes, this.#ceiling));
  }

  /** Whether it can be dropped: it waits for nothing and remembers nothing. */
  isIdle(): boolean {
    const now = this.#clock.now();
    const remembers = now - this.#lastMade < this.#windowMs || this.#brake < 1 || this.#others.perSecond > 0;
    return this.#waiting === 0 && now >= this.#pausedUntil && !remembers;
  }

  /** Waits until one call may be made. Rejects with the signal's reason as soon as it is aborted. */
  take(signal?: AbortSignal): Promise<Turn> {
    this.#waiting += 1;
    const turn = this.#line
      .then(() => this.#wait(signal))
      .finally(() => {
        this.#waiting -= 1;
      });
    this.#line = turn.catch(() => undefined);
    return signal === undefined ? turn : unlessAborted(turn, signal);
  }

  async #wait(signal?: AbortSignal): Promise<Turn> {
    for (;;) {
      signal?.throwIfAborted();
      const now = this.#clock.now();
      const next = Math.max(this.#next(), this.#pausedUntil, this.#whenWindowHasRoom(now));
      if (next <= now) return this.#turn(now);
      await this.#clock.sleep(Math.ceil(Math.min(next - now, LONGEST_SLEEP_MS)), signal);
    }
  }

  /**
   * When the next call is due. While others need the budget, the distances vary: calls at the same moment of each
   * window would see its use at that moment only.
   */
  #next(): number {
    const stretch = this.#others.perSecond > 0 ? 0.75 + ((this.#turns * GOLDEN) % 1) / 2 : 1;
    return this.#due + (1000 / this.rate) * stretch;
  }

  /** When the window has room: even with late timers, none has more of our calls than the ceiling allows. */
  #whenWindowHasRoom(now: number): number {
    const most = Math.max(1, Math.ceil((this.#ceiling * this.#windowMs) / 1000 - ROUNDING));
    const recent = this.#made.findIndex((at) => at > now - this.#windowMs);
    if (recent !== 0) this.#made = recent === -1 ? [] : this.#made.slice(recent);
    const first = this.#made.at(-most);
    return first === undefined ? now : first + this.#windowMs;
  }

  #turn(now: number): Turn {
    const next = this.#next();
    this.#due = now - next < 1000 / this.rate ? next : now;
    this.#turns += 1;
    this.#made.push(now);
    this.#lastMade = now;
    const ours = this.#made.length;
    return {
      answered: (headers) => {
        this.#brake = Math.min(1, this.#brake + RELEASE);
        this.#learn(readRateHeaders(headers), ours);
      },
      refused: (headers, retryAfterMs) => {
        // A 429 of a call made before the rate was halved says nothing about the new rate.
        if (now >= this.#brakedAt) {
          this.#brake = Math.max(LEAST_BRAKE, this.#brake / 2);
          this.#brakedAt = this.#clock.now();
        }
        this.#learn(readRateHeaders(headers), ours);
        this.#pause(retryAfterMs || this.#windowMs);
      },
    };
  }

  /** @param ours calls that we made in the window, up to the one that was answered */
  #learn(told: RateHeaders | undefined, ours: number): void {
    if (told === undefined) return;
    const { limit, windowMs, remaining, resetMs } = told;
    this.#perSecond = (limit * 1000) / windowMs;
    this.#windowMs = windowMs;
    if (remaining === undefined) return;
    const now = this.#clock.now();
    this.#others.note(((limit - remaining - ours) * 1000) / windowMs, now, this.#perSecond);

    // Only a new window can have more calls left than before; it cannot have begun after this answer.
    if (remaining > this.#remaining || now >= this.#windowEndsBy) this.#windowEndsBy = now + windowMs;
    this.#remaining = remaining;
    const kept = limit - (this.#budget * windowMs) / 1000;
    if (remaining === 0 || remaining < kept / 2) this.#pause(Math.min(resetMs, this.#windowEndsBy - now));
  }

  #pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.now() + ms);
  }
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
