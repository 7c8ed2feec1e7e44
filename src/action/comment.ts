// The one comment of a step on its pull request: created once, and rewritten from then on.
import { createHash } from "node:crypto";
import type { getOctokit } from "@actions/github";
import type { Problem } from "../schema/index.ts";
import { brief } from "../text/index.ts";

type Octokit = ReturnType<typeof getOctokit>;

export interface Thread {
  readonly token: string;
  readonly owner: string;
  readonly repository: string;
  readonly pullRequest: number;
}

/** ms until a call is given up. */
const TIMEOUT = 30_000;

/** The first line of a comment, which is not shown, and by which the comment is found again. */
export function markerOf(id: readonly string[]): string {
  const name = createHash("sha256").update(JSON.stringify(id)).digest("hex").slice(0, 16);
  return `<!-- autumn-balances ${name} -->`;
}

/**
 * Rewrites the comment with this marker, or creates it.
 * @param body begins with the marker
 * @param isWanted whether to create it where there is none
 * @returns the problem, when it could not be written
 */
export async function comment(
  { token, owner, repository: repo, pullRequest }: Thread,
  body: string,
  { marker, isWanted }: { readonly marker: string; readonly isWanted: boolean },
): Promise<Problem | undefined> {
  // Loaded here, as most steps have no pull request to comment on.
  const { getOctokit } = await import("@actions/github");
  const octokit = getOctokit(token);
  octokit.hook.before("request", (options) => {
    options.request.signal = AbortSignal.timeout(TIMEOUT);
  });
  try {
    const [ours, ...repeated] = await commentsOf(octokit, { owner, repo, issue_number: pullRequest }, marker);
    if (ours !== undefined) {
      await octokit.rest.issues.updateComment({ owner, repo, comment_id: ours, body });
      // Two runs that both found none each wrote one.
      for (const comment_id of repeated) {
        await octokit.rest.issues.deleteComment({ owner, repo, comment_id }).catch(unlessGone);
      }
    } else if (isWanted) {
      await octokit.rest.issues.createComment({ owner, repo, issue_number: pullRequest, body });
    }
    return undefined;
  } catch (error) {
    return problemOf(error);
  }
}

/** Another run may have removed it meanwhile. */
function unlessGone(error: unknown): void {
  if ((error as { status?: number }).status !== 404) throw error;
}

/** The ids of the comments that begin with this marker, the oldest first; not of those in which others quote it. */
async function commentsOf(
  octokit: Octokit,
  thread: { readonly owner: string; readonly repo: string; readonly issue_number: number },
  marker: string,
): Promise<number[]> {
  const all = await octokit.paginate(octokit.rest.issues.listComments, { ...thread, per_page: 100 });
  const marked = all.filter(({ body }) => body?.startsWith(marker));
  if (marked.length === 0) return [];
  const us = await whoWeAre(octokit);
  return marked.filter(({ user }) => plainLogin(user?.login ?? "") === us).map(({ id }) => id);
}

/** The token of a workflow may not read `/user`, but GraphQL says whose token it is. */
async function whoWeAre(octokit: Octokit): Promise<string> {
  const { viewer } = await octokit.graphql<{ viewer: { login: string } }>("query { viewer { login } }");
  return plainLogin(viewer.login);
}

/** The two APIs do not agree on whether the login of a bot ends with `[bot]`. */
const plainLogin = (login: string): string => login.replace(/\[bot\]$/, "");

function problemOf(error: unknown): Problem {
  const { message, status } = error as { message?: string; status?: number };
  const said = brief(`${status === undefined ? "" : `${status} `}${message ?? error}`, 200);
  const code = "no-comment";
  if (status === 401 || status === 403 || status === 404) {
    return {
      code,
      message: `the token may not comment on this pull request, see the job summary instead (${said})`,
      hint: "give the job `permissions: pull-requests: write`; pull requests from forks do not get it",
    };
  }
  return { code, message: `GitHub did not take the comment, see the job summary instead (${said})` };
}
