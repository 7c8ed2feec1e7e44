// One file's text → its desired balances, or everything that is wrong with it. Pure: it touches no file.
import {
  type BalanceEntry,
  desiredBalance,
  type Problem,
  type SchemaError,
  validateFile,
} from "../schema/index.ts";
import { printable } from "../text/index.ts";
import { type Numbered, withDefaults } from "./defaults.ts";
import { explain } from "./explain/explain.ts";
import { type Combined, combine, type ReadFile } from "./loaded-config.ts";
import { settingsOf } from "./settings.ts";
import { yamlDocument } from "./yaml/document.ts";
import { Lines } from "./yaml/lines.ts";
import { plainValue } from "./yaml/values.ts";

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
   * Whether `balances:` without a value is an empty list. To a plan it is a mistake, as what stood below it may have
   * been lost.
   */
  readonly nullIsEmptyList?: boolean;
}

/** Reads one of possibly several files. */
export function readBalances(
  withMark: string,
  file: string,
  { nullIsEmptyList = false }: ReadOptions = {},
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
  const found = [...problems, ...explain(errors, value, tree)];
  if (value === null || typeof value !== "object" || Array.isArray(value))
    return failed(withoutRepeats(found));

  const root = value as Record<string, unknown>;
  const wrong = new Set([
    ...errors.map((error) => error.instancePath),
    ...problems.map((p) => p.pointer ?? ""),
  ]);
  const places = tree.itemPlaces("/balances");
  const own = goodEntries(root.balances, errors, problems);
  const all = withDefaults(own, Object.hasOwn(root, "defaults") ? root.defaults : undefined, wrong, places);
  return {
    file,
    settings: settingsOf(root, tree, wrong),
    entries: all.entries.map(({ index, entry }) => ({
      balance: desiredBalance(entry, places[index]),
      pointer: `/balances/${index}`,
    })),
    problems: withoutRepeats([...found, ...all.problems]),
  };
}

function withList(value: unknown): unknown {
  const isNull =
    typeof value === "object" && value !== null && "balances" in value && value.balances === null;
  return isNull ? { ...value, balances: [] } : value;
}

/** What `plan --out` writes, which lies in the folder of the balances files easily. */
const isSavedPlan = (value: unknown): boolean =>
  typeof value === "object" && value !== null && (value as { kind?: unknown }).kind === "saved_plan";

const savedPlan = (file: string, lines: Lines): Problem => ({
  code: "saved-plan",
  message: "this is a saved plan, and no balances file",
  hint: `apply it with \`autumn-balances apply ${printable(file, 200)}\`; keep it out of the folders of balances files`,
  place: lines.place(0),
  pointer: "",
});

/** The entries that nothing is wrong with, so that those can be compared even where others are wrong. */
function goodEntries(
  balances: unknown,
  errors: readonly SchemaError[],
  problems: readonly Problem[],
): Numbered[] {
  if (!Array.isArray(balances)) return [];
  const bad = new Set<number>();
  for (const pointer of [...errors.map((e) => e.instancePath), ...problems.map((p) => p.pointer ?? "")]) {
    const index = /^\/balances\/(\d+)/.exec(pointer)?.[1];
    if (index !== undefined) bad.add(Number(index));
  }
  return balances.flatMap((entry: BalanceEntry, index) => (bad.has(index) ? [] : [{ index, entry }]));
}

/** What an alias repeats is wrong once, where it is written. */
function withoutRepeats(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ code, message, place }) => {
    const id = `${code} ${place?.line}:${place?.column} ${message}`;
    return !seen.has(id) && seen.add(id);
  });
}
