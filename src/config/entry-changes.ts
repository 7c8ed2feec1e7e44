// What commits did to the entries of balances files. Pure, except that texts are read by a callback.
import { balanceName, type DesiredBalance } from "../schema/index.ts";
import type { Group } from "./expand/grants.ts";
import type { BlobReader } from "./git/blobs.ts";
import type { FileVersions } from "./git/file-versions.ts";
import type { Commit, FileVersion } from "./git/log.ts";
import { readBalances } from "./parse.ts";

/** One entry, before and after a commit; `null` where it was not there. */
export interface EntryChange {
  readonly customerId: string;
  readonly key: string;
  /** `null` for an uncommitted change. */
  readonly commit: Commit | null;
  readonly before: DesiredBalance | null;
  readonly after: DesiredBalance | null;
}

export interface EntryChanges {
  /** The entries before the first commit. */
  readonly initial: Entries;
  /** The entries after the last commit. */
  readonly last: Entries;
  /** Oldest first. */
  readonly changes: readonly EntryChange[];
  /** The names of balances that grants gave to customers who are written in no balances file. */
  readonly grants: ReadonlySet<string>;
  /** How many versions of files have problems, and so changed nothing. */
  readonly wrong: number;
  /** How many versions of files the clone lacks. */
  readonly absent: number;
}

/** By customer and key (`balanceName`). */
export type Entries = ReadonlyMap<string, DesiredBalance>;

interface Reading {
  readonly textOf: BlobReader;
  /** The name of a file in places. */
  readonly nameOf: (path: string) => string;
  readonly namespace: string;
  /** Called before each version is read, to let other work run. */
  readonly beforeEach: () => Promise<void>;
}

/** Reads the versions in series, and keeps at most one of each file. */
export async function entryChanges({ before, steps }: FileVersions, reading: Reading): Promise<EntryChanges> {
  const files = new Map<string, Entries>();
  const counts = { wrong: 0, absent: 0 };
  const grants = new Set<string>();
  const add = async (version: FileVersion): Promise<void> => {
    await reading.beforeEach();
    const read = readVersion(version, reading);
    // A version with problems was never applied: what the file said before was still declared.
    if (typeof read === "string") counts[read]++;
    else {
      files.set(version.path, read.entries);
      for (const name of read.grants) grants.add(name);
    }
  };
  for (const version of before) await add(version);
  const initial = together(files.values());
  const changes: EntryChange[] = [];
  for (const { commit, removed, added } of steps) {
    const touched = new Set([...removed, ...added].map(({ path }) => path));
    const of = (): Entries => together([...touched].flatMap((path) => files.get(path) ?? []));
    const was = of();
    const stay = new Set(added.map(({ path }) => path));
    for (const { path } of removed) if (!stay.has(path)) files.delete(path);
    for (const version of added) await add(version);
    // One by one: a commit can change more entries than a call takes arguments.
    for (const change of changesBetween(was, of(), commit)) changes.push(change);
  }
  return { initial, last: together(files.values()), changes, grants, ...counts };
}

/** The differences, in the order of the entries; removed entries come last. */
export function changesBetween(before: Entries, after: Entries, commit: Commit | null): EntryChange[] {
  const changes: EntryChange[] = [];
  for (const [name, entry] of after) {
    const was = before.get(name) ?? null;
    if (was !== null && isSame(was, entry)) continue;
    changes.push({ customerId: entry.customerId, key: entry.key, commit, before: was, after: entry });
  }
  for (const [name, entry] of before) {
    if (after.has(name)) continue;
    changes.push({ customerId: entry.customerId, key: entry.key, commit, before: entry, after: null });
  }
  return changes;
}

export const byName = (balances: Iterable<DesiredBalance>): Map<string, DesiredBalance> => {
  const entries = new Map<string, DesiredBalance>();
  for (const balance of balances) {
    const name = balanceName(balance.customerId, balance.key);
    // A file with an entry twice has a problem; the first is as good as the second.
    if (!entries.has(name)) entries.set(name, balance);
  }
  return entries;
};

/** The names of groups whose members are written elsewhere: in a CSV file, or in Autumn. */
export const grantsElsewhere = (groups: readonly Group[] = []): string[] =>
  groups.flatMap(({ name, source }) => (source === "customers" ? [] : [name]));

function readVersion(
  { path, blob }: FileVersion,
  { textOf, nameOf, namespace }: Reading,
): { readonly entries: Entries; readonly grants: readonly string[] } | "wrong" | "absent" {
  const name = nameOf(path);
  const read = textOf(blob, name);
  if (read === undefined) return "absent";
  if ("problem" in read) return "wrong";
  const { entries, groups, problems, settings } = readBalances(read.text, name, { withoutCsv: true });
  if (problems.length > 0) return "wrong";
  const owner = settings.find(({ pointer }) => pointer === "/namespace")?.value;
  // In another namespace, they are other balances.
  if (owner !== namespace) return { entries: new Map(), grants: [] };
  return { entries: byName(entries.map(({ balance }) => balance)), grants: grantsElsewhere(groups) };
}

function together(files: Iterable<Entries>): Entries {
  const all = [...files];
  const [first] = all;
  if (all.length === 1 && first !== undefined) return first;
  return byName(all.flatMap((entries) => [...entries.values()]));
}

/** Whether the entries say the same, regardless of their places. */
function isSame(a: DesiredBalance, b: DesiredBalance): boolean {
  return (
    a.featureId === b.featureId &&
    a.entityId === b.entityId &&
    a.included === b.included &&
    a.unlimited === b.unlimited &&
    a.expiresAt === b.expiresAt &&
    a.nextResetAt === b.nextResetAt &&
    a.adopt === b.adopt &&
    a.startsAt === b.startsAt &&
    JSON.stringify(a.phases) === JSON.stringify(b.phases) &&
    JSON.stringify(a.reset) === JSON.stringify(b.reset) &&
    JSON.stringify(a.rollover) === JSON.stringify(b.rollover)
  );
}
