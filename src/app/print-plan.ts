// A plan on stdout, in the format that was asked for.

import { jsonText, planJson } from "../document/index.ts";
import type { Plan, Refusal } from "../reconcile/index.ts";
import { type PlanMarkdownOptions, planHtml, planMarkdown, planText } from "../report/index.ts";
import { SHOWN_CHANGES, type ShowOptions } from "./options.ts";
import type { Terminal } from "./terminal.ts";

/** @param refusals what keeps the plan from being applied */
export function printPlan(
  plan: Plan,
  refusals: readonly Refusal[],
  options: ShowOptions,
  terminal: Terminal,
): void {
  terminal.print(written(plan, refusals, options, terminal));
}

function written(plan: Plan, refusals: readonly Refusal[], options: ShowOptions, terminal: Terminal): string {
  switch (terminal.format) {
    case "json":
      return jsonText(planJson(plan, refusals));
    case "markdown":
      return planMarkdown(plan, refusals, markdownOptions(options));
    case "html":
      return planHtml(plan, refusals);
    default: {
      const most = options.full === true ? {} : { most: SHOWN_CHANGES };
      return planText(plan, { colours: terminal.colours(process.stdout), refusals, ...most });
    }
  }
}

function markdownOptions({ full, maxSize, wholeAt }: ShowOptions): PlanMarkdownOptions {
  const limit = maxSize ?? (full === true ? Number.POSITIVE_INFINITY : undefined);
  return { ...(limit === undefined ? {} : { limit }), ...(wholeAt === undefined ? {} : { wholeAt }) };
}
