// A balance as the engine sees it: every field present, aliases resolved, instants in ms.
import type { BalanceEntry, INTERVALS } from "./balance.ts";
import { instantToMs } from "./instant.ts";

export type Interval = Exclude<(typeof INTERVALS)[number], "one_off">;

/** A cycle: every `intervalCount` intervals. */
export interface Reset {
  readonly interval: Interval;
  readonly intervalCount: number;
}

export interface Rollover {
  /** Units; `null` is no limit. */
  readonly max: number | null;
  /** Percent of the grant; `null` is no limit. */
  readonly maxPercentage: number | null;
  /** Months; of no meaning with `forever`. */
  readonly length: number;
  readonly duration: "month" | "forever";
}

/** Where something was written. Lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Why a balance is there, and whose it is, as its entry says; `null` where it does not. */
export interface Note {
  readonly reason: string | null;
  /** An id or a URL. */
  readonly ticket: string | null;
  readonly owner: string | null;
}

/** One balance that should exist. */
export interface DesiredBalance {
  readonly customerId: string;
  readonly featureId: string;
  readonly entityId: string | null;
  /** Units of the feature, granted once or at each reset; `null` for unlimited and for boolean features. */
  readonly included: number | null;
  readonly unlimited: boolean;
  readonly reset: Reset | null;
  /** ms since 1970. */
  readonly expiresAt: number | null;
  readonly rollover: Rollover | null;
  /** ms since 1970; of meaning only when the balance is created. */
  readonly nextResetAt: number | null;
  /** The name within namespace and customer. */
  readonly key: string;
  /** The balance_id of a row to take over. */
  readonly adopt: string | null;
  /** For people; it changes nothing about the balance. Left out where the entry says nothing. */
  readonly note?: Note;
  readonly place?: Place;
}

/** The name of a balance that was given none: its feature, and its entity where it has one. */
export function defaultKey(featureId: string, entityId: string | null): string {
  return entityId === null ? featureId : `${featureId}@${entityId}`;
}

const ms = (written: string | number | undefined): number | null =>
  written === undefined ? null : (instantToMs(written) ?? null);

/** The engine's view of an entry that has passed the JSON Schema. */
export function desiredBalance(entry: BalanceEntry, place?: Place): DesiredBalance {
  const entityId = entry.entity_id ?? null;
  const { reset, rollover } = entry;
  return {
    customerId: entry.customer_id,
    featureId: entry.feature_id,
    entityId,
    included: entry.included ?? entry.included_grant ?? null,
    unlimited: entry.unlimited ?? false,
    reset:
      reset === undefined || reset.interval === "one_off"
        ? null
        : { interval: reset.interval, intervalCount: reset.interval_count ?? 1 },
    expiresAt: ms(entry.expires_at),
    rollover:
      rollover === undefined
        ? null
        : {
            max: rollover.max ?? null,
            maxPercentage: rollover.max_percentage ?? null,
            length: rollover.length ?? 1,
            duration: rollover.duration,
          },
    nextResetAt: ms(entry.next_reset_at),
    key: entry.id ?? defaultKey(entry.feature_id, entityId),
    adopt: entry.adopt ?? null,
    ...noteOf(entry),
    ...(place ? { place } : {}),
  };
}

function noteOf({ reason, ticket, owner }: BalanceEntry): { note?: Note } {
  if (reason === undefined && ticket === undefined && owner === undefined) return {};
  return { note: { reason: reason ?? null, ticket: ticket ?? null, owner: owner ?? null } };
}

/** What an entry asks for, without where it is written and what it says to people: equal texts ask for the same. */
export const termsOf = (desired: DesiredBalance): string =>
  JSON.stringify({ ...desired, place: undefined, note: undefined });
