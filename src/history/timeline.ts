// The history of each customer's balances, oldest first: rows that have ended, and what commits did to entries. Pure.
import type { EntryChange } from "../config/index.ts";
import type { EndedRow } from "../reconcile/index.ts";

/** A row that has ended, or was drained when it was replaced. */
export interface RowEvent {
  readonly type: "row";
  readonly customerId: string;
  readonly key: string;
  /** ms since 1970; `null` if the server does not tell. */
  readonly at: number | null;
  readonly ended: EndedRow;
}

/** What a commit did to an entry. */
export interface EntryEvent {
  readonly type: "entry";
  readonly customerId: string;
  readonly key: string;
  /** ms since 1970; `null` if uncommitted. */
  readonly at: number | null;
  readonly happened: "appeared" | "changed" | "removed";
  readonly change: EntryChange;
}

export type HistoryEvent = RowEvent | EntryEvent;

export interface CustomerTimeline {
  readonly customerId: string;
  /** Whether Autumn does not have the customer, or no longer. */
  readonly isMissing: boolean;
  /** Oldest first; events without a known time come last. */
  readonly events: readonly HistoryEvent[];
}

export interface Timelines {
  /** Customers with events, ordered by id. */
  readonly timelines: readonly CustomerTimeline[];
  /** How many rows ended before `since`. */
  readonly earlier: number;
}

export interface Happened {
  readonly ended: readonly EndedRow[];
  /** Oldest first. */
  readonly changes: readonly EntryChange[];
  readonly missing: ReadonlySet<string>;
  /** Whether a customer is included. */
  readonly includes: (customerId: string) => boolean;
  /** ms since 1970; rows that ended earlier are only counted. */
  readonly since: number;
}

export function timelinesOf({ ended, changes, missing, includes, since }: Happened): Timelines {
  const shown = ended.filter(({ at }) => at === null || at >= since);
  const events = [...changes.map(entryEvent), ...shown.map(rowEvent)].filter(({ customerId }) =>
    includes(customerId),
  );
  const byCustomer = new Map<string, HistoryEvent[]>();
  for (const event of events.sort(oldestFirst)) {
    const list = byCustomer.get(event.customerId);
    if (list) list.push(event);
    else byCustomer.set(event.customerId, [event]);
  }
  const timelines = [...byCustomer]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([customerId, list]) => ({ customerId, isMissing: missing.has(customerId), events: list }));
  return { timelines, earlier: ended.length - shown.length };
}

const rowEvent = (ended: EndedRow): RowEvent => ({
  type: "row",
  customerId: ended.customerId,
  key: ended.key,
  at: ended.at,
  ended,
});

function entryEvent(change: EntryChange): EntryEvent {
  const { customerId, key, commit, before, after } = change;
  const happened = before === null ? "appeared" : after === null ? "removed" : "changed";
  return { type: "entry", customerId, key, at: commit?.at ?? null, happened, change };
}

/** Sorting is stable: at the same moment, commits keep their order and come before the rows that they ended. */
function oldestFirst(a: HistoryEvent, b: HistoryEvent): number {
  if (a.at === b.at) return 0;
  if (a.at === null || b.at === null) return a.at === null ? 1 : -1;
  return a.at - b.at;
}
