// Reads one file at the root of the repository: as it is now, or at the base that a plan is compared with.
import { realpathSync } from "node:fs";
import { isAbsolute, join, relative, resolve } from "node:path";
import { type Problem, ProblemsError } from "../../schema/index.ts";
import { diskTree } from "../file-tree.ts";
import { checkoutAround } from "./checkout-around.ts";
import { GitTree } from "./git-tree.ts";
import { commitAt, isPathGiven } from "./load-base.ts";

export interface RootFile {
  /** The name for people, such as `policy.yaml at origin/main (4f2a91c)`. */
  readonly name: string;
  readonly text: string;
}

/**
 * A file at the root of the checkout that `cwd` is in, or in `cwd` if it is in none.
 * @param base a commit, a folder or a file, as for `loadBase`; `undefined` for the file as it is now. A file as the
 *   base has no root, so the file as it is now is read.
 * @returns `undefined` if there is no such file
 * @throws ProblemsError if it exists but cannot be read
 */
export function readAtRoot(
  file: string,
  base: string | undefined,
  cwd = process.cwd(),
): RootFile | undefined {
  const here = realpathSync(cwd);
  if (base !== undefined && !isPathGiven(base)) {
    const found = commitAt(base, here);
    if (found !== undefined) {
      const tree = GitTree.of(found.top, found.commit);
      const path = join(found.top, file);
      if (tree.kindOf(path) !== "file") return undefined;
      const name = `${file} at ${found.name}`;
      return { name, text: textOrThrow(tree.read(file, path)) };
    }
  }
  const folder = rootOf(base, here);
  const path = join(folder, file);
  if (diskTree.kindOf(path) !== "file") return undefined;
  const inside = relative(here, path);
  const name = base === undefined && !isAbsolute(inside) ? inside.replaceAll("\\", "/") : path;
  return { name, text: textOrThrow(diskTree.read(name, path)) };
}

function rootOf(base: string | undefined, cwd: string): string {
  const folder = base === undefined ? cwd : resolve(cwd, base);
  if (base === undefined || diskTree.kindOf(folder) !== "folder") return checkoutAround(cwd) ?? cwd;
  // The base is a second checkout, of which a folder may have been named; or a folder of kept files.
  const checkout = checkoutAround(folder);
  return checkout !== undefined && checkout !== checkoutAround(cwd) ? checkout : folder;
}

function textOrThrow(read: { text: string } | { problem: Problem }): string {
  if ("problem" in read) throw new ProblemsError([read.problem]);
  return read.text;
}

/** The folder that paths in a file at the root are relative to. */
export const repositoryTop = (cwd = process.cwd()): string => {
  const here = realpathSync(cwd);
  return checkoutAround(here) ?? here;
};
