// Adds entries to the text of a balances file. They are inserted at the end of the list; everything else stays as it
// is, byte for byte, with comments and layout.
import { isMap, isScalar, isSeq, type Pair, type ParsedNode, type YAMLMap, type YAMLSeq } from "yaml";
import { type BalanceEntry, desiredBalance, type Problem, termsOf } from "../schema/index.ts";
import { printable, quoted } from "../text/index.ts";
import type { Entry } from "./clashes.ts";
import { entryInline, entryJson, entryLines, yamlText } from "./entry-text.ts";
import { combine, type ReadFile } from "./loaded-config.ts";
import { readBalances } from "./parse.ts";
import { MAX_FILE_BYTES } from "./read-text.ts";
import { yamlDocument } from "./yaml/document.ts";
import { Lines } from "./yaml/lines.ts";

/** Either the text of a valid file, or why there is none. */
export type WrittenFile = { readonly text: string } | { readonly problems: readonly Problem[] };

/** A text that replaces `length` code units from `at` on. */
interface Splice {
  readonly at: number;
  readonly length: number;
  readonly text: string;
}

/** A new balances file: JSON if its name says so, otherwise YAML. */
export function newFile(namespace: string, entries: readonly BalanceEntry[], file: string): WrittenFile {
  const empty = isJson(file)
    ? `{\n  "version": 1,\n  "namespace": ${JSON.stringify(namespace)},\n  "balances": []\n}\n`
    : `# yaml-language-server: $schema=./node_modules/autumn-balances/schema/balances.schema.json\nversion: 1\nnamespace: ${yamlText(namespace)}\nbalances: []\n`;
  return addEntries(empty, entries, file);
}

export interface AddOptions {
  /** Whether `defaults:` of the file may say more of a balance than its entry. */
  readonly takesDefaults?: boolean;
}

/**
 * The text with entries added at the end of its list. `balances:` without a value is an empty list.
 * @param text an otherwise valid balances file
 * @param file its name, for problems; if it ends in .json, it stays JSON
 */
export function addEntries(
  text: string,
  entries: readonly BalanceEntry[],
  file: string,
  options: AddOptions = {},
): WrittenFile {
  if (entries.length === 0) return { text };
  const mark = text.startsWith("\uFEFF") ? "\uFEFF" : "";
  const stored = text.slice(mark.length);
  const first = yamlDocument(stored, new Lines(stored, file));
  if ("problems" in first) return first;
  const body = withList(stored, first.root);
  const yaml = body === stored ? first : yamlDocument(body, new Lines(body, file));
  if ("problems" in yaml) return { problems: [cannotAdd(file)] };
  const list = listOf(yaml.root);
  const splice = list && spliceOf(body, list, isRootFlow(yaml.root) || isJson(file), entries);
  if (!splice) return { problems: [cannotAdd(file)] };
  const added = `${mark}${body.slice(0, splice.at)}${splice.text}${body.slice(splice.at + splice.length)}`;
  return checked(added, text, entries, file, options);
}

const isJson = (file: string): boolean => /\.json$/i.test(file);

const isRootFlow = (root: ParsedNode | null): boolean => isMap(root) && root.flow === true;

type ParsedPair = Pair<ParsedNode, ParsedNode | null>;

function pairOf(root: ParsedNode | null): ParsedPair | undefined {
  if (!isMap(root)) return undefined;
  const pairs = (root as YAMLMap).items as ParsedPair[];
  return pairs.find(({ key }) => isScalar(key) && key.value === "balances");
}

/** The list below `balances`; `undefined` when there is none, or an alias stands for it. */
function listOf(root: ParsedNode | null): YAMLSeq.Parsed | undefined {
  const value = pairOf(root)?.value;
  return isSeq(value) ? (value as YAMLSeq.Parsed) : undefined;
}

/** The text, with `[]` as the value of `balances:` if that has no value or `null`. */
function withList(text: string, root: ParsedNode | null): string {
  const { key, value } = pairOf(root) ?? {};
  if (key === undefined || !isScalar(value) || value.value !== null) return text;
  const [at, end] = value.range;
  if (at !== end) return `${text.slice(0, at)}[]${text.slice(end)}`;
  const behindColon = text.indexOf(":", key.range[1]) + 1;
  return `${text.slice(0, behindColon)} []${text.slice(behindColon)}`;
}

