// Reads a mapping file: which columns of a spreadsheet stand for which fields of a balance, and what all rows share.
import { balanceFields, entryFields, noteFields, type Place, type Problem } from "../../schema/index.ts";
import { didYouMean, printable } from "../../text/index.ts";
import { type Fields, isMapping } from "../mapping.ts";
import { yamlDocument } from "../yaml/document.ts";
import { Lines } from "../yaml/lines.ts";
import type { Tree } from "../yaml/places.ts";
import { pointerTo } from "../yaml/pointer.ts";
import { plainValue } from "../yaml/values.ts";
import { type Wanted, wantedOf } from "./columns.ts";

export interface Mapping {
  /** Columns by the fields that they stand for. */
  readonly columns: ReadonlyMap<string, { readonly name: string; readonly place?: Place }>;
  /** The values that cells must have for a row to count, by column. */
  readonly where: readonly {
    readonly name: string;
    readonly values: readonly Wanted[];
    readonly place?: Place;
  }[];
  /** Fields that are the same for all rows. */
  readonly balance: Fields;
  /** Columns named after fields that no cell can hold. */
  readonly unsaid: readonly string[];
  /** Whether dates without a time zone are in UTC; otherwise they are refused. */
  readonly datesAreUtc: boolean;
}

/** Fields that a cell can set. */
const IN_CELLS = Object.entries(balanceFields).flatMap(([name, { type }]) =>
  type === "object" || name === "adopt" ? [] : [name],
);
const PARTS = ["columns", "where", "balance", "dates"];

/** @param file its name, for places */
export function readMapping(
  text: string,
  file: string,
): { readonly mapping: Mapping } | { readonly problems: readonly Problem[] } {
  const lines = new Lines(text, file);
  const yaml = yamlDocument(text, lines);
  if ("problems" in yaml) return yaml;
  const { value, tree, problems: found } = plainValue(yaml.root, lines);
  const problems = [...found];
  const complain = complaining(tree, problems);
  if (!isMapping(value)) {
    const message = "a mapping file has `columns:` with a column for each field";
    problems.push({
      code: "bad-mapping",
      message,
      hint: "for example `columns: { customer_id: Customer }`",
      place: lines.place(0),
    });
    return { problems };
  }
  for (const name of Object.keys(value))
    if (!PARTS.includes(name)) complain(`/${name}`, unknown(name, PARTS));
  const { columns = {}, where = {}, balance = {}, dates } = value;
  const isPart = (name: string, part: unknown): part is Fields => {
    if (isMapping(part)) return true;
    complain(`/${name}`, [`\`${name}\` is no mapping`, "write names with values, one a line"]);
    return false;
  };
  const byField = new Map<string, { readonly name: string; readonly place?: Place }>();
  if (isPart("columns", columns)) {
    for (const [field, name] of Object.entries(columns)) {
      const at = pointerTo("/columns", field);
      if (!IN_CELLS.includes(field)) complain(at, unknown(field, IN_CELLS));
      else if (typeof name !== "string") complain(at, ["the name of a column is text", "quote it"]);
      else byField.set(field, { name, ...placed(tree, at) });
    }
  }
  const conditions: Mapping["where"][number][] = [];
  if (isPart("where", where)) {
    for (const [name, wanted] of Object.entries(where)) {
      const at = pointerTo("/where", name);
      const values = Array.isArray(wanted) ? wanted : [wanted];
      if (values.some((one) => typeof one === "object"))
        complain(at, ["a cell is compared with text", "write a value, or a list of them"]);
      else if (values.length === 0)
        complain(at, ["the list is empty, so no row would count", "write a value, or remove it"]);
      else conditions.push({ name, values: wantedOf(wanted, tree, at), ...placed(tree, at) });
    }
  }
  if (isPart("balance", balance)) {
    for (const field of Object.keys(balance)) {
      if (!Object.hasOwn(balanceFields, field))
        complain(pointerTo("/balance", field), unknown(field, Object.keys(balanceFields)));
    }
  }
  if (dates !== undefined && dates !== "utc")
    complain("/dates", ["`dates` can only be utc", "write `dates: utc`, or leave it out"]);
  if (problems.length > 0) return { problems };
  return {
    mapping: {
      columns: byField,
      where: conditions,
      balance: balance as Fields,
      unsaid: [],
      datesAreUtc: dates === "utc",
    },
  };
}

/** The fields that every entry must have. */
const NEEDED = Object.entries(balanceFields).flatMap(([name, field]) => ("required" in field ? [name] : []));

/** The mapping without a mapping file: columns with the names of fields, as far as the table has them. */
export const usualMapping = (header: readonly string[]): Mapping => ({
  columns: new Map(
    IN_CELLS.filter((field) => NEEDED.includes(field) || header.includes(field)).map((field) => [
      field,
      { name: field },
    ]),
  ),
  where: [],
  balance: {},
  unsaid: header.filter((name) => {
    const [field = ""] = name.split(".");
    // What people write for people changes no balance.
    return (
      Object.hasOwn(entryFields, field) && !IN_CELLS.includes(field) && !Object.hasOwn(noteFields, field)
    );
  }),
  datesAreUtc: false,
});

const placed = (tree: Tree, pointer: string): { readonly place?: Place } => {
  const place = tree.placeOfName(pointer);
  return place ? { place } : {};
};

type Said = readonly [message: string, hint: string];

function unknown(name: string, known: readonly string[]): Said {
  const meant = didYouMean(name, known);
  const hint = meant
    ? `did you mean \`${meant}\`?`
    : `there are ${known.map((one) => `\`${one}\``).join(", ")}`;
  return [`there is no field \`${printable(name)}\` here`, hint];
}

function complaining(tree: Tree, problems: Problem[]) {
  return (pointer: string, [message, hint]: Said): void => {
    problems.push({ code: "bad-mapping", message, hint, ...placed(tree, pointer), pointer });
  };
}
