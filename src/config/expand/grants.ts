// Expands grants: one balance for each customer of a group. The members are in the file, in a CSV file beside it, or
// known to Autumn, which is asked when a plan is made.
import {
  type BalanceEntry,
  type CustomerFilter,
  type GrantTarget,
  MAPPED_FIELDS,
  type Place,
  type Problem,
  type WhenTheyLeave,
} from "../../schema/index.ts";
import { printable } from "../../text/index.ts";
import { cellValue, columnOf, satisfies, wantedOf } from "../csv/columns.ts";
import { readTable, type Table } from "../csv/table.ts";
import type { Fields } from "../mapping.ts";
import type { Tree } from "../yaml/places.ts";
import { pointerTo } from "../yaml/pointer.ts";
import type { EntryOrigin, FieldOrigin } from "./origins.ts";
import { setOwn } from "./substitute.ts";
import { type ExpandedFields, NOT_OF_BALANCES, type Templates } from "./templates.ts";

/** A file beside a balances file: its name for places and its text, or why it cannot be read. */
export type BesideFile = { readonly name: string; readonly text: string } | { readonly problem: Problem };

/** A group of customers who are given one balance each. */
export interface Group {
  /** The key of the balance, and so the name of the group. */
  readonly name: string;
  readonly source: "customers" | "csv" | "autumn";
  /** The CSV file of the members, relative to the working folder, if they are in one that was read. */
  readonly csv?: string;
  readonly whenTheyLeave: WhenTheyLeave;
  readonly place?: Place;
  readonly pointer: string;
  /** The filter, if Autumn is asked for the members; otherwise `null`. */
  readonly query: CustomerFilter | null;
  /** The balance, without its customer. */
  readonly balance: Omit<BalanceEntry, "customer_id">;
}

export interface ExpandedGrant {
  /** `null` if the balance has no name, which is reported. */
  readonly group: Group | null;
  readonly members: readonly { readonly fields: Fields; readonly origin: EntryOrigin }[];
}

interface Context {
  readonly pointer: string;
  readonly templates: Templates;
  readonly tree: Tree;
  readonly readBeside: ((path: string) => BesideFile) | undefined;
  readonly say: (problem: Problem) => void;
}

/** Stands in for a customer if none is known yet, so that the balance is checked anyway. */
export const ANYBODY = "customer";

export function expandGrant(grant: Fields, context: Context): ExpandedGrant | undefined {
  const { pointer, tree, templates } = context;
  const complain = complaining(context);
  const { to, when_they_leave: leaving = "keep", ...written } = grant;
  const target = to as GrantTarget;
  const source = sourceOf(target);
  if (typeof source !== "string") {
    complain("bad-target", source.message, source.hint, `${pointer}/to`, "name");
    return undefined;
  }
  const expanded = templates.expand(written, pointer);
  if (expanded.length === 0) return undefined;
  const [balance] = expanded;
  if (balance === undefined || expanded.length > 1) {
    const message = "a grant is of one balance, and the template has several";
    complain(
      "several-balances",
      message,
      "write a grant for each, with a template of its own",
      `${pointer}/template`,
      "value",
    );
    return undefined;
  }
  const { id } = balance.fields;
  if (id === undefined) {
    const hint = "add an `id`: by it, each customer is given the balance once, whatever becomes of the group";
    complain("missing-field", "`id` is missing", hint, pointer, "value");
  }
  const table = source === "csv" ? tableOf(target, context) : undefined;
  const place = tree.placeOfValue(pointer);
  const group: Group | null =
    typeof id !== "string"
      ? null
      : {
          name: id,
          source,
          ...(table === undefined ? {} : { csv: table.file }),
          whenTheyLeave: leaving as WhenTheyLeave,
          ...(place ? { place } : {}),
          pointer,
          query: target.autumn ?? null,
          balance: ofBalance(balance.fields) as Group["balance"],
        };
  return { group, members: membersOf(target, source, balance, table, context) };
}

/** Which of the three gives the members. */
function sourceOf(
  target: GrantTarget,
): Group["source"] | { readonly message: string; readonly hint: string } {
  const given = (["customers", "csv", "autumn"] as const).filter((name) => target[name] !== undefined);
  const [source, other] = given;
  if (source === undefined) {
    return { message: "`to` says nobody", hint: "write `customers`, `csv` or `autumn` in it" };
  }
  if (other !== undefined) {
    return {
      message: `\`to\` has \`${source}\` and \`${other}\``,
      hint: "write a grant for each, with an `id` of its own",
    };
  }
  const extra =
    source === "csv" ? undefined : (["where", "map"] as const).find((name) => target[name] !== undefined);
  if (extra !== undefined) return { message: `\`${extra}\` goes with \`csv\` only`, hint: "remove it" };
  if (source === "autumn" && Object.keys(target.autumn ?? {}).length === 0) {
    return {
      message: "`autumn` says nobody",
      hint: "write what they have in common, for example `plan: pro`",
    };
  }
  return source;
}

