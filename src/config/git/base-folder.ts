// A folder as the base: a second checkout, in which the same files are looked for as if it were the working folder; or
// a folder of kept balances files.
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { type Problem, ProblemsError } from "../../schema/index.ts";
import { printable } from "../../text/index.ts";
import { diskTree } from "../file-tree.ts";
import { type FoundFile, findDefault, findFiles, nameOf, slashed } from "../find-files.ts";
import { isGlob, parseGlob } from "../glob.ts";
import { findGone } from "./gone-files.ts";

interface FolderFiles {
  readonly files: readonly FoundFile[];
  /** Files beside those given by name that do not exist today. */
  readonly gone: readonly FoundFile[];
  readonly problems: readonly Problem[];
}

/** @throws ProblemsError for a path outside the working folder, which cannot be mapped into the base */
export function filesOfFolder(given: string, paths: readonly string[], cwd: string): FolderFiles {
  const folder = resolve(cwd, given);
  const names = paths.map((path) => insideOf(cwd, path, given));
  const usual = names.length === 0 ? findDefault(cwd) : undefined;
  const asked = usual === undefined ? names : [usual];
  const isCheckout = diskTree.kindOf(join(folder, ".git")) !== undefined;
  const { files, problems } = findFiles(isCheckout ? names : asked, folder);
  if (!isCheckout && files.length === 0 && !asked.some((name) => hasPlaceFor(name, folder))) {
    return { ...findFiles([given], cwd), gone: [] };
  }
  const pathThen = (path: string): string => resolve(folder, relative(cwd, path));
  return {
    files: files.map(({ path }) => ({ name: nameOf(path, cwd), path })),
    gone: findGone(names, files, { cwd, tree: diskTree, pathThen }),
    problems,
  };
}

/** The path relative to the working folder, so that it can be resolved in another folder as well. */
function insideOf(cwd: string, path: string, given: string): string {
  const inside = slashed(relative(cwd, resolve(cwd, path)));
  if (inside !== ".." && !inside.startsWith("../") && !isAbsolute(inside)) return inside || ".";
  const shown = printable(path, 200);
  const message = `\`${shown}\` lies outside the working folder, so it cannot be looked for in ${printable(given, 200)}`;
  const hint = "run it in a folder that all the files are in, or pass a ref or a file as --base";
  throw new ProblemsError([{ code: "outside-base", message, hint }]);
}

/** Whether the folder contains what a path names, or could: the folder above it exists. */
function hasPlaceFor(name: string, folder: string): boolean {
  if (diskTree.kindOf(resolve(folder, name)) !== undefined) return true;
  const above = isGlob(name) ? parseGlob(name).folder : dirname(name);
  return above !== "." && diskTree.kindOf(resolve(folder, above)) === "folder";
}
