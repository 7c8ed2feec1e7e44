// Keeps this tool's calls under Autumn's rate limits, which it shares with the user's production traffic: one lane for
// each limit.
import { type Clock, neverBackwards } from "../clock.ts";
import {
  checkPace,
  DEFAULT_SHARE,
  DOCUMENTED_LIMITS,
  type PaceOptions,
  type RateGroup,
  SHARED_GROUPS,
} from "./rate-groups.ts";
import { Lane, type Turn } from "./rate-limiter.ts";

/** With this many lanes, those of idle customers are dropped. */
const MANY_LANES = 1000;

export class Pacer {
  readonly #lanes = new Map<string, Lane>();
  readonly #clock: Clock;
  readonly #options: PaceOptions;
  #sweepAt = MANY_LANES;

  /** @throws RangeError for options that are out of range */
  constructor(clock: Clock, options: PaceOptions = {}) {
    checkPace(options);
    this.#clock = neverBackwards(clock);
    this.#options = options;
  }

  /**
   * Waits until one call of the group may be made.
   * @param customerId whose limit it is, in groups where each customer has one
   * @throws the signal's reason, when it is aborted
   */
  take(group: RateGroup, customerId: string | undefined, signal?: AbortSignal): Promise<Turn> {
    return this.#lane(group, customerId).take(signal);
  }

  #lane(group: RateGroup, customerId: string | undefined): Lane {
    const isShared = SHARED_GROUPS.has(group);
    const name = isShared ? group : `${group} ${customerId}`;
    const known = this.#lanes.get(name);
    if (known) return known;
    this.#sweep();
    const { share = DEFAULT_SHARE, requestsPerSecond } = this.#options;
    const processes = isShared ? (this.#options.processes ?? 1) : 1;
    const limit = DOCUMENTED_LIMITS[group];
    const lane = new Lane(
      this.#clock,
      group === "balances" && requestsPerSecond !== undefined
        ? { limit: Math.max(limit, requestsPerSecond), share, processes, fixed: requestsPerSecond }
        : { limit, share, processes },
    );
    this.#lanes.set(name, lane);
    return lane;
  }

  #sweep(): void {
    if (this.#lanes.size < this.#sweepAt) return;
    for (const [name, lane] of this.#lanes) if (lane.isIdle()) this.#lanes.delete(name);
    this.#sweepAt = Math.max(MANY_LANES, this.#lanes.size * 2);
  }
}