function membersOf(
  target: GrantTarget,
  source: Group["source"],
  balance: ExpandedFields,
  table: Table | undefined,
  context: Context,
): ExpandedGrant["members"] {
  const { pointer, tree } = context;
  const member = (customer: unknown, more: Partial<EntryOrigin> & { readonly at?: FieldOrigin } = {}) => {
    const { at, ...origin } = more;
    const fields = new Map([...balance.origins, ...(at ? [["customer_id", at] as const] : [])]);
    return {
      fields: { customer_id: customer, ...ofBalance(balance.fields) },
      origin: { pointer, grant: pointer, fields, ...origin },
    };
  };
  const nobody = [member(ANYBODY, { isNobody: true })];
  if (source === "autumn") return nobody;
  if (source === "customers") {
    if (target.customers?.length === 0) return nobody;
    return (target.customers ?? []).map((customer, index) => {
      const at = { pointer: `${pointer}/to/customers/${index}` };
      const place = tree.placeOfValue(at.pointer);
      return member(customer, { at, ...(place ? { place } : {}) });
    });
  }
  if (table === undefined) return nobody;
  const rows = rowsOf(target, table, context);
  if (rows.length === 0) return nobody;
  return rows.map(({ row, values, columns }) => {
    const fields = { ...member("").fields } as Record<string, unknown>;
    for (const [field, value] of Object.entries(values)) setOwn(fields, field, value);
    const cells: EntryOrigin["cells"] = (field) => {
      const column = columns.get(field);
      // An empty cell sets nothing: the field is that of the grant.
      return column === undefined || !Object.hasOwn(values, field)
        ? undefined
        : { place: table.placeOfCell(row, column), written: row.cells[column] ?? "" };
    };
    return {
      fields,
      origin: { pointer, grant: pointer, fields: balance.origins, place: table.place(row), cells },
    };
  });
}

function tableOf(target: GrantTarget, context: Context): Table | undefined {
  const { pointer, readBeside, say } = context;
  if (readBeside === undefined) return undefined;
  const complain = complaining(context);
  const path = target.csv ?? "";
  const at = `${pointer}/to/csv`;
  const file = readBeside(path);
  if ("problem" in file) {
    const { code, message, hint = "check the path" } = file.problem;
    complain(code, `${printable(path, 200)}: ${message}`, hint, at, "value");
    return undefined;
  }
  const read = readTable(file.text, file.name);
  if ("table" in read) return read.table;
  for (const problem of read.problems) say({ ...problem, pointer: at });
  return undefined;
}

interface Member {
  readonly row: Table["rows"][number];
  readonly values: Readonly<Record<string, unknown>>;
  /** Columns by the fields that they set. */
  readonly columns: ReadonlyMap<string, number>;
}

function rowsOf(target: GrantTarget, table: Table, context: Context): readonly Member[] {
  const { pointer } = context;
  const { where = {}, map = {} } = target;
  const complain = complaining(context);
  if (target.map === undefined) refuseUnmapped(table, context);
  const columns = new Map<string, number>();
  let isRight = true;
  const find = (name: string, at: string, kind: "name" | "value"): number | undefined => {
    const found = columnOf(table, name);
    if (typeof found === "number") return found;
    isRight = false;
    complain(found.code, found.message, found.hint ?? "", at, kind);
    return undefined;
  };
  const mapped = Object.hasOwn(map, "customer_id") ? map : { customer_id: "customer_id", ...map };
  for (const [field, name] of Object.entries(mapped)) {
    const at = Object.hasOwn(map, field) ? pointerTo(`${pointer}/to/map`, field) : `${pointer}/to/csv`;
    const column = find(name, at, "value");
    if (column !== undefined) columns.set(field, column);
  }
  const conditions = Object.entries(where).flatMap(([name, wanted]) => {
    const at = pointerTo(`${pointer}/to/where`, name);
    const column = find(name, at, "name");
    return column === undefined ? [] : [{ column, values: wantedOf(wanted, context.tree, at) }];
  });
  if (!isRight) return [];
  return table.rows
    .filter((row) => satisfies(row, conditions))
    .map((row) => {
      const values: Record<string, unknown> = {};
      for (const [field, column] of columns) {
        const text = row.cells[column] ?? "";
        if (text !== "" || field === "customer_id") setOwn(values, field, cellValue(field, text));
      }
      return { row, values, columns };
    });
}

/** A column that is named like a field looks as if it counted, and one grant of each amount is not another. */
function refuseUnmapped(table: Table, { pointer, say }: Context): void {
  for (const [column, name] of table.header.entries()) {
    const isOfField = name !== "customer_id" && (MAPPED_FIELDS as readonly string[]).includes(name);
    if (!isOfField || table.rows.every(({ cells }) => cells[column] === "")) continue;
    say({
      code: "not-mapped",
      message: `the column \`${name}\` is named like a field, and the grant does not say whether it counts`,
      hint: `write \`map: { ${name}: ${name} }\` beside \`csv\` if it does, or \`map: { customer_id: customer_id }\` if not`,
      place: table.placeOfCell(table.headerRow, column),
      pointer: `${pointer}/to/csv`,
    });
  }
}

function ofBalance(fields: Fields): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields))
    if (!NOT_OF_BALANCES.has(name)) setOwn(kept, name, value);
  return kept;
}

function complaining({ tree, say }: Context) {
  return (code: string, message: string, hint: string, pointer: string, at: "name" | "value"): void => {
    const place = at === "name" ? tree.placeOfName(pointer) : tree.placeOfValue(pointer);
    say({ code, message, hint, ...(place ? { place } : {}), pointer });
  };
}
