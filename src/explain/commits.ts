// Which commit brought what a row is. Pure.
import type { EntryChange, GitHistory } from "../config/index.ts";
import { type Row, sameAmount, sameReset } from "../reconcile/index.ts";
import { balanceName } from "../schema/index.ts";

/** The changes of one entry, the oldest first, as far as git was read. */
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
 * The newest change that made the entry what the row was granted; where there is none, of a row that lives the newest of
 * all, as somebody may have changed the row since.
 * @param isHistory whether something else stands for the entry now
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
