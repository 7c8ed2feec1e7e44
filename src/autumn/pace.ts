// Keeps this tool's calls under Autumn's rate limits, which it shares with the user's own production traffic.
//
// One token bucket per rate-limit group. Its ceiling is a share of the limit, as the server publishes it in its
// headers or else as documented. When others use the budget, the headers show it first: with less left in the
// window than the share that is kept for others, calls wait for the next window. A 429 halves the pace, and
// each answer after that gives a little of it back.
import type { Clock } from "./clock.ts";

/** Share of a published limit that this tool uses; the rest is left to production traffic. */
export const DEFAULT_SHARE = 0.8;

/** Calls per second that Autumn documents for each group; `Infinity` for limits no tool like this reaches. */
export const DOCUMENTED_LIMITS = {
  /** balances.create, balances.delete, both balance lists, features: 25/s for the whole organisation. */
  balances: 25,
  /** customers.list and entities.list. */
  lists: 50,
  /** balances.update, customers.get and get_or_create: 10,000/s for each customer. */
  customer: Number.POSITIVE_INFINITY,
  /** entities.get: 50/s for each customer. */
  entity: 50,
} as const;

export type RateGroup = keyof typeof DOCUMENTED_LIMITS;

export interface PaceOptions {
  /** Share of the limit to use, above 0 and up to 1. */
  readonly share?: number;
  /** Calls per second in the group `balances`, instead of a share of its limit. */
  readonly requestsPerSecond?: number;
}

/** Calls per second that one group may make when nothing is in the way. */
export function paceOf(group: RateGroup, options: PaceOptions = {}): number {
  if (group === "balances" && options.requestsPerSecond !== undefined) return options.requestsPerSecond;
  return DOCUMENTED_LIMITS[group] * (options.share ?? DEFAULT_SHARE);
}

class Bucket {
  private tokens: number;
  private at: number;
  private ceiling: number;
  private rate: number;
  private pausedUntil = 0;
  /** Callers wait one behind the other, so that none is overtaken for ever. */
  private queue: Promise<void> = Promise.resolve();

  constructor(
    private readonly clock: Clock,
    ceiling: number,
    private readonly followsPublishedLimit: boolean,
    private readonly share: number,
  ) {
    this.ceiling = ceiling;
    this.rate = ceiling;
    this.tokens = this.capacity;
    this.at = clock.now();
  }

  /** A fifth of a second's worth: enough to start briskly, too little to fill a window at once. */
  private get capacity(): number {
    return Math.max(1, this.rate / 5);
  }

  take(signal?: AbortSignal): Promise<void> {
    const turn = this.queue.then(() => this.wait(signal));
    this.queue = turn.catch(() => undefined);
    return turn;
  }

  private async wait(signal?: AbortSignal): Promise<void> {
    for (;;) {
      signal?.throwIfAborted();
      const now = this.clock.now();
      if (now < this.pausedUntil) {
        await this.clock.sleep(this.pausedUntil - now, signal);
        continue;
      }
      if (this.rate === Number.POSITIVE_INFINITY) return;
      this.tokens = Math.min(this.capacity, this.tokens + ((now - this.at) / 1000) * this.rate);
      this.at = now;
      if (this.tokens >= 1) {
        this.tokens -= 1;
        return;
      }
      await this.clock.sleep(Math.ceil(((1 - this.tokens) / this.rate) * 1000), signal);
    }
  }

  answered(headers: Headers): void {
    const limit = positive(headers.get("ratelimit-limit"));
    const remaining = positive(headers.get("ratelimit-remaining"));
    const resetSeconds = positive(headers.get("ratelimit-reset"));
    const windowSeconds =
      positive(/;\s*w=(\d+)/.exec(headers.get("ratelimit-policy") ?? "")?.[1] ?? null) ?? 1;
    if (limit !== undefined && limit > 0 && windowSeconds > 0 && this.followsPublishedLimit) {
      this.ceiling = (limit / windowSeconds) * this.share;
    }
    this.rate = Math.min(this.ceiling, this.rate + this.ceiling * 0.02);
    if (limit === undefined || remaining === undefined || resetSeconds === undefined) return;
    const keptForOthers = limit * (1 - this.share);
    if (remaining < keptForOthers) this.pause(Math.min(resetSeconds, 60) * 1000);
  }

  refused(retryAfterMs: number): void {
    this.rate = Math.max(Math.min(1, this.ceiling), Math.min(this.rate, this.ceiling) / 2);
    this.tokens = 0;
    this.pause(retryAfterMs);
  }

  private pause(ms: number): void {
    this.pausedUntil = Math.max(this.pausedUntil, this.clock.now() + ms);
  }
}

function positive(written: string | null): number | undefined {
  if (written === null || written.trim() === "") return undefined;
  const n = Number(written);
  return Number.isFinite(n) && n >= 0 ? n : undefined;
}

export class Pacer {
  private readonly buckets = new Map<string, Bucket>();

  constructor(
    private readonly clock: Clock,
    private readonly options: PaceOptions = {},
  ) {}

  /** Waits until one call of the group may be made. `customerId` names the bucket where limits are by customer. */
  take(group: RateGroup, customerId: string | undefined, signal?: AbortSignal): Promise<void> {
    return this.bucket(group, customerId).take(signal);
  }

  /** Learns from the rate-limit headers of an ordinary answer. */
  answered(group: RateGroup, customerId: string | undefined, headers: Headers): void {
    this.bucket(group, customerId).answered(headers);
  }

  /** Learns from a 429. */
  refused(group: RateGroup, customerId: string | undefined, retryAfterMs: number): void {
    this.bucket(group, customerId).refused(retryAfterMs);
  }

  private bucket(group: RateGroup, customerId: string | undefined): Bucket {
    const name = group === "entity" ? `${group} ${customerId}` : group;
    let bucket = this.buckets.get(name);
    if (!bucket) {
      const fixed = group === "balances" && this.options.requestsPerSecond !== undefined;
      const follows = !fixed && group !== "customer";
      bucket = new Bucket(
        this.clock,
        paceOf(group, this.options),
        follows,
        this.options.share ?? DEFAULT_SHARE,
      );
      this.buckets.set(name, bucket);
    }
    return bucket;
  }
}
