// The API finds only the newest rows of a customer when it deletes (scenario read-list-limits): what is out of its
// reach is blocked while planning, and not found out half-way. Pure.
import { nameOf, newestFirst, type Row, stateOf } from "./row.ts";
import type { Change, Reason } from "./types.ts";

/** Standalone rows of a customer that balances.delete looks at; those in limbo do not count. */
const REACHABLE_ROWS = 30;

const liveRows = (rows: readonly Row[], now: number): Row[] =>
  rows.filter((row) => stateOf(row, now) === "live").sort(newestFirst);

/**
 * The replacement, or that it is blocked: without its old row deleted, the customer would have two grants.
 * @param rows all standalone rows of the customer
 */
export function replacementWithinReach(planned: Change, rows: readonly Row[], now: number): Change {
  const added = planned.creates ? 1 : 0;
  if (rows.length + added <= REACHABLE_ROWS) return planned;
  const reachable = new Set(liveRows(rows, now).slice(0, REACHABLE_ROWS - added));
  return planned.retires.every((row) => reachable.has(row)) ? planned : blocked(planned, rows, now);
}

/** The deletions of one customer, as far as they are possible: each one brings an older row within reach. */
export function deletionsWithinReach(
  deletions: readonly Change[],
  rows: readonly Row[],
  now: number,
): readonly Change[] {
  if (rows.length <= REACHABLE_ROWS) return deletions;
  const going = new Set(deletions.flatMap(({ retires }) => retires));
  const lost = new Set<Row>();
  let staying = 0;
  for (const row of liveRows(rows, now)) {
    if (going.has(row) && staying < REACHABLE_ROWS) continue;
    if (going.has(row)) lost.add(row);
    staying++;
  }
  return deletions.map((change) =>
    change.retires.some((row) => lost.has(row)) ? blocked(change, rows, now) : change,
  );
}

function blocked(change: Change, rows: readonly Row[], now: number): Change {
  const names = change.retires.map(nameOf).join(", ");
  const text =
    `the customer has ${liveRows(rows, now).length} balances and the API can delete only the newest ` +
    `${REACHABLE_ROWS}: ${names} could not be removed`;
  const reasons: Reason[] = [{ code: "out-of-reach", text }];
  return { ...change, kind: "blocked", reasons, retires: [], creates: false, carries: 0, granted: 0 };
}
