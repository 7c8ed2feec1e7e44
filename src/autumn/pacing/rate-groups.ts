// Which calls share a rate limit, the limits Autumn documents, and how much of them this tool takes.

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

/** Calls of one group count against one limit; `customer` and `entity` against one for each customer. */
export type RateGroup = keyof typeof DOCUMENTED_LIMITS;

/** How fast calls may be made. */
export interface PaceOptions {
  /** Share of the limit to use, above 0 and up to 1; 0.8 when left out. */
  readonly share?: number;
  /**
   * Calls per second in the group `balances`, above 0, instead of a share of its limit. It is never exceeded, and
   * not reached where the server publishes a lower limit or others need the budget.
   */
  readonly requestsPerSecond?: number;
  /**
   * Processes that work at the same time, this one among them: each takes an equal part of the share of those limits
   * that hold for the whole organisation. A whole number from 1; 1 when left out. `requestsPerSecond` is not divided.
   */
  readonly processes?: number;
}

/** Groups that are limited for the whole organisation, and not for each customer. */
export const SHARED_GROUPS: ReadonlySet<RateGroup> = new Set<RateGroup>(["balances", "lists"]);

/** Calls per second that one group may make when nothing is in the way. */
export function paceOf(group: RateGroup, options: PaceOptions = {}): number {
  if (group === "balances" && options.requestsPerSecond !== undefined) return options.requestsPerSecond;
  const pace = DOCUMENTED_LIMITS[group] * (options.share ?? DEFAULT_SHARE);
  return SHARED_GROUPS.has(group) ? pace / (options.processes ?? 1) : pace;
}

/** @throws RangeError for a rate that would stop everything, or a share that is none */
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
