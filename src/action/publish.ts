// A report → everywhere on GitHub where somebody looks for it.
import { setOutput, summary } from "@actions/core";
import { placedFromRoot, repositoryRoot, type Terminal } from "../app/index.ts";
import { COMMENT_LIMIT, githubAnnotations, linkOrName, markdownPen } from "../report/index.ts";
import type { Problem } from "../schema/index.ts";
import { brief } from "../text/index.ts";
import { checkedOut, parentsOf } from "./checkout.ts";
import { comment, markerOf } from "./comment.ts";
import type { Run } from "./event.ts";
import type { Report } from "./report.ts";
import type { Subject } from "./subject.ts";

/** GitHub takes 1 MiB from a step, and shows nothing of it when there is more. */
const SUMMARY_LIMIT = 1_000_000;
/** GitHub shows this many annotations of one level of a step. */
const MOST_ANNOTATIONS = 10;

export interface Desk {
  readonly run: Run;
  readonly terminal: Terminal;
  /** For GitHub; empty when there is none. */
  readonly token: string;
}

/** Problems at the lines of the pull request. */
export function annotate(
  problems: readonly Problem[],
  level: "error" | "warning" | "notice",
  { terminal }: Desk,
): void {
  const root = repositoryRoot();
  const shown = problems.slice(0, MOST_ANNOTATIONS).map((problem) => placedFromRoot(problem, root));
  terminal.print(githubAnnotations(shown, { level }));
}

/** The summary of the job, which has room for more than a comment. */
export async function summarise(report: Report, subject: Subject, { terminal }: Desk): Promise<void> {
  if (!process.env.GITHUB_STEP_SUMMARY) return;
  const text = `${title(subject)}\n\n${report.markdown({ limit: SUMMARY_LIMIT })}`;
  try {
    await summary.addRaw(terminal.withoutKey(text), true).write();
  } catch (error) {
    // What was done is done, and the log has it.
    terminal.say("warn", `The summary cannot be written: ${brief(String(error))}\n`);
  }
}

export function setOutputs({ outputs, exitCode }: Report, { terminal }: Desk): void {
  try {
    for (const [name, value] of Object.entries({ "exit-code": exitCode, ...outputs })) {
      setOutput(name, terminal.withoutKey(String(value)));
    }
  } catch (error) {
    // What was done is done, and the log has it.
    terminal.say("warn", `The outputs cannot be written: ${brief(String(error))}\n`);
  }
}

/**
 * Writes the comment on the pull request, where there is to be one.
 * @returns the problem, when it could not be written
 */
export async function commentOn(report: Report, subject: Subject, desk: Desk): Promise<Problem | undefined> {
  const { run, terminal, token } = desk;
  const isAsked = subject.comment === "true";
  if (!isAsked && (subject.comment === "false" || subject.command !== "plan")) return undefined;
  if (run.pullRequest === undefined) return isAsked ? NO_PULL_REQUEST : undefined;
  if (token === "") return NO_TOKEN;
  const marker = markerOf(subject.identity);
  const room = { limit: COMMENT_LIMIT, ...(run.url === undefined ? {} : { wholeAt: run.url }) };
  const body = [marker, title(subject), "", report.markdown(room), footer(run)].join("\n");
  const thread = { token, owner: run.owner, repository: run.repository, pullRequest: run.pullRequest.number };
  return comment(thread, terminal.withoutKey(body), { marker, isWanted: isAsked || report.hasNews });
}

const NO_PULL_REQUEST: Problem = {
  code: "no-comment",
  message: "there is no pull request to comment on",
  hint: "run it on pull_request, or leave comment out",
};

const NO_TOKEN: Problem = {
  code: "no-comment",
  message: "there is no token to comment with, see the job summary instead",
  hint: "leave github-token out, and it is the token of the workflow",
};

function title({ id }: Subject): string {
  return id === undefined ? "## Autumn balances" : `## Autumn balances: ${markdownPen.id(id)}`;
}

/** Names the commit that the comment is about, so that nobody thinks it is about one that was pushed since. */
function footer({ pullRequest, url }: Run): string {
  const commit = commitOf(pullRequest?.headSha);
  const parts = [
    ...(commit === undefined ? [] : [`For commit ${markdownPen.id(commit.slice(0, 7))}`]),
    ...(url === undefined ? [] : [linkOrName("log and summary", url)]),
  ];
  return parts.length === 0 ? "" : `<sub>${parts.join(", ")}</sub>\n`;
}

/**
 * The commit that was pushed, when it or the merge of it is checked out; otherwise the one that is checked out. Where a
 * comment started the run, GitHub names the newest commit of the default branch, which is not checked out.
 */
function commitOf(pushed: string | undefined): string | undefined {
  const head = checkedOut();
  if (head === undefined || pushed === undefined) return head ?? pushed;
  return head === pushed || parentsOf(head).includes(pushed) ? pushed : head;
}
