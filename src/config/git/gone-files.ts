// Files of the base that no argument can name any more. A shell replaces `balances/*.yaml` by the files that exist, so
// files that are gone have to be looked for beside those that are given.
import { dirname, join, resolve } from "node:path";
import { diskTree, type FileTree } from "../file-tree.ts";
import { type FoundFile, isReadable, nameOf, realPath } from "../find-files.ts";
import { type Combined, combine, type LoadedConfig, type ReadFile } from "../loaded-config.ts";
import { placeText } from "../yaml/lines.ts";

/** What distinguishes the files of one configuration from those of another in the same folder. */
export type Owner = Pick<LoadedConfig, "namespace" | "environment">;

interface Base {
  readonly cwd: string;
  readonly tree: FileTree;
  /** Where in `tree` to find what has this path today. */
  readonly pathThen: (path: string) => string;
}

/** Files of the base in the folders of the files given by name that do not exist today. */
export function findGone(
  paths: readonly string[],
  known: readonly FoundFile[],
  { cwd, tree, pathThen }: Base,
): FoundFile[] {
  const seen = new Set(known.map(({ path }) => realPath(tree, path)));
  const given = paths.filter((path) => path !== "").map((path) => resolve(cwd, path));
  const folders = new Set(given.filter((path) => diskTree.kindOf(path) === "file").map(dirname));
  const gone: FoundFile[] = [];
  for (const folder of folders) {
    const then = pathThen(folder);
    if (tree.kindOf(then) !== "folder") continue;
    for (const name of tree.children(then)) {
      const path = join(then, name);
      if (!isReadable(name) || diskTree.kindOf(join(folder, name)) !== undefined) continue;
      if (tree.kindOf(path) !== "file" || seen.has(realPath(tree, path))) continue;
      seen.add(realPath(tree, path));
      gone.push({ name: nameOf(path, cwd), path });
    }
  }
  return gone;
}

/** Files that may have belonged to the base, and why they cannot be added to it. */
export interface Doubt {
  readonly files: readonly string[];
  readonly reason: string;
}

/**
 * The base, with the files that are gone and belonged to it: those with its namespace and no other environment. Files
 * that do not fit leave the base as it is, as a folder may hold files of others.
 */
export function withGone(
  known: readonly ReadFile[],
  gone: readonly ReadFile[],
  now: Owner,
): { combined: Combined; doubt?: Doubt } {
  const combined = combine(known);
  const owner = combined.config ?? now;
  const environment = owner.environment ?? now.environment;
  const own = gone.filter((file) => {
    const itsEnvironment = settingOf(file, "/environment") ?? environment;
    return (
      settingOf(file, "/namespace") === owner.namespace &&
      (environment === null || itsEnvironment === environment)
    );
  });
  const isBroken = combined.config === null && combined.problems.length > 0;
  if (isBroken || own.length === 0) return { combined };
  const together = combine([...known, ...own]);
  if (together.config !== null) return { combined: together };
  const [first] = together.problems;
  const at = first?.place === undefined ? "" : `${placeText(first.place)}: `;
  return {
    combined,
    doubt: { files: own.map(({ file }) => file).sort(), reason: `${at}${first?.message ?? ""}` },
  };
}

const settingOf = ({ settings }: ReadFile, pointer: string): unknown =>
  settings.find((setting) => setting.pointer === pointer)?.value;
