// CSV as RFC 4180 has it. A spreadsheet takes a cell that begins with one of some characters for a formula, and ids and
// names come from outside.
import { decimal, visible } from "../text/index.ts";

/**
 * What a spreadsheet takes for the beginning of a formula, also in the wide forms of East Asian keyboards; and the
 * apostrophe that prevents this, so that one that was put before a text can be told from one in the text.
 */
const MARKED = /^[=+\-@＝＋－＠']/u;
const QUOTED = /[",\r\n]/;

/** A number is written with all of its digits; `null` is an empty cell. */
export type Cell = string | number | null;

/** Lines that end with CR LF, the first with the names of the columns. */
export function csv(columns: readonly string[], rows: Iterable<readonly Cell[]>): string {
  const lines = [columns, ...rows].map((cells) => cells.map(cellText).join(","));
  return `${lines.join("\r\n")}\r\n`;
}

/** Text with everything that cannot be seen as `\u{…}`, and an apostrophe before what could be a formula. */
function cellText(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return decimal(cell);
  const shown = visible(cell);
  const text = MARKED.test(shown) ? `'${shown}` : shown;
  return QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
