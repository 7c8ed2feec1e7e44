// When a balance resets next. Calendar intervals are steps in UTC, clamped to the end of the month.
import { exact } from "./amounts.ts";
import type { Interval } from "./types.ts";

const DAY_MS = 86_400_000;
const FIXED_MS: Partial<Record<Interval, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: DAY_MS,
  week: 7 * DAY_MS,
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

const NOMINAL_DAYS: Record<Interval, number> = {
  minute: 1 / 1440,
  hour: 1 / 24,
  day: 1,
  week: 7,
  month: 30,
  quarter: 90,
  semi_annual: 180,
  year: 365,
  one_off: 1_000_000,
};

/**
 * The length of an interval, for ordering: three months are a quarter, but two halves are shorter than a year.
 * What never resets is longest, and longer with a higher count, though the count means nothing there.
 */
export function intervalLength(interval: Interval, count: number): number {
  return exact(NOMINAL_DAYS[interval] * count);
}

/** A span of time: from `startsAt`, included, to `endsAt`, ms since the epoch. */
export interface Window {
  readonly startsAt: number;
  readonly endsAt: number;
}

/**
 * The window of one interval that `now` is in: between boundaries that lie whole intervals from `anchor`, or
 * of the calendar in UTC (weeks begin on Monday) when there is no anchor.
 */
export function windowAround(now: number, interval: Interval, anchor: number | null): Window {
  if (interval === "one_off") return { startsAt: 0, endsAt: Number.MAX_SAFE_INTEGER };
  const from = anchor !== null && isDate(anchor) ? anchor : calendarStart(now, interval);
  const boundary = (count: number) => addIntervals(from, interval, count);
  const length = FIXED_MS[interval] ?? (MONTHS[interval] ?? 1) * 30 * DAY_MS;
  let count = Math.floor((now - from) / length);
  while (boundary(count) > now) count--;
  while (boundary(count + 1) <= now) count++;
  return { startsAt: boundary(count), endsAt: boundary(count + 1) };
}

/** A boundary of the calendar in UTC; for what is shorter than a month, the epoch will do. */
function calendarStart(now: number, interval: Interval): number {
  const months = MONTHS[interval];
  // 5 January 1970 was a Monday
  if (months === undefined) return interval === "week" ? 4 * DAY_MS : 0;
  return Date.UTC(new Date(now).getUTCFullYear(), 0, 1);
}

/** Whether a number of ms is within what a date can be. */
function isDate(ms: number): boolean {
  return Math.abs(ms) <= 8_000_000_000_000_000;
}
