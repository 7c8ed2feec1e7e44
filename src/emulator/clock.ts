// The emulator's clock: a base clock plus an offset that tests move.
import { addMonths } from "./intervals.ts";

/** How far to move the clock. Calendar units are steps in UTC, months clamped to the month's end. */
export interface Duration {
  readonly years?: number;
  readonly months?: number;
  readonly weeks?: number;
  readonly days?: number;
  readonly hours?: number;
  readonly minutes?: number;
  readonly seconds?: number;
  readonly ms?: number;
}

const ISO_DURATION =
  /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const ISO_INSTANT = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2}))?$/;

/** The last moment that a date can be, ms since the epoch. */
const LAST_MS = 8_640_000_000_000_000;

export class Clock {
  readonly #base: () => number;
  /** Ms added to the base clock. */
  offsetMs = 0;

  constructor(base: () => number) {
    this.#base = base;
  }

  /** Ms since the epoch. */
  now(): number {
    return this.#base() + this.offsetMs;
  }

  /** Moves on by ms, by a duration (`{months: 1}`, `"P1M"`), or to an ISO 8601 instant. */
  advance(by: number | Duration | string): void {
    this.set(moved(this.now(), by));
  }

  /** Sets the time; it goes on from there. */
  set(time: number | string): void {
    const at = typeof time === "number" ? time : instant(time);
    if (!(Math.abs(at) <= LAST_MS)) throw new TypeError(`clock: ${String(time)} is not an instant`);
    this.offsetMs = at - this.#base();
  }
}

/** Ms since the epoch of an ISO 8601 instant with an offset, or of a day in UTC. */
export function instant(text: string): number {
  const at = ISO_INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at))
    throw new TypeError(`"${text}" is not an ISO 8601 instant such as 2027-01-31T00:00:00Z`);
  return at;
}

function moved(from: number, by: number | Duration | string): number {
  if (typeof by === "number") return from + by;
  if (typeof by === "string") {
    const parts = ISO_DURATION.exec(by);
    if (!parts) return instant(by);
    const [years, months, weeks, days, hours, minutes, seconds] = parts
      .slice(1)
      .map((part) => Number(part ?? 0));
    return moved(from, definedDuration({ years, months, weeks, days, hours, minutes, seconds }));
  }
  const { years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0, ms = 0 } = by;
  const date = addMonths(from, years * 12 + months);
  return date + ((((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + ms;
}

function definedDuration(parts: { [Unit in keyof Duration]: number | undefined }): Duration {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));
}
