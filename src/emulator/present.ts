// Rows in the public API's shape: what customers.get, entities.get, customers.list and track show.
import { exact, sum } from "./amounts.ts";
import { bySoonestExpiry, fullGrantOf, grantOf, liveRollovers, usageOf } from "./rows.ts";
import type { Row } from "./types.ts";

/** A map keyed by ids that came from outside: without a prototype, so that no id is special. */
export type IdMap<T> = Record<string, T>;

export function idMap<T>(): IdMap<T> {
  return Object.create(null) as IdMap<T>;
}

export type PublicBalance = ReturnType<typeof presentBalance>;

/**
 * The balances of a subject by feature.
 * @param rows what the subject sees, in order of use
 * @param aggregated rows that only count in the totals: those of a customer's entities
 */
export function presentBalances(rows: Row[], aggregated: Row[], now: number): IdMap<PublicBalance> {
  const balances = idMap<PublicBalance>();
  for (const featureId of new Set([...rows, ...aggregated].map((row) => row.featureId))) {
    const own = rows.filter((row) => row.featureId === featureId && row.featureType !== "boolean");
    const others = aggregated.filter((row) => row.featureId === featureId && row.featureType !== "boolean");
    if (own.length + others.length > 0) balances[featureId] = presentBalance(featureId, own, others, now);
  }
  return balances;
}

function presentBalance(featureId: string, rows: Row[], aggregated: Row[], now: number) {
  const shown = shownBalance(featureId, rows, now);
  if (aggregated.length === 0) return shown;
  if (shown.unlimited || aggregated.some((row) => row.unlimited)) {
    return {
      ...shown,
      granted: 0,
      remaining: 0,
      usage: sum([shown.usage, usageOfUnlimited(aggregated)]),
      unlimited: true,
    };
  }
  const carried = aggregated.flatMap((row) => liveRollovers(row, now));
  const carriedLeft = carried.map((rollover) => rollover.balance);
  const carriedUsed = carried.map((rollover) => rollover.usage);
  // Rows of entities are summed up before anything is floored: one below zero eats up what others have left
  const left = Math.max(0, sum(aggregated.map((row) => row.balance)));
  return {
    ...shown,
    granted: sum([shown.granted, ...aggregated.map(fullGrantOf), ...carriedLeft, ...carriedUsed]),
    remaining: sum([shown.remaining, left, ...carriedLeft]),
    usage: sum([shown.usage, ...aggregated.map(usageOf), ...carriedUsed]),
    next_reset_at: soonestReset([...rows, ...aggregated]),
  };
}

/** What a subject's own rows show. */
function shownBalance(featureId: string, rows: Row[], now: number) {
  const carried = rows.flatMap((row) => liveRollovers(row, now));
  const rollovers = rows.some((row) => row.rollover) ? { rollovers: carried.map(presentRollover) } : {};
  const [first] = rows;
  if (first && rows.some((row) => row.unlimited)) {
    // One unlimited row hides every other row of its feature (scenario read-unlimited-hides)
    const usage = usageOfUnlimited(rows);
    const breakdown = [presentUnlimited(first, usage)];
    return { ...totals(featureId, 0, 0, usage, null), unlimited: true, breakdown, ...rollovers };
  }
  const carriedLeft = carried.map((rollover) => rollover.balance);
  const carriedUsed = carried.map((rollover) => rollover.usage);
  return {
    ...totals(
      featureId,
      sum([...rows.map(fullGrantOf), ...carriedLeft, ...carriedUsed]),
      sum([...rows.map(shownRemaining), ...carriedLeft]),
      sum([...rows.map(usageOf), ...carriedUsed]),
      soonestReset(rows),
    ),
    unlimited: false,
    breakdown: rows.map(presentRow),
    ...rollovers,
  };
}

function usageOfUnlimited(rows: Row[]): number {
  return sum(rows.filter((row) => row.unlimited).map(usageOf));
}

function totals(featureId: string, granted: number, remaining: number, usage: number, reset: number | null) {
  return {
    feature_id: featureId,
    granted,
    remaining,
    usage,
    overage_allowed: false,
    max_purchase: null,
    next_reset_at: reset,
  };
}

function soonestReset(rows: Row[]): number | null {
  const resets = rows.flatMap((row) => (row.nextResetAt === null ? [] : [row.nextResetAt]));
  return resets.length === 0 ? null : Math.min(...resets);
}

/** Overage does not show as a negative rest; it shows as usage above the grant. */
function shownRemaining(row: Row): number {
  return Math.max(0, row.balance);
}

/** A row of a breakdown. */
export function presentRow(row: Row) {
  return {
    id: row.externalId ?? row.id,
    plan_id: row.planId,
    included_grant: grantOf(row),
    prepaid_grant: row.prepaidGrant,
    remaining: row.unlimited ? 0 : shownRemaining(row),
    usage: usageOf(row),
    unlimited: row.unlimited,
    reset: presentReset(row),
    price: row.price,
    expires_at: row.expiresAt,
  };
}

/** What stands for all rows of an unlimited feature: an internal id, neither reset nor expiry (scenario create-unlimited). */
function presentUnlimited(row: Row, usage: number) {
  return {
    id: row.id,
    plan_id: row.planId,
    included_grant: 0,
    prepaid_grant: 0,
    remaining: 0,
    usage,
    unlimited: true,
    reset: null,
    price: null,
    expires_at: null,
  };
}

/** Null for what is held rather than used up (scenario create-seats). An interval_count of 1 is left out. */
export function presentReset(row: Row) {
  if (row.featureType === "metered" && !row.consumable) return null;
  return {
    interval: row.interval,
    ...(row.intervalCount === 1 ? {} : { interval_count: row.intervalCount }),
    resets_at: row.nextResetAt,
  };
}

function presentRollover(rollover: { balance: number; usage: number; expiresAt: number | null }) {
  return {
    granted: exact(rollover.balance + rollover.usage),
    balance: rollover.balance,
    // One that never expires shows 0
    expires_at: rollover.expiresAt ?? 0,
  };
}

/** Rollovers of one row, soonest expiry first. */
export function presentRollovers(row: Row, now: number) {
  return liveRollovers(row, now).sort(bySoonestExpiry).map(presentRollover);
}

/** Boolean features that are on. */
export function presentFlags(rows: Row[]) {
  const flags = idMap<{
    id: string;
    plan_id: string | null;
    expires_at: number | null;
    feature_id: string;
  }>();
  for (const row of rows) {
    if (row.featureType !== "boolean" || row.featureId in flags) continue;
    flags[row.featureId] = {
      id: row.externalId ?? row.id,
      plan_id: row.planId,
      expires_at: row.expiresAt,
      feature_id: row.featureId,
    };
  }
  return flags;
}