function spliceOf(
  text: string,
  list: YAMLSeq.Parsed,
  asJson: boolean,
  entries: readonly BalanceEntry[],
): Splice | undefined {
  if (list.flow !== true) return belowTheLast(text, list, entries);
  if (list.items.length > 0) return withinBrackets(text, list, asJson, entries);
  return asJson ? intoEmptyJson(text, list, entries) : insteadOfBrackets(text, list, entries);
}

const newlineOf = (text: string): string => (/\r?\n/.exec(text)?.[0] === "\r\n" ? "\r\n" : "\n");

const startOfLine = (text: string, at: number): number => text.lastIndexOf("\n", at - 1) + 1;

/** Entries as lines `- a: 1`, each with its line break. */
function blockLines(entries: readonly BalanceEntry[], indent: string, newline: string): string {
  return entries
    .map((entry) =>
      entryLines(entry)
        .map((line, n) => `${indent}${n === 0 ? "- " : "  "}${line}${newline}`)
        .join(""),
    )
    .join("");
}

/** For a block list: inserts whole lines after those of its last item. */
function belowTheLast(
  text: string,
  list: YAMLSeq.Parsed,
  entries: readonly BalanceEntry[],
): Splice | undefined {
  const [first] = list.range;
  const indent = text.slice(startOfLine(text, first), first);
  const end = list.items.at(-1)?.range?.[1];
  if (end === undefined || !/^ *$/.test(indent)) return undefined;
  return atNextLine(text, end, (newline) => blockLines(entries, indent, newline));
}

