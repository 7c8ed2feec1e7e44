// Applies the `defaults:` of a file to its entries. What an entry says itself comes first.
import {
  type BalanceEntry,
  balanceFields,
  defaultFields,
  type Place,
  type Problem,
  validateFile,
} from "../schema/index.ts";
import { complaintsOf } from "./complaints/complaints.ts";
import { isMapping, type Fields as Mapping } from "./mapping.ts";
import { pointerParts } from "./yaml/pointer.ts";

/** An entry of a file, and where it is written. */
export interface Placed {
  readonly entry: BalanceEntry;
  readonly pointer: string;
  readonly place: Place | undefined;
}

/**
 * The entries with the valid defaults, and problems for entries that these do not go with.
 *
 * @param entries the valid entries
 * @param wrong JSON pointers to what is wrong in the file
 */
export function withDefaults<T extends Placed>(
  entries: readonly T[],
  defaults: unknown,
  wrong: ReadonlySet<string>,
): { entries: readonly T[]; problems: readonly Problem[] } {
  if (!isMapping(defaults)) return { entries, problems: [] };
  const isWrong = (name: string): boolean =>
    [...wrong].some((pointer) => pointer === `/defaults/${name}` || pointer.startsWith(`/defaults/${name}/`));
  const right = Object.fromEntries(
    Object.entries(defaults).filter(([name]) => Object.hasOwn(defaultFields, name) && !isWrong(name)),
  );
  const merged = entries.map((one) => ({ ...one, entry: { ...right, ...one.entry } }));
  const found = Object.keys(right).some(mayClash) ? clashesOf(merged, right) : new Map<number, Problem>();
  return { entries: merged.filter((_, index) => !found.has(index)), problems: [...found.values()] };
}

/** Descriptive fields and protection never clash. */
const mayClash = (name: string): boolean => Object.hasOwn(balanceFields, name) || name === "starts_at";

/**
 * Problems by the index of the entry. The entries are valid by themselves, so any problem now comes from the defaults.
 */
function clashesOf(merged: readonly Placed[], defaults: Mapping): Map<number, Problem> {
  const file = { version: 1, namespace: "entry", balances: merged.map(({ entry }) => entry) };
  const checked = validateFile(file);
  const found = new Map<number, Problem>();
  if (checked.ok) return found;
  for (const problem of complaintsOf(checked.errors, file)) {
    const [, at = ""] = pointerParts(problem.pointer ?? "");
    const index = Number(at);
    const one = merged[index];
    if (one === undefined || found.has(index)) continue;
    const names = Object.keys(defaults)
      .filter((name) => mayClash(name) && !isOwn(one, name, defaults))
      .map((name) => `\`${name}\``);
    found.set(index, {
      code: "default-clashes",
      message: `${problem.message}; ${names.join(" and ")} ${names.length === 1 ? "comes" : "come"} from \`defaults\` of the file`,
      hint: "write the field in the entries that need it instead, or move this entry to a file without that default",
      ...(one.place ? { place: one.place } : {}),
      pointer: one.pointer,
    });
  }
  return found;
}

/** Whether the entry sets the field itself. */
const isOwn = ({ entry }: Placed, name: string, defaults: Mapping): boolean =>
  (entry as unknown as Mapping)[name] !== defaults[name];
