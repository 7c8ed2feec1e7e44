// Rows that were used up when they were replaced. They cannot be ended then, and come back at their reset, beside the
// successor. Which of their cycles have been counted on a successor that resets is said by the milliseconds of its next
// reset, one code for all such rows together. Pure.
import { addCycles, latestBoundaryBefore } from "../interval.ts";
import { type Row, stateOf } from "../row.ts";
import { isSettledFor, saysCycles } from "./marks.ts";
import type { Generation } from "./match.ts";

/** Resets that are taken back in search of what was counted last; codes repeat after as many. */
const MOST_RESETS = 599;

/** A row with a cycle. */
type Cyclic = Row & { readonly reset: NonNullable<Row["reset"]>; readonly resetsAt: number };

const isCyclic = (row: Row): row is Cyclic =>
  row.reset !== null && row.resetsAt !== null && !row.unlimited && !row.boolean;

/** The older rows that come back, or have come back since the successor was made. */
function returning({ createdAt }: Row, older: readonly Generation[], now: number): Cyclic[] {
  return older
    .map(({ row }) => row)
    .filter(isCyclic)
    .filter((row) => stateOf(row, now) === "drained" || began(row, now) > (createdAt ?? now));
}

/**
 * When the cycle began that the row is in: the latest moment that it can have been, where a month was cut. Before all
 * time, where it cannot have been yet: the first reset of a row may be more than a cycle after its creation.
 */
function began({ resetsAt, reset, expiresAt }: Cyclic, now: number): number {
  const last = Math.min(now, expiresAt ?? now);
  const starts = [latestBoundaryBefore(resetsAt, reset), addCycles(resetsAt, reset, -1)];
  return starts.find((start) => start <= last) ?? Number.NEGATIVE_INFINITY;
}

/** The next resets of the rows that come back: what a successor says when their cycles have been counted on it. */
export const cyclesOf = (successor: Row, older: readonly Generation[], now: number): number[] =>
  returning(successor, older, now).map(({ resetsAt }) => resetsAt);

/** The rows that have come back by a reset since the successor was made, and that it does not know of. */
export function cameBack(successor: Row, older: readonly Generation[], now: number): Row[] {
  const { createdAt, resetsAt } = successor;
  if (createdAt === undefined) return [];
  const rows = returning(successor, older, now);
  const says = resetsAt !== null && saysCycles(resetsAt);
  const since = says ? resetSince(resetsAt, rows, createdAt) : null;
  if (since !== null) return since;
  return rows.filter((row) => {
    // Used up then or used up again: where no milliseconds tell, the calendar has to.
    const isUsedUp = !says && stateOf(row, now) === "drained";
    const start = isUsedUp
      ? Math.min(began(row, now), addCycles(row.resetsAt, row.reset, -1))
      : began(row, now);
    return start > createdAt;
  });
}

/** The rows that were reset since a successor's next reset said what it says; `null` when it never said that of them. */
function resetSince(says: number, rows: readonly Cyclic[], createdAt: number): Row[] | null {
  const then = rows.map((row) => ({
    row,
    resetsAt: row.resetsAt,
    began: addCycles(row.resetsAt, row.reset, -1),
  }));
  for (let left = MOST_RESETS; left > 0; left--) {
    if (
      isSettledFor(
        says,
        then.map(({ resetsAt }) => resetsAt),
      )
    )
      return then.filter(({ row, resetsAt }) => resetsAt !== row.resetsAt).map(({ row }) => row);
    const last = then.reduce((a, b) => (b.began > a.began ? b : a), then[0] as (typeof then)[number]);
    if (last === undefined || last.began <= createdAt) return null;
    last.resetsAt = last.began;
    last.began = addCycles(last.resetsAt, last.row.reset, -1);
  }
  return null;
}
