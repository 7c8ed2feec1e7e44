// Reads the rows of a CSV file, each with its place, or says what is wrong with it. Its size, records, columns and rows
// are limited.
import { CsvError, parse } from "csv-parse/sync";
import type { Place, Problem } from "../../schema/index.ts";
import { printable } from "../../text/index.ts";

/** The most rows that are read, without the header. */
export const MAX_ROWS = 200_000;
export const MAX_COLUMNS = 1000;
/** The longest record, in bytes. */
const MAX_RECORD = 1 << 20;
/** Uneven rows that are reported, at most. */
const MOST_PROBLEMS = 20;

export interface TableRow {
  readonly cells: readonly string[];
  /** The line in which the row begins, from 1. */
  readonly line: number;
  /** The offset of the row, in bytes. */
  readonly start: number;
}

export type ReadTable = { readonly table: Table } | { readonly problems: readonly Problem[] };

export class Table {
  constructor(
    readonly file: string,
    readonly headerRow: TableRow,
    readonly rows: readonly TableRow[],
    private readonly bytes: Uint8Array,
    private readonly delimiter: string,
  ) {}

  /** The names of the columns; written by hand, they often have a space behind the separator. */
  get header(): readonly string[] {
    return this.headerRow.cells.map((name) => name.trim());
  }

  place({ line }: Pick<TableRow, "line">): Place {
    return { file: this.file, line, column: 1 };
  }

  /** Where a cell begins. */
  placeOfCell(row: TableRow, column: number): Place {
    let { line, start: at } = row;
    let begins = at;
    let isQuoted = false;
    const text = this.bytes;
    for (let cell = 0; cell < column && at < text.length; at++) {
      const byte = text[at];
      if (byte === QUOTE) isQuoted = !isQuoted;
      else if (byte === NEWLINE) {
        if (!isQuoted) break;
        line += 1;
        begins = at + 1;
      } else if (byte === this.delimiter.charCodeAt(0) && !isQuoted) cell += 1;
    }
    return { file: this.file, line, column: new TextDecoder().decode(text.subarray(begins, at)).length + 1 };
  }
}

const QUOTE = 0x22;
const NEWLINE = 0x0a;
const RETURN = 0x0d;

/**
 * @param withMark the whole text; columns are separated by commas, semicolons or tabs, whichever the header has most of
 * @param file its name, for places
 */
export function readTable(withMark: string, file: string): ReadTable {
  const text = withMark.startsWith("\uFEFF") ? withMark.slice(1) : withMark;
  const wrong = (code: string, message: string, hint: string, line: number, column = 1): ReadTable => ({
    problems: [{ code, message, hint, place: { file, line, column } }],
  });
  const nul = text.indexOf("\0");
  if (nul !== -1) {
    const before = text.slice(0, nul).split("\n");
    const hint = "save the file as CSV in UTF-8";
    return wrong(
      "not-text",
      "a NUL byte: this is no text file",
      hint,
      before.length,
      (before.at(-1)?.length ?? 0) + 1,
    );
  }
  const bytes = Buffer.from(text);
  const delimiter = delimiterOf(text);
  const rows: TableRow[] = [];
  let line = 1;
  let end = 0;
  try {
    parse(bytes, {
      delimiter,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: MAX_RECORD,
      on_record: ((record: { readonly record: string[] }, context: { readonly bytes: number }) => {
        let start = end;
        while (bytes[start] === NEWLINE || bytes[start] === RETURN) start++;
        line += breaksIn(bytes, end, start);
        const { record: cells } = record;
        if (cells.length > MAX_COLUMNS) throw new TooMany("columns", line);
        if (rows.length > MAX_ROWS) throw new TooMany("rows", line);
        // Spreadsheets write rows that nobody has filled in as separators alone.
        if (cells.some((cell) => cell !== "")) rows.push({ cells: cells.map(withoutGuard), line, start });
        end = context.bytes;
        // Not by the parser's count, in which a line break of two characters within quotes is two.
        line += breaksIn(bytes, start, end);
        return null;
      }) as never,
    });
  } catch (error) {
    if (error instanceof TooMany) {
      const most = error.what === "columns" ? MAX_COLUMNS : MAX_ROWS;
      const message = `there are more than ${most} ${error.what}`;
      const hint = error.what === "rows" ? "split it into several files" : "keep the columns that are needed";
      return wrong("too-large", message, hint, error.line);
    }
    if (!(error instanceof CsvError)) throw error;
    return wrong(...explained(error), line);
  }
  const [header, ...others] = rows;
  if (header === undefined) {
    return wrong("no-header", "the file is empty", "its first line has the names of the columns", 1);
  }
  const table = new Table(file, header, others, bytes, delimiter);
  const problems = uneven(table);
  return problems.length > 0 ? { problems } : { table };
}

/** How many line breaks end in a range: LF, CR LF, or a CR alone. */
function breaksIn(bytes: Uint8Array, from: number, to: number): number {
  let breaks = 0;
  for (let at = from; at < to; at++) {
    if (bytes[at] === NEWLINE || (bytes[at] === RETURN && bytes[at + 1] !== NEWLINE)) breaks++;
  }
  return breaks;
}

class TooMany extends Error {
  constructor(
    readonly what: "columns" | "rows",
    readonly line: number,
  ) {
    super(`too many ${what}`);
  }
}

function explained(error: CsvError): [code: string, message: string, hint: string] {
  const twice = 'write a quote within a cell twice: "…""…"';
  switch (error.code as string) {
    case "CSV_QUOTE_NOT_CLOSED":
      return ["bad-csv", "a quote opens here or below, and none closes it", twice];
    case "CSV_MAX_RECORD_SIZE":
      return ["too-large", `a row is longer than ${MAX_RECORD} bytes`, "look for a quote that is not closed"];
    case "CSV_INVALID_CLOSING_QUOTE":
    case "INVALID_OPENING_QUOTE":
      return ["bad-csv", "a quote stands in the middle of a cell", `put the cell in quotes, and ${twice}`];
    default:
      return ["bad-csv", `this is no CSV: ${printable(error.message, 120)}`, "save the file as CSV in UTF-8"];
  }
}

/** The separator that the first line has most of, outside quotes. */
function delimiterOf(text: string): string {
  const end = text.search(/[\r\n]/);
  const line = text.slice(0, Math.min(end === -1 ? text.length : end, MAX_RECORD)).replace(/"[^"]*"/g, "");
  const counted = [",", ";", "\t"].map((sign) => ({ sign, count: line.split(sign).length }));
  return counted.reduce((most, one) => (one.count > most.count ? one : most)).sign;
}

/** The cell without the apostrophe that exports put before what a spreadsheet would take for a formula. */
const withoutGuard = (cell: string): string => (/^'[=+\-@＝＋－＠']/u.test(cell) ? cell.slice(1) : cell);

/** Problems with rows that have more or fewer cells than the header. */
function uneven({ header, headerRow, rows, file }: Table): Problem[] {
  const problems: Problem[] = [];
  for (const { cells, line } of rows) {
    if (cells.length === header.length) continue;
    const message = `this row has ${cells.length} ${cells.length === 1 ? "cell" : "cells"}, and the header in line ${headerRow.line} has ${header.length}`;
    const hint = "put cells with a separator in them into quotes";
    problems.push({ code: "uneven-row", message, hint, place: { file, line, column: 1 } });
    if (problems.length >= MOST_PROBLEMS) break;
  }
  return problems;
}
