// A create or delete drops the customer's tracked usage that is not stored yet (scenario create-drops-unsynced-usage).
// An update stores it, even one that adds nothing.
import { type AutumnApi, AutumnError } from "../../autumn/index.ts";
import { type Row, stateOf } from "../row.ts";

/** Rows that are tried at most. */
const MOST_CANDIDATES = 3;

/** What addresses exactly one row. */
export interface Target {
  customer_id: string;
  feature_id: string;
  balance_id: string;
  entity_id?: string;
}

/** Rows that an update reaches: ours first, unlimited ones last, as public reads hide their balance_id. */
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
 * Has Autumn store the customer's usage, by an update of the first row that can be found.
 * @throws AutumnError
 */
export async function flush(api: AutumnApi, candidates: readonly Target[]): Promise<void> {
  for (const [n, target] of candidates.entries()) {
    try {
      await api.updateBalance({ ...target, add_to_balance: 0 }, null);
      return;
    } catch (error) {
      // Drained or removed just now: the next one will do.
      if (!(error instanceof AutumnError)) throw error;
      const isLast = n === candidates.length - 1;
      if (!error.isNotFound && !(isLast && error.status === 400)) throw error;
    }
  }
}
