// Finds the files that paths, folders and globs stand for, each once, sorted.
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import type { Problem } from "../schema/index.ts";
import { printable } from "../text/index.ts";
import { diskTree, type FileTree } from "./file-tree.ts";
import { isGlob, parseGlob } from "./glob.ts";

/** What is read when no path is given: the first of these that exists. */
export const DEFAULTS = ["balances.yaml", "balances.yml", "balances.json", "balances"];
/** Links that cross multiply folders without end; no honest tree has so many. */
const MAX_FOLDERS = 20_000;
const READABLE = /\.(?:ya?ml|json)$/i;

/** Whether files with this name in a folder are read. */
export const isReadable = (name: string): boolean => !isLeftOut(name) && READABLE.test(name);

/** Whether a file or folder with this name is skipped. */
export const isLeftOut = (name: string): boolean => name.startsWith(".") || name === "node_modules";

export interface FoundFile {
  /** Relative to the working folder (absolute if that is shorter), with forward slashes. */
  readonly name: string;
  readonly path: string;
}

interface Search {
  readonly tree: FileTree;
  readonly cwd: string;
  readonly paths: Set<string>;
  readonly problems: Problem[];
}

export function findFiles(
  given: readonly string[],
  cwd: string,
  tree: FileTree = diskTree,
): { files: FoundFile[]; problems: Problem[] } {
  const search: Search = { tree, cwd, paths: new Set(), problems: [] };
  if (given.length === 0) addDefault(search);
  for (const path of new Set(given)) addPath(search, path);
  return { files: eachOnce(search), problems: search.problems };
}

/** What is read when no path is given; `undefined` if none of it exists. */
export function findDefault(cwd = process.cwd(), tree = diskTree): string | undefined {
  return DEFAULTS.find((name) => tree.kindOf(resolve(cwd, name)) !== undefined);
}

function addDefault(search: Search): void {
  const found = findDefault(search.cwd, search.tree);
  if (found !== undefined) {
    addPath(search, found);
    return;
  }
  const message = "there is no balances.yaml here";
  const hint = "`autumn-balances init` writes one; or name your files";
  search.problems.push({ code: "no-file", message, hint });
}

function addPath(search: Search, given: string): void {
  const path = resolve(search.cwd, given);
  const kind = given === "" ? undefined : search.tree.kindOf(path);
  const shown = `\`${printable(given, 200)}\``;
  if (kind === "file") {
    search.paths.add(path);
  } else if (kind === "folder") {
    if (walk(search, path, () => true) > 0) return;
    const message = `no .yaml, .yml or .json file in ${shown}`;
    search.problems.push({ code: "no-file", message, hint: "hidden files and node_modules are left out" });
  } else if (isGlob(given)) {
    const { folder, depth, matches: matchesPath } = parseGlob(slashed(given));
    const start = resolve(search.cwd, folder);
    const matches = (file: string) => matchesPath(slashed(relative(start, file)));
    if (search.tree.kindOf(start) && walk(search, start, matches, depth) > 0) return;
    const message = `no .yaml, .yml or .json file matches ${shown}`;
    search.problems.push({ code: "no-file", message, hint: "check the path; hidden files are left out" });
  } else {
    const message = `${shown} does not exist`;
    search.problems.push({
      code: "no-file",
      message,
      hint: `the working folder is ${printable(search.cwd, 200)}`,
    });
  }
}

export const slashed = (path: string): string => (sep === "/" ? path : path.split(sep).join("/"));

/** Adds the matching files of a folder and of all folders in it. @returns how many match */
function walk(
  search: Search,
  folder: string,
  matches: (path: string) => boolean,
  depth = Number.POSITIVE_INFINITY,
): number {
  let count = 0;
  let visited = 0;
  const visit = (current: string, above: readonly string[]): void => {
    if (++visited > MAX_FOLDERS) return;
    let real: string;
    let children: string[];
    try {
      real = search.tree.realPath(current);
      // A link to a folder that contains it. Links elsewhere are followed under each of their names: a glob may match
      // only one of them, and a file that is silently left out looks like balances that are gone.
      if (above.includes(real)) return;
      children = search.tree.children(current);
    } catch (error) {
      const message = `the folder ${printable(current, 200)} cannot be read: ${printable((error as Error).message, 200)}`;
      search.problems.push({ code: "unreadable", message, hint: "check that it may be read" });
      return;
    }
    for (const name of children.sort()) {
      if (isLeftOut(name)) continue;
      const path = join(current, name);
      const kind = search.tree.kindOf(path);
      if (kind === "folder") {
        if (above.length < depth) visit(path, [...above, real]);
      } else if (isReadable(name) && matches(path)) {
        // A broken link counts, too: reading it says so.
        count++;
        search.paths.add(path);
      }
    }
  };
  visit(folder, []);
  if (visited > MAX_FOLDERS) {
    const message = `there are more than ${MAX_FOLDERS} folders below ${printable(folder, 200)}`;
    search.problems.push({
      code: "too-many-folders",
      message,
      hint: "name a smaller folder; look for links in circles",
    });
  }
  return count;
}

/** One file for each real path: by the name that needs no link, or else the shortest. */
function eachOnce({ tree, paths, cwd }: Search): FoundFile[] {
  const realCwd = realPath(tree, cwd);
  const byRealPath = new Map<string, FoundFile & { readonly rank: number }>();
  for (const path of [...paths].sort()) {
    const real = realPath(tree, path);
    const isReal = relative(realCwd, real) === relative(cwd, path);
    const name = nameOf(path, cwd);
    const found = { name, path, rank: isReal ? 0 : name.length };
    const before = byRealPath.get(real);
    if (!before || found.rank < before.rank) byRealPath.set(real, found);
  }
  return [...byRealPath.values()]
    .map(({ name, path }) => ({ name, path }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The path without links; as it is if they cannot be followed, as reading says why. */
export function realPath(tree: FileTree, path: string): string {
  try {
    return tree.realPath(path);
  } catch {
    return path;
  }
}

/** The name of a file in problems: relative to the working folder, or absolute if that is shorter. */
export function nameOf(path: string, cwd: string): string {
  const fromHere = relative(cwd, path);
  const outside = fromHere.startsWith("..") || isAbsolute(fromHere);
  return slashed(outside && path.length < fromHere.length ? path : fromHere);
}
