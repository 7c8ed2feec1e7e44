// Files, folders and globs → one configuration, or every complaint about all of them.
import { ProblemsError } from "../schema/index.ts";
import { expandedText } from "./expanded-text.ts";
import { diskTree, type FileTree } from "./file-tree.ts";
import { type FoundFile, findFiles } from "./find-files.ts";
import { combine, inOrder, type LoadedConfig, type ReadFile } from "./loaded-config.ts";
import { type ReadOptions, readBalances } from "./parse.ts";

export interface LoadOptions extends ReadOptions {
  /** Where relative paths start; the process's working folder when left out. */
  readonly cwd?: string;
}

/**
 * Reads balances files.
 *
 * @param paths files, folders (their .yaml, .yml and .json files, without hidden ones and node_modules) and
 *   globs; they add up. With none, `balances.yaml` or else the folder `balances`.
 * @throws ProblemsError with everything that is wrong in all files
 * @example
 * const { namespace, balances } = await loadConfig(["balances.yaml", "teams/"]);
 */
export async function loadConfig(paths: readonly string[], options: LoadOptions = {}): Promise<LoadedConfig> {
  return loadConfigSync(paths, options);
}

/**
 * The files as one, in which every balance is written out as YAML, with where each comes from.
 *
 * @param paths as for `loadConfig`
 * @throws ProblemsError as `loadConfig` does
 */
export function loadExpanded(paths: readonly string[], options: LoadOptions = {}): string {
  const { files, problems } = findFiles(paths, options.cwd ?? process.cwd());
  const read = readFiles(files, diskTree, options);
  const combined = combine(read);
  if (problems.length > 0 || combined.config === null) {
    throw new ProblemsError(inOrder([...problems, ...combined.problems]));
  }
  return expandedText(read);
}

/** As `loadConfig`, at once, for code that cannot wait, such as a construct. */
export function loadConfigSync(paths: readonly string[], options: LoadOptions = {}): LoadedConfig {
  const { files, problems } = findFiles(paths, options.cwd ?? process.cwd());
  const combined = combine(readFiles(files, diskTree, options));
  if (problems.length > 0 || combined.config === null) {
    throw new ProblemsError(inOrder([...problems, ...combined.problems]));
  }
  return combined.config;
}

/** Reads each file and checks it in itself. */
export function readFiles(
  files: readonly FoundFile[],
  tree: FileTree = diskTree,
  options: ReadOptions = {},
): ReadFile[] {
  return files.map(({ name, path }) => {
    const result = tree.read(name, path);
    return "text" in result
      ? readBalances(result.text, name, options)
      : { file: name, settings: [], entries: [], problems: [result.problem] };
  });
}
