// What became of the balances of each customer, the oldest first. Pure.
import type { EndedRow } from "../reconcile/index.ts";

/** Something that happened to a balance. */
export type HistoryEvent = EndedRow;

export interface CustomerTimeline {
  readonly customerId: string;
  /** Whether Autumn has no such customer, or has it no more. */
  readonly isMissing: boolean;
  /** The oldest first; what has no moment comes last. */
  readonly events: readonly HistoryEvent[];
}

export interface Timelines {
  /** Of the customers to whose balances something happened, ordered by id. */
  readonly timelines: readonly CustomerTimeline[];
  /** Rows that ended before the time that is told. */
  readonly earlier: number;
}

/**
 * @param ended the first to end first
 * @param since ms since 1970: rows that ended before it are counted only
 */
export function timelinesOf(
  ended: readonly EndedRow[],
  missing: ReadonlySet<string>,
  since: number,
): Timelines {
  const byCustomer = new Map<string, EndedRow[]>();
  let earlier = 0;
  for (const row of ended) {
    if (row.at !== null && row.at < since) {
      earlier++;
      continue;
    }
    const events = byCustomer.get(row.customerId);
    if (events) events.push(row);
    else byCustomer.set(row.customerId, [row]);
  }
  const timelines = [...byCustomer]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([customerId, events]) => ({ customerId, isMissing: missing.has(customerId), events }));
  return { timelines, earlier };
}
