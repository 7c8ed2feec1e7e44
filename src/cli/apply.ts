// `autumn-balances apply`: shows the plan, asks, makes it true, and says what became of it.
import { systemClock } from "../autumn/index.ts";
import { applyPlan, type Outcome, type Plan } from "../reconcile/index.ts";
import { isAction } from "../reconcile/types.ts";
import {
  type ApplyStatus,
  applyJson,
  jsonText,
  outcomeText,
  planText,
  problemsText,
} from "../report/index.ts";
import { ask } from "./ask.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { RefusedError } from "./failure.ts";
import { finishingWhenInterrupted, untilInterrupted } from "./interruption.ts";
import { type ApplyOptions, SHOWN_CHANGES } from "./options.ts";
import { applyProgress, Progress } from "./progress.ts";
import { openSession, type Session } from "./session.ts";
import type { Terminal } from "./terminal.ts";

export async function runApply(
  paths: readonly string[],
  options: ApplyOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  // Refused before anything is asked of the API, so that a pipeline fails the first time and not some day.
  if (options.yes !== true && !terminal.canAsk) throw new RefusedError([NOBODY_TO_ASK]);
  const session = await openSession(paths, options, terminal);
  const { plan, refusals } = session;
  const end = (status: ApplyStatus, code: ExitCode, outcome: Outcome | null = null): ExitCode => {
    if (terminal.format === "json") terminal.print(jsonText(applyJson(status, plan, refusals, outcome)));
    else if (outcome !== null) {
      terminal.print(`\n${outcomeText(outcome, { colours: terminal.colours(process.stdout) })}`);
    }
    return code;
  };

  showPlan(plan, options, terminal);
  if (refusals.length > 0) {
    const colours = terminal.colours(process.stderr);
    terminal.say("error", problemsText(refusals, { severity: "refused", colours }));
    return end("refused", EXIT.refused);
  }
  if (!plan.changes.some(isAction)) return end("nothing_to_do", EXIT.ok);
  if (options.yes !== true && !(await untilInterrupted(() => ask(question(plan), terminal)))) {
    terminal.say("error", "Nothing was changed.\n");
    return end("declined", EXIT.error);
  }
  const outcome = await execute(session, options, terminal);
  return end(...verdict(outcome), outcome);
}

const NOBODY_TO_ASK = {
  code: "nobody-to-ask",
  message: "apply asks before it changes anything, and there is no terminal to ask on",
  hint: "look at the plan (`autumn-balances plan`), then pass --yes",
};

function showPlan(plan: Plan, options: ApplyOptions, terminal: Terminal): void {
  const most = options.full === true ? {} : { most: SHOWN_CHANGES };
  if (terminal.format === "text") {
    terminal.print(planText(plan, { colours: terminal.colours(process.stdout), ...most }));
  } else if (options.yes !== true) {
    // stdout belongs to the JSON; whoever is asked still has to see what for.
    terminal.say("error", planText(plan, { colours: terminal.colours(process.stderr), ...most }));
  }
}

function question({ environment }: Plan): string {
  const where = environment === "live" ? " to the LIVE environment" : "";
  return `\nApply these changes${where}? Type yes: `;
}

async function execute({ api, plan }: Session, options: ApplyOptions, terminal: Terminal): Promise<Outcome> {
  const progress = new Progress(terminal);
  const onEvent = applyProgress(progress, plan.changes.filter(isAction).length);
  try {
    return await finishingWhenInterrupted(
      (signal) =>
        applyPlan(api, plan, { clock: systemClock, concurrency: options.concurrency, signal, onEvent }),
      terminal,
    );
  } finally {
    progress.end();
  }
}

function verdict({ results, interrupted }: Outcome): [ApplyStatus, ExitCode] {
  if (interrupted) return ["interrupted", EXIT.interrupted];
  // Blocked changes of the plan are no failure: it said that they would not be made.
  const tried = results.filter(({ change }) => isAction(change));
  const converged = tried.filter(({ result }) => result === "converged").length;
  if (converged === tried.length) return ["applied", EXIT.ok];
  return converged > 0 ? ["partly_applied", EXIT.partly] : ["failed", EXIT.error];
}
