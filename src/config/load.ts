// Files, folders and globs → one configuration, or every complaint about all of them.
import { ProblemsError } from "../schema/index.ts";
import { besideReader } from "./beside.ts";
import { expandedText } from "./expanded-text.ts";
import { diskTree, type FileTree } from "./file-tree.ts";
import { type FoundFile, findDefault, findFiles } from "./find-files.ts";
import { combine, inOrder, type LoadedConfig, type ReadFile } from "./loaded-config.ts";
import { problemsOfQueries } from "./members.ts";
import { type ReadOptions, readBalances } from "./parse.ts";

export interface LoadOptions extends ReadOptions {
  /** Where relative paths start; the process's working folder when left out. */
  readonly cwd?: string;
  /**
   * Whether `grants:` may be to customers that Autumn is asked for: those are in `groups` and not yet among the
   * balances. Without it they are refused, so that nobody takes a part for the whole.
   */
  readonly withQueries?: boolean;
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
 * As `loadConfig`, at once.
 *
 * @returns `null` where no file is named, and there is none to be read by default
 */
export const loadConfigIfAny = (paths: readonly string[], options: LoadOptions = {}): LoadedConfig | null =>
  paths.length === 0 && findDefault(options.cwd) === undefined ? null : loadConfigSync(paths, options);

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
  const unanswered = options.withQueries === true ? [] : problemsOfQueries(combined.config);
  if (unanswered.length > 0) throw new ProblemsError(unanswered);
  return combined.config;
}

/** Reads each file and checks it in itself. */
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
