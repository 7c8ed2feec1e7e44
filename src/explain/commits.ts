// Which commit made a row what it is. Pure.
import type { EntryChange, GitHistory } from "../config/index.ts";
import { type Row, sameAmount, sameReset } from "../reconcile/index.ts";
import { balanceName } from "../schema/index.ts";

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
  const exact = versions.findLast(({ after }) => {
    if (after === null || after.featureId !== row.featureId || after.unlimited !== row.unlimited)
      return false;
    if (!sameReset(after.reset, row.reset)) return false;
    return row.boolean || row.unlimited || sameAmount(after.included, row.grant);
  });
  return exact ?? (isHistory ? undefined : versions.at(-1));
}
