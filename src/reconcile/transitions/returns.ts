// Rows that were drained when they were replaced. They cannot be ended then, and come back at their reset, beside the
// successor. On a successor that resets, the milliseconds of its next reset say which of their cycles have been
// counted, by one code for all such rows. Pure.
import { addCycles, latestBoundaryBefore } from "../interval.ts";
import { type Row, stateOf } from "../row.ts";
import { isSettledFor, saysCycles } from "./marks.ts";
import type { Generation } from "./match.ts";

/** How many resets to go back in search of the cycle that was counted last; codes repeat after that many. */
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
 * When the row's current cycle began; where a day was clamped to the end of a month, the latest moment possible.
 * −Infinity when that moment is still to come: a row's first reset may be more than a cycle after its creation.
 */
function began({ resetsAt, reset, expiresAt }: Cyclic, now: number): number {
  const last = Math.min(now, expiresAt ?? now);
  const starts = [latestBoundaryBefore(resetsAt, reset), addCycles(resetsAt, reset, -1)];
  return starts.find((start) => start <= last) ?? Number.NEGATIVE_INFINITY;
}

/** The next resets of the rows that come back; a successor on which they have been counted holds the code of these. */
export const cyclesOf = (successor: Row, older: readonly Generation[], now: number): number[] =>
  returning(successor, older, now).map(({ resetsAt }) => resetsAt);

/** The rows that a reset has brought back since the successor was made, and that are not yet counted on it. */
export function cameBack(successor: Row, older: readonly Generation[], now: number): Row[] {
  const { createdAt, resetsAt } = successor;
  if (createdAt === undefined) return [];
  const rows = returning(successor, older, now);
  const says = resetsAt !== null && saysCycles(resetsAt);
  const since = says ? resetSince(resetsAt, rows, createdAt) : null;
  if (since !== null) return since;
  return rows.filter((row) => {
    // Is it still drained, or drained again? Where no code says so, the calendar has to.
    const isUsedUp = !says && stateOf(row, now) === "drained";
    const start = isUsedUp
      ? Math.min(began(row, now), addCycles(row.resetsAt, row.reset, -1))
      : began(row, now);
    return start > createdAt;
  });
}

/**
 * The rows that were reset since the successor's next reset was given its code: their resets are taken back, the latest
 * first, until the code fits. `null` when it never does.
 */
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
