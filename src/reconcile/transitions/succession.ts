// How much usage of its predecessors is still to be counted on a successor. Pure. Amounts are read from rows whose
// usage can no longer change, as they have ended or are drained. How far a replacement has come is told by marks, and
// not inferred from usage.
import type { DesiredBalance, Reset } from "../../schema/index.ts";
import { isMore, minus, plus, sameAmount } from "../amounts.ts";
import {
  addCycles,
  boundaryAfter,
  latestBoundaryAfter,
  latestBoundaryBefore,
  nextBoundary,
} from "../interval.ts";
import { type Row, stateOf } from "../row.ts";
import { sameReset } from "./compare.ts";
import { type Mark, markOf, secondOf, settledReset, unmarkedReset } from "./marks.ts";
import { type Generation, isAdopted } from "./match.ts";
import { cameBack, cyclesOf } from "./returns.ts";

/** How much later than computed from its creation the first reset of a row may be, in ms. */
const CREATION_MS = 20_000;

/** Usage that is to be counted on a successor. */
export interface Debt {
  /** Why; `null` when there is nothing to count. Set even for 0 units, as the mark has to be removed. */
  readonly mark: Mark | null;
  /** Units, 0 or more. */
  readonly usage: number;
  /** The rows whose usage it is. */
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
  const mark =
    markOf(successor) ??
    markOfOlderVersions(successor, older) ??
    (hasReturned(successor, older, now) ? "returned" : null);
  if (mark === null) return NOTHING;
  const owed = owedTo(mark, desired, successor, older, now);
  const isDue = ({ row, as }: Owed, first: number | null): boolean =>
    mark === "adopted" ? isInCycleOf(row, successor, now) : isOfTheSameCycle(as, successor, first, now);
  const first = mark === "all" ? firstReset(desired, successor, owed, now) : null;
  const rows = owed.filter((one) => isDue(one, first)).map(({ row }) => row);
  const used = usageOf(rows, successor.featureId);
  return { mark, rows, usage: mark === "rest" ? Math.max(0, minus(used, successor.usage)) : used };
}

/**
 * Older versions created a successor without resets with what was left, and raised its grant afterwards. After a kill
 * in between, it still has the grant given at creation, and less usage than its predecessor.
 */
function markOfOlderVersions(successor: Row, older: readonly Generation[]): Mark | null {
  const { resetsAt, grant, creationGrant, usage } = successor;
  if (resetsAt !== null || creationGrant === undefined || !sameAmount(grant, creationGrant)) return null;
  return isMore(usageOf(newestOf(older), successor.featureId), usage) ? "all" : null;
}

/** A row whose usage stands on no other row. */
interface Owed {
  readonly row: Row;
  /** The row whose cycle the usage belongs to: itself, or the first on which it was to be counted, and was not. */
  readonly as: Row;
}

const owes = (row: Row): Owed => ({ row, as: row });

function owedTo(
  mark: Mark,
  desired: DesiredBalance,
  successor: Row,
  older: readonly Generation[],
  now: number,
): Owed[] {
  if (mark === "all") return uncounted(desired, successor.featureId, older, now, successor);
  if (mark === "returned") return cameBack(successor, older, now).map(owes);
  const rows = mark === "adopted" ? older.filter(isAdopted).map(({ row }) => row) : newestOf(older);
  return rows.map(owes);
}

/**
 * The rows whose usage is not counted on another row: the newest; those before it if nothing was counted on it; those
 * that a reset has brought back since; and one that the entry has adopted since.
 * @param successor the row that succeeds them, if it exists already
 */
