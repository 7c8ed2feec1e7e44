// How much usage of the rows before it is still to be counted on a successor. Pure. The amounts are read from rows
// that stand still: they have ended, or are used up. How far a replacement has come is never read from how much rows
// happen to be used.
import type { DesiredBalance, Reset } from "../schema/index.ts";
import { isMore, minus, plus, sameAmount } from "./amounts.ts";
import { sameReset } from "./compare.ts";
import { addCycles, nextBoundary } from "./interval.ts";
import { isSettledFor, type Mark, markOf, secondOf, settledReset, unmarkedReset } from "./marks.ts";
import type { Generation } from "./match.ts";
import { type Row, stateOf } from "./row.ts";

/** Of a row made a moment ago: how far its first reset may be from a cycle after its creation, in ms. */
const CREATION_MS = 20_000;

/** What is to be counted on a successor. */
export interface Debt {
  /** Why; `null` when there is nothing to count. A mark that has to go is something, though it be of 0 units. */
  readonly mark: Mark | null;
  /** Units, 0 or more. */
  readonly usage: number;
  /** The rows that it is the usage of. */
  readonly rows: readonly Row[];
}

const NOTHING: Debt = { mark: null, usage: 0, rows: [] };

/**
 * @param desired the entry, for the first reset that it declares
 * @param older the generations before the successor's own, in whatever state
 * @param now ms since 1970
 */
export function debtOf(
  desired: DesiredBalance,
  successor: Row,
  older: readonly Generation[],
  now: number,
): Debt {
  if (successor.boolean || successor.unlimited || older.length === 0) return NOTHING;
  const isCurrent = (row: Row): boolean => isOfTheSameCycle(row, successor, desired);
  const mark =
    markOf(successor) ??
    markOfOlderVersions(successor, older) ??
    (older.some(({ row }) => hasReturned(row, successor, now) && isCurrent(row)) ? "returned" : null);
  if (mark === null) return NOTHING;
  const rows = rowsOfDebt(mark, successor, older, now).filter(isCurrent);
  const used = usageOf(rows, successor.featureId);
  return { mark, rows, usage: mark === "rest" ? Math.max(0, minus(used, successor.usage)) : used };
}

/**
 * Older versions of this tool made a successor without resets with what is left, and then raised its grant. Killed in
 * between, its grant is still the one it was made with, and less is counted on it than was used.
 */
function markOfOlderVersions(successor: Row, older: readonly Generation[]): Mark | null {
  const { resetsAt, grant, creationGrant, usage } = successor;
  if (resetsAt !== null || creationGrant === undefined || !sameAmount(grant, creationGrant)) return null;
  return isMore(usageOf(newestOf(older), successor.featureId), usage) ? "all" : null;
}

function rowsOfDebt(mark: Mark, successor: Row, older: readonly Generation[], now: number): Row[] {
  if (mark === "returned") return older.map(({ row }) => row).filter((row) => cameBack(row, successor));
  return mark === "rest" ? newestOf(older) : uncounted(successor.featureId, older, now);
}

/**
 * The rows whose usage stands on no other row: the newest; those before one on which nothing was counted; and those that
 * have come back since it was.
 */
export function uncounted(featureId: string, older: readonly Generation[], now: number): Row[] {
  const newest = newestOf(older);
  const before = older.filter(({ row }) => !newest.includes(row));
  if (before.length === 0) return newest;
  const passesOn = newest.every(
    (row) => row.unlimited || row.boolean || row.featureId !== featureId || markOf(row) === "all",
  );
  if (passesOn) return [...newest, ...uncounted(featureId, before, now)];
  const [counted] = newest as [Row];
  // On a row without resets, what has come back was counted when it was ended.
  const isCounted = (row: Row): boolean => counted.resetsAt === null && stateOf(row, now) === "expired";
  const back = before.map(({ row }) => row).filter((row) => cameBack(row, counted) && !isCounted(row));
  return [...newest, ...back];
}

/** The rows of the newest generation. */
export function newestOf(generations: readonly Generation[]): Row[] {
  const newest = Math.max(...generations.map(({ generation }) => generation));
  return generations.filter(({ generation }) => generation === newest).map(({ row }) => row);
}

