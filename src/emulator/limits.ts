// The rate limits of Autumn's production: fixed windows of one second in real time, whatever the emulated
// clock says.
import { isSince } from "./versions.ts";

/** Routes of one group share a counter. */
export type LimitGroup = "general" | "track" | "customer" | "list" | "entity";

interface LimitRule {
  readonly perSecond: number;
  /** `org`: one counter for all; `customer`: one for each customer. */
  readonly per: "org" | "customer";
}

const RULES: Record<LimitGroup, LimitRule> = {
  general: { perSecond: 25, per: "org" },
  track: { perSecond: 10_000, per: "customer" },
  customer: { perSecond: 10_000, per: "customer" },
  list: { perSecond: 50, per: "org" },
  entity: { perSecond: 50, per: "customer" },
};
const WINDOW_MS = 1000;

/** The outcome of counting one request. */
export interface LimitState {
  readonly allowed: boolean;
  /** `ratelimit-*`, and `retry-after` when the request is refused. */
  readonly headers: Record<string, string>;
}

export class RateLimits {
  readonly #windows = new Map<string, { start: number; count: number }>();
  readonly #realNow: () => number;

  constructor(realNow: () => number = () => performance.now()) {
    this.#realNow = realNow;
  }

  /** Counts a request. Refused ones count too. */
  count(group: LimitGroup, customerId: string, version: string | null): LimitState {
    const rule = RULES[group];
    const limit = group === "list" && !isSince(version, 2, 3) ? 5 : rule.perSecond;
    const key = rule.per === "org" ? group : `${group}:${customerId}`;
    const now = this.#realNow();
    let window = this.#windows.get(key);
    if (!window || now - window.start >= WINDOW_MS) {
      window = { start: now, count: 0 };
      this.#sweep(now);
      this.#windows.set(key, window);
    }
    window.count++;
    const allowed = window.count <= limit;
    const reset = Math.max(1, Math.ceil((window.start + WINDOW_MS - now) / 1000));
    return {
      allowed,
      headers: {
        "ratelimit-policy": `${limit};w=1`,
        "ratelimit-limit": String(limit),
        "ratelimit-remaining": String(Math.max(0, limit - window.count)),
        "ratelimit-reset": String(reset),
        ...(allowed ? {} : { "retry-after": String(reset) }),
      },
    };
  }

  clear(): void {
    this.#windows.clear();
  }

  #sweep(now: number): void {
    if (this.#windows.size < 10_000) return;
    for (const [key, window] of this.#windows) if (now - window.start >= WINDOW_MS) this.#windows.delete(key);
  }
}
