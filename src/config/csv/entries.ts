// Turns the rows of a spreadsheet into entries of a balances file, or into problems with their cells.
import {
  type BalanceEntry,
  balanceFields,
  balanceName,
  defaultKey,
  type Place,
  type Problem,
} from "../../schema/index.ts";
import { printable, quoted } from "../../text/index.ts";
import { entryProblems } from "../entry-problems.ts";
import { setOwn } from "../expand/substitute.ts";
import { placeText } from "../yaml/lines.ts";
import { cellValue, columnOf, satisfies } from "./columns.ts";
import type { Mapping } from "./mapping.ts";
import type { Table, TableRow } from "./table.ts";

/** The number of problems after which reading stops: a wrong column is wrong in every row. */
const MOST_PROBLEMS = 50;

export interface EntriesOfTable {
  readonly entries: readonly BalanceEntry[];
  /** How many rows do not count. */
  readonly passedOver: number;
  readonly problems: readonly Problem[];
}

export function entriesOfTable(table: Table, mapping: Mapping): EntriesOfTable {
  const problems: Problem[] = [];
  const find = (name: string, place: Place | undefined): number => {
    const found = columnOf(table, name);
    if (typeof found === "number") return found;
    if (place === undefined) {
      const among = table.header.lastIndexOf(name);
      const hint = among === -1 ? `name yours in a mapping file, for --map; ${found.hint}` : found.hint;
      problems.push({
        ...found,
        ...(hint ? { hint } : {}),
        place: table.placeOfCell(table.headerRow, Math.max(0, among)),
      });
    } else problems.push({ ...found, place });
    return -1;
  };
  const columns = [...mapping.columns].map(([field, { name, place }]) => ({
    field,
    column: find(name, place),
  }));
  const conditions = mapping.where.map(({ name, values, place }) => ({ column: find(name, place), values }));
  const unsaid = mapping.unsaid.map((name) => ({ name, column: find(name, undefined) }));
  if (problems.length > 0) return { entries: [], passedOver: 0, problems };
  const rows = table.rows.filter((row) => satisfies(row, conditions));
  const entries: BalanceEntry[] = [];
  const known = new Map<string, TableRow>();
  for (const row of rows) {
    const said = unsaid.filter(({ column }) => row.cells[column] !== "");
    for (const { name, column } of said)
      problems.push({ ...notOfACell(name), place: table.placeOfCell(row, column) });
    if (said.length > 0) continue;
    const entry = entryOf(row, columns, mapping);
    const cellOf = (pointer: string) => {
      const column = columns.find(({ field }) => pointer === `/${field}`)?.column;
      return column === undefined || row.cells[column] === "" ? undefined : row.cells[column];
    };
    const wrong = entryProblems(entry, undefined, {
      written: cellOf,
      spelling: (pointer) => (cellOf(pointer) === undefined ? undefined : "cell"),
    });
    for (const { pointer, ...problem } of wrong) {
      const field = pointer.split("/")[1];
      const column = columns.find((one) => one.field === field)?.column;
      problems.push({
        ...problem,
        place: column === undefined ? table.place(row) : table.placeOfCell(row, column),
      });
    }
    if (wrong.length === 0) {
      const right = entry as unknown as BalanceEntry;
      const key = right.id ?? defaultKey(right.feature_id, right.entity_id ?? null);
      const name = balanceName(right.customer_id, key);
      const first = known.get(name);
      if (first === undefined) known.set(name, row);
      else {
        const message = `customer ${quoted(right.customer_id)} has another balance named ${quoted(key)} at ${placeText(table.place(first))}`;
        const hint = "map a column to `id` that tells the two apart, or leave one of them out";
        problems.push({ code: "same-balance", message, hint, place: table.place(row) });
      }
      entries.push(right);
    }
    if (problems.length >= MOST_PROBLEMS) break;
  }
  return { entries, passedOver: table.rows.length - rows.length, problems };
}

/** Left out without a word, it would be another balance: one that is granted once and never again. */
function notOfACell(name: string): Pick<Problem, "code" | "message" | "hint"> {
  const [field = ""] = name.split(".");
  const message = `\`${printable(name, 100)}\` cannot be said by a cell`;
  const hint =
    field === "adopt"
      ? "remove the column; `import` without --csv adopts what is there"
      : Object.hasOwn(balanceFields, field)
        ? `write \`${field}\` below \`balance:\` in a mapping file, for --map, or empty the column`
        : "remove the column, and write it in the entries themselves";
  return { code: "not-of-a-cell", message, hint };
}

function entryOf(
  row: TableRow,
  columns: readonly { readonly field: string; readonly column: number }[],
  { balance, datesAreUtc }: Mapping,
): Record<string, unknown> {
  const entry: Record<string, unknown> = {};
  for (const { field, column } of columns) {
    const text = row.cells[column] ?? "";
    if (text !== "") setOwn(entry, field, cellValue(field, datesAreUtc ? inUtc(field, text) : text));
  }
  for (const [field, value] of Object.entries(balance))
    if (!Object.hasOwn(entry, field)) setOwn(entry, field, value);
  return entry;
}

/** Reads `2027-01-31` and `2027-01-31 14:00`, as spreadsheets write them, in UTC. An expiry on a day is at its end. */
function inUtc(field: string, text: string): string {
  if (field !== "expires_at" && field !== "next_reset_at") return text;
  const [, day, time, seconds = ":00"] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2})?)?$/.exec(text) ?? [];
  if (day === undefined) return text;
  if (time !== undefined) return `${day}T${time}${seconds}Z`;
  return field === "expires_at" ? `${day}T23:59:59Z` : `${day}T00:00:00Z`;
}
