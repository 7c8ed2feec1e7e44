// Reads the commits that changed possible balances files from `git log`.
import { git } from "./git.ts";

export interface Commit {
  /** The full hash. */
  readonly id: string;
  /** When it was committed, in ms since 1970; the author's date may be much earlier. */
  readonly at: number;
  readonly author: string;
  /** The first line of its message. */
  readonly subject: string;
  readonly isFirst: boolean;
}

/** One file of a commit. */
export interface FileVersion {
  /** From the top of the checkout, with forward slashes. */
  readonly path: string;
  /** The object that holds its content. */
  readonly blob: string;
}

/** What a commit did to a file; `null` where there was none. Links and submodules do not count as files. */
export interface FileChange {
  readonly before: FileVersion | null;
  readonly after: FileVersion | null;
}

export interface LoggedCommit {
  readonly commit: Commit;
  readonly changes: readonly FileChange[];
}

/** More commits than anybody looks back through; most of them do not change entries. */
const MOST_LOGGED = 50_000;

/** Names of possible balances files, in any folder. */
const READABLE = ["yaml", "yml", "json"].map((ending) => `:(top,icase)*.${ending}`);

/**
 * The commits that led to HEAD, newest first. A merge stands for all that it changed on the branch that it was merged
 * into.
 * @param top the folder that the repository is checked out in
 * @param since ms since 1970
 */
export function readLog(top: string, since: number): { commits: LoggedCommit[]; isCut: boolean } {
  // The repository's own configuration must not make git run anything, or print anything else.
  const quiet = ["--no-show-signature", "--no-ext-diff", "--no-textconv", "--no-color", "--no-mailmap"];
  const plain = [
    "--raw",
    "-z",
    "--no-abbrev",
    "--no-relative",
    "--ignore-submodules=all",
    "--encoding=UTF-8",
  ];
  const log = ["-c", "log.showRoot=true", "-c", "format.pretty=raw", "log", "--first-parent", "-m"];
  const bounds = [`--since=${new Date(since).toISOString()}`, `--max-count=${MOST_LOGGED}`];
  const format = "--format=tformat:%x00%H%x00%P%x00%ct%x00%an%x00%s";
  const read = (renames: string): string =>
    git(top, [...log, ...quiet, ...plain, renames, ...bounds, format, "HEAD", "--", ...READABLE], {
      isOffline: true,
    }).toString();
  let printed: string;
  try {
    printed = read("--find-renames");
  } catch {
    // Comparing contents needs contents, which a partial clone may lack.
    printed = read("--find-renames=100%");
  }
  const commits = parseLog(printed);
  return { commits, isCut: commits.length >= MOST_LOGGED };
}

const CHANGE = /^\n?:(\d+) (\d+) ([0-9a-f]+) ([0-9a-f]+) ([A-Z])\d*$/;

/**
 * Fields end with a NUL, which none of them can contain. Each is read at its expected position, so that none is taken
 * for another.
 */
export function parseLog(printed: string): LoggedCommit[] {
  const fields = printed.split("\0");
  const commits: LoggedCommit[] = [];
  let at = 0;
  while (at + 6 < fields.length) {
    // An empty field stands before each commit.
    const [id = "", parents = "", seconds = "", author = "", subject = ""] = fields.slice(at + 1, at + 6);
    if (!/^[0-9a-f]{40,64}$/.test(id)) break;
    at += 6;
    const changes: FileChange[] = [];
    for (;;) {
      const [, modeBefore = "", modeAfter = "", blobBefore = "", blobAfter = "", status = ""] =
        CHANGE.exec(fields[at] ?? "") ?? [];
      if (status === "") break;
      const hasTwoPaths = status === "R" || status === "C";
      const before = fields[at + 1] ?? "";
      const after = hasTwoPaths ? (fields[at + 2] ?? "") : before;
      at += hasTwoPaths ? 3 : 2;
      changes.push({
        before: isFile(modeBefore) ? { path: before, blob: blobBefore } : null,
        after: isFile(modeAfter) ? { path: after, blob: blobAfter } : null,
      });
    }
    const commit = { id, at: momentOf(seconds), author, subject, isFirst: parents === "" };
    commits.push({ commit, changes });
  }
  return commits;
}

/** Whether git's mode is that of a regular file. */
export const isFile = (mode: string): boolean => mode.startsWith("100");

/** A commit can have any date; one that a `Date` cannot hold counts as 1970. */
function momentOf(seconds: string): number {
  const ms = Number(seconds) * 1000;
  return Math.abs(ms) <= 8.64e15 ? ms : 0;
}
