// Rows in the public API's shape: what customers.get, entities.get, customers.list and track show.
import { exact, sum } from "./amounts.ts";
import { bySoonestExpiry, grantOf, liveRollovers, usageOf } from "./rows.ts";
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
  // One unlimited row hides every other row of its feature (scenario read-unlimited-hides)
  const unlimited = rows.find((row) => row.unlimited);
  if (unlimited || aggregated.some((row) => row.unlimited)) {
    const breakdown = unlimited ? [presentUnlimited(unlimited)] : rows.map(presentRow);
    return { ...totals(featureId, 0, 0, 0, null), unlimited: true, breakdown };
  }
  const carried = rows.flatMap((row) => liveRollovers(row, now));
  const granted = [
    ...rows.map(grantOf),
    ...aggregated.map(grantOf),
    ...carried.map((rollover) => exact(rollover.balance + rollover.usage)),
  ];
  const remaining = [
    ...rows.map(shownRemaining),
    ...aggregated.map(shownRemaining),
    ...carried.map((rollover) => rollover.balance),
  ];
  const usage = [
    ...rows.map(usageOf),
    ...aggregated.map(usageOf),
    ...carried.map((rollover) => rollover.usage),
  ];
  return {
    ...totals(featureId, sum(granted), sum(remaining), sum(usage), soonestReset(rows)),
    unlimited: false,
    breakdown: rows.map(presentRow),
    ...(rows.some((row) => row.rollover) ? { rollovers: carried.map(presentRollover) } : {}),
  };
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
    prepaid_grant: 0,
    remaining: row.unlimited ? 0 : shownRemaining(row),
    usage: usageOf(row),
    unlimited: row.unlimited,
    reset: presentReset(row),
    price: null,
    expires_at: row.expiresAt,
  };
}

/** An unlimited row shows its internal id and neither reset nor expiry (scenario create-unlimited). */
function presentUnlimited(row: Row) {
  return {
    id: row.id,
    plan_id: row.planId,
    included_grant: 0,
    prepaid_grant: 0,
    remaining: 0,
    usage: 0,
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
