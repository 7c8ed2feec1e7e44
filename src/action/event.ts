// What GitHub tells a step about the run it is part of: the repository, the pull request, and where to look at it.
// https://docs.github.com/actions/reference/workflows-and-actions/variables
import { readFileSync, realpathSync } from "node:fs";

export interface PullRequest {
  readonly number: number;
  /** The commit that was pushed; not the merge of it, which is what is checked out. */
  readonly headSha: string | undefined;
  readonly baseSha: string | undefined;
  /** The branch that it is to be merged into. */
  readonly baseRef: string | undefined;
}

export interface Run {
  readonly owner: string;
  readonly repository: string;
  /** The page of the run. */
  readonly url: string | undefined;
  /** The merge of the pull request that GitHub made for the run, if the workflow runs for that. */
  readonly merge: string | undefined;
  /** The folder that repositories are checked out into. */
  readonly workspace: string;
  readonly pullRequest: PullRequest | undefined;
}

type Json = Readonly<Record<string, unknown>>;

/** Everything in it is optional: a step has to report mistakes even when it does not run on GitHub at all. */
export function readRun(env: NodeJS.ProcessEnv): Run {
  const { GITHUB_REPOSITORY = "", GITHUB_RUN_ID, GITHUB_SERVER_URL, GITHUB_SHA, GITHUB_WORKSPACE } = env;
  const [owner = "", repository = ""] = GITHUB_REPOSITORY.split("/");
  const known = repository !== "" && /^\d+$/.test(GITHUB_RUN_ID ?? "");
  const server = GITHUB_SERVER_URL ?? "https://github.com";
  return {
    owner,
    repository,
    url: known ? `${server}/${owner}/${repository}/actions/runs/${GITHUB_RUN_ID}` : undefined,
    // On pull_request_target it is the newest commit of the base, which can be the merge of another pull request.
    merge: env.GITHUB_EVENT_NAME === "pull_request_target" ? undefined : commitName(GITHUB_SHA),
    workspace: realFolder(GITHUB_WORKSPACE ?? process.cwd()),
    pullRequest: pullRequestOf(eventAt(env.GITHUB_EVENT_PATH)),
  };
}

function realFolder(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function eventAt(path: string | undefined): Json {
  if (path === undefined || path === "") return {};
  try {
    return objectAt(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    // Without its event a step can still do all but comment.
    return {};
  }
}

function pullRequestOf(event: Json): PullRequest | undefined {
  const pullRequest = objectAt(event.pull_request);
  // GitHub reports a comment on a pull request as one on an issue.
  const issue = objectAt(event.issue);
  const number = pullRequest.number ?? (issue.pull_request === undefined ? undefined : issue.number);
  if (!Number.isSafeInteger(number) || Number(number) < 1) return undefined;
  const base = objectAt(pullRequest.base);
  return {
    number: Number(number),
    headSha: commitName(objectAt(pullRequest.head).sha),
    baseSha: commitName(base.sha),
    baseRef: typeof base.ref === "string" ? base.ref : undefined,
  };
}

const objectAt = (value: unknown): Json =>
  value !== null && typeof value === "object" ? (value as Json) : {};

/** The full name of a commit, by SHA-1 or SHA-256. */
const commitName = (value: unknown): string | undefined =>
  typeof value === "string" && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(value) ? value : undefined;
