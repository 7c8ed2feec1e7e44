// Drift: what differs from the files although nobody changed them. Somebody edited a balance elsewhere, deleted it,
// or an apply did not finish; and what will differ by itself, as a reset takes a grant back. Pure.
import { sameAmount } from "../amounts.ts";
import { type Row, stateOf } from "../row.ts";
import type { Change, Plan } from "../types.ts";

/**
 * - `missing`: there is an entry, and nothing that stands for it.
 * - `changed`: what stands for the entry is not as declared.
 * - `undeclared`: there is no entry. Told only where pruning is asked for.
 */
export type DifferenceKind = "missing" | "changed" | "undeclared";

export interface Difference {
  readonly kind: DifferenceKind;
  /** What applying would do about it. */
  readonly change: Change;
  /** Of a row whose grant is not the one given at creation: what its next reset takes it back to, and when. */
  readonly reverts: { readonly to: number; readonly at: number } | null;
}

export interface Drift {
  /** What applying would do about all of it. */
  readonly plan: Plan;
  /** Everything that differs, ordered by customer and key. */
  readonly differences: readonly Difference[];
  /** Whether any of it is there for another reason than that it has to wait for its reset. */
  readonly hasDrifted: boolean;
  /** How far `expiring` looks ahead, in ms. */
  readonly expiringWithin: number;
  /** Declared balances that live and end within that time, the first to end first. To end is as declared: no drift. */
  readonly expiring: readonly Change[];
}

/** What a plan says of drift. `declared` are the changes of all entries, `none` among them. */
export function driftOf(plan: Plan, declared: readonly Change[], expiringWithin: number): Drift {
  const differences = plan.changes.map(differenceOf);
  return {
    plan,
    differences,
    hasDrifted: differences.some((difference) => !isWaiting(difference)),
    expiringWithin,
    expiring: declared
      .filter(({ row }) => row !== null && expires(row, plan.madeAt, expiringWithin))
      .sort((a, b) => (a.row?.expiresAt ?? 0) - (b.row?.expiresAt ?? 0)),
  };
}

/**
 * Whether it can be dealt with only at a reset that is to come. That was so when it was last applied and will be so
 * until then: a schedule that counted it would cry wolf every time.
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

function expires(row: Row, now: number, within: number): boolean {
  return row.expiresAt !== null && row.expiresAt - now <= within && stateOf(row, now) === "live";
}
