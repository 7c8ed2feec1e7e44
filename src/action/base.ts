// What a pull request is compared with when nothing else is said: the commit that it is merged into. Checkouts are
// shallow by default, so that commit has to be fetched first.
import { GitError, git, trusting } from "../config/index.ts";
import { type Problem, ProblemsError } from "../schema/index.ts";
import { checkedOut, parentsOf } from "./checkout.ts";
import type { Run } from "./event.ts";

export interface Base {
  readonly commit: string;
  /** Such as `main (4f2a91c)`. */
  readonly name: string;
}

/** The base of the run's pull request, if it is for one; a warning where that commit cannot be read. */
export function baseOfPullRequest({ pullRequest, merge }: Run): Base | Problem | undefined {
  if (pullRequest?.baseSha === undefined) return undefined;
  const { baseSha, baseRef } = pullRequest;
  try {
    const top = git(".", ["rev-parse", "--show-toplevel"])
      .toString("utf8")
      .replace(/\r?\n$/, "");
    const commit = mergedInto(merge) ?? baseSha;
    fetchUnlessThere(top, commit);
    const short = commit.slice(0, 7);
    return { commit, name: baseRef === undefined ? short : `${baseRef} (${short})` };
  } catch (error) {
    if (!(error instanceof GitError || error instanceof ProblemsError)) throw error;
    return {
      code: "no-base",
      message: `the base of the pull request cannot be had, so nothing is compared with it: ${error.message}`,
      hint: hintFor(error),
    };
  }
}

const OTHERWISE = "or name another base in the input base";

function hintFor(error: GitError | ProblemsError): string {
  // Where git is missing, actions/checkout fetches the files without their history.
  if (error instanceof ProblemsError) return `install git before actions/checkout, ${OTHERWISE}`;
  if (error.isNoRepository) return `check out with actions/checkout, where git is installed, ${OTHERWISE}`;
  if (error.isSomebodyElses)
    return `the checkout belongs to another user: ${trusting(process.cwd())} in a step before, ${OTHERWISE}`;
  return `check out with \`fetch-depth: 2\`, ${OTHERWISE}`;
}

/**
 * The commit that GitHub merged the pull request into, to make the one that is checked out. The event's commit may be
 * older: it is that of the branch at the time of the event.
 */
function mergedInto(merge: string | undefined): string | undefined {
  const head = checkedOut();
  const parents = head !== undefined && head === merge ? parentsOf(head) : [];
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
