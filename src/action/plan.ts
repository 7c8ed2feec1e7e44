// `command: plan`: what applying would do, compared with the base of the pull request.
import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { EXIT, openSession, SHOWN_CHANGES, type Terminal } from "../app/index.ts";
import { savePlan } from "../cli/verbs/index.ts";
import { isAction, type Plan, type Refusal } from "../reconcile/index.ts";
import { planHtml, planMarkdown, planText } from "../report/index.ts";
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
  if (planFile !== undefined) await savePlan(planFile, { ...session, plan });
  terminal.print(planText(plan, { refusals, most: SHOWN_CHANGES }));
  const page = writePage(plan, refusals, terminal);
  const hasChanges = plan.changes.some(isAction);
  return {
    exitCode: refusals.length > 0 ? EXIT.refused : EXIT.ok,
    markdown: (room) => planMarkdown(plan, refusals, room),
    hasNews: [
      ...[plan.changes, plan.scheduled, plan.leftOver],
      ...[made.warnings, refusals, plan.policy?.findings ?? []],
    ].some((list) => list.length > 0),
    errors: refusals,
    warnings,
    outputs: {
      "has-changes": hasChanges,
      ...counts(plan),
      approvals: (plan.policy?.approvals ?? []).join(","),
      report: page,
      ...(planFile === undefined ? {} : { "plan-file": resolve(planFile) }),
    },
  };
}

/** Writes the plan as one page, for the output `report`; in a folder of its own, as a job can have several plans. */
function writePage(plan: Plan, refusals: readonly Refusal[], terminal: Terminal): string {
  // In a container, the runner's folder may be one that is not there.
  const runners = process.env.RUNNER_TEMP ?? "";
  const folder = mkdtempSync(join(existsSync(runners) ? runners : tmpdir(), "autumn-balances-"));
  const path = join(folder, "plan.html");
  writeFileSync(path, terminal.withoutKey(planHtml(plan, refusals)), { mode: 0o600 });
  return path;
}
