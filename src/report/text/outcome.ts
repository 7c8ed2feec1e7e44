// What became of a plan, for people: the sum, and everything that is not as declared now.
import {
  type ChangeKind,
  type ChangeOutcome,
  type ChangeResult,
  isAction,
  type Outcome,
} from "../../reconcile/index.ts";
import { brief, MESSAGE_LENGTH } from "../../text/index.ts";
import { balanceName } from "../change-words.ts";
import { count, units } from "../words.ts";
import { type Palette, palette } from "./palette.ts";
import { textPen } from "./pen.ts";

const DONE: Partial<Record<ChangeKind, string>> = {
  create: "created",
  update: "updated",
  replace: "replaced",
  delete: "deleted",
};

const HEADINGS: readonly (readonly [ChangeResult, string])[] = [
  ["failed", "Failed"],
  ["blocked", "Blocked"],
  ["not_tried", "Not tried"],
];

/** How many results of one kind are listed. What was not tried is as it was, and can be seen in the next plan. */
const LISTED: Readonly<Record<ChangeResult, number>> = {
  converged: 0,
  failed: 200,
  blocked: 200,
  not_tried: 20,
};

/** The whole outcome; ends with a line break. */
export function outcomeText(outcome: Outcome, options: { readonly colours?: boolean } = {}): string {
  const paint = palette(options.colours ?? false);
  const sections = HEADINGS.flatMap(([result, heading]) => {
    const concerned = outcome.results.filter((one) => one.result === result);
    if (concerned.length === 0) return [];
    const lines = concerned.slice(0, LISTED[result]).flatMap((one) => resultLines(one, paint));
    if (concerned.length > LISTED[result])
      lines.push(`  … and ${units(concerned.length - LISTED[result])} more`);
    return [[heading, ...lines]];
  });
  return `${[[paint.bold(headline(outcome))], ...sections, adviceLines(outcome)]
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

/** `Applied: 3 created, 1 updated; 1 failed, 2 not tried.` */
function headline({ results, interrupted }: Outcome): string {
  const done = Object.entries(DONE).flatMap(([kind, word]) => {
    const n = results.filter((one) => one.result === "converged" && one.change.kind === kind).length;
    return n === 0 ? [] : [`${units(n)} ${word}`];
  });
  const left = HEADINGS.flatMap(([result, heading]) => {
    const n = results.filter((one) => one.result === result).length;
    return n === 0 ? [] : [`${units(n)} ${heading.toLowerCase()}`];
  });
  const hasChanged = done.length > 0 || results.some(({ wrote }) => wrote);
  const complete = results.every((one) => one.result === "converged" || !isAction(one.change));
  const word = complete
    ? "Applied"
    : interrupted
      ? "Interrupted"
      : hasChanged
        ? "Partly applied"
        : "Not applied";
  const none = hasChanged ? "nothing is as declared yet" : "nothing was changed";
  const parts = [done.join(", ") || none, left.join(", ")].filter((part) => part !== "");
  return `${word}: ${parts.join("; ")}.`;
}

function resultLines({ change, problem }: ChangeOutcome, paint: Palette): string[] {
  const name = `  ${paint.red("!")} customer ${brief(change.customerId)}: ${balanceName(change, textPen)}`;
  // The heading says already that nothing was sent for it.
  if (problem === undefined || problem.code === "not-tried") return [name];
  const line = `${name}: ${brief(problem.message, MESSAGE_LENGTH)}`;
  return problem.hint === undefined ? [line] : [line, `      hint: ${brief(problem.hint, MESSAGE_LENGTH)}`];
}

/** A run can always be repeated: it goes on where this one ended, and grants nothing twice. */
function adviceLines({ results }: Outcome): string[] {
  const left = results.filter((one) => one.result === "failed" || one.result === "not_tried").length;
  if (left === 0) return [];
  return [
    `Plan and apply again to bring about the ${count(left, "balance")} that ${left === 1 ? "is" : "are"} left; nothing is granted twice.`,
  ];
}
