// Parses the text of one file into its desired balances, or everything that is wrong with it. Pure.
import {
  type BalanceEntry,
  desiredBalance,
  type Place,
  type Problem,
  validateFile,
} from "../schema/index.ts";
import { printable } from "../text/index.ts";
import { type Entry, wrongTimes } from "./clashes.ts";
import { complaintsOf } from "./complaints/complaints.ts";
import { type Placed, withDefaults } from "./defaults.ts";
import { expand, needsExpanding } from "./expand/expand.ts";
import type { BesideFile, Group } from "./expand/grants.ts";
import { type Combined, combine, type ReadFile } from "./loaded-config.ts";
import { isMapping } from "./mapping.ts";
import { settingsOf } from "./settings.ts";
import { yamlDocument } from "./yaml/document.ts";
import { Lines } from "./yaml/lines.ts";
import { plainValue } from "./yaml/values.ts";

/** The configuration of one file, or `null` and every problem. */
export type ParsedBalances = Combined;

/**
 * Reads one balances file, YAML or JSON, as if it were the only one.
 *
 * @param text the whole text
 * @param file its name, for places
 * @returns the configuration, or `null` and all problems; nothing is thrown
 * @example
 * const { config, problems } = parseBalances("version: 1\nnamespace: contracts\nbalances: []", "balances.yaml");
 */
export const parseBalances = (text: string, file: string): ParsedBalances =>
  combine([readBalances(text, file)]);

export interface ReadOptions {
  /**
   * Whether `balances:` without a value is an empty list. In a plan it is a mistake, as the entries below it may have
   * been lost.
   */
  readonly nullIsEmptyList?: boolean;
  /** Whether to skip grants to the customers of CSV files; otherwise these files are read. */
  readonly withoutCsv?: boolean;
}

/** Reads a file by its path relative to the balances file. */
export type ReadBeside = (path: string) => BesideFile;

const unreadBeside: ReadBeside = () => ({
  problem: {
    code: "csv-not-read",
    message: "a text that stands in no file has no files beside it",
    hint: "read the balances file as a file, or write the customers in it",
  },
});

/** Reads one of possibly several files. */
export function readBalances(
  withMark: string,
  file: string,
  { nullIsEmptyList = false, withoutCsv = false }: ReadOptions = {},
  readBeside: ReadBeside = unreadBeside,
): ReadFile {
  // The byte order mark is not part of the first line.
  const text = withMark.startsWith("\uFEFF") ? withMark.slice(1) : withMark;
  const lines = new Lines(text, file);
  const failed = (problems: readonly Problem[]): ReadFile => ({ file, settings: [], entries: [], problems });

  const yaml = yamlDocument(text, lines);
  if ("problems" in yaml) return failed(yaml.problems);
  const { value: written, tree, problems, incomplete } = plainValue(yaml.root, lines);
  if (incomplete) return failed(problems);
  if (isSavedPlan(written)) return failed([savedPlan(file, lines)]);
  if (written === null && problems.length === 0) {
    const hint =
      "a balances file has `version: 1`, `namespace: …` and `balances:`; `autumn-balances init` writes one";
    return failed([
      { code: "empty-file", message: "the file is empty", hint, place: lines.place(0), pointer: "" },
    ]);
  }

  const value = nullIsEmptyList ? withList(written) : written;
  const checked = validateFile(value);
  const errors = checked.ok ? [] : checked.errors;
  const found = [...problems, ...complaintsOf(errors, value, tree)];
  if (!isMapping(value)) return failed(withoutRepeats(found));

  const wrong = [...errors.map((error) => error.instancePath), ...problems.map((p) => p.pointer ?? "")];
  const settings = settingsOf(value, tree, new Set(wrong));
  const defaults = Object.hasOwn(value, "defaults") ? value.defaults : undefined;
  if (!needsExpanding(value)) {
    const places = tree.itemPlaces("/balances");
    const origins = places.map((place, index) => ({ pointer: `/balances/${index}`, place }));
    const good = goodEntries(value.balances, origins, wrong);
    const all = withDefaults(good, defaults, new Set(wrong));
    const entries = all.entries.map(entryOf);
    return { file, settings, entries, problems: withoutRepeats([...found, ...all.problems]) };
  }
  const expanded = expand(value, tree, wrong, { readBeside: withoutCsv ? undefined : readBeside });
  const balances = validateFile({ ...EMPTY_FILE, balances: expanded.value.balances });
  const wrongBalances = balances.ok ? [] : balances.errors;
  const origins = expanded.origins.map((origin) => ({
    ...origin,
    place: origin.place ?? tree.placeOfValue(origin.pointer),
  }));
  const explained = complaintsOf(wrongBalances, expanded.value, expanded.places).map((problem) => ({
    ...problem,
    pointer: expanded.places.pointerIn(problem.pointer ?? ""),
  }));
  const good = goodEntries(
    expanded.value.balances,
    origins,
    wrongBalances.map((error) => error.instancePath),
  );
  const all = withDefaults(good, defaults, new Set(wrong));
  const nobodies = all.entries.filter(({ isNobody }) => isNobody);
  return {
    file,
    settings,
    entries: all.entries.filter(({ isNobody }) => !isNobody).map(entryOf),
    groups: withBalances(expanded.groups, nobodies),
    problems: withoutRepeats([
      ...found,
      ...expanded.problems,
      ...explained,
      ...all.problems,
      ...nobodies.flatMap((one) => wrongTimes(entryOf(one))),
    ]),
  };
}

