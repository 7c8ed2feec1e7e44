// Tracked usage that is not stored yet is dropped by a create or delete on the customer (scenario
// create-drops-unsynced-usage). An update stores it, even one that adds nothing.
import { type AutumnApi, AutumnError } from "../../autumn/index.ts";
import { type Row, stateOf } from "../row.ts";

/** Rows that are tried before it is given up. */
const MOST_CANDIDATES = 3;

/** Exactly one row. */
export interface Target {
  customer_id: string;
  feature_id: string;
  balance_id: string;
  entity_id?: string;
}

/** Rows that an update reaches, our own first, and last the unlimited, of which public reads hide the balance_id. */
export function flushable(rows: readonly Row[], isOurs: (row: Row) => boolean, now: number): Row[] {
  const rank = (row: Row): number => Number(!isOurs(row)) + 2 * Number(row.unlimited);
  return rows
    .filter(
      (row) => stateOf(row, now) === "live" && !row.boolean && (row.balanceId ?? row.internalId) !== null,
    )
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, MOST_CANDIDATES);
}

/**
 * Has usage of the customer stored, by an update of the first of the rows that can be found.
 * @throws AutumnError
 */
export async function flush(api: AutumnApi, candidates: readonly Target[]): Promise<void> {
  for (const [n, target] of candidates.entries()) {
    try {
      await api.updateBalance({ ...target, add_to_balance: 0 }, null);
      return;
    } catch (error) {
      // It was used up or removed a moment ago: the next does as well.
      if (!(error instanceof AutumnError)) throw error;
      const isLast = n === candidates.length - 1;
      if (!error.isNotFound && !(isLast && error.status === 400)) throw error;
    }
  }
}
