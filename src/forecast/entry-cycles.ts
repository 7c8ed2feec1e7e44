// When an entry is granted, reset and over. Pure.
import { addCycles, nextBoundary } from "../reconcile/index.ts";
import type { DesiredBalance } from "../schema/index.ts";

/** What an entry does in time. All in ms since 1970. */
export interface EntryCycles {
  /** From when on it counts: the start of the forecast for what is there by then. */
  readonly startsAt: number;
  /** `null` for what never ends. */
  readonly endsAt: number | null;
  /** Its resets, in order, without end where it has none: take as many as are needed. */
  resets(): Iterable<number>;
}

/**
 * @param from ms since 1970. Where nothing says when a cycle began, it is taken to begin then
 * @returns `undefined` for what is over by then
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
