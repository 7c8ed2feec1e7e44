// Amounts, cycles and times in words. The same everywhere, whatever the locale of the machine.
import { units } from "../reconcile/index.ts";
import { msToInstant, type Reset, type Rollover } from "../schema/index.ts";

export { units };

/** `1 balance`, `2 balances`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${units(n)} ${n === 1 ? one : many}`;
}

/** How many characters of a cycle are shown; `half-year` and `every 1000 quarters` fit. */
export const CYCLE_LENGTH = 40;

/** A plan's `per` (`month`, `2 months`, `once`) as it is read after an amount: `a month`, `every 2 months`. */
export function cycle(per: string): string {
  const name = per.replace("semi_annual", "half-year");
  if (name === "once") return name;
  if (/^\d/.test(name)) return `every ${name}`;
  return name === "hour" ? "an hour" : `a ${name}`;
}

/** The same of a reset; `once` when there is none. */
export function cycleOf(reset: Reset | null): string {
  if (reset === null) return "once";
  return cycle(reset.intervalCount === 1 ? reset.interval : `${reset.intervalCount} ${reset.interval}s`);
}

export function rolloverText({ max, maxPercentage, length, duration }: Rollover): string {
  const most =
    max !== null ? `up to ${units(max)}` : maxPercentage !== null ? `up to ${maxPercentage} %` : "all";
  return `${most} rolls over ${duration === "forever" ? "for ever" : `for ${count(length, "month")}`}`;
}

/** `2027-01-31T00:00:00Z`; a moment that has no such form, which the API may hold, as its amount. */
export function moment(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? msToInstant(ms) : `${ms} ms`;
}

/** `under 1 s`, `40 s`, `6 min 40 s`, `2 h 5 min`. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 1) return "under 1 s";
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${units(hours)} h` : `${units(hours)} h ${minutes % 60} min`;
}
