// `autumn-balances plan`: what applying would do.
import { isAction } from "../reconcile/types.ts";
import { jsonText, planJson, planText, problemsText } from "../report/index.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { type PlanOptions, SHOWN_CHANGES } from "./options.ts";
import { openSession } from "./session.ts";
import type { Terminal } from "./terminal.ts";

export async function runPlan(
  paths: readonly string[],
  options: PlanOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { plan, refusals } = await openSession(paths, options, terminal);
  if (terminal.format === "json") terminal.print(jsonText(planJson(plan, refusals)));
  else {
    const most = options.full === true ? {} : { most: SHOWN_CHANGES };
    terminal.print(planText(plan, { colours: terminal.colours(process.stdout), ...most }));
  }
  if (refusals.length > 0) {
    const colours = terminal.colours(process.stderr);
    terminal.say("error", problemsText(refusals, { severity: "refused", colours }));
    return EXIT.refused;
  }
  return options.detailedExitcode === true && plan.changes.some(isAction) ? EXIT.changes : EXIT.ok;
}