/** The groups, with the defaults of the file in the balances whose customers are not known yet. */
function withBalances(groups: readonly Group[], nobodies: readonly GoodEntry[]): Group[] {
  const balances = new Map(
    nobodies.map(({ entry: { customer_id: _, ...balance }, pointer }) => [pointer, balance]),
  );
  return groups.map((group) => ({ ...group, balance: balances.get(group.pointer) ?? group.balance }));
}

/** The rest of a file around balances that are checked by themselves. */
const EMPTY_FILE = { version: 1, namespace: "expanded" };

function withList(value: unknown): unknown {
  const isNull =
    typeof value === "object" && value !== null && "balances" in value && value.balances === null;
  return isNull ? { ...value, balances: [] } : value;
}

/** What `plan --out` writes, which easily ends up in the folder of the balances files. */
const isSavedPlan = (value: unknown): boolean =>
  typeof value === "object" && value !== null && (value as { kind?: unknown }).kind === "saved_plan";

const savedPlan = (file: string, lines: Lines): Problem => ({
  code: "saved-plan",
  message: "this is a saved plan, and no balances file",
  hint: `apply it with \`autumn-balances apply ${printable(file, 200)}\`; keep it out of the folders of balances files`,
  place: lines.place(0),
  pointer: "",
});

/** Where a balance comes from. */
interface Origin {
  readonly pointer: string;
  readonly place: Place | undefined;
  readonly grant?: string;
  readonly isNobody?: boolean;
}

interface GoodEntry extends Placed {
  readonly grant?: string;
  readonly isNobody?: boolean;
}

const entryOf = ({ entry, pointer, place, grant }: GoodEntry): Entry => ({
  balance: desiredBalance(entry, place),
  pointer,
  written: entry,
  ...(grant === undefined ? {} : { grant }),
});

/**
 * The valid entries, so that these can be compared even when others are wrong.
 * @param wrong pointers to what is wrong
 */
function goodEntries(balances: unknown, origins: readonly Origin[], wrong: readonly string[]): GoodEntry[] {
  if (!Array.isArray(balances)) return [];
  const bad = new Set<number>();
  for (const pointer of wrong) {
    const index = /^\/balances\/(\d+)/.exec(pointer)?.[1];
    if (index !== undefined) bad.add(Number(index));
  }
  return balances.flatMap((entry: BalanceEntry, index) => {
    const origin = origins[index];
    if (origin === undefined || bad.has(index)) return [];
    const { pointer, place, grant, isNobody } = origin;
    return [
      { entry, pointer, place, ...(grant === undefined ? {} : { grant }), ...(isNobody ? { isNobody } : {}) },
    ];
  });
}

/** A problem in what aliases repeat is reported once, where it is written. */
function withoutRepeats(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ code, message, place }) => {
    const id = `${code} ${place?.line}:${place?.column} ${message}`;
    return !seen.has(id) && seen.add(id);
  });
}
