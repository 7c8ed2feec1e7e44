// A balance that changes over time: which of its phases counts at a moment. Pure.
import type { DesiredBalance } from "./desired.ts";
import type { Phase } from "./grant.ts";

/** Whether the next phase begins when this one ends, so that the balance goes on. */
export const goesOn = (phase: Phase, next: Phase | undefined): boolean =>
  next !== undefined && phase.endsAt !== null && phase.endsAt === next.startsAt;

/**
 * The entry as it counts at `now`, in ms since 1970. Before the first phase, and between two with a gap between them, it
 * is one that starts later.
 */
export function desiredAt(desired: DesiredBalance, now: number): DesiredBalance {
  const { phases } = desired;
  if (phases === undefined) return desired;
  const begun = phases.findLastIndex(({ startsAt }) => startsAt === null || startsAt <= now);
  const last = phases[begun];
  const next = phases[begun + 1];
  const isOver = last === undefined || (last.endsAt !== null && last.endsAt <= now);
  const index = isOver && next !== undefined ? begun + 1 : begun;
  const phase = phases[index] as Phase;
  const { startsAt, endsAt: _, ...grant } = phase;
  return {
    ...desired,
    ...grant,
    expiresAt: phase.reset === null ? endOfRun(phases, index) : null,
    ...(startsAt === null ? {} : { startsAt }),
  };
}

/** When the phases that follow each other without a gap come to their end; `null` for never. */
function endOfRun(phases: readonly Phase[], from: number): number | null {
  let index = from;
  while (goesOn(phases[index] as Phase, phases[index + 1])) index++;
  return phases[index]?.endsAt ?? null;
}

/** When the entry starts, or changes to its next phase, and as what; `undefined` when nothing is to come. */
export function nextStart(desired: DesiredBalance, now: number): DesiredBalance | undefined {
  const next = desired.phases?.find(({ startsAt }) => startsAt !== null && startsAt > now);
  if (next?.startsAt != null) return desiredAt(desired, next.startsAt);
  return desired.startsAt !== undefined && desired.startsAt > now ? desired : undefined;
}
