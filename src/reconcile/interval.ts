// Calendar arithmetic for reset cycles, in UTC, as Autumn does it.
import type { Interval, Reset } from "../schema/index.ts";

const FIXED_MS: Partial<Record<Interval, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
};

const MONTHS: Partial<Record<Interval, number>> = { month: 1, quarter: 3, semi_annual: 6, year: 12 };

/** `months` later; the day is clamped to the length of the target month. */
function addMonths(ms: number, months: number): number {
  const date = new Date(ms);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  date.setUTCDate(Math.min(day, lengthOfMonth(date)));
  return date.getTime();
}

/** The moment `cycles` cycles after `ms`, or before it when negative. All in ms since 1970. */
export function addCycles(ms: number, { interval, intervalCount }: Reset, cycles: number): number {
  const fixed = FIXED_MS[interval];
  if (fixed !== undefined) return ms + fixed * intervalCount * cycles;
  return addMonths(ms, (MONTHS[interval] ?? 1) * intervalCount * cycles);
}

/**
 * The latest moment that the boundary before `boundary` can have been. After 31 January comes 28 February, so before 28
 * February it may have been any day from 28 to 31 January. All in ms since 1970.
 */
export function latestBoundaryBefore(boundary: number, reset: Reset): number {
  const before = addCycles(boundary, reset, -1);
  if (FIXED_MS[reset.interval] !== undefined || !isLastOfMonth(boundary)) return before;
  const date = new Date(before);
  date.setUTCDate(lengthOfMonth(date));
  return date.getTime();
}

/**
 * The latest moment that the first boundary after `ms` can be, for cycles that have had a boundary before `ms`. Where
 * its day is clamped to the end of a month, that is the end of the day, as its time of day may differ. All in ms since
 * 1970.
 */
export function latestBoundaryAfter(ms: number, reset: Reset): number {
  const after = addCycles(ms, reset, 1);
  const isCut = FIXED_MS[reset.interval] === undefined && isLastOfMonth(after);
  return isCut ? new Date(after).setUTCHours(23, 59, 59, 999) : after;
}

const lengthOfMonth = (date: Date): number =>
  new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();

function isLastOfMonth(ms: number): boolean {
  const date = new Date(ms);
  return date.getUTCDate() === lengthOfMonth(date);
}

/**
 * The first boundary after `now` of the cycles that have one at `boundary`. Each step starts from the one before, so a
 * day that was clamped to a shorter month stays clamped: 31 January, 28 February, 28 March. All in ms since 1970.
 */
export function nextBoundary(boundary: number, reset: Reset, now: number): number {
  if (boundary > now) return boundary;
  const fixed = FIXED_MS[reset.interval];
  if (fixed !== undefined) {
    const cycle = fixed * reset.intervalCount;
    return boundary + (Math.floor((now - boundary) / cycle) + 1) * cycle;
  }
  let next = boundary;
  while (next <= now) next = addCycles(next, reset, 1);
  return next;
}

/**
 * The first boundary after `ms` of cycles that have one at `boundary`, before it or after: the latest moment that it
 * can have been. All in ms since 1970.
 */
export function boundaryAfter(ms: number, boundary: number, reset: Reset): number {
  const fixed = FIXED_MS[reset.interval];
  if (boundary <= ms) return nextBoundary(boundary, reset, ms);
  if (fixed !== undefined) {
    const cycle = fixed * reset.intervalCount;
    return boundary - Math.floor((boundary - ms - 1) / cycle) * cycle;
  }
  let first = boundary;
  // Only where the one before was surely after that too, whatever day was cut.
  while (addCycles(first, reset, -1) > ms) first = latestBoundaryBefore(first, reset);
  return first;
}
