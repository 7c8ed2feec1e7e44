// A row: one stored balance, in one shape whichever read it came from.
import type { WireListedRow, WireRawRow, WireReset, WireRow } from "../autumn/index.ts";
import type { Interval, Reset, Rollover } from "../schema/index.ts";
import { INTERVALS } from "../schema/index.ts";
import { isMore, keptUsage, minus, plus, usedOf } from "./amounts.ts";
import { nextBoundary } from "./interval.ts";

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
  /** What calls have to send as `entity_id` to reach the row: the entity's id, or else Autumn's own id of it. */
  readonly entityRef: string | null;
  /** Of a boolean feature: neither grant nor usage. */
  readonly boolean: boolean;
  readonly unlimited: boolean;
  /** The current grant, in units. */
  readonly grant: number;
  /** The grant that a reset goes back to; `undefined` where the read does not tell. */
  readonly creationGrant: number | undefined;
  readonly remaining: number;
  readonly usage: number;
  /** Units kept over resets that are still there. */
  readonly rolledOver: number;
  readonly reset: Reset | null;
  /** ms since 1970; `null` for a row that never resets, whatever its `reset` says. */
  readonly resetsAt: number | null;
  /** ms since 1970. */
  readonly expiresAt: number | null;
  /** `undefined` where the read does not tell. */
  readonly rollover: Rollover | null | undefined;
  /** Whether it was bought. Such rows look like granted ones, and are nobody's to take over or to end. */
  readonly paid: boolean;
  /** What is stored of it that cannot be worked with, for people; `null` when nothing is. */
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

/** How many intervals a cycle can have. With none, no reset is ever the next one. */
const isCount = (count: number): boolean => Number.isInteger(count) && count >= 1 && count <= 1_000_000;

/** The last moment that a calendar has, in ms since 1970, and the first. */
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
    grant: row.included_grant,
    creationGrant: undefined,
    // Public reads show what was used beyond the grant as 0 left; the row is not used up for that, but overdrawn.
    remaining: isMore(row.usage, row.included_grant) ? minus(row.included_grant, row.usage) : row.remaining,
    usage: keptUsage(row.included_grant, row.usage),
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

/** A row of GET balances/list. `entityOf` knows the entities' own ids by Autumn's. */
export function rowOfRawRead(row: WireRawRow, entityOf: (internalId: string) => string | undefined): Row {
  const unlimited = row.unlimited === true;
  const internalEntity = row.internal_entity_id;
  const entityId = internalEntity === null ? null : entityOf(internalEntity);
  const grant = unlimited ? 0 : plus(row.allowance, row.adjustment);
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
    remaining: unlimited ? 0 : row.balance,
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
 * The row as its next reader will find it. Autumn carries a reset out when the customer is next looked at, so a
 * stored row may still show the cycle before (scenario reset-reverts-grant). One that has ended is reset no more, and
 * one that is used up only once the server has done so.
 */
export function settled(row: Row, now: number): Row {
  if (row.resetsAt === null || row.resetsAt > now || row.reset === null) return row;
  if (stateOf(row, now) !== "live") return row;
  const grant = row.creationGrant ?? row.grant;
  return { ...row, grant, remaining: grant, usage: 0, resetsAt: nextBoundary(row.resetsAt, row.reset, now) };
}

/** Whether the row is used up, and its reset has passed without the server carrying it out. */
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
