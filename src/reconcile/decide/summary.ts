// Sums of what a plan grants and takes. Pure.
import type { Reset } from "../../schema/index.ts";
import { minus, plus } from "../amounts.ts";
import type { Change, Total } from "../types.ts";
import { isAction } from "../types.ts";

function cycleName(reset: Reset | null): string {
  if (reset === null) return "once";
  return reset.intervalCount === 1 ? reset.interval : `${reset.intervalCount} ${reset.interval}s`;
}

/** The grants that are added and taken, by feature and cycle, in that order. */
export function totalsOf(changes: readonly Change[]): Total[] {
  const totals = new Map<string, { featureId: string; per: string; added: number; taken: number }>();
  const count = (featureId: string, reset: Reset | null, units: number): void => {
    if (units === 0) return;
    const per = cycleName(reset);
    const name = `${featureId}\u0000${per}`;
    const total = totals.get(name) ?? { featureId, per, added: 0, taken: 0 };
    if (units > 0) total.added = plus(total.added, units);
    else total.taken = minus(total.taken, units);
    totals.set(name, total);
  };
  for (const change of changes) {
    if (!isAction(change)) continue;
    const { desired, row, granted, reasons } = change;
    const after = desired?.reset ?? null;
    const before = row?.reset ?? null;
    if (desired && row && (cycleName(before) !== cycleName(after) || row.featureId !== desired.featureId)) {
      // Units of different cycles cannot be set off against each other.
      const isOver = reasons.some(({ code }) => code === "expired");
      if (!isOver) count(row.featureId, before, -row.grant);
      count(desired.featureId, after, desired.included ?? 0);
    } else count(change.featureId, desired ? after : before, granted);
  }
  return [...totals].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, total]) => total);
}
