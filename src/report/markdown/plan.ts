// A plan for a comment on a pull request: the sum, what to look at first, every change by customer in tables that
// fold, and what it costs. It stays below the size that a site takes, and says what it had to leave out.
import type { Plan, Refusal, Total } from "../../reconcile/index.ts";
import { brief } from "../../text/index.ts";
import { attentions, concerned } from "../attention.ts";
import { balanceName, stored } from "../change-words.ts";
import { groupLines } from "../groups.ts";
import {
  baseLine,
  costLine,
  countsLine,
  leftOverLine,
  scheduledLine,
  scheduledText,
  scopeLine,
  sinceNote,
  TOTALS_IN_HEADLINE,
  totalsLine,
  whereLine,
} from "../headline.ts";
import { findingLine, findingsInOrder, policyLine } from "../policy.ts";
import { CYCLE_LENGTH, count, cycle, units } from "../words.ts";
import { customerTables, type Shown } from "./changes.ts";
import { COMMENT_LIMIT, LEAST_MARKDOWN, Room, sizeOf } from "./length-limit.ts";
import { cellPen, linkOrName, markdownPen } from "./pen.ts";
import { problemMarkdown } from "./problems.ts";

export interface PlanMarkdownOptions {
  /**
   * The most that the document may have, in bytes of UTF-8, which are never fewer than characters. By default
   * what GitHub takes in a comment (65,536), less some for what a caller adds. At least 8,192.
   */
  readonly limit?: number;
  /** Where the whole plan is: a URL, which becomes a link, or the name of a file. */
  readonly wholeAt?: string;
}

/** How many balances are named for each thing to look at first. */
const NAMED = 5;
/** How many warnings, totals or rows without an entry are listed. */
const LISTED = 20;

/**
 * The plan as GitHub Flavored Markdown; ends with a line break.
 * @param refusals what keeps the plan from being applied
 * @throws RangeError for a limit below 8,192
 */
export function planMarkdown(
  plan: Plan,
  refusals: readonly Refusal[] = [],
  options: PlanMarkdownOptions = {},
): string {
  const limit = options.limit ?? COMMENT_LIMIT;
  if (!(limit >= LEAST_MARKDOWN))
    throw new RangeError(`a plan does not fit into ${limit} bytes; at least ${LEAST_MARKDOWN}`);
  const head = headLines(plan);
  const tail = tailLines(plan, options.wholeAt);
  const room = new Room(limit - sizeOf([...head, ...tail, ...tail].join("\n")) - FRAMES);
  const groups = groupsList(plan, room.share(0.2));
  for (const line of groups) room.take(line);
  const first = attentionLines(plan, refusals, room.share(0.3));
  for (const line of first) room.take(line);
  const rules = policyLines(plan, room.share(0.3));
  for (const line of rules) room.take(line);
  const rest = [
    ...totalsLines(plan, room.share(0.2)),
    ...scheduledLines(plan, room.share(0.2)),
    ...leftOverLines(plan, room.share(0.2)),
  ];
  for (const line of rest) room.take(line);
  const shown = customerTables(plan.changes, room);
  const leftOut = leftOutLines(plan.changes.length, shown, options.wholeAt);
  return `${[...head, ...groups, ...first, ...rules, ...leftOut, ...shown.lines, ...rest, ...tail].join("\n").trimEnd()}\n`;
}

/** Bytes kept free for what frames the lists and says how much is left out of them. */
const FRAMES = 1_500;

function headLines(plan: Plan): string[] {
  const totals = totalsLine(plan, markdownPen);
  const where = whereLine(plan, markdownPen);
  const since = baseLine(plan, markdownPen);
  return [
    `### ${countsLine(plan)}`,
    "",
    ...(totals === "" ? [] : [`**${totals}**`, ""]),
    ...(since === "" ? [] : [`${sentence(since)}.`, ""]),
    `${sentence(where)}.`,
    "",
  ];
}

function groupsList(plan: Plan, room: Room): string[] {
  const items = groupLines(plan, markdownPen).map((line) => `- ${line}`);
  return items.length === 0 ? [] : [...cut(items, room, (more) => `- and ${count(more, "more group")}`), ""];
}

const sentence = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

/** Boxes that sites draw in red and yellow; where they do not, they are quotations. */
function attentionLines(plan: Plan, refusals: readonly Refusal[], room: Room): string[] {
  const all = attentions(plan).map((attention) => {
    const { title, isGrave, changes } = attention;
    const named = changes.slice(0, NAMED).map((change) => concerned(attention, change, markdownPen));
    if (changes.length > NAMED) named.push(`and ${units(changes.length - NAMED)} more`);
    return { isGrave, line: `> - **${title}:** ${named.join(", ")}` };
  });
  const grave = [
    ...refusals.map((refusal) => `> - **Refused:** ${problemMarkdown(refusal)}`),
    ...plan.lifted.map(
      (refusal) => `> - **${markdownPen.prose("--force")} lifts:** ${problemMarkdown(refusal)}`,
    ),
    ...all.filter(({ isGrave }) => isGrave).map(({ line }) => line),
  ];
  const others = [
    ...all.filter(({ isGrave }) => !isGrave).map(({ line }) => line),
    ...plan.warnings.map((warning) => `> - ${problemMarkdown(warning)}`),
  ];
  return [...alert("CAUTION", grave, room.share(0.5)), ...alert("WARNING", others, room.share(0.5))];
}

