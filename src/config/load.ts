// Loads files, folders and globs into one configuration, or reports every problem in them.
import { ProblemsError } from "../schema/index.ts";
import { besideReader } from "./beside.ts";
import { expandedText } from "./expanded-text.ts";
import { diskTree, type FileTree } from "./file-tree.ts";
import { type FoundFile, findDefault, findFiles } from "./find-files.ts";
import { combine, inOrder, type LoadedConfig, type ReadFile } from "./loaded-config.ts";
import { problemsOfQueries } from "./members.ts";
import { type ReadOptions, readBalances } from "./parse.ts";

/** How `loadConfig` finds and reads files. */
export interface LoadOptions extends ReadOptions {
  /** Where relative paths start; the process's working folder when left out. */
  readonly cwd?: string;
  /**
   * Whether `grants:` may be to customers that Autumn is asked for: their groups are in `declaredGroups`, and their
   * balances are still missing. Otherwise such grants are refused, so that nobody takes a part for the whole.
   */
  readonly withQueries?: boolean;
}

/**
 * Loads balances files.
 *
 * @param paths files, folders (their .yaml, .yml and .json files, without hidden ones and node_modules) and globs; they
 *   add up. With none, the first that exists of `balances.yaml`, `balances.yml`, `balances.json` and the folder
 *   `balances`.
 * @throws ProblemsError with everything that is wrong in all files
 * @example
 * const { namespace, balances } = await loadConfig(["balances.yaml", "teams/"]);
 */
export async function loadConfig(paths: readonly string[], options: LoadOptions = {}): Promise<LoadedConfig> {
  return loadConfigSync(paths, options);
}

/**
 * As `loadConfigSync`.
 *
 * @returns `null` when no file is named and none is found by default
 */
export const loadConfigIfAny = (paths: readonly string[], options: LoadOptions = {}): LoadedConfig | null =>
  paths.length === 0 && findDefault(options.cwd) === undefined ? null : loadConfigSync(paths, options);

/**
 * The files as one YAML file in which every balance is written out, with a comment on where it comes from.
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

/** `loadConfig` for code that cannot wait, such as a construct. */
export function loadConfigSync(paths: readonly string[], options: LoadOptions = {}): LoadedConfig {
  const { files, problems } = findFiles(paths, options.cwd ?? process.cwd());
  const combined = combine(readFiles(files, diskTree, options));
  if (problems.length > 0 || combined.config === null) {
    throw new ProblemsError(inOrder([...problems, ...combined.problems]));
  }
  const unanswered = options.withQueries === true ? [] : problemsOfQueries(combined.config);
  if (unanswered.length > 0) throw new ProblemsError(unanswered);
  return combined.config;
}

/** Reads each file, and checks it by itself. */
export function readFiles(
  files: readonly FoundFile[],
  tree: FileTree = diskTree,
  options: LoadOptions = {},
): ReadFile[] {
  const { cwd = process.cwd() } = options;
  return files.map(({ name, path }) => {
    const result = tree.read(name, path);
    return "text" in result
      ? readBalances(result.text, name, options, besideReader(path, tree, cwd))
      : { file: name, settings: [], entries: [], problems: [result.problem] };
  });
}