/** Inserts whole lines after the line that `end` is in; only a comment may follow on that line. */
function atNextLine(
  text: string,
  end: number,
  lines: (newline: string) => string,
  replaced = { at: end, length: 0 },
): Splice | undefined {
  const newline = newlineOf(text);
  const next = text[end - 1] === "\n" ? end : text.indexOf("\n", end) + 1;
  const rest = text.slice(end, next === 0 ? undefined : next);
  if (!/^\s*(?:#.*)?\s*$/.test(rest)) return undefined;
  const kept = next === 0 ? `${rest}${newline}` : rest;
  const length = end + rest.length - replaced.at;
  return { at: replaced.at, length, text: `${kept}${lines(newline)}` };
}

/** `balances: []` becomes a block list, as entries in brackets are hard to read. */
function insteadOfBrackets(
  text: string,
  list: YAMLSeq.Parsed,
  entries: readonly BalanceEntry[],
): Splice | undefined {
  const [at, end] = list.range;
  if (text.slice(at, end).replaceAll(/\s/g, "") !== "[]") return undefined;
  const replaced = { at: text[at - 1] === " " ? at - 1 : at, length: end - at };
  return atNextLine(text, end, (newline) => blockLines(entries, "  ", newline), replaced);
}

/** For a list in brackets: inserts entries after its last item, in the same style. */
function withinBrackets(
  text: string,
  list: YAMLSeq.Parsed,
  asJson: boolean,
  entries: readonly BalanceEntry[],
): Splice | undefined {
  const [at, end] = list.items.at(-1)?.range ?? [];
  if (at === undefined || end === undefined) return undefined;
  const indent = /^[ \t]*/.exec(text.slice(startOfLine(text, at)))?.[0] ?? "";
  const isSpread = text.slice(list.range[0], at).includes("\n");
  const separator = isSpread ? `,${newlineOf(text)}${indent}` : ", ";
  const isLong = asJson && text.slice(at, end).includes("\n");
  const one = (entry: BalanceEntry): string => {
    if (!asJson) return entryInline(entry);
    const unit = isLong ? indent.slice(0, Math.max(1, Math.floor(indent.length / 2))) : "";
    return entryJson(entry, unit).replaceAll("\n", `${newlineOf(text)}${indent}`);
  };
  return { at: end, length: 0, text: entries.map((entry) => `${separator}${one(entry)}`).join("") };
}

function intoEmptyJson(
  text: string,
  list: YAMLSeq.Parsed,
  entries: readonly BalanceEntry[],
): Splice | undefined {
  const [at, end] = list.range;
  if (text.slice(at, end).replaceAll(/\s/g, "") !== "[]") return undefined;
  const newline = newlineOf(text);
  const indent = /^[ \t]*/.exec(text.slice(startOfLine(text, at)))?.[0] ?? "";
  const unit = indent === "" ? "  " : indent;
  const items = entries.map((entry) => {
    const json = entryJson(entry, unit).replaceAll("\n", `${newline}${indent}${unit}`);
    return `${newline}${indent}${unit}${json}`;
  });
  return { at, length: end - at, text: `[${items.join(",")}${newline}${indent}]` };
}

/** Reads the result: it must have the entries that the file had before and the new ones, in this order. */
function checked(
  text: string,
  before: string,
  entries: readonly BalanceEntry[],
  file: string,
  { takesDefaults = false }: AddOptions,
): WrittenFile {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_FILE_BYTES) {
    const size = (bytes / 1024 / 1024).toFixed(1);
    const message = `${printable(file)} would have ${size} MiB, but at most ${MAX_FILE_BYTES / 1024 / 1024} MiB are read`;
    return { problems: [{ code: "too-large", message, hint: SPLIT }] };
  }
  const read = readAlone(text, file);
  const { config, problems } = combine([read]);
  if (config === null) return { problems };
  const known = writtenOut(readAlone(before, file));
  const found = writtenOut(read);
  const added = byItem(found.slice(known.length));
  // An entry that uses a template comes to what that says, and may come to several balances.
  const isRight =
    asText(found.slice(0, known.length)) === asText(known) &&
    added.length === entries.length &&
    entries.every((entry, n) => usesTemplate(entry) || areAsWritten(added[n] ?? [], entry));
  if (!isRight) return { problems: [cannotAdd(file)] };
  const changed = entries
    .flatMap((entry, n) => (usesTemplate(entry) ? [] : { entry, made: added[n]?.[0] }))
    .find(({ entry, made }) => made && termsOf(made.balance) !== termsOf(desiredBalance(entry)))?.made;
  return takesDefaults || changed === undefined ? { text } : { problems: [changedByDefaults(changed, file)] };
}

/** Reads a file without the CSV files beside it, in which no entry of `balances:` is. */
export const readAlone = (text: string, file: string): ReadFile =>
  readBalances(text, file, { withoutCsv: true });

/** The entries of `balances:`, without those of `grants:`. */
const writtenOut = ({ entries }: ReadFile): Entry[] => entries.filter(({ grant }) => grant === undefined);

const asText = (entries: readonly Entry[]): string =>
  JSON.stringify(
    entries.map(({ balance }) => balance),
    (name, value) => (name === "place" ? undefined : value),
  );

/** The balances of each item of the list. */
function byItem(entries: readonly Entry[]): Entry[][] {
  const items = new Map<string, Entry[]>();
  for (const entry of entries) items.set(entry.pointer, [...(items.get(entry.pointer) ?? []), entry]);
  return [...items.values()];
}

const usesTemplate = (entry: BalanceEntry): boolean => Object.hasOwn(entry, "template");

/** Whether it became one balance, and every field was read again as it was to be written. */
const areAsWritten = (made: readonly Entry[], entry: BalanceEntry): boolean =>
  made.length === 1 &&
  made.every(({ written }) => JSON.stringify({ ...written, ...entry }) === JSON.stringify(written));

const changedByDefaults = ({ balance }: Entry, file: string): Problem => ({
  code: "changed-by-defaults",
  message: `\`defaults\` of ${printable(file)} would say more of ${quoted(balance.key)} of customer ${quoted(balance.customerId)} than its entry`,
  hint: "name another file, or write the defaults in the entries that need them",
});

const SPLIT =
  "import into several files: some customers at a time, with --customer and another --out; files add up";

const cannotAdd = (file: string): Problem => ({
  code: "cannot-add",
  message: `entries cannot be added to ${printable(file)}: its list of balances is not written out in a usual way`,
  hint: "write `balances:` with one `- ` for each entry, or name another file",
});
