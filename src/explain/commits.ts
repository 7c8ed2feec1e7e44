// Which commit made a row what it is. Pure.
import type { EntryChange, GitHistory } from "../config/index.ts";
import { type Row, sameAmount, sameReset } from "../reconcile/index.ts";
import { balanceName, type DesiredBalance, inPhases } from "../schema/index.ts";

/** The changes of each entry, oldest first, as far as git was read. */
export function changesByEntry(git: GitHistory): ReadonlyMap<string, readonly EntryChange[]> {
  const byEntry = new Map<string, EntryChange[]>();
  for (const change of git.kind === "none" ? [] : git.changes) {
    const name = balanceName(change.customerId, change.key);
    const list = byEntry.get(name);
    if (list) list.push(change);
    else byEntry.set(name, [change]);
  }
  return byEntry;
}

/**
 * The newest change with which the entry declares what the row was granted. If there is none, the newest of all for a
 * live row, as somebody may have changed the row since.
 * @param isHistory whether another row stands for the entry now
 */
export function broughtBy(
  changes: readonly EntryChange[],
  row: Row,
  isHistory: boolean,
): EntryChange | undefined {
  const versions = changes.filter(({ after }) => after !== null);
  const exact = versions.findLast(
    ({ after }) => after !== null && inPhases(after).some((entry) => isGranted(entry, row)),
  );
  return exact ?? (isHistory ? undefined : versions.at(-1));
}

function isGranted(entry: DesiredBalance, row: Row): boolean {
  if (entry.featureId !== row.featureId || entry.unlimited !== row.unlimited) return false;
  if (!sameReset(entry.reset, row.reset)) return false;
  return row.boolean || row.unlimited || sameAmount(entry.included, row.grant);
}
