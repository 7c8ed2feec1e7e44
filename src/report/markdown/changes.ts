// The changes of a plan as Markdown: a table for each customer, folded where there are many. What does not fit is
// summed up by customer, and what does not even fit there is counted.
import type { Change } from "../../reconcile/index.ts";
import { balanceName, details, differences, madeBy, stored } from "../change-words.ts";
import { alike } from "../groups.ts";
import { byCustomer, HARMLESS, KINDS, SIGNS, tally, weight } from "../kinds.ts";
import { type Pen, remembering } from "../text/pen.ts";
import { count, moment, units } from "../words.ts";
import type { Room } from "./length-limit.ts";
import { cellPen, markdownPen, summaryPen } from "./pen.ts";

export interface Shown {
  readonly lines: readonly string[];
  /** Changes that no table shows. */
  readonly hidden: readonly Change[];
  /** Whether one of those takes something away. */
  readonly hidesHarm: boolean;
}

/** Up to this many changes nothing is folded. */
const UNFOLDED = 12;
/** The share of the room that is kept from the tables for the sums by customer. */
const SUMMED_UP = 0.15;

export function customerTables(changes: readonly Change[], room: Room): Shown {
  const isFolded = changes.length > UNFOLDED;
  if (room.isEndless) {
    const pen = remembering(cellPen);
    const all = tables(byCustomer(changes), isFolded, (change) => rowOf(change, pen));
    return { lines: all, hidden: [], hidesHarm: false };
  }
  const { together, single } = apart(changes, room);
  const summary = room.share(SUMMED_UP);
  const rows = rowsThatFit(single, room, room.share(1 - SUMMED_UP), isFolded);
  const shown = byCustomer(single.filter((change) => rows.has(change)));
  const lines = tables(shown, isFolded, (change) => rows.get(change) ?? "");
  const hidden = single.filter((change) => !rows.has(change));
  return {
    lines: [...together, ...lines, ...summaryLines(hidden, summary)],
    hidden,
    hidesHarm: hidden.some((change) => weight(change) < HARMLESS),
  };
}

/** Separates changes that many customers have alike, which share a table, from all others. */
function apart(
  changes: readonly Change[],
  room: Room,
): { readonly together: readonly string[]; readonly single: readonly Change[] } {
  const pen = remembering(cellPen);
  const isNew = (its: readonly Change[]): boolean => its.some((change) => change.createsCustomer);
  const textOf = (its: readonly Change[]): string =>
    `${isNew(its)}\n${its.map((change) => rowOf(change, pen)).join("\n")}`;
  const together: string[] = [];
  const shown = new Set<Change>();
  for (const { customers, title } of alike(byCustomer(changes), textOf)) {
    const [[, its] = ["", []]] = customers;
    const note = isNew(its) ? ", who do not exist yet and are created" : "";
    const table =
      title === null
        ? ""
        : [
            `<details open>`,
            `<summary>${title(summaryPen)}${note}</summary>`,
            ...HEAD,
            ...its.map((change) => rowOf(change, pen)),
            ...CLOSING,
          ].join("\n");
    if (title === null || !room.take(table)) continue;
    together.push(table);
    for (const [, each] of customers) for (const change of each) shown.add(change);
  }
  return { together, single: changes.filter((change) => !shown.has(change)) };
}

function tables(
  customers: readonly [string, Change[]][],
  isFolded: boolean,
  row: (change: Change) => string,
): string[] {
  // Joined by customer, as a text of few long pieces is made faster than one of many short ones.
  return customers.map(([customerId, its]) =>
    [...opening(customerId, its, isFolded), ...its.map(row), ...CLOSING].join("\n"),
  );
}

/** All rows if they fit; otherwise as many as fit beside the sums, those first that take something away. */
function rowsThatFit(
  changes: readonly Change[],
  all: Room,
  some: Room,
  isFolded: boolean,
): Map<Change, string> {
  const whole = fill(changes, all, isFolded);
  if (whole.size === changes.length) return whole;
  return fill(
    [...changes].sort((a, b) => weight(a) - weight(b)),
    some,
    isFolded,
  );
}

function fill(changes: readonly Change[], room: Room, isFolded: boolean): Map<Change, string> {
  const rows = new Map<Change, string>();
  const pen = remembering(cellPen);
  const customers = new Set<string>();
  for (const change of changes) {
    const row = rowOf(change, pen);
    const isNew = !customers.has(change.customerId);
    const frame = isNew ? [...opening(change.customerId, [change], isFolded), ...CLOSING].join("\n") : "";
    // The customer's line grows as more of its changes are counted in it.
    const slack = isNew ? "" : " ".repeat(80);
    if (!room.take(`${frame}${slack}${row}`)) break;
    customers.add(change.customerId);
    rows.set(change, row);
  }
  return rows;
}

function opening(customerId: string, changes: readonly Change[], isFolded: boolean): string[] {
  const isNew = changes.some((change) => change.createsCustomer);
  const note = isNew ? ", a customer that does not exist yet and is created" : "";
  // What takes something away must not be overlooked because it is folded.
  const open = !isFolded || changes.some((change) => weight(change) < HARMLESS) ? " open" : "";
  return [
    `<details${open}>`,
    `<summary><b>${summaryPen.id(customerId)}</b>: ${countsOf(changes)}${note}</summary>`,
    ...HEAD,
  ];
}

const HEAD = ["", "| Change | Balance | Before | After |", "| --- | --- | --- | --- |"];

const CLOSING = ["", "</details>", ""];

function countsOf(changes: readonly Change[]): string {
  const counted = tally(changes);
  return KINDS.filter((kind) => counted[kind] > 0)
    .map((kind) =>
      kind === "blocked" ? `${units(counted[kind])} blocked` : `${units(counted[kind])} to ${kind}`,
    )
    .join(", ");
}

function rowOf(change: Change, pen: Pen): string {
  const { kind, row, desired, fields, unblocksAt } = change;
  const isRenamed = fields.some(({ field }) => field === "feature_id" || field === "entity_id");
  const renamed = fields.filter(({ field }) => field === "feature_id" || field === "entity_id");
  const after = [
    kind === "delete" || desired === null ? "none" : madeBy(change, desired),
    ...(kind === "blocked" ? [unblocksAt === null ? "not now" : `not before ${moment(unblocksAt)}`] : []),
    ...(isRenamed ? [differences(renamed, pen)] : []),
    ...details(change, pen),
  ];
  const sign = `${markdownPen.id(SIGNS[kind])} ${kind}`;
  const cells = [sign, balanceName(change, pen), row === null ? "none" : stored(row), after.join("<br>")];
  return `| ${cells.join(" | ")} |`;
}

/** What the tables have no room for, a line for each customer, as far as those fit. */
function summaryLines(hidden: readonly Change[], room: Room): string[] {
  if (hidden.length === 0) return [];
  const customers = byCustomer(hidden);
  const items: string[] = [];
  for (const [customerId, changes] of customers) {
    const item = `- ${markdownPen.id(customerId)}: ${countsOf(changes)}`;
    if (!room.take(item)) break;
    items.push(item);
  }
  const others = customers.slice(items.length);
  if (others.length > 0) {
    const changes = others.flatMap(([, its]) => its);
    items.push(`- and of ${count(others.length, "more customer")}: ${countsOf(changes)}`);
  }
  return [
    "<details>",
    `<summary>${count(hidden.length, "more change")} of ${count(customers.length, "customer")}, summed up</summary>`,
    "",
    ...items,
    "",
    "</details>",
    "",
  ];
}
