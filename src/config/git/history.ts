// The history of balances files in git: what each commit did to their entries. It takes a handful of processes however
// many entries and commits there are, runs nothing of the repository, and fetches nothing.
import { realpathSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type DesiredBalance, ProblemsError } from "../../schema/index.ts";
import { printable } from "../../text/index.ts";
import { chosenFiles } from "../chosen-files.ts";
import {
  byName,
  changesBetween,
  type Entries,
  type EntryChange,
  entryChanges,
  grantsElsewhere,
} from "../entry-changes.ts";
import { nameOf } from "../find-files.ts";
import type { LoadedConfig } from "../loaded-config.ts";
import { blobSizes, readBlobs } from "./blobs.ts";
import { type FileVersions, fileVersions } from "./file-versions.ts";
import { GitError, git } from "./git.ts";
import { isFile, readLog } from "./log.ts";

/** No history, and why. */
export interface NoGitHistory {
  readonly kind: "none";
  readonly reason: string;
}

export interface ReadGitHistory {
  readonly kind: "read";
  /** Commits that changed the files. */
  readonly commits: number;
  /** Start of the history, in ms since 1970: earlier commits are not known. */
  readonly since: number;
  /** Whether the files did not exist before, so that nothing is missing. */
  readonly isWhole: boolean;
  /** Why the history starts later than asked for, if it does. */
  readonly cut: "shallow" | "commits" | "size" | null;
  /** The entries at `since`. */
  readonly initial: Entries;
  /** Oldest first; uncommitted changes come last. */
  readonly changes: readonly EntryChange[];
  /**
   * The names of balances that `grants:` give, or gave, to customers of CSV files and of Autumn: no commit of a balances
   * file says to whom.
   */
  readonly grants: ReadonlySet<string>;
  /** How many versions of files have problems, and were skipped. */
  readonly wrong: number;
  /** How many versions of files a partial clone lacks, so that some changes are not known. */
  readonly absent: number;
}

export type GitHistory = NoGitHistory | ReadGitHistory;

export interface GitHistoryOptions {
  /** Where relative paths start; the process's working folder when left out. */
  readonly cwd?: string;
  /** How far back to read, in ms since 1970. */
  readonly since: number;
  /** The most commits that are read, of those that changed the files; the newest are taken. */
  readonly mostCommits: number;
  /** Called with how many versions of files have been read. */
  readonly onRead?: (versions: number) => void;
}

/** Bytes of files that are read, at most: parsing two megabytes of YAML takes about a second. */
const MOST_BYTES = 64 * 1024 * 1024;

/** What is in the files now. */
type Now = Pick<LoadedConfig, "files" | "namespace" | "balances" | "declaredGroups">;

/** @param paths as for `loadConfig`, which has given `now` */
export async function loadGitHistory(
  paths: readonly string[],
  now: Now,
  { cwd: from = process.cwd(), onRead = () => undefined, ...bounds }: GitHistoryOptions,
): Promise<GitHistory> {
  try {
    const cwd = realpathSync(from);
    const repository = repositoryOf(realpathSync(resolve(cwd, now.files[0] ?? ".")));
    return await readFrom(repository, paths, now, { cwd, onRead, ...bounds });
  } catch (error) {
    return { kind: "none", reason: reasonOf(error) };
  }
}

interface Repository {
  readonly top: string;
  readonly isShallow: boolean;
}

function repositoryOf(file: string): Repository {
  const asked = ["rev-parse", "--show-toplevel", "--is-shallow-repository"];
  const [, top = "", shallow] =
    /^(.*)\r?\n(true|false)\r?\n$/s.exec(git(dirname(file), asked, { isOffline: true }).toString()) ?? [];
  return { top: realpathSync(top), isShallow: shallow === "true" };
}

