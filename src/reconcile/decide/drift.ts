// Drift: what differs from the files although nobody changed them. A balance was edited or deleted elsewhere, or an
// apply did not finish; or a reset will take a grant back. Pure.
import { sameAmount } from "../amounts.ts";
import { type Row, stateOf } from "../row.ts";
import type { Change, Plan } from "../types.ts";

/**
 * - `missing`: an entry without a row.
 * - `changed`: the row of an entry is not as declared.
 * - `undeclared`: a row without an entry, which pruning deletes or which ends with its group.
 */
export type DifferenceKind = "missing" | "changed" | "undeclared";

/** A balance that is not as the files declare. */
export interface Difference {
  readonly kind: DifferenceKind;
  /** What applying would do about it. */
  readonly change: Change;
  /**
   * For a row whose grant is not its creation grant: the units that its next reset goes back to, and when (ms since
   * 1970).
   */
  readonly reverts: { readonly to: number; readonly at: number } | null;
}

/** Everything that is not as the files declare. */
export interface Drift {
  /** What applying would do about all of it. */
  readonly plan: Plan;
  /** Everything that differs, ordered by customer and key. */
  readonly differences: readonly Difference[];
  /** Whether anything differs that does not just have to wait for a reset. */
  readonly hasDrifted: boolean;
  /** How far `expiring` looks ahead, in ms. */
  readonly expiringWithin: number;
  /** Declared live balances that end within that time, by their end. They end as declared, so this is no drift. */
  readonly expiring: readonly Change[];
}

/** The drift that a plan shows. `declared` are the changes of all entries, including `none`. */
export function driftOf(plan: Plan, declared: readonly Change[], expiringWithin: number): Drift {
  const differences = plan.changes.map(differenceOf);
  return {
    plan,
    differences,
    hasDrifted: differences.some((difference) => !isWaiting(difference)),
    expiringWithin,
    expiring: declared
      .filter((change) => expires(change, plan.madeAt, expiringWithin))
      .sort((a, b) => (a.row?.expiresAt ?? 0) - (b.row?.expiresAt ?? 0)),
  };
}

/**
 * Whether it can be dealt with only at a coming reset. Until then it differs at every check, so a scheduled check that
 * counted it would raise an alarm each time.
 */
export const isWaiting = ({ change }: Difference): boolean => change.unblocksAt !== null;

function differenceOf(change: Change): Difference {
  const { desired, row } = change;
  const kind = desired === null ? "undeclared" : row === null ? "missing" : "changed";
  return { kind, change, reverts: row === null ? null : reverting(row) };
}

/** An update of a grant is an adjustment that the next reset takes back (scenario reset-reverts-grant). */
function reverting({ boolean, unlimited, grant, creationGrant, resetsAt }: Row): Difference["reverts"] {
  if (boolean || unlimited || resetsAt === null || creationGrant === undefined) return null;
  return sameAmount(grant, creationGrant) ? null : { to: creationGrant, at: resetsAt };
}

/** An end that somebody else has set is drift instead. */
function expires({ desired, row }: Change, now: number, within: number): boolean {
  if (row === null || row.expiresAt === null || row.expiresAt !== desired?.expiresAt) return false;
  return row.expiresAt - now <= within && stateOf(row, now) === "live";
}
