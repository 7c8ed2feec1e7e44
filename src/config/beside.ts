// Reads a file that a balances file names, by its path relative to that file. It must lie within the checkout, even if
// links lead elsewhere.
import { dirname, isAbsolute, relative, resolve, win32 } from "node:path";
import type { BesideFile } from "./expand/grants.ts";
import type { FileTree } from "./file-tree.ts";
import { nameOf, realPath } from "./find-files.ts";

/** @param path of the balances file */
export function besideReader(path: string, tree: FileTree, cwd: string): (given: string) => BesideFile {
  const folder = dirname(path);
  return (given) => {
    const problem = (code: string, message: string, hint: string): BesideFile => ({
      problem: { code, message, hint },
    });
    const hint = "write a path from the balances file on, with forward slashes";
    if (isAbsolute(given) || win32.isAbsolute(given)) {
      return problem("outside-checkout", "the path is not one from the balances file on", hint);
    }
    const target = resolve(folder, given);
    const top = realPath(tree, tree.topOf(realPath(tree, folder)));
    if (
      !isWithin(top, realPath(tree, target)) ||
      (tree.kindOf(target) === undefined && !isWithin(top, target))
    ) {
      const message = "the file lies outside of the checkout, or without one outside of the folder";
      return problem("outside-checkout", message, "put it beside the balances file");
    }
    const kind = tree.kindOf(target);
    if (kind === undefined) return problem("no-file", "there is no such file", hint);
    if (kind === "folder") return problem("no-file", "this is a folder", "name a CSV file in it");
    const name = nameOf(target, cwd);
    const read = tree.read(name, target);
    return "text" in read ? { name, text: read.text } : read;
  };
}

function isWithin(top: string, path: string): boolean {
  const inside = relative(top, path);
  return inside !== ".." && !/^\.\.[/\\]/.test(inside) && !isAbsolute(inside);
}