async function readFrom(
  { top, isShallow }: Repository,
  paths: readonly string[],
  now: Now,
  { cwd, since, mostCommits, onRead }: Required<GitHistoryOptions>,
): Promise<ReadGitHistory> {
  const chosen = chosenFiles(paths, now.files, { cwd, top });
  const { commits, isCut } = readLog(top, since);
  // In the oldest commit of a shallow clone, every file looks as if it had just been added.
  const end = commits.at(-1)?.commit;
  const isEnd = isShallow && end?.isFirst === true;
  const found = fileVersions(filesOfHead(top), isEnd ? commits.slice(0, -1) : commits, chosen, mostCommits);
  if (found.steps.length === 0 && found.before.length === 0) throw new NotCommitted();
  const { versions, textOf, isTooLarge } = readable(top, found);
  let read = 0;
  const { initial, last, changes, grants, wrong, absent } = await entryChanges(versions, {
    textOf,
    nameOf: (path) => nameOf(resolve(top, path), cwd),
    namespace: now.namespace,
    // Reading takes long without a pause; ^C has to get through.
    beforeEach: () => {
      onRead(++read);
      return new Promise((done) => setImmediate(done));
    },
  });
  const cut = isTooLarge ? "size" : found.isCut || isCut ? "commits" : isEnd ? "shallow" : null;
  const first = cut === null ? undefined : cut === "shallow" ? end : (versions.steps[0]?.commit ?? end);
  return {
    kind: "read",
    commits: versions.steps.length,
    since: first?.at ?? since,
    isWhole: cut === null && versions.before.length === 0,
    cut,
    initial,
    changes: [...changes, ...changesBetween(last, byName(writtenIn(now)), null)],
    grants: new Set([...grants, ...grantsElsewhere(now.declaredGroups)]),
    wrong,
    absent,
  };
}

/** The entries of balances files, without those that rows of CSV files stand for: no version of a file has these. */
function writtenIn({ files, balances }: Now): DesiredBalance[] {
  const names = new Set(files);
  return balances.filter(({ place }) => place === undefined || names.has(place.file));
}

function filesOfHead(top: string): Map<string, string> {
  const files = new Map<string, string>();
  const listing = git(top, ["ls-tree", "-r", "-z", "--full-tree", "HEAD"], { isOffline: true });
  for (const line of listing.toString("utf8").split("\0")) {
    const [, mode = "", blob = "", path = ""] = /^(\d+) \w+ (\w+)\t(.+)$/s.exec(line) ?? [];
    if (isFile(mode)) files.set(path, blob);
  }
  return files;
}

/** The newest steps within `MOST_BYTES`, with a reader for their files. */
function readable(top: string, { before, steps, isCut }: FileVersions) {
  const added = steps.flatMap((step) => step.added);
  const sizes = blobSizes(top, new Set([...before, ...added].map(({ blob }) => blob)));
  const files = new Map(before.map((version) => [version.path, version]));
  for (const step of steps) apply(files, step);
  const wanted = new Set([...files.values()].map(({ blob }) => blob));
  let bytes = 0;
  let first = steps.length;
  for (; first > 0; first--) {
    const { removed, added } = steps[first - 1] as FileVersions["steps"][number];
    const more = removed.map(({ blob }) => blob).filter((blob) => !wanted.has(blob));
    bytes += more.reduce((sum, blob) => sum + (sizes.get(blob) ?? 0), 0);
    if (bytes > MOST_BYTES) break;
    for (const blob of more) wanted.add(blob);
    for (const { path } of added) files.delete(path);
    for (const version of removed) files.set(version.path, version);
  }
  const versions = { before: [...files.values()], steps: steps.slice(first), isCut };
  return { versions, textOf: readBlobs(top, wanted, sizes), isTooLarge: first > 0 };
}

function apply(
  files: Map<string, { path: string; blob: string }>,
  step: FileVersions["steps"][number],
): void {
  for (const { path } of step.removed) files.delete(path);
  for (const version of step.added) files.set(version.path, version);
}

class NotCommitted extends Error {}

function reasonOf(error: unknown): string {
  if (error instanceof NotCommitted) return "the files are not committed";
  if (error instanceof ProblemsError) {
    const [problem] = error.problems;
    return problem?.code === "no-git" ? "git was not found" : (problem?.message ?? error.message);
  }
  if (!(error instanceof GitError)) throw error;
  if (error.isNoRepository) return "the files are in no checkout of git";
  if (/valid object name|bad revision 'HEAD'/.test(error.reason)) return "nothing is committed yet";
  return printable(error.message, 300);
}
