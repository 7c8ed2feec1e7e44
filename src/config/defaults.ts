// `defaults:` of a file → its entries. What an entry writes itself holds for it.
import { type BalanceEntry, balanceFields, type Place, type Problem, validateFile } from "../schema/index.ts";
import { explain } from "./explain/explain.ts";
import { pointerParts } from "./yaml/pointer.ts";

type Mapping = Readonly<Record<string, unknown>>;

const isMapping = (value: unknown): value is Mapping =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** An entry of a file, by its place in the list. */
export interface Numbered {
  readonly index: number;
  readonly entry: BalanceEntry;
}

/**
 * The entries with the defaults that are right, and what those do not go with.
 *
 * @param entries those that nothing is wrong with
 * @param wrong the JSON pointers of what is wrong in the file
 */
export function withDefaults(
  entries: readonly Numbered[],
  defaults: unknown,
  wrong: ReadonlySet<string>,
  places: readonly Place[],
): { entries: readonly Numbered[]; problems: readonly Problem[] } {
  if (!isMapping(defaults)) return { entries, problems: [] };
  const isWrong = (name: string): boolean =>
    [...wrong].some((pointer) => pointer === `/defaults/${name}` || pointer.startsWith(`/defaults/${name}/`));
  const right = Object.fromEntries(Object.entries(defaults).filter(([name]) => !isWrong(name)));
  const merged = entries.map(({ index, entry }) => ({ index, entry: { ...right, ...entry } }));
  // What people write for people goes with everything.
  const mayClash = Object.keys(right).some((name) => Object.hasOwn(balanceFields, name));
  const problems = mayClash ? clashesOf(merged, right, places) : [];
  const bad = new Set(problems.map(({ pointer }) => pointer));
  return { entries: merged.filter(({ index }) => !bad.has(`/balances/${index}`)), problems };
}

/** The entries are right by themselves, so that whatever is wrong with them now comes from the defaults. */
function clashesOf(merged: readonly Numbered[], defaults: Mapping, places: readonly Place[]): Problem[] {
  const file = { version: 1, namespace: "entry", balances: merged.map(({ entry }) => entry) };
  const checked = validateFile(file);
  if (checked.ok) return [];
  const known = new Map<string, Problem>();
  for (const problem of explain(checked.errors, file)) {
    const [, at = ""] = pointerParts(problem.pointer ?? "");
    const index = merged[Number(at)]?.index;
    if (index === undefined) continue;
    const pointer = `/balances/${index}`;
    const place = places[index];
    const names = Object.keys(defaults)
      .filter((name) => Object.hasOwn(balanceFields, name) && !isOwn(merged[Number(at)], name, defaults))
      .map((name) => `\`${name}\``);
    if (known.has(pointer)) continue;
    known.set(pointer, {
      code: "default-clashes",
      message: `${problem.message}; ${names.join(" and ")} ${names.length === 1 ? "comes" : "come"} from \`defaults\` of the file`,
      hint: "write the field in the entries that need it instead, or move this entry to a file without that default",
      ...(place ? { place } : {}),
      pointer,
    });
  }
  return [...known.values()];
}

/** Whether the entry has the field from its own text. */
const isOwn = (one: Numbered | undefined, name: string, defaults: Mapping): boolean =>
  (one?.entry as Mapping | undefined)?.[name] !== defaults[name];
