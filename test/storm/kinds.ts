// The kinds of storms: which balances there are, and what a file says of them from version to version.
import type { BalanceEntry } from "../../src/schema/index.ts";
import type { Random } from "./random.ts";

/**
 * - `stacked`: two balances stand for the usage of one feature; no cycle ends.
 * - `late`: updates take effect some moments after their answers.
 * - `credits`: a credit system pays for two features once their own balances are used up.
 * - `unlimited`: balances are unlimited for a while. What is used meanwhile counts nowhere.
 * - `rollover`: what is left of a cycle is kept, by terms that change.
 * - `intervals`: balances change between days, weeks, months and none, so that a successor is used before its
 *   predecessor. A run comes by before much time passes.
 * - `prune`: entries leave the file, and come back by the same name.
 * - `flags`: a boolean feature, which is now in the file and now not, beside the balances of `prune`.
 * - `adopt`: entries take over what somebody else has granted, from the beginning or later; no cycle ends.
 * - `providers`: half of the runs are those of a Terraform provider, which works on all balances at once.
 * - `refunds`: what was used is given back to the last unit, of balances that do not reset.
 * - `phases`: entries say what they grant from later moments on, some of which come in the middle of a run.
 * - `races`: other updates of the customer cross those of a run, and write back what they had read before.
 */
export const STORM_KINDS = [
  "stacked",
  "late",
  "credits",
  "unlimited",
  "rollover",
  "intervals",
  "prune",
  "flags",
  "adopt",
  "providers",
  "refunds",
  "phases",
  "races",
] as const;
export type StormKind = (typeof STORM_KINDS)[number];

export const GRANTS = [50, 100, 100, 150, 200, 300, 0.3, 12.5] as const;

export type FeatureId = "api_calls" | "storage" | "ai_credits";

/** A balance that every version of the file may have. */
export interface Slot {
  readonly feature: FeatureId;
  readonly id?: string;
}

export interface Rules {
  readonly slots: readonly Slot[];
  /** Features that customers use. */
  readonly used: readonly FeatureId[];
  /** Whether balances reset: as long as they are there, at times, or never. */
  readonly resets: "either" | "at times" | "never";
  /** Whether rows without an entry go. */
  readonly prunes: boolean;
  /** Whether a run comes by before time passes. */
  readonly isVisited: boolean;
  /** What a version of the file says, of balances that are granted an amount, by the month or once. */
  readonly declare: (
    granted: readonly BalanceEntry[],
    random: Random,
    before: Declared,
    /** ms since 1970. */
    now: number,
  ) => BalanceEntry[];
}

/** The version before. */
type Declared = readonly BalanceEntry[] | undefined;

const STANDARD: Rules = {
  slots: [{ feature: "api_calls" }, { feature: "storage" }],
  used: ["api_calls", "storage"],
  resets: "either",
  prunes: false,
  isVisited: false,
  declare: (granted) => [...granted],
};

/** The rows that others have granted, for entries to take over. */
export const BY_HAND = "by-hand-";

const entryOf = (fields: Record<string, unknown>): BalanceEntry => fields as unknown as BalanceEntry;

function unlimited(entry: BalanceEntry, random: Random): BalanceEntry {
  if (!random.chance(0.35)) return entry;
  const { included: _, reset: __, ...rest } = entry;
  return entryOf({ ...rest, unlimited: true });
}

const ROLLOVERS = [
  undefined,
  { duration: "month", length: 1 },
  { duration: "forever" },
  { duration: "forever", max: 60 },
  { duration: "month", length: 2, max_percentage: 50 },
] as const;

const withRollover = (
  entry: BalanceEntry,
  random: Random,
  before: BalanceEntry | undefined,
): BalanceEntry => {
  if (!entry.reset) return entry;
  const rollover = before?.reset && random.chance(0.6) ? before.rollover : random.pick(ROLLOVERS);
  return rollover === undefined ? entry : entryOf({ ...entry, rollover });
};

const withInterval = (entry: BalanceEntry, random: Random): BalanceEntry =>
  entry.reset ? entryOf({ ...entry, reset: { interval: random.pick(["day", "week", "month"]) } }) : entry;

const some = (granted: readonly BalanceEntry[], random: Random): BalanceEntry[] =>
  granted.filter(() => random.chance(0.7));

function withFlag(granted: readonly BalanceEntry[], random: Random): BalanceEntry[] {
  const ends = random.pick([undefined, undefined, "2027-09-01T00:00:00Z", "2027-10-01T00:00:00Z"]);
  const { customer_id } = granted[0] as BalanceEntry;
  const flag = entryOf({ customer_id, feature_id: "sso", ...(ends ? { expires_at: ends } : {}) });
  return [...some(granted, random), ...(random.chance(0.75) ? [flag] : [])];
}

/** Once an entry has taken a row over, it goes on saying so. */
const adopting = (entry: BalanceEntry, random: Random, before: BalanceEntry | undefined): BalanceEntry =>
  random.chance(0.3) || before?.adopt ? entryOf({ ...entry, adopt: BY_HAND + entry.feature_id }) : entry;

const LATER = [1000, 5000, 15_000, 60_000, 3_600_000, 12 * 3_600_000, 20 * 86_400_000];

/** Two phases or three, and no end. */
function inPhases(entry: BalanceEntry, random: Random, now: number): BalanceEntry {
  if (random.chance(0.25)) return entry;
  const { included, reset, expires_at: _, ...rest } = entry;
  const phase = { included, ...(reset ? { reset } : {}) };
  const phases: Record<string, unknown>[] = [phase];
  for (let at = now, n = 1 + random.below(2); n > 0; n--) {
    at += random.pick(LATER) + random.below(5000);
    phases.push({ ...phase, included: random.pick(GRANTS), starts_at: new Date(at).toISOString() });
  }
  return entryOf({ ...rest, phases });
}

export const RULES: Readonly<Record<StormKind | "standard", Rules>> = {
  standard: STANDARD,
  late: STANDARD,
  races: STANDARD,
  providers: STANDARD,
  stacked: {
    ...STANDARD,
    slots: [...STANDARD.slots, { feature: "api_calls", id: "more" }],
    resets: "at times",
  },
  credits: { ...STANDARD, slots: [...STANDARD.slots, { feature: "ai_credits" }] },
  unlimited: { ...STANDARD, declare: (granted, random) => granted.map((one) => unlimited(one, random)) },
  rollover: {
    ...STANDARD,
    declare: (granted, random, before) => granted.map((one, n) => withRollover(one, random, before?.[n])),
  },
  intervals: {
    ...STANDARD,
    resets: "at times",
    isVisited: true,
    declare: (granted, random) => granted.map((one) => withInterval(one, random)),
  },
  prune: { ...STANDARD, prunes: true, declare: some },
  flags: { ...STANDARD, prunes: true, declare: withFlag },
  adopt: {
    ...STANDARD,
    resets: "at times",
    declare: (granted, random, before) => granted.map((one, n) => adopting(one, random, before?.[n])),
  },
  refunds: { ...STANDARD, resets: "never" },
  phases: {
    ...STANDARD,
    declare: (granted, random, _, now) => granted.map((one) => inPhases(one, random, now)),
  },
};
