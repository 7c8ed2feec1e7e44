// When an entry is granted, reset and ended. Pure.
import { addCycles, nextBoundary } from "../reconcile/index.ts";
import type { DesiredBalance } from "../schema/index.ts";

/** The times of an entry, in ms since 1970. */
export interface EntryCycles {
  /** When it starts; the start of the forecast if it exists by then. */
  readonly startsAt: number;
  /** `null` if it never ends. */
  readonly endsAt: number | null;
  /** Its resets, in order. Endless if the entry never ends: take as many as needed. */
  resets(): Iterable<number>;
}

/**
 * @param from ms since 1970; a cycle is taken to begin then if nothing else is declared
 * @returns `undefined` for an entry that is over by then
 */
export function cyclesOf(entry: DesiredBalance, from: number): EntryCycles | undefined {
  const startsAt = Math.max(from, entry.startsAt ?? from);
  const { expiresAt: endsAt, reset, nextResetAt } = entry;
  if (endsAt !== null && endsAt <= startsAt) return undefined;
  const first =
    reset === null
      ? null
      : nextResetAt === null
        ? addCycles(startsAt, reset, 1)
        : nextBoundary(nextResetAt, reset, startsAt);
  return {
    startsAt,
    endsAt,
    *resets() {
      if (reset === null || first === null) return;
      for (let at = first; endsAt === null || at < endsAt; at = addCycles(at, reset, 1)) yield at;
    },
  };
}
