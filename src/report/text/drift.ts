// Drift, for people: what is, beside what is declared. A plan says what will be done; this says what has happened.

import type { DriftLog } from "../../document/index.ts";
import {
  type Change,
  type Difference,
  type DifferenceKind,
  type Drift,
  isAction,
  isWaiting,
  type Plan,
  type Reason,
} from "../../reconcile/index.ts";
import { balanceName, declared, stored, valueText } from "../change-words.ts";
import { whereLine } from "../headline.ts";
import { logNote, whoLines } from "../who.ts";
import { count, moment, units } from "../words.ts";
import { type Palette, palette } from "./palette.ts";
import { textPen } from "./pen.ts";
import { problemLines } from "./problem.ts";

export interface DriftTextOptions {
  readonly colours?: boolean;
  /** How many differences are shown; all when left out. */
  readonly most?: number;
  /** Says who did it, where that was asked for. */
  readonly log?: DriftLog;
}

const PAINTS: Readonly<Record<DifferenceKind, keyof Palette>> = {
  missing: "red",
  changed: "yellow",
  undeclared: "red",
};

/** Reasons that are left out: they say how the drift will be put right, or the report says them in other words. */
const OF_THE_PLAN: ReadonlySet<Reason["code"]> = new Set<Reason["code"]>([
  "changed-for-good",
  "not-updatable",
  "reset-would-revert",
]);

/** How many of what is not drift are listed. */
const LISTED = 20;
const HOUR = 3_600_000;

/** The report; nothing at all when nothing has drifted, however much waits or expires. */
export function driftText(drift: Drift, options: DriftTextOptions = {}): string {
  if (!drift.hasDrifted) return "";
  const paint = palette(options.colours ?? false);
  const { plan, differences } = drift;
  const most = options.most ?? Number.POSITIVE_INFINITY;
  // What waits comes last, so that it is what is left out first.
  const ranked = [...differences].sort((a, b) => Number(isWaiting(a)) - Number(isWaiting(b)));
  return asText([
    [paint.bold(headline(drift)), paint.dim(whereLine(plan, textPen))],
    cut(plan.warnings, (warning) => problemLines(warning, "warning", paint)),
    ...customerSections(new Set(ranked.slice(0, most)), differences, paint, options.log),
    differences.length > most
      ? [`… and ${count(differences.length - most, "more difference")}: --full shows all of them`]
      : [],
    expiringLines(drift),
    leftOverLines(drift),
    options.log === undefined ? [] : logNote(options.log),
    wayOut(plan),
  ]);
}

/** What is worth mentioning although nothing has drifted; may be empty. */
export function driftNotes(drift: Drift): string {
  const waiting = drift.differences.filter(isWaiting);
  const sections = [
    waiting.length === 0
      ? []
      : [
          `No drift; ${count(waiting.length, "difference")} ${waiting.length === 1 ? "waits" : "wait"} for a reset`,
          ...cut(waiting, (difference) => [`    ${inOneLine(difference)}`]),
        ],
    expiringLines(drift),
  ];
  return sections.some((lines) => lines.length > 0) ? asText(sections) : "";
}

