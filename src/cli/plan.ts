// `autumn-balances plan`: what applying would do.
import { isAction } from "../reconcile/types.ts";
import { problemsText } from "../report/index.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import type { PlanOptions } from "./options.ts";
import { printPlan } from "./print-plan.ts";
import { openSession } from "./session.ts";
import type { Terminal } from "./terminal.ts";

export async function runPlan(
  paths: readonly string[],
  options: PlanOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { plan, refusals } = await openSession(paths, options, terminal);
  printPlan(plan, refusals, options, terminal);
  if (refusals.length > 0) {
    const colours = terminal.colours(process.stderr);
    terminal.say("error", problemsText(refusals, { severity: "refused", colours }));
    return EXIT.refused;
  }
  return options.detailedExitcode === true && plan.changes.some(isAction) ? EXIT.changes : EXIT.ok;
}
