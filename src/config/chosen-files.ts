// Which files of a repository the given paths stand for, at any commit: those that are named, and files beside them
// that no longer exist. Goes by names alone.
import { dirname, relative, resolve, sep } from "node:path";
import { diskTree } from "./file-tree.ts";
import { DEFAULTS, isLeftOut, isReadable, realPath, slashed } from "./find-files.ts";
import { isGlob, parseGlob } from "./glob.ts";

/** All paths are relative to the top of the checkout, with forward slashes. */
export interface ChosenFiles {
  /** Whether a file of this path is one of the named ones. */
  readonly isNamed: (path: string) => boolean;
  /** Whether it lies beside a file that was given by name: a shell replaces a glob by the files that exist. */
  readonly isBeside: (path: string) => boolean;
  /** Of these paths, those that are read if all of them exist. */
  readonly read: (paths: readonly string[]) => readonly string[];
}

/**
 * @param given as for `loadConfig`
 * @param files the files that are read today
 */
export function chosenFiles(
  given: readonly string[],
  files: readonly string[],
  { cwd, top }: { readonly cwd: string; readonly top: string },
): ChosenFiles {
  const inside = (path: string): string => slashed(relative(top, realPath(diskTree, resolve(cwd, path))));
  const exact = new Set(files.map(inside));
  const folders = new Set<string>();
  const patterns: ((path: string) => boolean)[] = [];
  for (const path of given) {
    const kind = diskTree.kindOf(resolve(cwd, path));
    if (kind === "folder") patterns.push(below(inside(path)));
    else if (kind === undefined && isGlob(path)) patterns.push(matching(path, inside));
    else {
      exact.add(inside(path));
      folders.add(parentOf(inside(path)));
    }
  }
  const usual = given.length === 0 ? DEFAULTS.map((name) => inside(name)) : [];
  for (const path of usual) patterns.push((other) => other === path, below(path));
  return {
    isNamed: (path) => exact.has(path) || patterns.some((matches) => matches(path)),
    isBeside: (path) => folders.has(parentOf(path)) && isReadable(path.split("/").at(-1) ?? ""),
    read: (paths) => {
      const isOf = (name: string) => (path: string) => path === name || path.startsWith(`${name}/`);
      const first = usual.find((name) => paths.some(isOf(name)));
      return first === undefined ? paths : paths.filter(isOf(first));
    },
  };
}

const parentOf = (path: string): string => slashed(dirname(path.split("/").join(sep)));

/** A predicate for the readable files of a folder and of all folders in it. */
function below(folder: string): (path: string) => boolean {
  const prefix = folder === "" ? "" : `${folder}/`;
  return (path) => path.startsWith(prefix) && isRead(path.slice(prefix.length).split("/"));
}

function matching(given: string, inside: (path: string) => string): (path: string) => boolean {
  const { folder, depth, matches } = parseGlob(slashed(given));
  const start = inside(folder);
  const prefix = start === "" ? "" : `${start}/`;
  return (path) => {
    if (!path.startsWith(prefix)) return false;
    const names = path.slice(prefix.length).split("/");
    return names.length - 1 <= depth && isRead(names) && matches(names.join("/"));
  };
}

function isRead(names: readonly string[]): boolean {
  return isReadable(names.at(-1) ?? "") && !names.slice(0, -1).some(isLeftOut);
}
