// `command: plan`: what applying would do, compared with the base of the pull request.
import { resolve } from "node:path";
import { EXIT } from "../cli/exit-codes.ts";
import { SHOWN_CHANGES } from "../cli/options.ts";
import { savePlan } from "../cli/plan.ts";
import { openSession } from "../cli/session.ts";
import type { Terminal } from "../cli/terminal.ts";
import { isAction } from "../reconcile/types.ts";
import { planMarkdown, planText } from "../report/index.ts";
import { baseOfPullRequest } from "./base.ts";
import type { Run } from "./event.ts";
import type { PlanInputs } from "./inputs.ts";
import { counts, type Report } from "./report.ts";

export async function plan(
  { paths, options, planFile }: PlanInputs,
  run: Run,
  terminal: Terminal,
): Promise<Report> {
  const found = options.base === undefined ? baseOfPullRequest(run) : undefined;
  const base = found !== undefined && "commit" in found ? found : undefined;
  const compared = base === undefined ? options : { ...options, base: base.commit };
  const session = await openSession(paths, compared, terminal);
  const { plan: made, refusals } = session;
  const warnings = found !== undefined && "message" in found ? [...made.warnings, found] : made.warnings;
  const named = base === undefined || made.base === null ? made.base : { name: base.name };
  const plan = { ...made, base: named, warnings };
  if (planFile !== undefined) await savePlan(planFile, { ...session, plan }, options);
  terminal.print(planText(plan, { refusals, most: SHOWN_CHANGES }));
  const hasChanges = plan.changes.some(isAction);
  return {
    exitCode: refusals.length > 0 ? EXIT.refused : EXIT.ok,
    markdown: (room) => planMarkdown(plan, refusals, room),
    hasNews: [plan.changes, plan.leftOver, made.warnings, refusals].some((list) => list.length > 0),
    errors: refusals,
    warnings,
    outputs: {
      "has-changes": hasChanges,
      ...counts(plan),
      ...(planFile === undefined ? {} : { "plan-file": resolve(planFile) }),
    },
  };
}
