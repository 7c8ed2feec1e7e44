// `command: apply`: carries out a saved plan, or applies what the files declare now.

import type { Terminal } from "../app/index.ts";
import { applyFiles, applySavedPlan } from "../cli/verbs/index.ts";
import { isAction, type Outcome } from "../reconcile/index.ts";
import { LEAST_MARKDOWN, outcomeText, planMarkdown, textMarkdown } from "../report/index.ts";
import type { Problem } from "../schema/index.ts";
import type { PlanInputs } from "./inputs.ts";
import { counts, type Report } from "./report.ts";

const THE_PLAN = "\nThis was the plan:\n\n";

export async function apply({ paths, options, planFile }: PlanInputs, terminal: Terminal): Promise<Report> {
  const unasked = { ...options, yes: true };
  const { code, plan, refusals, outcome } =
    planFile === undefined
      ? await applyFiles(paths, unasked, terminal)
      : await applySavedPlan(planFile, unasked, terminal);
  return {
    exitCode: code,
    markdown: (room) => {
      if (outcome === null) return planMarkdown(plan, refusals, room);
      const limit = room.limit - LEAST_MARKDOWN - THE_PLAN.length;
      const became = textMarkdown(outcomeText(outcome), { limit }) + THE_PLAN;
      return became + planMarkdown(plan, [], { ...room, limit: room.limit - Buffer.byteLength(became) });
    },
    hasNews: true,
    errors: [...refusals, ...failuresOf(outcome)],
    warnings: plan.warnings,
    outputs: { "has-changes": plan.changes.some(isAction), ...counts(plan) },
  };
}

/** What was not done, at the lines of the entries. */
function failuresOf(outcome: Outcome | null): Problem[] {
  if (outcome === null) return [];
  const failures = outcome.results.flatMap(({ change, result, problem }) => {
    // That nothing was sent for a change follows from what is said elsewhere.
    if (result === "converged" || problem === undefined || problem.code === "not-tried") return [];
    const place = problem.place ?? change.desired?.place;
    return [place === undefined ? problem : { ...problem, place }];
  });
  return outcome.interrupted ? [INTERRUPTED, ...failures] : failures;
}

const INTERRUPTED: Problem = {
  code: "interrupted",
  message: "the run was stopped before everything was tried",
  hint: "run it again; nothing is granted twice",
};