/** Usage, in units, of the rows together. Usage of another feature counts other units. */
export function usageOf(rows: readonly Row[], featureId: string): number {
  const counted = rows.filter((row) => !row.boolean && !row.unlimited && row.featureId === featureId);
  return Math.max(
    0,
    counted.reduce((sum, row) => plus(sum, row.usage), 0),
  );
}

/** Whether what was used of the row belongs to the cycle that the successor is in; of one that is over it counts no more. */
function isOfTheSameCycle(row: Row, successor: Row, desired: DesiredBalance): boolean {
  const { reset, resetsAt } = successor;
  if (reset === null || resetsAt === null) return true;
  if (row.resetsAt !== null && sameReset(row.reset, reset)) {
    return secondOf(row.resetsAt) >= secondOf(resetsAt);
  }
  return markOf(successor) !== "all" || !hasReset(successor, desired);
}

/** Whether the successor has been reset since it was made: its next reset is later than its first was. */
function hasReset({ reset, resetsAt, createdAt }: Row, desired: DesiredBalance): boolean {
  if (reset === null || resetsAt === null || createdAt === undefined) return false;
  const declared = sameReset(desired.reset, reset) ? desired.nextResetAt : null;
  const first = declared === null ? addCycles(createdAt, reset, 1) : nextBoundary(declared, reset, createdAt);
  return resetsAt > first + CREATION_MS;
}

/**
 * Whether the row was used up or has ended, and a reset after the successor was made began the cycle that it is in: what was
 * used of it in that cycle is counted nowhere yet. Of a used-up row, which cannot be ended, only the milliseconds of the
 * successor's reset tell which cycle has been counted.
 */
const hasReturned = (row: Row, successor: Row, now: number): boolean =>
  successor.resetsAt !== null && stateOf(row, now) !== "live" && cameBack(row, successor);

/** Whether the row has come back by a reset since the successor was made, and the successor does not know of it. */
export function cameBack(row: Row, { createdAt, resetsAt: of }: Row): boolean {
  const { reset, resetsAt, unlimited, boolean } = row;
  if (reset === null || resetsAt === null || unlimited || boolean || createdAt === undefined) return false;
  if (of !== null && isSettledFor(of, resetsAt)) return false;
  return addCycles(resetsAt, reset, -1) > createdAt;
}

/** The row whose cycle a successor keeps. */
export function cycleToKeep(reset: Reset | null, before: readonly Row[]): Row | undefined {
  if (reset === null) return undefined;
  return before.find((row) => row.resetsAt !== null && sameReset(row.reset, reset));
}

/**
 * When a successor is to reset once usage has been counted on it: as the row before it does, as is declared, or in the
 * second in which it does already. While a used-up row of its cycle is still to come back, the milliseconds say which
 * of that row's cycles has been counted.
 */
export function lastingReset(
  { nextResetAt }: DesiredBalance,
  { featureId, reset, resetsAt, createdAt }: Row,
  older: readonly Generation[],
  now: number,
): number | null {
  if (reset === null || resetsAt === null) return null;
  const rows = older.map(({ row }) => row);
  const latest = rows.reduce<number | null>(
    (found, row) =>
      row.resetsAt !== null && comesBack(row, createdAt, now) ? Math.max(found ?? 0, row.resetsAt) : found,
    null,
  );
  if (latest !== null) return settledReset(resetsAt, latest);
  const declared = nextResetAt === null ? null : nextBoundary(nextResetAt, reset, now);
  const kept = cycleToKeep(reset, uncounted(featureId, older, now))?.resetsAt ?? null;
  const wanted = [kept, declared].find((at) => at !== null && secondOf(at) === secondOf(resetsAt));
  if (wanted != null) return unmarkedReset(wanted);
  // Its cycle has gone on: the same moment of a second, in the second in which it resets now.
  const milliseconds = kept === null ? 0 : kept - secondOf(kept) * 1000;
  return unmarkedReset(secondOf(resetsAt) * 1000 + milliseconds);
}

/** Whether the row is used up and resets, or has come back after the successor was made. */
function comesBack(row: Row, createdAt: number | undefined, now: number): boolean {
  if (row.reset === null || row.resetsAt === null) return false;
  if (stateOf(row, now) === "drained") return true;
  return createdAt !== undefined && addCycles(row.resetsAt, row.reset, -1) > createdAt;
}
