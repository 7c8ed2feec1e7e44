// What the next reset of a row changes. Pure.
import { type Row, sameAmount, stateOf } from "../reconcile/index.ts";

export interface NextReset {
  /** ms since 1970. */
  readonly at: number;
  /** Units that are granted then; `null` if the server does not tell the grant given at creation. */
  readonly grant: number | null;
  /** Whether it takes back a change of the grant. */
  readonly reverts: boolean;
  /** Whether unused units are kept, as far as the rollover allows. */
  readonly rollsOver: boolean;
  /** Whether the row is drained, and comes back with it. */
  readonly revives: boolean;
}

/** `null` for a row that does not reset, or that ends first. */
export function nextResetOf(row: Row, now: number): NextReset | null {
  const { resetsAt, expiresAt, creationGrant, grant, rollover } = row;
  const state = stateOf(row, now);
  if (row.boolean || row.unlimited || resetsAt === null || row.reset === null || state === "expired")
    return null;
  if (expiresAt !== null && expiresAt <= resetsAt) return null;
  return {
    at: resetsAt,
    grant: creationGrant ?? (row.planId === null ? null : grant),
    reverts: creationGrant !== undefined && !sameAmount(creationGrant, grant),
    rollsOver: rollover !== null && rollover !== undefined,
    revives: state === "drained",
  };
}
