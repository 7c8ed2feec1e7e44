// Where rows and commits disagree: what a row was granted, or that it ended, without a commit that says so. Pure.
// Nothing is said where the commits that could explain it are not known.
import type { Entries, EntryChange, ReadGitHistory } from "../config/index.ts";
import {
  type EndedRow,
  isUnfinished,
  type KnownRow,
  type Row,
  sameAmount,
  sameReset,
} from "../reconcile/index.ts";
import { balanceName, type DesiredBalance } from "../schema/index.ts";
import { compareText } from "../text/index.ts";

/**
 * - `no-entry`: no commit ever declared such a balance.
 * - `grant`: no commit declared what it was granted, and how it resets.
 * - `end`: it ended, and no commit changed or removed its entry after that.
 */
export type DisagreementCode = "no-entry" | "grant" | "end";

export interface Disagreement {
  readonly code: DisagreementCode;
  readonly customerId: string;
  readonly key: string;
  /** From 1; 0 for a row that an entry adopted. */
  readonly generation: number;
  readonly row: Row;
  /** `null` for a row that lives. */
  readonly ended: EndedRow | null;
  /** Whether the files say what no commit does: they were changed, and that is not committed. */
  readonly isUncommitted: boolean;
}

/** What an entry said, one version after the other; `null` where it was not there. */
type Versions = readonly (DesiredBalance | null)[];

/** Moments that differ by less than this, in ms, are the same: the API keeps some to the second. */
const SAME_MOMENT = 1000;

/**
 * @param rows those that live, and those that have ended
 * @param git what is committed
 */
export function disagreements(rows: readonly KnownRow[], git: ReadGitHistory): Disagreement[] {
  // Of a change that the clone does not have, nobody knows what it explains.
  if (git.absent > 0) return [];
  const committed = versionsByEntry(
    git.initial,
    git.changes.filter(({ commit }) => commit !== null),
  );
  const all = versionsByEntry(git.initial, git.changes);
  const found = rows.flatMap((known): Disagreement[] => {
    const { customerId, key, generation, row, ended } = known;
    const name = balanceName(customerId, key);
    const isKnown = git.isWhole || (row.createdAt !== undefined && row.createdAt >= git.since);
    const code = whatDisagrees(known, committed.get(name) ?? [], isKnown);
    if (code === null) return [];
    const isUncommitted = whatDisagrees(known, all.get(name) ?? [], isKnown) === null;
    return [{ code, customerId, key, generation, row, ended, isUncommitted }];
  });
  return found.sort(byName);
}

/** Which rows a read shows first depends on the read. */
const byName = (a: Disagreement, b: Disagreement): number =>
  compareText(a.customerId, b.customerId) || compareText(a.key, b.key) || a.generation - b.generation;

function versionsByEntry(initial: Entries, changes: readonly EntryChange[]): Map<string, Versions> {
  const versions = new Map<string, (DesiredBalance | null)[]>();
  for (const [name, entry] of initial) versions.set(name, [entry]);
  for (const { customerId, key, after } of changes) {
    const name = balanceName(customerId, key);
    const list = versions.get(name);
    if (list) list.push(after);
    else versions.set(name, [after]);
  }
  return versions;
}

/** @param isKnown whether every version is known that was there in the time of the row */
function whatDisagrees(
  { row, ended }: KnownRow,
  versions: Versions,
  isKnown: boolean,
): DisagreementCode | null {
  const first = versions.findIndex((version) => version !== null && standsFor(version, row));
  if (first === -1)
    return isKnown ? (versions.some((version) => version !== null) ? "grant" : "no-entry") : null;
  if (ended === null || versions.some((version) => declaresEnd(version, row))) return null;
  const later = versions.slice(first + 1);
  const { replacedBy } = ended;
  if (replacedBy === null) return later.length > 0 ? null : "end";
  const stands = (version: DesiredBalance | null): boolean =>
    version !== null && standsFor(version, replacedBy);
  // A successor that somebody changed looks like none of them: then any change may be what made it.
  return (versions.some(stands) ? later.some(stands) : later.length > 0) ? null : "end";
}

/** Whether the row is what the entry declares, but for its end. */
function standsFor(entry: DesiredBalance, row: Row): boolean {
  if (entry.featureId !== row.featureId || entry.unlimited !== row.unlimited) return false;
  if (row.entityId !== undefined && entry.entityId !== row.entityId) return false;
  if (row.boolean) return entry.included === null;
  if (!sameReset(entry.reset, row.reset)) return false;
  // Until what was used before is counted, the grant of a successor is not the declared one.
  return row.unlimited || isUnfinished(row) || sameAmount(entry.included, row.grant);
}

function declaresEnd(entry: DesiredBalance | null, { expiresAt }: Row): boolean {
  if (entry === null || entry.expiresAt === null || expiresAt === null) return false;
  return Math.abs(entry.expiresAt - expiresAt) < SAME_MOMENT;
}
