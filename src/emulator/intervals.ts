// When a balance resets next. Calendar intervals are steps in UTC, clamped to the end of the month.
import type { Interval } from "./types.ts";

const FIXED_MS: Partial<Record<Interval, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
};
const MONTHS: Partial<Record<Interval, number>> = { month: 1, quarter: 3, semi_annual: 6, year: 12 };

/** The intervals, shortest first: the order in which balances are used up. */
export const INTERVALS: readonly Interval[] = [
  "minute",
  "hour",
  "day",
  "week",
  "month",
  "quarter",
  "semi_annual",
  "year",
  "one_off",
];

/** `ms` moved by whole calendar months in UTC; a day the month does not have becomes its last day. */
export function addMonths(ms: number, months: number): number {
  const date = new Date(ms);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + Math.trunc(months));
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return date.getTime();
}

/** `ms` moved by `count` intervals; `one_off` does not move it. */
export function addIntervals(ms: number, interval: Interval, count: number): number {
  const fixed = FIXED_MS[interval];
  if (fixed !== undefined) return ms + fixed * count;
  const months = MONTHS[interval];
  return months === undefined ? ms : addMonths(ms, months * count);
}

/** Whether stepping by this interval gets anywhere; the real server steps for ever when it does not. */
export function advances(interval: Interval, count: number): boolean {
  return addIntervals(0, interval, count) > 0;
}

/**
 * The first boundary after `now`, stepping whole intervals from `from`. A calendar step that was clamped
 * stays clamped (31 January, 28 February, 28 March), as each step starts at the one before.
 */
export function nextBoundary(from: number, interval: Interval, count: number, now: number): number {
  const fixed = FIXED_MS[interval];
  if (fixed !== undefined) {
    const step = fixed * count;
    return from + step * Math.max(1, Math.floor((now - from) / step) + 1);
  }
  let boundary = addIntervals(from, interval, count);
  while (boundary <= now) boundary = addIntervals(boundary, interval, count);
  return boundary;
}

/** A number that grows with the length of an interval, for ordering. */
export function intervalLength(interval: Interval, count: number): number {
  return interval === "one_off" ? Number.POSITIVE_INFINITY : addIntervals(0, interval, Math.max(count, 1));
}
