// What a pull request is compared with when nothing else is said: the commit that it is merged into. Checkouts are
// shallow by default, so that commit has to be fetched first.
import { GitError, git } from "../config/git.ts";
import { type Problem, ProblemsError } from "../schema/index.ts";
import type { Run } from "./event.ts";

export interface Base {
  readonly commit: string;
  /** Such as `main (4f2a91c)`. */
  readonly name: string;
}

/** The base of the run's pull request, if it is for one; a warning where it cannot be had. */
export function baseOfPullRequest({ pullRequest, sha }: Run): Base | Problem | undefined {
  if (pullRequest?.baseSha === undefined) return undefined;
  const { baseSha, baseRef } = pullRequest;
  try {
    const top = git(".", ["rev-parse", "--show-toplevel"])
      .toString("utf8")
      .replace(/\r?\n$/, "");
    const commit = mergedInto(top, sha) ?? baseSha;
    fetchUnlessThere(top, commit);
    const short = commit.slice(0, 7);
    return { commit, name: baseRef === undefined ? short : `${baseRef} (${short})` };
  } catch (error) {
    if (!(error instanceof GitError || error instanceof ProblemsError)) throw error;
    return {
      code: "no-base",
      message: `the base of the pull request cannot be had, so nothing is compared with it: ${error.message}`,
      hint: "check out with `fetch-depth: 2` or name another base in the input base",
    };
  }
}

/**
 * What GitHub merged the pull request into, to have a commit to check out. The event names the branch as it was when
 * the event came about, which may be older.
 */
function mergedInto(top: string, sha: string | undefined): string | undefined {
  const head = git(top, ["rev-parse", "HEAD"]).toString("utf8").trim();
  if (head !== sha) return undefined;
  // In a shallow clone git pretends that there are no parents; the commit itself still names them.
  const [header = ""] = git(top, ["cat-file", "commit", head]).toString("utf8").split("\n\n", 1);
  const parents = [...header.matchAll(/^parent ([0-9a-f]+)$/gm)].map(([, parent]) => parent);
  return parents.length === 2 ? parents[0] : undefined;
}

function fetchUnlessThere(top: string, commit: string): void {
  try {
    git(top, ["cat-file", "-e", `${commit}^{commit}`]);
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    git(top, ["fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--depth=1", "origin", commit]);
  }
}
