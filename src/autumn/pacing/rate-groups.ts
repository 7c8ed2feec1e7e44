// Which calls share a rate limit, the limits that Autumn documents, and the share of them that this tool uses.

/** Share of a published limit that this tool uses; the rest is left to production traffic. */
export const DEFAULT_SHARE = 0.8;

/** Calls per second that Autumn documents for each group; `Infinity` for limits that this tool never reaches. */
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

/** A group of calls that count against one limit; in `customer` and `entity`, each customer has its own. */
export type RateGroup = keyof typeof DOCUMENTED_LIMITS;

/** How fast calls may be made. */
export interface PaceOptions {
  /** Share of the limit to use, above 0 and up to 1; 0.8 when left out. */
  readonly share?: number;
  /**
   * Calls per second in the group `balances`, above 0, instead of a share of its limit. Never exceeded; not reached if
   * the server publishes a lower limit or others need the budget.
   */
  readonly requestsPerSecond?: number;
  /**
   * Processes that work at the same time, including this one. Each takes an equal part of the share, for limits of the
   * whole organisation. A whole number from 1; 1 when left out. `requestsPerSecond` is not divided.
   */
  readonly processes?: number;
}

/** Groups with one limit for the whole organisation, instead of one for each customer. */
export const SHARED_GROUPS: ReadonlySet<RateGroup> = new Set<RateGroup>(["balances", "lists"]);

/** Calls per second that one group may make when nothing slows it down. */
export function paceOf(group: RateGroup, options: PaceOptions = {}): number {
  if (group === "balances" && options.requestsPerSecond !== undefined) return options.requestsPerSecond;
  const pace = DOCUMENTED_LIMITS[group] * (options.share ?? DEFAULT_SHARE);
  return SHARED_GROUPS.has(group) ? pace / (options.processes ?? 1) : pace;
}

/** @throws RangeError for a rate, a share or a number of processes that is out of range */
export function checkPace({
  share = DEFAULT_SHARE,
  requestsPerSecond = 1,
  processes = 1,
}: PaceOptions): void {
  if (!(share > 0 && share <= 1)) throw new RangeError(`share is ${share}; it is above 0 and up to 1`);
  if (!(requestsPerSecond > 0))
    throw new RangeError(`requestsPerSecond is ${requestsPerSecond}; it is above 0`);
  if (!(Number.isInteger(processes) && processes >= 1))
    throw new RangeError(`processes is ${processes}; it is a whole number from 1`);
}
