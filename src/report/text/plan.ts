// A plan, for people: the sum of it, what to look out for, every change by customer, and what it costs.
import type { Change, Finding, Plan, Refusal } from "../../reconcile/index.ts";
import { brief } from "../../text/index.ts";
import { attentions, concerned } from "../attention.ts";
import { changeLines } from "../change-text.ts";
import { balanceName, stored } from "../change-words.ts";
import { alike, groupLines } from "../groups.ts";
import {
  baseLine,
  costLine,
  headline,
  leftOverLine,
  scheduledLine,
  scheduledText,
  scopeLine,
  sinceNote,
  TOTALS_IN_HEADLINE,
  totalText,
  whereLine,
} from "../headline.ts";
import { byCustomer, foremost, HARMLESS, SIGNS, weight } from "../kinds.ts";
import { findingLine, findingsInOrder, policyLine } from "../policy.ts";
import { count, units } from "../words.ts";
import { type Palette, palette } from "./palette.ts";
import { textPen } from "./pen.ts";
import { problemLines } from "./problem.ts";

export interface PlanTextOptions {
  readonly colours?: boolean;
  /** How many changes are shown, those that take something first; all when left out. */
  readonly most?: number;
  /** What keeps the plan from being applied; the ways out are the caller's to show. */
  readonly refusals?: readonly Refusal[];
}

/** From this many changes on the sum is said again at the end, where a terminal has scrolled to. */
const LONG = 30;
/** How many rows without an entry, warnings or totals of one kind are listed. */
const LISTED = 20;
/** How many balances are named for each thing to look out for; the diff below has them all. */
const NAMED = 3;

/** The whole plan; ends with a line break. */
export function planText(plan: Plan, options: PlanTextOptions = {}): string {
  const paint = palette(options.colours ?? false);
  const head = paint.bold(headline(plan, textPen));
  const sections = [
    [head, paint.dim(whereLine(plan, textPen)), ...[baseLine(plan, textPen)].filter(isSaid).map(paint.dim)],
    groupLines(plan, textPen),
    attentionLines(plan, paint),
    (options.refusals ?? []).map(({ message }) => `${paint.red("refused:")} ${textPen.prose(message)}`),
    policyLines(plan, paint),
    cut(
      plan.lifted,
      LISTED,
      ({ message }) => [`${paint.yellow("--force lifts:")} ${textPen.prose(message)}`],
      "more refusals that it lifts",
    ),
    cut(plan.warnings, LISTED, (warning) => problemLines(warning, "warning", paint), "more warnings"),
    ...changeSections(plan, options.most ?? Number.POSITIVE_INFINITY, paint),
    plan.scheduled.length === 0
      ? []
      : [
          scheduledLine(plan),
          ...cut(plan.scheduled, LISTED, (one) => [`    ${scheduledText(one, textPen)}`], "more"),
        ],
    leftOverLines(plan),
    plan.totals.length > TOTALS_IN_HEADLINE
      ? ["Totals", ...plan.totals.map((total) => `  ${totalText(total, textPen)}`)]
      : [],
    [scopeLine(plan, textPen), costLine(plan)].filter(isSaid),
    plan.changes.length > LONG ? [head] : [],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

const isSaid = (line: string): boolean => line !== "";

function attentionLines(plan: Plan, paint: Palette): string[] {
  const lines = attentions(plan).map((attention) => {
    const { kind, isGrave, title, changes } = attention;
    const sign = kind === "delete" || kind === "replace" ? SIGNS[kind] : "!";
    const named = changes.slice(0, NAMED).map((change) => concerned(attention, change, textPen));
    if (changes.length > NAMED) named.push(`and ${units(changes.length - NAMED)} more`);
    return `${paint[isGrave ? "red" : "yellow"](sign.padStart(5))} ${title}: ${named.join(", ")}`;
  });
  return lines.length === 0 ? [] : ["Look at this first", ...lines];
}

const PAINT_OF = { deny: "red", approve: "yellow", warn: "yellow" } as const;

function policyLines(plan: Plan, paint: Palette): string[] {
  const head = policyLine(plan, textPen);
  if (head === "") return [];
  const lines = (finding: Finding): string[] => [
    `${paint[PAINT_OF[finding.effect]](finding.effect.padStart(9))} ${findingLine(finding, textPen)}`,
  ];
  return [head, ...cut(findingsInOrder(plan), LISTED, lines, "more that rules have to say")];
}

function changeSections(plan: Plan, most: number, paint: Palette): string[][] {
  const { together, single } = apart(plan.changes, most, paint);
  const shown = new Set(foremost(single, most));
  const sections = byCustomer(single.filter((change) => shown.has(change))).map(([customerId, changes]) => {
    const isNew = changes.some((change) => change.createsCustomer);
    const note = isNew ? " (does not exist yet, and is created)" : "";
    return [
      `Customer ${brief(customerId)}${note}`,
      ...changes.flatMap((change) => changeLines(change, paint)),
    ];
  });
  sections.unshift(...together);
  const hidden = single.filter((change) => !shown.has(change));
  if (hidden.length === 0) return sections;
  const harmless = hidden.every((change) => weight(change) >= HARMLESS) ? ", which take nothing away" : "";
  const hint = "--full shows all of them, --format html and json too";
  return [...sections, [`… and ${count(hidden.length, "more change")}${harmless}: ${hint}`]];
}

/**
 * Separates changes that many customers have alike, which share a section, from all others, unless all fit in `most`.
 */
function apart(
  changes: readonly Change[],
  most: number,
  paint: Palette,
): { readonly together: string[][]; readonly single: readonly Change[] } {
  if (changes.length <= most) return { together: [], single: changes };
  const linesOf = (its: readonly Change[]): string[] => its.flatMap((change) => changeLines(change, paint));
  const together: string[][] = [];
  const shown = new Set<Change>();
  const textOf = (its: readonly Change[]): string =>
    `${its.some((change) => change.createsCustomer)}\n${linesOf(its).join("\n")}`;
  for (const { customers, title } of alike(byCustomer(changes), textOf)) {
    const [[, its] = ["", []]] = customers;
    if (title !== null) {
      const isNew = its.some((change) => change.createsCustomer);
      const note = isNew ? " (do not exist yet, and are created)" : "";
      together.push([`${title(textPen)}${note}`, ...linesOf(its)]);
      for (const [, each] of customers) for (const change of each) shown.add(change);
    }
  }
  return { together, single: changes.filter((change) => !shown.has(change)) };
}

function leftOverLines(plan: Plan): string[] {
  if (plan.leftOver.length === 0) return [];
  return [
    leftOverLine(plan, textPen),
    ...cut(
      plan.leftOver,
      LISTED,
      ({ customerId, key, row, isPending }) => {
        const balance = { key, featureId: row.featureId, entityId: row.entityId ?? null };
        const name = `customer ${brief(customerId)}: ${balanceName(balance, textPen)}`;
        return [`    ${name}  ${stored(row)}${sinceNote(plan, isPending, textPen)}`];
      },
      "more",
    ),
  ];
}

function cut<T>(items: readonly T[], most: number, lines: (item: T) => string[], more: string): string[] {
  const shown = items.slice(0, most).flatMap(lines);
  return items.length > most ? [...shown, `    … and ${units(items.length - most)} ${more}`] : shown;
}
