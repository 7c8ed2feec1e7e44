// What became of balances, for people: a timeline of each customer, the oldest first, and where git disagrees.
import type { GitHistory } from "../../config/index.ts";
import type {
  CustomerTimeline,
  Disagreement,
  EntryEvent,
  HistoryEvent,
  RowEvent,
} from "../../history/index.ts";
import type { Scope } from "../../reconcile/index.ts";
import type { Environment } from "../../schema/index.ts";
import { balanceName } from "../change-words.ts";
import { type Palette, palette } from "../text/palette.ts";
import { textPen } from "../text/pen.ts";
import { count, units } from "../words.ts";
import { disagreementLines, gitLine } from "./git.ts";
import { changesText, grants, heldBy, rowName, toSecond } from "./words.ts";

export interface HistoryReport {
  readonly namespace: string;
  readonly environment: Environment | null;
  readonly baseUrl: string;
  /** ms since 1970, by the server's clock. */
  readonly madeAt: number;
  /** ms since 1970: what happened before is not shown. */
  readonly since: number;
  readonly scope: Scope;
  /** Customers that were looked at. */
  readonly customers: number;
  /** Customers that Autumn does not have, ordered by id. */
  readonly missing: readonly string[];
  readonly timelines: readonly CustomerTimeline[];
  /** Rows that ended before `since`. */
  readonly earlier: number;
  readonly git: GitHistory;
  readonly disagreements: readonly Disagreement[];
}

export interface HistoryTextOptions {
  readonly colours?: boolean;
  /** How many events are shown, the newest; all when left out. */
  readonly most?: number;
}

/** How many customers that are missing are listed. */
const LISTED = 20;
/** Cells up to this many characters are aligned; a longer one moves what follows it. */
const WIDEST = 48;

const PAINTS: Readonly<Record<string, keyof Palette>> = {
  appeared: "green",
  changed: "cyan",
  removed: "red",
  ended: "yellow",
  "used up": "yellow",
};

/** Ends with a line break. */
export function historyText(report: HistoryReport, options: HistoryTextOptions = {}): string {
  const paint = palette(options.colours ?? false);
  const { most = Number.POSITIVE_INFINITY } = options;
  const all = report.timelines.flatMap(({ events }) => events);
  const shown = newest(all, most);
  const cells = new Map([...shown].map((event) => [event, cellsOf(event)]));
  const widths = [0, 1, 2, 3].map((column) => widthOf([...cells.values()].map((row) => row[column] ?? "")));
  const sections = [
    [paint.bold(headline(report)), paint.dim(whereLine(report)), paint.dim(gitLine(report.git))],
    ...report.timelines.map((timeline) => customerSection(timeline, cells, widths, paint)),
    disagreementLines(report.disagreements, paint, most),
    [
      ...(shown.size === all.length
        ? []
        : [`${count(all.length - shown.size, "older event")}: --full shows all of them`]),
      ...notes(report),
    ],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

/** An event without a moment, which is not committed yet, is the newest. */
function newest(events: readonly HistoryEvent[], most: number): ReadonlySet<HistoryEvent> {
  if (events.length <= most) return new Set(events);
  const moment = ({ at }: HistoryEvent): number => at ?? Number.MAX_VALUE;
  return new Set([...events].sort((a, b) => moment(b) - moment(a)).slice(0, most));
}

function headline({ timelines, since, disagreements, git }: HistoryReport): string {
  const events = timelines.flatMap((one) => one.events);
  const rows = events.filter(({ type }) => type === "row");
  const customers = new Set(rows.map(({ customerId }) => customerId)).size;
  const have = rows.length === 1 ? "has" : "have";
  const ended =
    rows.length === 0
      ? "No balance has ended"
      : `${count(rows.length, "balance")} of ${count(customers, "customer")} ${have} ended`;
  return [
    `${ended} since ${toSecond(since)}`,
    ...(git.kind === "none" ? [] : [`${count(events.length - rows.length, "change")} of entries`]),
    ...(disagreements.length === 0 ? [] : [`${units(disagreements.length)} that no commit explains`]),
  ].join("; ");
}

function whereLine({ namespace, environment, baseUrl, customers }: HistoryReport): string {
  const where = environment === null ? textPen.id(baseUrl) : `${textPen.id(baseUrl)} (${environment})`;
  return `namespace ${textPen.id(namespace)} at ${where}, ${count(customers, "customer")} looked at`;
}

function customerSection(
  { customerId, isMissing, events }: CustomerTimeline,
  cells: ReadonlyMap<HistoryEvent, readonly string[]>,
  widths: readonly number[],
  paint: Palette,
): string[] {
  const lines = events.flatMap((event) => {
    const row = cells.get(event);
    return row === undefined ? [] : [eventLine(row, widths, paint)];
  });
  const name = `Customer ${textPen.id(customerId)}`;
  return lines.length === 0 ? [] : [isMissing ? `${name}, who is not in Autumn` : name, ...lines];
}

function notes({ earlier, missing, scope }: HistoryReport): string[] {
  const more = missing.length - LISTED;
  const named = missing.slice(0, LISTED).map((id) => textPen.id(id));
  if (more > 0) named.push(`and ${units(more)} more`);
  return [
    ...(earlier === 0
      ? []
      : [`${count(earlier, "balance")} ended before that; --since tells how far back to look.`]),
    ...(missing.length === 0 ? [] : [`Not in Autumn, or no more: ${named.join(", ")}.`]),
    ...(scope === "organisation" ? [] : ["Other customers are looked at with --all-customers."]),
  ];
}

/** When, which balance, what happened, what it held or what changed, and what replaced it or who changed it. */
const cellsOf = (event: HistoryEvent): string[] =>
  event.type === "row" ? rowCells(event) : entryCells(event);

function rowCells({ at, ended }: RowEvent): string[] {
  const happened = ended.state === "ended" ? "ended" : "used up";
  const when = at === null ? "time not known" : toSecond(at);
  return [when, rowName(ended), happened, heldBy(ended.row), whatCame(ended)];
}

function entryCells({ at, happened, change }: EntryEvent): string[] {
  const { before, after, commit } = change;
  const entry = after ?? before;
  if (entry === null) return [];
  const what = before === null || after === null ? grants(entry) : changesText(before, after);
  const who = commit === null ? "in the files" : `${textPen.id(commit.author)} (${commit.id.slice(0, 7)})`;
  const when = at === null ? "not committed" : toSecond(at);
  return [when, balanceName(entry, textPen), happened, what, who];
}

function eventLine(cells: readonly string[], widths: readonly number[], paint: Palette): string {
  const [at = "", name = "", happened = "", held = "", came = ""] = cells.map((cell, column) =>
    padded(cell, widths[column] ?? 0),
  );
  const painted = paint[PAINTS[happened.trimEnd()] ?? "bold"](happened);
  return `  ${paint.dim(at)}  ${paint.bold(name)}  ${painted}  ${held}  ${paint.dim(came)}`;
}

const widthOf = (cells: readonly string[]): number =>
  cells.reduce((widest, cell) => Math.max(widest, Math.min(WIDEST, Array.from(cell).length)), 0);

const padded = (cell: string, width: number): string =>
  cell + " ".repeat(Math.max(0, width - Array.from(cell).length));

function whatCame({ replacedBy, idFreeAt, state }: RowEvent["ended"]): string {
  if (replacedBy === null) return "nothing replaced it";
  const by = `replaced by ${textPen.id(replacedBy.balanceId ?? "")}`;
  if (state === "ended" || idFreeAt === null) return by;
  return `${by}, comes back ${toSecond(idFreeAt)}, when its id can be freed`;
}
