// How much usage of its predecessors is still to be counted on a successor. Pure. Amounts are read from rows whose
// usage can no longer change, as they have ended or are drained. How far a replacement has come is told by marks, and
// not inferred from usage.
import type { DesiredBalance, Reset } from "../../schema/index.ts";
import { isMore, minus, plus, sameAmount } from "../amounts.ts";
import { addCycles, latestBoundaryAfter, nextBoundary } from "../interval.ts";
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
  const before = rowsOfDebt(mark, successor, older, now);
  const ended = before.filter((row) => stateOf(row, now) === "expired");
  const first = mark === "all" ? firstReset(successor, desired, ended) : null;
  const isDue = (row: Row): boolean =>
    mark === "adopted" ? isInCycleOf(row, successor, now) : isOfTheSameCycle(row, successor, first);
  const rows = before.filter(isDue);
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

function rowsOfDebt(mark: Mark, successor: Row, older: readonly Generation[], now: number): Row[] {
  if (mark === "returned") return cameBack(successor, older, now);
  if (mark === "adopted") return older.filter(isAdopted).map(({ row }) => row);
  return mark === "rest" ? newestOf(older) : uncounted(successor.featureId, older, now, successor);
}

/**
 * The rows whose usage is not counted on another row: the newest; those before it if nothing was counted on it; those
 * that a reset has brought back since; and one that the entry has adopted since.
 * @param successor the row that succeeds them, if it exists already
 */
export function uncounted(
  featureId: string,
  older: readonly Generation[],
  now: number,
  successor?: Row,
): Row[] {
  const newest = newestOf(older);
  const before = older.filter(({ row }) => !newest.includes(row));
  if (before.length === 0) return newest;
  const passesOn = newest.every(
    (row) => row.unlimited || row.boolean || row.featureId !== featureId || markOf(row) === "all",
  );
  if (passesOn) return [...newest, ...uncounted(featureId, before, now, successor)];
  const [counted] = newest as [Row];
  // Where `counted` has no resets, the usage of a row that came back was counted when that row was ended.
  const isCounted = (row: Row): boolean => counted.resetsAt === null && stateOf(row, now) === "expired";
  const back = cameBack(counted, before, now).filter((row) => !isCounted(row));
  const isLate = (row: Row): boolean =>
    markOf(counted) === "adopted" || stateOf(row, now) === "live" || endedFor(row, successor, now);
  const late = before.filter(isAdopted).map(({ row }) => row);
  return [...newest, ...back, ...late.filter((row) => isLate(row) && !back.includes(row))];
}

/** Whether the row has ended since the successor was made. */
const endedFor = (row: Row, successor: Row | undefined, now: number): boolean =>
  stateOf(row, now) === "expired" && (row.expiresAt ?? 0) > (successor?.createdAt ?? now);

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
 * @param first when the successor's first reset was due, at the latest, in ms since 1970; `null` when it does not
 *   matter
 */
function isOfTheSameCycle(row: Row, successor: Row, first: number | null): boolean {
  const { reset, resetsAt } = successor;
  if (reset === null || resetsAt === null) return true;
  if (row.resetsAt !== null && sameReset(row.reset, reset)) {
    return secondOf(row.resetsAt) >= secondOf(resetsAt);
  }
  return first === null || resetsAt <= first + CREATION_MS;
}

/** Whether the row was live during the successor's current cycle, although its own cycle is another. */
function isInCycleOf({ expiresAt }: Row, { reset, resetsAt }: Row, now: number): boolean {
  if (reset === null || resetsAt === null) return true;
  return Math.min(expiresAt ?? now, now) >= addCycles(resetsAt, reset, -1);
}

/**
 * When a successor's first reset was due, at the latest, in ms since 1970; `null` when that is not known.
 * @param ended its predecessors that have ended: it may have kept their cycle, and their next reset no longer moves
 */
function firstReset(
  { reset, createdAt }: Row,
  desired: DesiredBalance,
  ended: readonly Row[],
): number | null {
  if (reset === null || createdAt === undefined) return null;
  const kept = cycleToKeep(reset, ended)?.resetsAt;
  const declared = sameReset(desired.reset, reset) ? desired.nextResetAt : null;
  const boundary = kept ?? declared;
  return boundary === null ? latestBoundaryAfter(createdAt, reset) : nextBoundary(boundary, reset, createdAt);
}

/**
 * Whether a drained or ended row has been reset since the successor was made, so that its usage in that cycle is
 * counted nowhere yet. On a successor without resets, a mark says so instead.
 */
function hasReturned(successor: Row, older: readonly Generation[], now: number): boolean {
  if (successor.resetsAt === null) return false;
  return cameBack(successor, older, now).some(
    (row) => stateOf(row, now) !== "live" && isOfTheSameCycle(row, successor, null),
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
  { nextResetAt }: DesiredBalance,
  successor: Row,
  older: readonly Generation[],
  now: number,
): number | null {
  const { featureId, reset, resetsAt } = successor;
  if (reset === null || resetsAt === null) return null;
  const cycles = cyclesOf(successor, older, now);
  if (cycles.length > 0) return settledReset(resetsAt, cycles);
  const declared = nextResetAt === null ? null : nextBoundary(nextResetAt, reset, now);
  const kept = cycleToKeep(reset, uncounted(featureId, older, now, successor))?.resetsAt ?? null;
  const wanted = [kept, declared].find((at) => at !== null && secondOf(at) === secondOf(resetsAt));
  if (wanted != null) return unmarkedReset(wanted);
  // Its cycle has moved on: keep the second in which it resets now, with the milliseconds of its predecessor.
  const milliseconds = kept === null ? 0 : kept - secondOf(kept) * 1000;
  return unmarkedReset(secondOf(resetsAt) * 1000 + milliseconds);
}
