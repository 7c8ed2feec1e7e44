// The past of balances: rows of a namespace that have ended, and rows that were drained when they were replaced. Pure.
import type { DesiredBalance } from "../../schema/index.ts";
import { type Row, stateOf } from "../row.ts";
import { markOf } from "../transitions/marks.ts";
import { type Generation, matchRows } from "../transitions/match.ts";

/** A row that is history: nothing lands on it any more. */
export interface EndedRow {
  readonly customerId: string;
  /** The key of the balance. */
  readonly key: string;
  /** From 1; 0 for a row that an entry adopted. */
  readonly generation: number;
  readonly row: Row;
  /** `used_up` for a row that was replaced with nothing left: such a row cannot be ended. */
  readonly state: "ended" | "used_up";
  /** When it ended, in ms since 1970; for a used-up row, when its successor was created, if the read tells. */
  readonly at: number | null;
  /** A row of the next generation that exists, in whatever state; `null` when there is none. */
  readonly replacedBy: Row | null;
  /**
   * When the row comes back with its reset, in ms since 1970, so that it can be deleted and its balance_id used again.
   * `null` if never: a row that has ended keeps its id.
   */
  readonly idFreeAt: number | null;
}

/** A row of a balance, live or history. */
export interface KnownRow extends Pick<EndedRow, "customerId" | "key" | "generation" | "row"> {
  /** `null` for a live row, and for the newest row of a balance even when it is used up. */
  readonly ended: EndedRow | null;
}

/**
 * The rows of the namespace, and those that entries adopted.
 * @param balances the entries, which tell which other rows were adopted
 * @param now ms since 1970, by the server's clock
 */
export function knownRows(
  balances: readonly DesiredBalance[],
  rowsByCustomer: ReadonlyMap<string, readonly Row[]>,
  namespace: string,
  now: number,
): KnownRow[] {
  const { declared, undeclared } = matchRows(balances, rowsByCustomer, namespace);
  const known = declared.flatMap((generations, index) =>
    knownOf(generations, balances[index]?.key ?? "", now),
  );
  for (const { key, generations } of undeclared) known.push(...knownOf(generations, key, now));
  return known;
}

/** The rows that are history, by their end. */
export const endedRows = (rows: readonly KnownRow[]): EndedRow[] =>
  rows.flatMap(({ ended }) => ended ?? []).sort(firstToEnd);

/** Whether the row's grant holds a mark, as usage of the row before is still to be counted. */
export const isUnfinished = (row: Row): boolean => row.resetsAt === null && markOf(row) !== null;

function knownOf(generations: readonly Generation[], key: string, now: number): KnownRow[] {
  return generations.map(({ row, generation }) => {
    const { customerId } = row;
    const replacedBy = successorOf(generation, generations, now);
    const known = { customerId, key, generation, row };
    return { ...known, ended: endOf({ ...known, replacedBy }, now) };
  });
}

function endOf(known: Omit<EndedRow, "state" | "at" | "idFreeAt">, now: number): EndedRow | null {
  const { row, replacedBy } = known;
  const state = stateOf(row, now);
  if (state === "expired") return { ...known, state: "ended", at: row.expiresAt, idFreeAt: null };
  // The newest generation is the balance itself, used up or not.
  if (state === "live" || replacedBy === null) return null;
  return { ...known, state: "used_up", at: replacedBy.createdAt ?? null, idFreeAt: row.resetsAt };
}

/** A row of the next generation; the live one if several have its id. */
function successorOf(generation: number, generations: readonly Generation[], now: number): Row | null {
  const later = generations.filter((one) => one.generation > generation);
  const next = Math.min(...later.map((one) => one.generation));
  const rows = later.filter((one) => one.generation === next).map(({ row }) => row);
  return rows.find((row) => stateOf(row, now) === "live") ?? rows[0] ?? null;
}

/** Rows whose end is not known come last. */
function firstToEnd(a: EndedRow, b: EndedRow): number {
  const byTime = (a.at ?? Number.POSITIVE_INFINITY) - (b.at ?? Number.POSITIVE_INFINITY);
  if (byTime < 0 || byTime > 0) return byTime;
  if (a.customerId !== b.customerId) return a.customerId < b.customerId ? -1 : 1;
  return a.key === b.key ? a.generation - b.generation : a.key < b.key ? -1 : 1;
}
