// `command: drift`: what differs although nobody changed the files. Drift fails the step, so that whoever looks
// after the schedule is told.

import { EXIT, SHOWN_CHANGES, type Terminal } from "../app/index.ts";
import { readDrift } from "../cli/verbs/index.ts";
import { count, driftNotes, driftText, textMarkdown } from "../report/index.ts";
import type { DriftInputs } from "./inputs.ts";
import { counts, type Report } from "./report.ts";

export async function drift({ paths, options }: DriftInputs, terminal: Terminal): Promise<Report> {
  const { drift, who } = await readDrift(paths, options, terminal);
  const { plan, hasDrifted } = drift;
  const asDeclared = `No drift: ${count(plan.unchanged, "balance")} as declared.\n`;
  const text = hasDrifted
    ? driftText(drift, { most: SHOWN_CHANGES, ...who })
    : driftNotes(drift) || asDeclared;
  terminal.print(text);
  const [headline = ""] = text.split("\n");
  const hint = "`command: plan` shows what applying would bring back";
  return {
    exitCode: hasDrifted ? EXIT.changes : EXIT.ok,
    markdown: (room) => textMarkdown(hasDrifted ? driftText(drift, who) : text, room),
    hasNews: hasDrifted,
    errors: hasDrifted ? [{ code: "drift", message: headline, hint }] : [],
    warnings: plan.warnings,
    outputs: { "has-changes": hasDrifted, ...counts(plan) },
  };
}
