// When an entry is granted, reset and ended; one with phases phase by phase. Pure.
import { addCycles, nextBoundary, sameReset } from "../reconcile/index.ts";
import { type DesiredBalance, desiredAt, goesOn } from "../schema/index.ts";

/** A phase of an entry, or an entry without phases. */
export interface Period {
  /** The entry as it applies in this period. */
  readonly entry: DesiredBalance;
  /** ms since 1970; `null` if it never ends. */
  readonly endsAt: number | null;
  /** Whether the next period begins when it ends, so that the balance goes on. */
  readonly isFollowed: boolean;
}

export function periodsOf(balance: DesiredBalance): Period[] {
  const { phases, expiresAt } = balance;
  if (phases === undefined) return [{ entry: balance, endsAt: expiresAt, isFollowed: false }];
  return phases.map((phase, index) => ({
    entry: desiredAt(balance, phase.startsAt ?? Number.NEGATIVE_INFINITY),
    endsAt: phase.endsAt,
    isFollowed: goesOn(phase, phases[index + 1]),
  }));
}

/** The times of a period, in ms since 1970. */
export interface EntryCycles {
  readonly entry: DesiredBalance;
  /** When it starts; the start of the forecast if it exists by then. */
  readonly startsAt: number;
  /** `null` if it never ends. */
  readonly endsAt: number | null;
  /** Its first reset, whether or not the period ends before. */
  readonly firstResetAt: number | null;
  /** Its resets, in order. Endless if the period never ends: take as many as needed. */
  resets(): Iterable<number>;
}

/**
 * @param from ms since 1970; a cycle is taken to begin then if nothing else is declared
 * @param before the period that this one goes on from, if any: a cycle of the same length goes on
 * @returns `undefined` for a period that is over by then
 */
export function cyclesOf(
  { entry, endsAt }: Period,
  from: number,
  before: EntryCycles | undefined,
): EntryCycles | undefined {
  const startsAt = Math.max(from, entry.startsAt ?? from);
  const { reset } = entry;
  if (endsAt !== null && endsAt <= startsAt) return undefined;
  const first = firstReset(entry, startsAt, before);
  return {
    entry,
    startsAt,
    endsAt,
    firstResetAt: first,
    *resets() {
      if (reset === null || first === null) return;
      for (let at = first; endsAt === null || at < endsAt; at = addCycles(at, reset, 1)) yield at;
    },
  };
}

function firstReset(
  { reset, nextResetAt }: DesiredBalance,
  startsAt: number,
  before: EntryCycles | undefined,
): number | null {
  if (reset === null) return null;
  if (before?.firstResetAt != null && sameReset(before.entry.reset, reset))
    return nextBoundary(before.firstResetAt, reset, startsAt - 1);
  return nextResetAt === null ? addCycles(startsAt, reset, 1) : nextBoundary(nextResetAt, reset, startsAt);
}