function alert(kind: "CAUTION" | "WARNING", items: readonly string[], room: Room): string[] {
  if (items.length === 0) return [];
  const lines = cut(items, room, (more) => `> - and ${units(more)} more`);
  return [`> [!${kind}]`, ...lines, ""];
}

function policyLines(plan: Plan, room: Room): string[] {
  const heads = [Number.POSITIVE_INFINITY, LISTED, NAMED].map((most) => policyLine(plan, markdownPen, most));
  const head = heads.find((line) => room.take(line)) ?? heads.at(-1) ?? "";
  if (head === "") return [];
  const items = findingsInOrder(plan).map((finding) => `> - ${findingLine(finding, markdownPen)}`);
  return ["> [!IMPORTANT]", `> - ${head}`, ...cut(items, room, (more) => `> - and ${units(more)} more`), ""];
}

function totalsLines({ totals }: Plan, room: Room): string[] {
  if (totals.length <= TOTALS_IN_HEADLINE) return [];
  const rows = totals.map(totalRow);
  return [
    "<details>",
    `<summary>Totals of ${count(totals.length, "feature and cycle", "features and cycles")}</summary>`,
    "",
    "| Feature | Cycle | Granted | Taken |",
    "| --- | --- | ---: | ---: |",
    ...cut(rows, room, (more) => `| and ${units(more)} more | | | |`),
    "",
    "</details>",
    "",
  ];
}

function totalRow({ featureId, per, added, taken }: Total): string {
  const amount = (n: number, sign: string): string => (n > 0 ? `${sign}${units(n)}` : "");
  const cells = [
    cellPen.id(featureId),
    cellPen.prose(brief(cycle(per), CYCLE_LENGTH)),
    amount(added, "+"),
    amount(taken, "-"),
  ];
  return `| ${cells.join(" | ")} |`;
}

function scheduledLines(plan: Plan, room: Room): string[] {
  if (plan.scheduled.length === 0) return [];
  const items = plan.scheduled.map((one) => `- ${scheduledText(one, markdownPen)}`);
  return [`${scheduledLine(plan)}:`, "", ...cut(items, room, (more) => `- and ${units(more)} more`), ""];
}

function leftOverLines(plan: Plan, room: Room): string[] {
  if (plan.leftOver.length === 0) return [];
  const items = plan.leftOver.map(({ customerId, key, row, isPending }) => {
    const balance = { key, featureId: row.featureId, entityId: row.entityId ?? null };
    return `- ${balanceName(balance, markdownPen)} of ${markdownPen.id(customerId)}: ${stored(row)}${sinceNote(plan, isPending, markdownPen)}`;
  });
  return [
    `${leftOverLine(plan, markdownPen)}:`,
    "",
    ...cut(items, room, (more) => `- and ${units(more)} more`),
    "",
  ];
}

function tailLines(plan: Plan, wholeAt: string | undefined): string[] {
  const lines = [scopeLine(plan, markdownPen), costLine(plan)].filter((line) => line !== "");
  if (wholeAt !== undefined && plan.changes.length > 0)
    lines.push(`${linkOrName("The whole plan", wholeAt)}`);
  return lines.length === 0 ? [] : [lines.join(" ")];
}

/** What is not in the tables, so that nobody takes a part for the whole. */
function leftOutLines(changes: number, shown: Shown, wholeAt: string | undefined): string[] {
  if (shown.hidden.length === 0) return [];
  const whole =
    wholeAt === undefined
      ? `${markdownPen.id("plan --format html")} shows all of them.`
      : linkOrName("The whole plan shows all of them", wholeAt);
  const shownHere = changes - shown.hidden.length;
  const kind = shown.hidesHarm ? "" : ", which take nothing away,";
  const more = `${count(shown.hidden.length, "more change")}${kind}`;
  return [
    `**${units(shownHere)} of ${count(changes, "change")} ${shownHere === 1 ? "is" : "are"} shown here.** ` +
      `For ${more} there is no room. ${whole}`,
    "",
  ];
}

/** As many as are listed and fit, and a line that says how many more there are. */
function cut(items: readonly string[], room: Room, more: (n: number) => string): string[] {
  const lines: string[] = [];
  for (const item of items.slice(0, LISTED)) {
    if (!room.take(item)) break;
    lines.push(item);
  }
  const hidden = items.length - lines.length;
  return hidden === 0 ? lines : [...lines, more(hidden)];
}
