// `defaults:` of a file → its entries. What an entry writes itself holds for it.
import { type BalanceEntry, balanceFields, type Place, type Problem, validateFile } from "../schema/index.ts";
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
 * The entries with the defaults that are right, and what those do not go with.
 *
 * @param entries those that nothing is wrong with
 * @param wrong the JSON pointers of what is wrong in the file
 */
export function withDefaults<T extends Placed>(
  entries: readonly T[],
  defaults: unknown,
  wrong: ReadonlySet<string>,
): { entries: readonly T[]; problems: readonly Problem[] } {
  if (!isMapping(defaults)) return { entries, problems: [] };
  const isWrong = (name: string): boolean =>
    [...wrong].some((pointer) => pointer === `/defaults/${name}` || pointer.startsWith(`/defaults/${name}/`));
  const right = Object.fromEntries(Object.entries(defaults).filter(([name]) => !isWrong(name)));
  const merged = entries.map((one) => ({ ...one, entry: { ...right, ...one.entry } }));
  // What people write for people goes with everything.
  const mayClash = Object.keys(right).some((name) => Object.hasOwn(balanceFields, name));
  const found = mayClash ? clashesOf(merged, right) : new Map<number, Problem>();
  return { entries: merged.filter((_, index) => !found.has(index)), problems: [...found.values()] };
}

/**
 * What is wrong, by the number of the entry. The entries are right by themselves, so that whatever is wrong with them
 * now comes from the defaults.
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
      .filter((name) => Object.hasOwn(balanceFields, name) && !isOwn(one, name, defaults))
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

/** Whether the entry has the field from its own text. */
const isOwn = ({ entry }: Placed, name: string, defaults: Mapping): boolean =>
  (entry as unknown as Mapping)[name] !== defaults[name];
