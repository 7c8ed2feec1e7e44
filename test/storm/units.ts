// How much the customers of a storm use, or get back.
import { GRANTS } from "./kinds.ts";
import type { Random } from "./random.ts";

/** Refunds that look like a call that was undone: what a change of the grant adds or takes. */
const DIFFERENCES = new Set(GRANTS.flatMap((a) => GRANTS.map((b) => Number(Math.abs(a - b).toFixed(6)))));

/** @param givesAllBack whether refunds are of all that was used */
export function unitsOf(random: Random, used: number, givesAllBack: boolean): number {
  if (givesAllBack && random.chance(0.3)) {
    const units = random.pick([used, used, Math.ceil(used * 0.7)]);
    return -(DIFFERENCES.has(units) ? Math.max(0, units - 0.05) : units);
  }
  // Never all, which nobody could tell from a call that was undone.
  if (random.chance(0.15)) return -Math.min(random.below(30), Math.floor(used / 2));
  return random.pick([1, 3, 10, 0.1, 40, 100, 1000]);
}
