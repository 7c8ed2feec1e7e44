// Where rows and commits disagree: no commit explains what a row was granted, or that it ended. Pure. Nothing is
// reported where commits that could explain it are not known.
import type { Entries, EntryChange, ReadGitHistory } from "../config/index.ts";
import {
  type EndedRow,
  isUnfinished,
  type KnownRow,
  type Row,
  sameAmount,
  sameReset,
} from "../reconcile/index.ts";
import { balanceName, type DesiredBalance, inPhases } from "../schema/index.ts";
import { compareText } from "../text/index.ts";

/**
 * - `no-entry`: no commit ever declared such a balance.
 * - `grant`: no commit declared this grant with this reset.
 * - `end`: it ended, but no commit changed or removed its entry afterwards.
 */
export type DisagreementCode = "no-entry" | "grant" | "end";

export interface Disagreement {
  readonly code: DisagreementCode;
  readonly customerId: string;
  readonly key: string;
  /** From 1; 0 for a row that an entry adopted. */
  readonly generation: number;
  readonly row: Row;
  /** `null` for a live row. */
  readonly ended: EndedRow | null;
  /** Whether uncommitted changes of the files explain it. */
  readonly isUncommitted: boolean;
}

/** The versions of an entry, oldest first, each phase as one of its own; `null` where it did not exist. */
type Versions = readonly (DesiredBalance | null)[];

/** Moments closer than this, in ms, are equal: the API keeps some only to the second. */
const SAME_MOMENT = 1000;

/**
 * @param rows live rows, and rows that have ended
 * @param git the commits that were read
 */
export function disagreements(rows: readonly KnownRow[], git: ReadGitHistory): Disagreement[] {
  // Nobody knows what a change that the clone lacks would explain.
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
    // It may come from a grant to a customer whom no balances file names.
    if (code === null || git.grants.has(key)) return [];
    const isUncommitted = whatDisagrees(known, all.get(name) ?? [], isKnown) === null;
    return [{ code, customerId, key, generation, row, ended, isUncommitted }];
  });
  return found.sort(byName);
}

/** Sorted, as the order of rows depends on the read. */
const byName = (a: Disagreement, b: Disagreement): number =>
  compareText(a.customerId, b.customerId) || compareText(a.key, b.key) || a.generation - b.generation;

function versionsByEntry(initial: Entries, changes: readonly EntryChange[]): Map<string, Versions> {
  const versions = new Map<string, (DesiredBalance | null)[]>();
  for (const [name, entry] of initial) versions.set(name, inPhases(entry));
  for (const { customerId, key, after } of changes) {
    const name = balanceName(customerId, key);
    const list = versions.get(name);
    const phases = after === null ? [null] : inPhases(after);
    if (list) list.push(...phases);
    else versions.set(name, phases);
  }
  return versions;
}

/** @param isKnown whether all versions from the time of the row are known */
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
  // A successor that somebody changed matches no version: then any later change may have made it.
  return (versions.some(stands) ? later.some(stands) : later.length > 0) ? null : "end";
}

/** Whether the row is as the entry declares, apart from its end. */
function standsFor(entry: DesiredBalance, row: Row): boolean {
  if (entry.featureId !== row.featureId || entry.unlimited !== row.unlimited) return false;
  if (row.entityId !== undefined && entry.entityId !== row.entityId) return false;
  if (row.boolean) return entry.included === null;
  if (!sameReset(entry.reset, row.reset)) return false;
  // Until the usage of its predecessor is counted, a successor's grant is not the declared one.
  return row.unlimited || isUnfinished(row) || sameAmount(entry.included, row.grant);
}

function declaresEnd(entry: DesiredBalance | null, { expiresAt }: Row): boolean {
  if (entry === null || entry.expiresAt === null || expiresAt === null) return false;
  return Math.abs(entry.expiresAt - expiresAt) < SAME_MOMENT;
}
