// A row: one stored balance, in one shape whichever read it came from.
import type { WireListedRow, WireRawRow, WireReset, WireRow } from "../autumn/index.ts";
import type { Interval, Reset, Rollover } from "../schema/index.ts";
import { INTERVALS } from "../schema/index.ts";
import { isMore, keptUsage, minus, plus, usedOf, withoutNoise } from "./amounts.ts";
import { nextBoundary } from "./interval.ts";

/** One stored balance. */
export interface Row {
  readonly customerId: string;
  readonly featureId: string;
  /** The balance_id given at creation; `null` when none was. */
  readonly balanceId: string | null;
  /** Autumn's own id, where the read shows it. It stands in for a missing balance_id. */
  readonly internalId: string | null;
  /** The plan a row comes from; `null` for standalone rows, the only ones that are ours to change. */
  readonly planId: string | null;
  /** The entity that holds the row, `null` for the customer as a whole, `undefined` where the read does not tell. */
  readonly entityId: string | null | undefined;
  /**
   * What calls have to send as `entity_id` to reach the row: the entity's id, or Autumn's own id of it if that is all
   * we know.
   */
  readonly entityRef: string | null;
  /** Whether its feature is boolean: then it has neither grant nor usage. */
  readonly boolean: boolean;
  readonly unlimited: boolean;
  /** The current grant, in units. */
  readonly grant: number;
  /** The grant that a reset goes back to; `undefined` where the read does not tell. */
  readonly creationGrant: number | undefined;
  readonly remaining: number;
  readonly usage: number;
  /** Units rolled over from earlier cycles that are still left. */
  readonly rolledOver: number;
  readonly reset: Reset | null;
  /** ms since 1970; `null` for a row that never resets, whatever its `reset` says. */
  readonly resetsAt: number | null;
  /** ms since 1970. */
  readonly expiresAt: number | null;
  /** `undefined` where the read does not tell. */
  readonly rollover: Rollover | null | undefined;
  /** Whether it was bought. Such rows look like granted ones, but must not be adopted or ended unasked. */
  readonly paid: boolean;
  /** Why its stored data cannot be worked with, in words; `null` when it can. */
  readonly flaw: string | null;
  /** ms since 1970; `undefined` where the read does not tell. */
  readonly createdAt: number | undefined;
}

/** What can be done with a row at a moment. */
export type RowState = "live" | "drained" | "expired";

/**
 * Drained (exactly 0 left) and expired rows are in limbo: they keep their balance_id, and can neither be changed
 * nor deleted (scenario read-drained). A drained row that resets comes back to life at its reset.
 */
export function stateOf(row: Row, now: number): RowState {
  if (row.expiresAt !== null && row.expiresAt <= now) return "expired";
  if (!row.boolean && !row.unlimited && row.remaining === 0) return "drained";
  return "live";
}

const INTERVAL_NAMES = new Set<string>(INTERVALS);

function resetOf(interval: string, count: number): Reset | null {
  // `lifetime` is what the raw read calls one_off; both are the same as no reset at all.
  if (interval === "one_off" || interval === "lifetime" || !INTERVAL_NAMES.has(interval)) return null;
  return isCount(count) ? { interval: interval as Interval, intervalCount: count } : null;
}

/** Valid interval counts. With a count of 0 there would be no next reset. */
const isCount = (count: number): boolean => Number.isInteger(count) && count >= 1 && count <= 1_000_000;

/** The last moment that a `Date` can hold, in ms since 1970; the first is the same before 1970. */
const LAST_MS = 8.64e15;

function flawOf(count: number | undefined, moments: Readonly<Record<string, number | null>>): string | null {
  if (count !== undefined && !isCount(count))
    return `its interval_count is ${count}, so that it has no next reset`;
  for (const [name, ms] of Object.entries(moments)) {
    if (ms !== null && !(Math.abs(ms) <= LAST_MS))
      return `its ${name} is ${ms}, which is no moment of any calendar`;
  }
  return null;
}

const resetOfWire = (reset: WireReset | null): Reset | null =>
  reset === null ? null : resetOf(reset.interval, reset.interval_count);

