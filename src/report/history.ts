// What became of balances, for people: a timeline of each customer, the oldest first.
import type { CustomerTimeline, HistoryEvent } from "../history/index.ts";
import type { Row, Scope } from "../reconcile/index.ts";
import { defaultKey, type Environment } from "../schema/index.ts";
import { brief } from "../text/index.ts";
import { type Palette, palette } from "./palette.ts";
import { textPen } from "./pen.ts";
import { count, cycleOf, moment, units } from "./words.ts";

export interface HistoryReport {
  readonly namespace: string;
  readonly environment: Environment | null;
  readonly baseUrl: string;
  /** ms since 1970, by the server's clock. */
  readonly madeAt: number;
  /** ms since 1970: what happened before is not told. */
  readonly since: number;
  readonly scope: Scope;
  /** Customers that were looked at. */
  readonly customers: number;
  /** Customers that Autumn does not have, ordered by id. */
  readonly missing: readonly string[];
  readonly timelines: readonly CustomerTimeline[];
  /** Rows that ended before `since`. */
  readonly earlier: number;
}

/** How many customers that are missing are listed. */
const LISTED = 20;
/** Cells up to this many characters are aligned; a longer one moves what is behind it. */
const WIDEST = 48;

const PAINTS: Readonly<Record<HistoryEvent["state"], keyof Palette>> = {
  ended: "yellow",
  used_up: "dim",
};

/** Ends with a line break. */
export function historyText(report: HistoryReport, options: { readonly colours?: boolean } = {}): string {
  const paint = palette(options.colours ?? false);
  const cells = new Map(report.timelines.flatMap(({ events }) => events).map((one) => [one, cellsOf(one)]));
  const widths = [0, 1, 2, 3].map((column) => widthOf([...cells.values()].map((row) => row[column] ?? "")));
  const sections = [
    [paint.bold(headline(report)), paint.dim(whereLine(report))],
    ...report.timelines.map(({ customerId, events }) => [
      `Customer ${textPen.id(customerId)}`,
      ...events.map((event) => eventLine(event, cells.get(event) ?? [], widths, paint)),
    ]),
    notes(report),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function headline({ timelines, since }: HistoryReport): string {
  const events = timelines.flatMap((one) => one.events);
  const from = `since ${toSecond(since)}`;
  if (events.length === 0) return `No balance has ended ${from}.`;
  const have = events.length === 1 ? "has" : "have";
  return `${count(events.length, "balance")} of ${count(timelines.length, "customer")} ${have} ended ${from}`;
}

function whereLine({ namespace, environment, baseUrl, customers }: HistoryReport): string {
  const where = environment === null ? brief(baseUrl) : `${brief(baseUrl)} (${environment})`;
  return `namespace ${brief(namespace)} at ${where}, ${count(customers, "customer")} looked at`;
}

function notes({ earlier, missing, scope }: HistoryReport): string[] {
  const more = missing.length - LISTED;
  const named = missing.slice(0, LISTED).map((id) => brief(id));
  if (more > 0) named.push(`and ${units(more)} more`);
  return [
    ...(earlier === 0
      ? []
      : [`${count(earlier, "balance")} ended before that; --since tells how far back to look.`]),
    ...(missing.length === 0 ? [] : [`Not in Autumn, or no more: ${named.join(", ")}.`]),
    ...(scope === "organisation" ? [] : ["Other customers are looked at with --all-customers."]),
  ];
}

/** When, which balance, what happened, what it held, and what came of it. */
function cellsOf(event: HistoryEvent): string[] {
  const { at, row, state } = event;
  return [
    at === null ? "time not known" : toSecond(at),
    rowName(event),
    state === "ended" ? "ended" : "used up",
    heldBy(row),
    whatCame(event),
  ];
}

function eventLine(
  { state }: HistoryEvent,
  cells: readonly string[],
  widths: readonly number[],
  paint: Palette,
): string {
  const [at = "", name = "", happened = "", held = "", came = ""] = cells.map((cell, column) =>
    padded(cell, widths[column] ?? 0),
  );
  return `  ${paint.dim(at)}  ${paint.bold(name)}  ${paint[PAINTS[state]](happened)}  ${held}  ${paint.dim(came)}`;
}

const widthOf = (cells: readonly string[]): number =>
  Math.min(WIDEST, Math.max(0, ...cells.map((cell) => Array.from(cell).length)));

const padded = (cell: string, width: number): string =>
  cell + " ".repeat(Math.max(0, width - Array.from(cell).length));

/** `api_calls~2`, `launch-bonus (api_calls)`: the balance and its generation. */
function rowName({ key, generation, row }: HistoryEvent): string {
  const plain = defaultKey(row.featureId, row.entityId ?? null);
  const name = textPen.id(generation > 1 ? `${key}~${generation}` : key);
  const of = key === plain ? "" : ` (${textPen.id(plain)})`;
  const as = generation === 0 ? ` as ${textPen.id(row.balanceId ?? row.internalId ?? "")}` : "";
  return name + of + as;
}

/** `50,000 a month, 120 used`. */
function heldBy({ boolean, unlimited, grant, usage, reset }: Row): string {
  if (boolean) return "on";
  return unlimited ? "unlimited" : `${units(grant)} ${cycleOf(reset)}, ${units(usage)} used`;
}

function whatCame({ replacedBy, idFreeAt, state }: HistoryEvent): string {
  if (replacedBy === null) return "nothing replaced it";
  const by = `replaced by ${textPen.id(replacedBy.balanceId ?? "")}`;
  if (state === "ended" || idFreeAt === null) return by;
  return `${by}, comes back ${toSecond(idFreeAt)}, when its id can be freed`;
}

/** Milliseconds say nothing here, and without them all moments are as long. */
const toSecond = (ms: number): string => moment(Math.floor(ms / 1000) * 1000);
