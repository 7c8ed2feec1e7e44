// Changes and removes entries in the text of a balances file, and nothing else in it. The result is read again, so that
// it is either a valid balances file or a complaint.
import { isMap, isScalar, isSeq, type Pair, type ParsedNode, type YAMLMap, type YAMLSeq } from "yaml";
import { type BalanceEntry, defaultKey, type Problem } from "../schema/index.ts";
import { addEntries, readAlone, type WrittenFile } from "./add-entries.ts";
import { entryInline } from "./entry-text.ts";
import { combine } from "./loaded-config.ts";
import { yamlDocument } from "./yaml/document.ts";
import { Lines } from "./yaml/lines.ts";

/** Identifies an entry, by its customer and its key. */
export interface EntryName {
  readonly customer_id: string;
  /** The `id:` of the entry, or else its feature, with `@` and the entity if it has one. */
  readonly id: string;
}

export interface Edit {
  readonly add?: readonly BalanceEntry[];
  /** New versions of entries, each replacing the entry of this name. */
  readonly change?: readonly (EntryName & { readonly entry: BalanceEntry })[];
  readonly remove?: readonly EntryName[];
}

/** @param file its name, for problems */
export function editEntries(
  text: string,
  { add = [], change = [], remove = [] }: Edit,
  file: string,
): WrittenFile {
  const before = combine([readAlone(text, file)]);
  if (before.config === null) return { problems: before.problems };
  const yaml = yamlDocument(text, new Lines(text, file));
  if ("problems" in yaml) return yaml;
  const items = itemsOf(yaml.root);
  const edits: { at: number; end: number; text: string }[] = [];
  const problems: Problem[] = [];
  const done = new Set<YAMLMap.Parsed>();
  for (const [named, entry] of [
    ...change.map((one) => [one, one.entry] as const),
    ...remove.map((one) => [one, null] as const),
  ]) {
    const found = items.filter((item) => isNamed(item, named));
    const [item, ...more] = found;
    if (item === undefined || more.length > 0) problems.push(notFound(named, file));
    else if (done.has(item)) problems.push(namedTwice(named));
    else if (entry !== null) edits.push({ ...rangeOf(text, item), text: entryInline(entry) });
    else edits.push({ ...wholeItem(text, item), text: "" });
    if (item !== undefined) done.add(item);
  }
  if (problems.length > 0) return { problems };
  edits.sort((a, b) => b.at - a.at);
  const edited = edits.reduce((all, edit) => all.slice(0, edit.at) + edit.text + all.slice(edit.end), text);
  const added = addEntries(edited, add, file, { takesDefaults: true });
  if ("problems" in added) return added;
  const { config, problems: wrong } = combine([readAlone(added.text, file)]);
  if (config === null) return { problems: wrong };
  const after = yamlDocument(added.text, new Lines(added.text, file));
  const expected = itemCount(yaml.root) + add.length - remove.length;
  const isRight = !("problems" in after) && itemCount(after.root) === expected;
  return isRight ? added : { problems: [cannotEdit(file)] };
}

/** How many entries are written; one that uses a template may come to several balances. */
const itemCount = (root: ParsedNode | null): number => {
  const list = listIn(root);
  return isSeq(list) ? list.items.length : 0;
};

function listIn(root: ParsedNode | null): ParsedNode | null | undefined {
  if (!isMap(root)) return undefined;
  const pairs = root.items as Pair<ParsedNode, ParsedNode | null>[];
  return pairs.find(({ key }) => isScalar(key) && key.value === "balances")?.value;
}

function itemsOf(root: ParsedNode | null): YAMLMap.Parsed[] {
  const list = listIn(root);
  // Entries in brackets are left to people: removing one would have to remove its comma, too.
  if (!isSeq(list) || (list as YAMLSeq.Parsed).flow === true) return [];
  return (list as YAMLSeq.Parsed).items.filter((item): item is YAMLMap.Parsed => isMap(item));
}

function isNamed(item: YAMLMap.Parsed, { customer_id, id }: EntryName): boolean {
  const field = (name: string): unknown => item.get(name);
  const entity = field("entity_id");
  const own =
    field("id") ?? defaultKey(String(field("feature_id")), typeof entity === "string" ? entity : null);
  return field("customer_id") === customer_id && own === id;
}

/** The range of an entry, without the line break after it. */
function rangeOf(text: string, item: YAMLMap.Parsed): { at: number; end: number } {
  const [at, end] = item.range;
  return { at, end: at + text.slice(at, end).trimEnd().length };
}

/** The lines of an item, from its `-` on. */
function wholeItem(text: string, item: YAMLMap.Parsed): { at: number; end: number } {
  const { at, end } = rangeOf(text, item);
  const next = text.indexOf("\n", end);
  return { at: text.lastIndexOf("\n", at - 1) + 1, end: next === -1 ? text.length : next + 1 };
}

const notFound = ({ customer_id, id }: EntryName, file: string): Problem => ({
  code: "no-entry",
  message: `${file} has no entry ${id} of ${customer_id} that can be changed`,
  hint: "name the customer and the id; of an entry without `id:` that is the feature, or feature@entity",
});

const namedTwice = ({ customer_id, id }: EntryName): Problem => ({
  code: "named-twice",
  message: `the entry ${id} of ${customer_id} is named twice`,
  hint: "change or remove each entry once",
});

const cannotEdit = (file: string): Problem => ({
  code: "cannot-edit",
  message: `the entries of ${file} are not written in a usual way`,
  hint: "change it by hand",
});
