// Which phase of a balance counts at a moment. Pure.
import type { DesiredBalance } from "./desired.ts";
import type { Phase } from "./grant.ts";

/** Whether the next phase starts when this one ends, so that the balance goes on. */
export const goesOn = (phase: Phase, next: Phase | undefined): boolean =>
  next !== undefined && phase.endsAt !== null && phase.endsAt === next.startsAt;

/**
 * The entry as it applies at `now`, in ms since 1970. Before the first phase, and in a gap between two, it is an entry
 * that starts later.
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

/** An entry for each phase, with its start and end; an entry without phases as it is. */
export function inPhases(entry: DesiredBalance): DesiredBalance[] {
  const { phases, ...whole } = entry;
  if (phases === undefined) return [entry];
  return phases.map(({ startsAt, endsAt, ...grant }) => ({
    ...whole,
    ...grant,
    expiresAt: endsAt,
    ...(startsAt === null ? {} : { startsAt }),
  }));
}

/** When a run of phases without a gap ends, in ms since 1970; `null` for never. */
function endOfRun(phases: readonly Phase[], from: number): number | null {
  let index = from;
  while (goesOn(phases[index] as Phase, phases[index + 1])) index++;
  return phases[index]?.endsAt ?? null;
}

/**
 * The entry as it starts or enters its next phase after `now`, in ms since 1970; `undefined` when nothing is to come.
 */
export function nextStart(desired: DesiredBalance, now: number): DesiredBalance | undefined {
  const next = desired.phases?.find(({ startsAt }) => startsAt !== null && startsAt > now);
  if (next?.startsAt != null) return desiredAt(desired, next.startsAt);
  return desired.startsAt !== undefined && desired.startsAt > now ? desired : undefined;
}
