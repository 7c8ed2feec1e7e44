// Expands a balances file: the same file with every balance written out. Pure.
import type { Problem } from "../../schema/index.ts";
import { type Fields, isMapping } from "../mapping.ts";
import type { Tree } from "../yaml/places.ts";
import { type BesideFile, expandGrant, type Group } from "./grants.ts";
import { type EntryOrigin, ExpandedPlaces } from "./origins.ts";
import { Templates } from "./templates.ts";

/** How many balances one file may expand to. */
export const MAX_BALANCES = 500_000;

/** What is needed besides the file. */
export interface Surroundings {
  /** Reads a file by its path relative to the balances file; `undefined` to skip such files. */
  readonly readBeside?: ((path: string) => BesideFile) | undefined;
}

export interface Expanded {
  /** The file, with every balance written out under `balances`. */
  readonly value: Fields;
  readonly places: ExpandedPlaces;
  /** Where each balance comes from, in their order. */
  readonly origins: readonly EntryOrigin[];
  readonly groups: readonly Group[];
  readonly problems: readonly Problem[];
}

/** Whether there is anything to expand. */
export const needsExpanding = (file: Fields): boolean =>
  Object.hasOwn(file, "templates") ||
  Object.hasOwn(file, "grants") ||
  (Array.isArray(file.balances) &&
    file.balances.some((entry) => isMapping(entry) && Object.hasOwn(entry, "template")));

/** @param wrong pointers to what is wrong in the file as it is written, which has been reported */
export function expand(
  file: Fields,
  tree: Tree,
  wrong: readonly string[],
  { readBeside }: Surroundings = {},
): Expanded {
  const problems: Problem[] = [];
  const say = (problem: Problem): void => void problems.push(problem);
  const isWrong = wrongAt(wrong);
  const templates = new Templates(isMapping(file.templates) ? file.templates : {}, isWrong, tree, say);
  templates.check();
  const balances: unknown[] = [];
  const origins: EntryOrigin[] = [];
  const groups: Group[] = [];
  const written = Array.isArray(file.balances) ? file.balances : [];
  const isTooLong = (pointer: string): boolean => {
    if (balances.length <= MAX_BALANCES) return false;
    const place = tree.placeOfValue(pointer);
    const message = `up to this entry, the file comes to more than ${MAX_BALANCES} balances`;
    const hint = "split it into several files; they add up";
    say({ code: "too-many-balances", message, hint, ...(place ? { place } : {}), pointer });
    // The balances so far would be misleading.
    balances.length = 0;
    return true;
  };
  for (const [index, entry] of written.entries()) {
    const pointer = `/balances/${index}`;
    if (!isMapping(entry) || isWrong(pointer)) {
      // It is reported as it is written.
      continue;
    }
    for (const { fields, origins: from } of templates.expand(entry, pointer)) {
      balances.push(fields);
      origins.push({ pointer, fields: from });
    }
    if (isTooLong(pointer)) break;
  }
  const grants = Array.isArray(file.grants) ? file.grants : [];
  for (const [index, grant] of grants.entries()) {
    const pointer = `/grants/${index}`;
    if (!isMapping(grant) || isWrong(pointer)) continue;
    const found = expandGrant(grant, { pointer, templates, tree, readBeside, say });
    if (found === undefined) continue;
    if (found.group !== null) groups.push(found.group);
    for (const { fields, origin } of found.members) {
      balances.push(fields);
      origins.push(origin);
    }
    if (isTooLong(pointer)) break;
  }
  const { templates: _, grants: __, ...rest } = file;
  const places = new ExpandedPlaces(tree, origins);
  return { value: { ...rest, balances }, places, origins, groups, problems };
}

/** A predicate for entries and templates with a problem, by pointer. */
function wrongAt(pointers: readonly string[]): (pointer: string) => boolean {
  const owners = new Set(pointers.map((pointer) => pointer.split("/").slice(0, 3).join("/")));
  return (pointer) => owners.has(pointer) || owners.has(pointer.split("/").slice(0, 2).join("/"));
}
