// A balance as the engine sees it: every field present, aliases resolved, instants in ms.
import type { BalanceEntry } from "./balance.ts";
import { grantOf, instantOf, type Phase, phasesOf, type Reset, type Rollover } from "./grant.ts";

/** Where something is written. Lines and columns count from 1; columns are UTF-16 units. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Why a balance exists and who owns it, from its entry; `null` for what the entry does not say. */
export interface Note {
  readonly reason: string | null;
  /** An id or a URL. */
  readonly ticket: string | null;
  readonly owner: string | null;
}

/** One balance that should exist: an entry of the files, with all aliases resolved. */
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
  /** The first reset, in ms since 1970; used only when the balance is created. */
  readonly nextResetAt: number | null;
  /** The name of the balance within namespace and customer. */
  readonly key: string;
  /** The balance_id of an existing row to take over. */
  readonly adopt: string | null;
  /** Text for people, without effect on the balance. Left out where the entry has none. */
  readonly note?: Note;
  /** Whether deleting, cutting or replacing it is refused. */
  readonly isProtected?: true;
  /** When the entry starts, in ms since 1970: nothing is granted before. Left out where it always counts. */
  readonly startsAt?: number;
  /** The phases, in the order of time: at any moment, the entry grants what the current one grants. */
  readonly phases?: readonly Phase[];
  /** Whether gaps between phases are allowed. */
  readonly gapsAllowed?: true;
  readonly place?: Place;
}

/** The key of an entry without `id`: its feature, with `@` and its entity if it has one. */
export function defaultKey(featureId: string, entityId: string | null): string {
  return entityId === null ? featureId : `${featureId}@${entityId}`;
}

/**
 * The engine's view of an entry that has passed the JSON Schema. With phases, it grants what the first one does.
 * @param place where the entry is written
 */
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
 * What an entry asks for now, as text, without place, start, protection and texts for people: equal texts ask for the
 * same.
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
