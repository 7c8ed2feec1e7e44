// Carrying usage from a row to its successor, so that it happens exactly once although it takes several calls,
// any of which can be the last before the tool is killed. Nothing is remembered outside the API, so how far a
// carry has come has to be readable from the rows themselves:
//
// - A successor without resets is created with what is left, `grant − usage`, and then its grant alone is set to
//   the full grant, which leaves what remains as it is (scenario update-grant-only). Usage is thereby carried in
//   the creation itself. As long as the current grant is the creation grant, the second step is due.
// - A successor that resets needs the full grant at creation, for its resets. It is created to reset in the right
//   second, but at milliseconds that are a mark: usage is due. The update that takes usage off sets the next mark:
//   usage is carried, the row before is still to go. The last update sets the right moment.
import type { DesiredBalance, Reset } from "../schema/index.ts";
import { isMore, plus, sameAmount } from "./amounts.ts";
import { sameReset } from "./compare.ts";
import { addCycles, nextBoundary } from "./interval.ts";
import type { Generation } from "./match.ts";
import { type Row, stateOf } from "./row.ts";

/** What the milliseconds of a successor's reset say; any others say that it is finished. */
const MARKS = { due: 613, open: 614 } as const;

const millisecondsOf = (ms: number): number => ((ms % 1000) + 1000) % 1000;

const isMarked = (ms: number | null, mark: keyof typeof MARKS): boolean =>
  ms !== null && millisecondsOf(ms) === MARKS[mark];

/** The moment of the same second that says usage is due. Another second might be another day, and another cycle. */
export function markedDue(ms: number): number {
  return Math.floor(ms / 1000) * 1000 + MARKS.due;
}

/** From a moment that says usage is due, the one that says it is carried. */
export const markedOpen = (due: number | null): number | null => (due === null ? null : due + 1);

/** The moment without a mark: itself, unless its milliseconds happen to be one. */
export function unmarked(ms: number): number {
  if (isMarked(ms, "due")) return ms + 2;
  return isMarked(ms, "open") ? ms + 1 : ms;
}

/** Usage, in units, that the rows hand on to a successor. Usage of another feature counts other units. */
export function usageOf(rows: readonly Row[], featureId: string): number {
  const counted = rows.filter((row) => !row.boolean && !row.unlimited && row.featureId === featureId);
  return Math.max(
    0,
    counted.reduce((sum, row) => plus(sum, row.usage), 0),
  );
}

/**
 * The rows whose usage a successor takes over, newest first: the generation just before it, in whatever state, and
 * what is live of older ones. What is used up or over of those has handed its usage on before.
 */
export function predecessorsOf(older: readonly Generation[], now: number): Row[] {
  const newest = Math.max(...older.map(({ generation }) => generation));
  return [...older]
    .sort((a, b) => b.generation - a.generation)
    .filter(({ row, generation }) => generation === newest || stateOf(row, now) === "live")
    .map(({ row }) => row);
}

/** The predecessor whose cycle a successor keeps. */
export function cycleToKeep(reset: Reset | null, before: readonly Row[]): Row | undefined {
  if (reset === null) return undefined;
  return before.find((row) => row.resetsAt !== null && sameReset(row.reset, reset));
}

/** When a finished successor is to reset: as its predecessor does, as is declared, or about when it does already. */
export function lastingReset(
  { nextResetAt }: DesiredBalance,
  { reset, resetsAt }: Row,
  before: readonly Row[],
  now: number,
): number | null {
  if (reset === null || resetsAt === null) return null;
  const declared = nextResetAt === null ? resetsAt : nextBoundary(nextResetAt, reset, now);
  const own = Math.abs(declared - resetsAt) < 1000 ? declared : resetsAt;
  return unmarked(nextBoundary(cycleToKeep(reset, before)?.resetsAt ?? own, reset, now));
}

export interface CarryState {
  /** Whether the step that brings usage over is still due. */
  readonly due: boolean;
  /** Whether something of the replacement is still to be done, be it only to retire the row before. */
  readonly open: boolean;
  /** Units that the predecessors hand on. */
  readonly usage: number;
  /** Units of them carried so far; exact as long as the predecessors are used before their successor. */
  readonly carried: number;
}

const NOTHING: CarryState = { due: false, open: false, usage: 0, carried: 0 };

/** How far a carry has come. `before` are the successor's predecessors that still exist, in whatever state. */
export function carryState(successor: Row, before: readonly Row[], now: number): CarryState {
  if (successor.boolean || successor.unlimited || before.length === 0) return NOTHING;
  const isLive = (row: Row): boolean => stateOf(row, now) === "live";
  // What was used up or over before the successor's last reset belongs to a cycle that is over.
  const counted = hasReset(successor, now) ? before.filter(isLive) : before;
  const usage = usageOf(counted, successor.featureId);
  const shown = Math.max(0, Math.min(usage, successor.usage));
  if (successor.resetsAt !== null) {
    const due = isMarked(successor.resetsAt, "due");
    const open = due || isMarked(successor.resetsAt, "open");
    return { due, open, usage, carried: due ? 0 : shown };
  }
  const due = isMore(usage, 0) && isMore(usage, successor.usage) && isAsCreated(successor);
  // A live predecessor is used first, so that what its successor shows was carried.
  return { due, open: due, usage, carried: due && !before.some(isLive) ? 0 : shown };
}

/** Whether nothing has moved the grant; where the server does not tell, whether nothing has been carried. */
function isAsCreated({ grant, creationGrant, usage }: Row): boolean {
  return creationGrant === undefined ? usage <= 0 : sameAmount(grant, creationGrant);
}

/** Whether the row has been reset since it was created. */
function hasReset({ reset, resetsAt, createdAt }: Row, now: number): boolean {
  if (reset === null || resetsAt === null || createdAt === undefined) return false;
  const last = addCycles(resetsAt, reset, -1);
  // A mark moves the cycle within its second.
  return last > createdAt + 1000 && last <= now;
}
