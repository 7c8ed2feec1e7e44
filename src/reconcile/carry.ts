// Carrying usage from a row to its successor, so that it happens exactly once although it takes several calls,
// any of which can be the last before the tool is killed. Nothing is remembered outside the API, so how far a
// carry has come has to be readable from the rows themselves:
//
// - A successor without resets is created with what is left, `grant − usage`, and then its grant alone is set to
//   the full grant, which leaves what remains as it is (scenario update-grant-only). Usage is thereby carried in
//   the creation itself. As long as the current grant is the creation grant, the second step is due.
// - A successor with the cycle of its predecessor needs the full grant at creation, for its resets. It is created
//   to reset one millisecond before its predecessor; one update takes the usage off and sets the exact moment.
//   As long as the millisecond is missing, that update is due.
// - A successor with another cycle has no such mark. Its usage tells: below that of its predecessor, it is due.
import type { DesiredBalance } from "../schema/index.ts";
import { sameReset } from "./compare.ts";
import { KEY_LIFETIME_MS } from "./idempotency.ts";
import { type Row, stateOf } from "./row.ts";

/** How a successor shows whether usage has been carried to it. */
type Mark = "creation-grant" | "millisecond" | "usage" | "nothing-to-carry";

/** Usage, in units, that the rows hand on to a successor. Usage of another feature counts other units. */
export function usageOf(rows: readonly Row[], featureId: string): number {
  const counted = rows.filter((row) => !row.boolean && !row.unlimited && row.featureId === featureId);
  const usage = counted.reduce((sum, row) => sum + row.usage, 0);
  return Math.max(0, usage);
}

/** ms that a successor's first reset lies before its predecessor's, until usage has been carried. */
export const MARK_MS = 1;

/** The predecessor whose cycle the successor keeps. */
export function cycleToKeep(desired: DesiredBalance, before: readonly Row[]): Row | undefined {
  if (desired.reset === null) return undefined;
  return before.find((row) => row.resetsAt !== null && sameReset(row.reset, desired.reset));
}

function markOf(successor: Row, before: readonly Row[]): Mark {
  if (successor.boolean || successor.unlimited) return "nothing-to-carry";
  if (successor.resetsAt === null) return "creation-grant";
  const cycle = before.find((row) => row.resetsAt !== null && sameReset(row.reset, successor.reset));
  if (cycle?.resetsAt == null) return "usage";
  const lead = cycle.resetsAt - successor.resetsAt;
  return lead === 0 || lead === MARK_MS ? "millisecond" : "usage";
}

export interface CarryState {
  /** Whether the step that brings usage over is still due. */
  readonly due: boolean;
  /** Units carried so far; exact while the predecessors, which are used first, have something left. */
  readonly carried: number;
  /** Where the first reset has to be moved when the step is made; ms since 1970. */
  readonly resetsAt: number | null;
}

/** How far a carry has come. `before` are the successor's predecessors that still exist, in whatever state. */
export function carryState(successor: Row, before: readonly Row[], now: number): CarryState {
  const usage = usageOf(before, successor.featureId);
  const done = (carried: number): CarryState => ({ due: false, carried, resetsAt: null });
  switch (markOf(successor, before)) {
    case "nothing-to-carry":
      return done(usage);
    case "creation-grant": {
      if (successor.creationGrant === undefined) return done(Math.max(0, successor.usage));
      const adjustment = successor.grant - successor.creationGrant;
      // A later update may by chance lead back to the creation grant; usage is at least what was carried then.
      return adjustment === 0 && successor.usage < usage
        ? { due: true, carried: 0, resetsAt: null }
        : done(Math.max(0, adjustment));
    }
    case "millisecond": {
      const cycle = before.find((row) => row.resetsAt !== null && row.resetsAt !== successor.resetsAt);
      const unmoved = before.some((row) => row.resetsAt !== null && row.resetsAt === successor.resetsAt);
      return unmoved || cycle?.resetsAt == null
        ? done(Math.max(0, successor.usage))
        : { due: true, carried: 0, resetsAt: cycle.resetsAt };
    }
    case "usage": {
      const carried = Math.max(0, Math.min(usage, successor.usage));
      // A used-up or ended predecessor may stay for ever; the successor's usage says nothing after its next reset.
      const recent = successor.createdAt !== undefined && now - successor.createdAt < KEY_LIFETIME_MS;
      const goesAway = before.some((row) => stateOf(row, now) === "live");
      return { due: carried === 0 && usage > 0 && (recent || goesAway), carried, resetsAt: null };
    }
  }
}