function asText(sections: readonly (readonly string[])[]): string {
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

/** `3 balances have drifted: 1 missing, 2 changed; 1 grant reverts at the next reset; 1 more waits for a reset`. */
function headline({ differences }: Drift): string {
  const drifted = differences.filter((difference) => !isWaiting(difference));
  const waiting = differences.length - drifted.length;
  const reverting = drifted.filter(({ reverts }) => reverts !== null).length;
  const kinds = (["missing", "changed", "undeclared"] as const).flatMap((kind) => {
    const n = drifted.filter((difference) => difference.kind === kind).length;
    return n === 0 ? [] : [`${units(n)} ${kind}`];
  });
  const has = drifted.length === 1 ? "has" : "have";
  return [
    `${count(drifted.length, "balance")} ${has} drifted: ${kinds.join(", ")}`,
    ...(reverting === 0
      ? []
      : [`${count(reverting, "grant")} ${reverting === 1 ? "reverts" : "revert"} at the next reset`]),
    ...(waiting === 0 ? [] : [`${units(waiting)} more ${waiting === 1 ? "waits" : "wait"} for a reset`]),
  ].join("; ");
}

function customerSections(
  shown: ReadonlySet<Difference>,
  differences: readonly Difference[],
  paint: Palette,
  log?: DriftLog,
): string[][] {
  const byCustomer = new Map<string, string[]>();
  for (const difference of differences) {
    if (!shown.has(difference)) continue;
    const { customerId } = difference.change;
    const lines = byCustomer.get(customerId);
    if (lines) lines.push(...differenceLines(difference, paint, log));
    else
      byCustomer.set(customerId, [
        `Customer ${textPen.id(customerId)}`,
        ...differenceLines(difference, paint, log),
      ]);
  }
  return [...byCustomer.values()];
}

function differenceLines(difference: Difference, paint: Palette, log?: DriftLog): string[] {
  const { kind, change, reverts } = difference;
  const sign = paint[isWaiting(difference) ? "dim" : PAINTS[kind]](kind.padStart(12));
  const details = [
    ...change.reasons
      .filter(({ code }) => !OF_THE_PLAN.has(code))
      .map(({ text }) => `because ${textPen.prose(text)}`),
    ...(reverts === null
      ? []
      : [`its reset on ${moment(reverts.at)} takes the grant back to ${units(reverts.to)}`]),
    ...(change.unblocksAt === null ? [] : [`waits until ${moment(change.unblocksAt)}`]),
    ...(log === undefined ? [] : whoLines(difference, log, textPen)),
  ];
  return [
    `${sign} ${paint.bold(balanceName(change, textPen))}  ${whatDiffers(difference)}`,
    ...details.map((line) => paint.dim(`               ${line}`)),
  ];
}

function inOneLine(difference: Difference): string {
  const { customerId, reasons } = difference.change;
  const why = reasons[0] === undefined ? whatDiffers(difference) : textPen.prose(reasons[0].text);
  return `customer ${textPen.id(customerId)}: ${balanceName(difference.change, textPen)}  ${why}`;
}

/** What is, and what is declared. */
function whatDiffers({ kind, change }: Difference): string {
  const { desired, row, fields } = change;
  if (kind === "missing") return desired === null ? "" : `${declared(desired)} declared`;
  if (kind === "undeclared") return row === null ? "" : `no entry for ${stored(row)}`;
  if (fields.length === 0) return desired === null ? "" : `reads ${declared(desired)}, as declared`;
  return fields
    .map(
      ({ field, from, to }) =>
        `${field} is ${valueText(field, from, textPen)}, declared ${valueText(field, to, textPen)}`,
    )
    .join("; ");
}

function expiringLines({ expiring, expiringWithin }: Drift): string[] {
  if (expiring.length === 0) return [];
  const verb = expiring.length === 1 ? "expires" : "expire";
  return [
    `${count(expiring.length, "balance")} ${verb} within ${span(expiringWithin)}, as declared`,
    ...cut(expiring, (change) =>
      change.row === null
        ? []
        : [
            `    customer ${textPen.id(change.customerId)}: ${balanceName(change, textPen)}  ${stored(change.row)}`,
          ],
    ),
  ];
}

function leftOverLines({ plan: { leftOver } }: Drift): string[] {
  if (leftOver.length === 0) return [];
  const have = leftOver.length === 1 ? "has" : "have";
  return [
    `${count(leftOver.length, "row")} of this namespace ${have} no entry; --prune counts that as drift`,
  ];
}

function wayOut({ changes }: Plan): string[] {
  if (!changes.some(isAction)) return [];
  // What ends with its group ends without --prune, which would delete more than that.
  const isPruned = ({ kind, reasons }: Change): boolean =>
    kind === "delete" && !reasons.some(({ code }) => code === "left-group");
  const prune = changes.some(isPruned) ? " --prune" : "";
  return [
    `\`autumn-balances apply${prune}\` brings back what is declared; \`autumn-balances plan${prune}\` shows how.`,
  ];
}

function cut<T>(items: readonly T[], lines: (item: T) => string[]): string[] {
  const shown = items.slice(0, LISTED).flatMap(lines);
  return items.length > LISTED ? [...shown, `    … and ${units(items.length - LISTED)} more`] : shown;
}

/** `7 days`, `36 hours`. */
function span(ms: number): string {
  return ms % (24 * HOUR) === 0 ? count(ms / (24 * HOUR), "day") : count(Math.round(ms / HOUR), "hour");
}
