// One file at the root of the repository: as it is now, or as it was at the base that a plan is compared with.
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
 * A file at the root of the checkout that `cwd` lies in, or in `cwd` where it lies in none.
 * @param base a commit, a folder or a file, as `loadBase` takes it; `undefined` for the file as it is now. A file as
 *   the base has no root, so that the file as it is now counts.
 * @returns `undefined` where there is none
 * @throws ProblemsError where it is there and cannot be read
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
  // A second checkout, of which the same folder may have been named; or files that were kept, beside each other.
  const checkout = checkoutAround(folder);
  return checkout !== undefined && checkout !== checkoutAround(cwd) ? checkout : folder;
}

function textOrThrow(read: { text: string } | { problem: Problem }): string {
  if ("problem" in read) throw new ProblemsError([read.problem]);
  return read.text;
}

/** The folder that paths of a file at the root start from. */
export const repositoryTop = (cwd = process.cwd()): string => {
  const here = realpathSync(cwd);
  return checkoutAround(here) ?? here;
};
