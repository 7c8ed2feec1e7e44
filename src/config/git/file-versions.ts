// The versions of balances files, from commits: which files existed, by their names at the time. Pure.
import type { ChosenFiles } from "../chosen-files.ts";
import type { Commit, FileChange, FileVersion, LoggedCommit } from "./log.ts";

/** The effect of one commit on the files that are read. */
export interface VersionStep {
  readonly commit: Commit;
  readonly removed: readonly FileVersion[];
  readonly added: readonly FileVersion[];
}

export interface FileVersions {
  /** The files before the first step. */
  readonly before: readonly FileVersion[];
  /** The oldest first. */
  readonly steps: readonly VersionStep[];
  readonly isCut: boolean;
}

type Files = ReadonlyMap<string, string>;

/**
 * Goes back from the files of today. Renamed files are followed.
 * @param now the blob of each file of HEAD, by path
 * @param commits newest first
 * @param most the most commits to take, of those that changed a file that is read
 */
export function fileVersions(
  now: Files,
  commits: readonly LoggedCommit[],
  chosen: ChosenFiles,
  most: number,
): FileVersions {
  // A file beside them that exists today but is not named was not one of them before either.
  const isOne = (path: string): boolean => chosen.isNamed(path) || (chosen.isBeside(path) && !now.has(path));
  let files: Files = new Map([...now].filter(([path]) => chosen.isNamed(path)));
  const steps: VersionStep[] = [];
  for (const { commit, changes } of commits) {
    const before = undone(files, changes, isOne);
    const step = { commit, ...difference(read(before, chosen), read(files, chosen)) };
    if (step.removed.length + step.added.length > 0) {
      if (steps.length === most)
        return { before: versions(files, chosen), steps: steps.reverse(), isCut: true };
      steps.push(step);
    }
    files = before;
  }
  return { before: versions(files, chosen), steps: steps.reverse(), isCut: false };
}

/** The files as they were before a commit. */
function undone(files: Files, changes: readonly FileChange[], isOne: (path: string) => boolean): Files {
  const before = new Map(files);
  for (const { after } of changes) if (after !== null) before.delete(after.path);
  for (const change of changes) {
    if (change.before === null) continue;
    const { path, blob } = change.before;
    const isFollowed = change.after !== null && files.has(change.after.path);
    const isGone = change.after?.path !== path && isOne(path);
    if (isFollowed || isGone) before.set(path, blob);
  }
  return before;
}

function read(files: Files, chosen: ChosenFiles): Files {
  const paths = [...files.keys()];
  const taken = chosen.read(paths);
  if (taken.length === paths.length) return files;
  return new Map(taken.map((path) => [path, files.get(path) ?? ""]));
}

function difference(before: Files, after: Files): Pick<VersionStep, "removed" | "added"> {
  const only = (files: Files, others: Files): FileVersion[] =>
    [...files].flatMap(([path, blob]) => (others.get(path) === blob ? [] : [{ path, blob }]));
  return { removed: only(before, after), added: only(after, before) };
}

const versions = (files: Files, chosen: ChosenFiles): FileVersion[] =>
  [...read(files, chosen)].map(([path, blob]) => ({ path, blob }));
