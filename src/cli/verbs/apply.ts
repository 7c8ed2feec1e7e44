// `autumn-balances apply`: shows the plan, asks, carries it out, and says what became of it.

import {
  type Applied,
  type ApplyOptions,
  ask,
  type ExitCode,
  endWithout,
  execute,
  kindOfFile,
  openSession,
  RefusedError,
  showPlan,
  type Terminal,
  untilInterrupted,
} from "../../app/index.ts";
import { isAction, missingApprovals, type Plan } from "../../reconcile/index.ts";
import { type Problem, ProblemsError } from "../../schema/index.ts";
import { brief } from "../../text/index.ts";

/** @param paths of balances files; or that of one saved plan */
export async function runApply(
  paths: readonly string[],
  options: ApplyOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const documents: string[] = [];
  for (const path of paths) if ((await kindOfFile(path)) !== undefined) documents.push(path);
  const [file] = documents;
  if (file !== undefined && paths.length > 1) throw new ProblemsError([notAlone(file)]);
  if (file !== undefined) {
    return (await (await import("./apply-saved.ts")).applySavedPlan(file, options, terminal)).code;
  }
  return (await applyFiles(paths, options, terminal)).code;
}

/** Plans, asks unless told not to, and carries the plan out. */
export async function applyFiles(
  paths: readonly string[],
  options: ApplyOptions,
  terminal: Terminal,
): Promise<Applied> {
  // Refused before the API is called, so that a pipeline without --yes fails on its first run, and not only once there
  // is something to apply.
  if (options.yes !== true && !terminal.canAsk) throw new RefusedError([NOBODY_TO_ASK]);
  const { api, plan, refusals } = await openSession(paths, options, terminal);
  showPlan(plan, options, terminal);
  const refused = [...refusals, ...missingApprovals(plan, options.approvedBy ?? [])];
  if (refused.length > 0) return endWithout("refused", plan, refused, terminal);
  if (!plan.changes.some(isAction)) return endWithout("nothing_to_do", plan, [], terminal);
  if (options.yes !== true && !(await untilInterrupted(() => ask(question(plan), terminal)))) {
    terminal.say("error", "Nothing was changed.\n");
    return endWithout("declined", plan, [], terminal);
  }
  return execute(api, plan, options, terminal);
}

const notAlone = (file: string): Problem => ({
  code: "not-alone",
  message: `${brief(file)} is a saved plan, which is applied alone`,
  hint: "leave out the other files: all that matters of them is in the plan",
});

const NOBODY_TO_ASK = {
  code: "nobody-to-ask",
  message: "apply asks before it changes anything, and there is no terminal to ask on",
  hint: "look at the plan (`autumn-balances plan`), then pass --yes",
};

function question({ environment }: Plan): string {
  const where = environment === "live" ? " to the LIVE environment" : "";
  return `\nApply these changes${where}? Type yes: `;
}
