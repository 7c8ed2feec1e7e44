// Carries out a plan and says what became of it: shared by every way to apply.
import type { AutumnClient } from "../autumn/index.ts";
import { type ApplyStatus, applyJson, jsonText } from "../document/index.ts";
import { applyPlan, isAction, type Outcome, type Plan, type Refusal } from "../reconcile/index.ts";
import { outcomeText, planText, problemsText, units } from "../report/index.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { finishingWhenInterrupted } from "./interruption.ts";
import { type ApplyOptions, SHOWN_CHANGES } from "./options.ts";
import { applyProgress, Progress } from "./progress.ts";
import type { Terminal } from "./terminal.ts";

/** How many refusals are listed one by one. */
const LISTED = 100;

/** How an apply ended. */
export interface Applied {
  readonly status: ApplyStatus;
  readonly code: ExitCode;
  readonly plan: Plan;
  readonly refusals: readonly Refusal[];
  /** `null` when nothing was begun. */
  readonly outcome: Outcome | null;
}

/** Shows the plan as text, on stderr where stdout belongs to JSON. */
export function showPlan(plan: Plan, options: ApplyOptions, terminal: Terminal): void {
  const most = options.full === true ? {} : { most: SHOWN_CHANGES };
  if (terminal.format === "text") {
    terminal.print(planText(plan, { colours: terminal.colours(process.stdout), ...most }));
  } else if (options.yes !== true) {
    // stdout belongs to the JSON; whoever is asked to confirm still has to see the plan.
    terminal.say("error", planText(plan, { colours: terminal.colours(process.stderr), ...most }));
  }
}

/** Carries out the plan, and says what became of it. */
export async function execute(
  api: AutumnClient,
  plan: Plan,
  options: ApplyOptions,
  terminal: Terminal,
): Promise<Applied> {
  const progress = new Progress(terminal);
  const onEvent = applyProgress(progress, plan.changes.filter(isAction).length);
  const { concurrency } = options;
  let outcome: Outcome;
  try {
    outcome = unlessComplete(
      await finishingWhenInterrupted(
        (signal) => applyPlan(api, plan, { clock: api.serverClock, concurrency, signal, onEvent }),
        terminal,
      ),
    );
  } finally {
    progress.end();
  }
  const [status, code] = verdict(outcome);
  if (terminal.format === "json") terminal.print(jsonText(applyJson(status, plan, [], outcome)));
  else terminal.print(`\n${outcomeText(outcome, { colours: terminal.colours(process.stdout) })}`);
  return { status, code, plan, refusals: [], outcome };
}

/** Ends an apply that has changed nothing. */
export function endWithout(
  status: ApplyStatus,
  plan: Plan,
  refusals: readonly Refusal[],
  terminal: Terminal,
): Applied {
  const colours = terminal.colours(process.stderr);
  terminal.say("error", problemsText(refusals.slice(0, LISTED), { severity: "refused", colours }));
  if (refusals.length > LISTED) {
    terminal.say("error", `… and ${units(refusals.length - LISTED)} more; --format json has all of them\n`);
  }
  if (terminal.format === "json") terminal.print(jsonText(applyJson(status, plan, refusals, null)));
  const code = status === "refused" ? EXIT.refused : status === "nothing_to_do" ? EXIT.ok : EXIT.error;
  return { status, code, plan, refusals, outcome: null };
}

/** A ^C that came when everything had been sent, and only reading back was left, has interrupted nothing. */
function unlessComplete(outcome: Outcome): Outcome {
  const isComplete = outcome.results.every(
    ({ change, result }) => result === "converged" || !isAction(change),
  );
  return isComplete ? { ...outcome, interrupted: false } : outcome;
}

function verdict({ results, interrupted }: Outcome): [ApplyStatus, ExitCode] {
  if (interrupted) return ["interrupted", EXIT.interrupted];
  // Blocked changes of the plan are no failure: it said that they would not be made.
  const tried = results.filter(({ change }) => isAction(change));
  if (tried.every(({ result }) => result === "converged")) return ["applied", EXIT.ok];
  const isPartly = tried.some(({ result, wrote }) => wrote || result === "converged");
  return isPartly ? ["partly_applied", EXIT.partly] : ["failed", EXIT.error];
}