/** A row of customers.get or customers.list, which hide the entity, the creation grant and more. */
export function rowOfPublicRead(row: WireRow, customerId: string): Row {
  const internal = row.id.startsWith("cus_ent_");
  const grant = withoutNoise(row.included_grant);
  const usage = keptUsage(grant, row.usage);
  return {
    customerId,
    featureId: row.feature_id,
    balanceId: internal ? null : row.id,
    internalId: internal ? row.id : null,
    planId: row.plan_id,
    entityId: undefined,
    entityRef: null,
    boolean: false,
    unlimited: row.unlimited,
    grant,
    creationGrant: undefined,
    // Public reads show an overdrawn row with 0 left, but it is not drained: what remains is negative.
    remaining: isMore(usage, grant) ? minus(grant, usage) : withoutNoise(row.remaining),
    usage,
    rolledOver: row.rolled_over,
    reset: resetOfWire(row.reset),
    resetsAt: row.reset?.resets_at ?? null,
    expiresAt: row.expires_at,
    rollover: row.reset === null ? null : undefined,
    paid: row.paid,
    flaw: flawOf(row.reset?.interval_count, {
      next_reset_at: row.reset?.resets_at ?? null,
      expires_at: row.expires_at,
    }),
    createdAt: undefined,
  };
}

/** A row of balances.list. */
export function rowOfList(row: WireListedRow, isBoolean: (featureId: string) => boolean): Row {
  return {
    ...rowOfPublicRead(row, row.customer_id),
    entityId: row.entity_id,
    entityRef: row.entity_id,
    boolean: isBoolean(row.feature_id),
    createdAt: row.created_at ?? undefined,
  };
}

/** A row of GET balances/list. `entityOf` maps Autumn's own ids of entities to the ids that users gave. */
export function rowOfRawRead(row: WireRawRow, entityOf: (internalId: string) => string | undefined): Row {
  const unlimited = row.unlimited === true;
  const internalEntity = row.internal_entity_id;
  const entityId = internalEntity === null ? null : entityOf(internalEntity);
  const grant = unlimited ? 0 : withoutNoise(plus(row.allowance, row.adjustment));
  return {
    customerId: row.customer_id,
    featureId: row.feature_id,
    balanceId: row.external_id,
    internalId: row.id,
    planId: null,
    entityId,
    entityRef: entityId ?? internalEntity,
    boolean: row.unlimited === null,
    unlimited,
    grant,
    creationGrant: unlimited ? 0 : row.allowance,
    remaining: unlimited ? 0 : withoutNoise(row.balance),
    usage: unlimited ? 0 : usedOf(grant, row.balance),
    rolledOver: 0,
    reset: resetOf(row.interval, row.interval_count),
    resetsAt: row.next_reset_at,
    expiresAt: row.expires_at,
    rollover:
      row.rollover === null
        ? null
        : {
            max: row.rollover.max,
            maxPercentage: row.rollover.max_percentage,
            length: row.rollover.length,
            duration: row.rollover.duration,
          },
    paid: false,
    flaw: flawOf(row.interval_count, { next_reset_at: row.next_reset_at, expires_at: row.expires_at }),
    createdAt: row.created_at ?? undefined,
  };
}

/**
 * The row as the next reader will see it. Autumn applies a reset that is due when the customer is next read, so a
 * stored row may still show the cycle before (scenario reset-reverts-grant). Ended rows no longer reset; drained rows
 * are left as they are until the server has reset them.
 */
export function settled(row: Row, now: number): Row {
  if (row.resetsAt === null || row.resetsAt > now || row.reset === null) return row;
  if (stateOf(row, now) !== "live") return row;
  const grant = row.creationGrant ?? row.grant;
  return { ...row, grant, remaining: grant, usage: 0, resetsAt: nextBoundary(row.resetsAt, row.reset, now) };
}

/** Whether the row is drained and its reset overdue: the time has passed, and the server has not applied it. */
export const isOverdue = (row: Row, now: number): boolean =>
  row.resetsAt !== null && row.resetsAt <= now && stateOf(row, now) === "drained";

/** Names the row in a message: its balance_id, or Autumn's own id. */
export function nameOf(row: Row): string {
  return row.balanceId ?? row.internalId ?? `a row of ${row.featureId} without an id`;
}

/** Sorts rows by creation, newest first; rows of unknown age last. */
export function newestFirst(a: Row, b: Row): number {
  return (b.createdAt ?? 0) - (a.createdAt ?? 0);
}