function uncounted(
  desired: DesiredBalance,
  featureId: string,
  older: readonly Generation[],
  now: number,
  successor?: Row,
): Owed[] {
  const newest = newestOf(older);
  const before = older.filter(({ row }) => !newest.includes(row));
  if (before.length === 0) return newest.map(owes);
  const isMarked = (row: Row): boolean => row.featureId === featureId && markOf(row) === "all";
  const passesOn = newest.every(
    (row) => row.unlimited || row.boolean || row.featureId !== featureId || isMarked(row),
  );
  if (passesOn) {
    // What has ended since it was made, ended for it.
    const passed = uncounted(desired, featureId, before, now, newest[0]);
    const heir = newest.find(isMarked);
    if (heir === undefined) return [...newest.map(owes), ...passed];
    return [...newest.map(owes), ...inherited(heir, passed, firstReset(desired, heir, passed, now), now)];
  }
  const [counted] = newest as [Row];
  // Where `counted` has no resets, the usage of a row that came back was counted when that row was ended, unless the mark
  // says that it still has to be, or the row was ended for its successor.
  const isCounted = (row: Row): boolean =>
    counted.resetsAt === null &&
    markOf(counted) !== "returned" &&
    stateOf(row, now) === "expired" &&
    !endedFor(row, successor, now);
  const back = cameBack(counted, before, now).filter((row) => !isCounted(row));
  const isLate = (row: Row): boolean =>
    markOf(counted) === "adopted" || stateOf(row, now) === "live" || endedFor(row, successor, now);
  const late = before.filter(isAdopted).map(({ row }) => row);
  return [
    ...newest.map(owes),
    ...inherited(counted, back.map(owes), null, now),
    ...late.filter((row) => isLate(row) && !back.includes(row)).map(owes),
  ];
}

/**
 * What was to be counted on a row, of the cycle that the row is in, or ended in: it goes the way of the row's own usage.
 * @param first as of `isOfTheSameCycle`
 */
function inherited(heir: Row, owed: readonly Owed[], first: number | null, now: number): Owed[] {
  const then = Math.min(now, heir.expiresAt ?? now);
  return owed.flatMap((one) => {
    if (heir.expiresAt !== null && beganSince(one.as, Math.min(heir.expiresAt, heir.resetsAt ?? now)))
      return [one];
    return isOfTheSameCycle(one.as, heir, first, then) ? [{ row: one.row, as: heir }] : [];
  });
}

/**
 * Whether the cycle that the row is in began then or later, to the second: what was used in it was never to be counted
 * on what had ended by then, or whose reset was due.
 */
const beganSince = ({ reset, resetsAt }: Row, ms: number): boolean =>
  reset !== null && resetsAt !== null && secondOf(latestBoundaryBefore(resetsAt, reset)) >= secondOf(ms);

/** The rows whose usage a successor that is still to be made is to have. */
export const rowsToCount = (
  desired: DesiredBalance,
  generations: readonly Generation[],
  now: number,
): Row[] => uncounted(desired, desired.featureId, generations, now).map(({ row }) => row);

/** Whether the row has ended since the successor was made; what a plan foresees happens all at one moment. */
const endedFor = (row: Row, successor: Row | undefined, now: number): boolean =>
  successor !== undefined &&
  stateOf(row, now) === "expired" &&
  (row.expiresAt ?? 0) >= (successor.createdAt ?? Number.POSITIVE_INFINITY);

/** The rows of the newest generation. */
export function newestOf(generations: readonly Generation[]): Row[] {
  const newest = Math.max(...generations.map(({ generation }) => generation));
  return generations.filter(({ generation }) => generation === newest).map(({ row }) => row);
}

/** Usage of the rows together, in units. Rows of another feature are left out, as its units are others. */
export function usageOf(rows: readonly Row[], featureId: string): number {
  const counted = rows.filter((row) => !row.boolean && !row.unlimited && row.featureId === featureId);
  return Math.max(
    0,
    counted.reduce((sum, row) => plus(sum, row.usage), 0),
  );
}

/**
 * Whether the row's usage belongs to the successor's current cycle; usage of a past cycle no longer counts.
 * @param first when the successor's first reset was due, at the latest, in ms since 1970; `null` when the row may have
 *   been used since
 */
function isOfTheSameCycle(row: Row, successor: Row, first: number | null, now: number): boolean {
  const { reset, resetsAt } = successor;
  if (reset === null || resetsAt === null) return true;
  if (row.resetsAt !== null && sameReset(row.reset, reset)) {
    if (secondOf(row.resetsAt) >= secondOf(resetsAt)) return true;
    // Of rows that were granted beside each other, each has its own days to be reset on. Of one cycle, but for the
    // milliseconds, the successor may have been reset first.
    const since = Math.max(now, secondOf(row.resetsAt) * 1000 + 999);
    const isOver = secondOf(nextBoundary(row.resetsAt, reset, since)) === secondOf(resetsAt);
    return !isOver && isInCycleOf(row, successor, now);
  }
  if (first === null) return isInCycleOf(row, successor, now);
  return resetsAt <= first + CREATION_MS || beganSince(row, addCycles(resetsAt, reset, -1));
}

