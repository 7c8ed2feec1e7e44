// balances.delete finds only the newest rows of a customer (scenario read-list-limits). Older ones are ended instead,
// as an update finds every row. Pure.
import { newestFirst, type Row, stateOf } from "../row.ts";

/** Standalone rows of a customer that balances.delete looks at; those in limbo do not count. */
const REACHABLE_ROWS = 30;

/** @param rows all standalone rows of the row's customer */
export function isWithinReach(row: Row, rows: readonly Row[], now: number): boolean {
  if (rows.length <= REACHABLE_ROWS) return true;
  const live = rows.filter((one) => stateOf(one, now) === "live").sort(newestFirst);
  return live.indexOf(row) < REACHABLE_ROWS;
}
