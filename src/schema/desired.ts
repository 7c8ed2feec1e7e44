// A balance as the engine sees it: every field present, aliases resolved, instants in ms.
import type { BalanceEntry } from "./balance.ts";
import { grantOf, instantOf, type Phase, phasesOf, type Reset, type Rollover } from "./grant.ts";

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
  /** Whether it may not be deleted, cut or replaced. */
  readonly isProtected?: true;
  /** ms since 1970: before, nothing is granted. Left out where the entry counts already. */
  readonly startsAt?: number;
  /** In the order of time; what they grant at a moment is what the entry grants then. */
  readonly phases?: readonly Phase[];
  /** Whether there may be time between two phases. */
  readonly gapsAllowed?: true;
  readonly place?: Place;
}

/** The name of a balance that was given none: its feature, and its entity where it has one. */
export function defaultKey(featureId: string, entityId: string | null): string {
  return entityId === null ? featureId : `${featureId}@${entityId}`;
}

/** The engine's view of an entry that has passed the JSON Schema. Of one with phases, it grants what the first does. */
export function desiredBalance(entry: BalanceEntry, place?: Place): DesiredBalance {
  const entityId = entry.entity_id ?? null;
  const startsAt = instantOf(entry.starts_at);
  const grant = grantOf(entry.phases?.[0] ?? entry);
  return {
    customerId: entry.customer_id,
    featureId: entry.feature_id,
    entityId,
    included: grant.included,
    unlimited: grant.unlimited,
    reset: grant.reset,
    expiresAt: instantOf(entry.expires_at),
    rollover: grant.rollover,
    nextResetAt: instantOf(entry.next_reset_at),
    key: entry.id ?? defaultKey(entry.feature_id, entityId),
    adopt: entry.adopt ?? null,
    ...noteOf(entry),
    ...(entry.protected === true ? { isProtected: true } : {}),
    ...(startsAt === null ? {} : { startsAt }),
    ...(entry.phases === undefined ? {} : { phases: phasesOf(entry.phases) }),
    ...(entry.gaps === "allowed" ? { gapsAllowed: true } : {}),
    ...(place ? { place } : {}),
  };
}

function noteOf({ reason, ticket, owner }: BalanceEntry): { note?: Note } {
  if (reason === undefined && ticket === undefined && owner === undefined) return {};
  return { note: { reason: reason ?? null, ticket: ticket ?? null, owner: owner ?? null } };
}

/**
 * What an entry asks for now, without where it is written, when it began and what it says to people: equal texts ask for
 * the same.
 */
export const termsOf = (desired: DesiredBalance): string =>
  JSON.stringify({
    ...desired,
    place: undefined,
    note: undefined,
    isProtected: undefined,
    startsAt: undefined,
    phases: undefined,
    gapsAllowed: undefined,
  });