/** Whether the row's cycle reaches into the successor's current one, although it is another. */
function isInCycleOf(row: Row, { reset, resetsAt }: Row, now: number): boolean {
  if (reset === null || resetsAt === null) return true;
  return Math.min(row.expiresAt ?? now, row.resetsAt ?? now, now) >= addCycles(resetsAt, reset, -1);
}

/**
 * When a successor's first reset was due, at the latest, in ms since 1970; `null` when that is not known.
 * @param owed the rows before it, of which those that have ended stay in the cycle that it may have kept
 */
function firstReset(
  desired: DesiredBalance,
  { reset, resetsAt, createdAt }: Row,
  owed: readonly Owed[],
  now: number,
): number | null {
  if (reset === null || resetsAt === null || createdAt === undefined) return null;
  const ended = owed.map(({ row }) => row).filter((row) => stateOf(row, now) === "expired");
  // A row that came back before it ended has gone on to later cycles than the one that was kept; and one that came back
  // since the successor was made had none to keep.
  const kept = cycleToKeep(reset, ended)?.resetsAt;
  if (kept != null && haveOneCycle(kept, resetsAt, reset)) return boundaryAfter(createdAt, kept, reset);
  const declared = sameReset(desired.reset, reset) ? desired.nextResetAt : null;
  return declared === null ? latestBoundaryAfter(createdAt, reset) : nextBoundary(declared, reset, createdAt);
}

/** Whether two boundaries are of the same cycles, to the second. */
function haveOneCycle(a: number, b: number, reset: Reset): boolean {
  const [first, last] = a < b ? [a, b] : [b, a];
  return (
    secondOf(first) === secondOf(last) ||
    secondOf(nextBoundary(first, reset, secondOf(last) * 1000 - 1)) === secondOf(last)
  );
}

/**
 * Whether a drained or ended row has been reset since the successor was made, so that its usage in that cycle is
 * counted nowhere yet. On a successor without resets, a mark says so instead.
 */
function hasReturned(successor: Row, older: readonly Generation[], now: number): boolean {
  if (successor.resetsAt === null) return false;
  return cameBack(successor, older, now).some(
    (row) => stateOf(row, now) !== "live" && isOfTheSameCycle(row, successor, null, now),
  );
}

/** The row whose cycle a successor keeps: the first one with the same reset. */
export function cycleToKeep(reset: Reset | null, before: readonly Row[]): Row | undefined {
  if (reset === null) return undefined;
  return before.find((row) => row.resetsAt !== null && sameReset(row.reset, reset));
}

/**
 * The next reset of a successor once usage has been counted on it, in ms since 1970: that of its predecessor, the
 * declared one, or its own, without the mark. While drained rows can still come back, its milliseconds say which of
 * their cycles have been counted.
 */
export function lastingReset(
  desired: DesiredBalance,
  successor: Row,
  older: readonly Generation[],
  now: number,
): number | null {
  const { nextResetAt } = desired;
  const { reset, resetsAt } = successor;
  if (reset === null || resetsAt === null) return null;
  const cycles = cyclesOf(successor, older, now);
  if (cycles.length > 0) return settledReset(resetsAt, cycles);
  const declared = nextResetAt === null ? null : nextBoundary(nextResetAt, reset, now);
  const before = uncounted(desired, successor.featureId, older, now, successor).map(({ row }) => row);
  const kept = cycleToKeep(reset, before)?.resetsAt ?? null;
  const wanted = [kept, declared].find((at) => at !== null && secondOf(at) === secondOf(resetsAt));
  if (wanted != null) return unmarkedReset(wanted);
  // Its cycle has moved on: keep the second in which it resets now, with the milliseconds of its predecessor.
  const milliseconds = kept === null ? 0 : kept - secondOf(kept) * 1000;
  return unmarkedReset(secondOf(resetsAt) * 1000 + milliseconds);
}
