// Finds columns of a table by the names in its header, each of which must be unique.
import type { Problem } from "../../schema/index.ts";
import { didYouMean, printable } from "../../text/index.ts";
import { yamlText } from "../entry-text.ts";
import type { Tree } from "../yaml/places.ts";
import { pointerTo } from "../yaml/pointer.ts";
import type { Table, TableRow } from "./table.ts";

/** The index of a column, or why there is none. */
export function columnOf(
  { header, file }: Pick<Table, "header" | "file">,
  written: string,
): number | Pick<Problem, "code" | "message" | "hint"> {
  const name = written.trim();
  const index = header.indexOf(name);
  const shown = `\`${printable(name, 100)}\``;
  const of = printable(file, 200);
  if (index === -1) {
    const meant = didYouMean(name, header) ?? header.find((one) => one.toLowerCase() === name.toLowerCase());
    const some = header.slice(0, 12).map((one) => `\`${printable(one, 60)}\``);
    const hint = meant
      ? `did you mean \`${printable(yamlText(meant), 100)}\`?`
      : `its columns are ${some.join(", ")}${header.length > some.length ? " …" : ""}`;
    return { code: "unknown-column", message: `${of} has no column ${shown}`, hint };
  }
  if (header.indexOf(name, index + 1) === -1) return index;
  const hint = "give each column a name of its own";
  return { code: "unknown-column", message: `${of} has several columns ${shown}`, hint };
}

/** What a cell can be asked to say: a text, or in letters of any case, as spreadsheets write it, true or false. */
export type Wanted = string | boolean;

/** The values of which a cell must have one for its row to count. */
export interface Condition {
  readonly column: number;
  readonly values: readonly Wanted[];
}

/**
 * The values of a condition, from a value or a list of them. A number is wanted as it is written: `007` is another text
 * than `7`.
 */
export function wantedOf(value: unknown, tree: Tree, pointer: string): Wanted[] {
  const one = (single: unknown, at: string): Wanted =>
    typeof single === "boolean"
      ? single
      : typeof single === "number"
        ? (tree.written(at) ?? String(single))
        : String(single).trim();
  return Array.isArray(value)
    ? value.map((single, index) => one(single, pointerTo(pointer, String(index))))
    : [one(value, pointer)];
}

export const satisfies = ({ cells }: TableRow, conditions: readonly Condition[]): boolean =>
  conditions.every(({ column, values }) => {
    const cell = (cells[column] ?? "").trim();
    return values.some((value) =>
      typeof value === "boolean" ? cell.toLowerCase() === String(value) : cell === value,
    );
  });

const NUMBER = /^-?\d{1,16}(?:\.\d{1,400})?$/;
const MS = /^\d{13}$/;

/** The value of a field in a cell. A text that is no value of the field's type stays text, and is reported later. */
export function cellValue(field: string, text: string): unknown {
  if (field === "included" || field === "included_grant") return NUMBER.test(text) ? Number(text) : text;
  if (field === "expires_at" || field === "next_reset_at") return MS.test(text) ? Number(text) : text;
  if (field === "unlimited") {
    const word = text.toLowerCase();
    return word === "true" ? true : word === "false" ? false : text;
  }
  return text;
}
