// Loads an earlier configuration: from a git commit, or from a file or folder that was kept.
import { realpathSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { type Problem, ProblemsError } from "../../schema/index.ts";
import { printable } from "../../text/index.ts";
import { diskTree, type FileTree } from "../file-tree.ts";
import { type FoundFile, findFiles, nameOf } from "../find-files.ts";
import { readFiles } from "../load.ts";
import type { LoadedConfig } from "../loaded-config.ts";
import { placeText } from "../yaml/lines.ts";
import { filesOfFolder } from "./base-folder.ts";
import { GitError, git, trusting } from "./git.ts";
import { GitTree } from "./git-tree.ts";
import { type Doubt, findGone, type Owner, withGone } from "./gone-files.ts";

/** The configuration at a base. */
export interface LoadedBase {
  /** Such as `origin/main (4f2a91c)`, or the path. */
  readonly name: string;
  /** `null` if there was none yet, or it is broken. */
  readonly config: LoadedConfig | null;
  /** What could not be read. This is no error: it may be what is being fixed. */
  readonly warnings: readonly Problem[];
}

/** What `loadBase` needs besides the base and the paths. */
export interface BaseOptions {
  /** Where relative paths start; the process's working folder when left out. */
  readonly cwd?: string;
  /** The current configuration, as from `loadConfig`: tells which files were renamed and which are gone. */
  readonly now: Owner & Pick<LoadedConfig, "files">;
}

/**
 * Loads the configuration as it was at `given`.
 *
 * @param given a branch, tag or commit; a folder, in which `paths` are looked for; or a file. A folder without any of
 *   `paths` is read whole, unless it is a checkout. A leading `./` means that it is a path.
 * @param paths as for `loadConfig`. Paths that do not exist at the base are no error.
 * @throws ProblemsError when there is no such ref or path
 */
export async function loadBase(
  given: string,
  paths: readonly string[],
  { cwd: from = process.cwd(), now }: BaseOptions,
): Promise<LoadedBase> {
  const cwd = realpathSync(from);
  const repository = isPathGiven(given) ? undefined : repositoryAt(cwd);
  const commit = repository && commitOf(given, repository.top);
  if (repository && commit !== undefined) {
    const tree = GitTree.of(repository.top, commit);
    refuseOutside(paths, cwd, tree);
    const { files, problems } = findFiles(paths, cwd, tree);
    const renamed = renamedSince(commit, { tree, top: repository.top, cwd, now: now.files });
    const name = nameOfCommit(given, commit);
    const known = new Set(files.map(({ path }) => path));
    const all = [...files, ...renamed.filter(({ path }) => !known.has(path))];
    const gone = findGone(paths, all, { cwd, tree, pathThen: (path) => path });
    return loaded(name, all, { gone, tree, problems, now, cwd });
  }
  const kind = given === "" ? undefined : diskTree.kindOf(resolve(cwd, given));
  if (kind === undefined) {
    throw new ProblemsError([unknownBase(given, repository?.top)]);
  }
  const found = kind === "folder" ? filesOfFolder(given, paths, cwd) : findFiles([given], cwd);
  return loaded(given, found.files, { gone: [], ...found, tree: diskTree, now, cwd });
}

/** Whether a base is certainly a path, and not a commit. */
export const isPathGiven = (given: string): boolean => isAbsolute(given) || /^\.\.?(?:$|[/\\])/.test(given);

const nameOfCommit = (given: string, commit: string): string => {
  const short = commit.slice(0, 7);
  return given.length >= 7 && commit.startsWith(given) ? short : `${given} (${short})`;
};

/** The commit that a base names, and the top of the checkout that `cwd` is in; `undefined` if it is not a commit. */
export function commitAt(
  given: string,
  cwd: string,
): { readonly top: string; readonly commit: string; readonly name: string } | undefined {
  const top = repositoryAt(cwd)?.top;
  const commit = top === undefined ? undefined : commitOf(given, top);
  return top === undefined || commit === undefined
    ? undefined
    : { top, commit, name: nameOfCommit(given, commit) };
}

interface Found {
  readonly gone: readonly FoundFile[];
  readonly tree: FileTree;
  readonly problems: readonly Problem[];
  readonly now: Owner;
  readonly cwd: string;
}

function loaded(
  name: string,
  files: readonly FoundFile[],
  { gone, tree, problems, now, cwd }: Found,
): LoadedBase {
  const { combined, doubt } = withGone(readFiles(files, tree, { cwd }), readFiles(gone, tree, { cwd }), now);
  const wrong = [...problems.filter(({ code }) => code !== "no-file"), ...combined.problems];
  return wrong.length === 0
    ? { name, config: combined.config, warnings: doubt ? [leftOut(name, doubt)] : [] }
    : { name, config: null, warnings: [brokenBase(name, wrong)] };
}

/** The warning that a base cannot be compared with. */
export function brokenBase(name: string, [first, ...more]: readonly Problem[]): Problem {
  const at = first?.place === undefined ? "" : `${placeText(first.place)}: `;
  const others = more.length === 0 ? "" : ` (and ${more.length} more)`;
  return {
    code: "base-broken",
    message: `the configuration at ${printable(name, 200)} is broken, so nothing is compared with it: ${at}${first?.message ?? ""}${others}`,
    hint: "some of the changes may have been due before",
  };
}

function leftOut(name: string, { files: [first = "", ...more], reason }: Doubt): Problem {
  const others = more.length === 0 ? "" : ` (and ${more.length} more)`;
  return {
    code: "base-in-doubt",
    message: `${printable(first, 200)}${others} was there at ${printable(name, 200)} and is gone. It does not go with the files that are named, so it is left out: ${reason}`,
    hint: "if it was one of them, name the folder, or put the glob in quotes so that no shell expands it",
  };
}

/** The repository that a folder is in, if any. */
function repositoryAt(cwd: string): { top: string } | undefined {
  try {
    const top = git(cwd, ["rev-parse", "--show-toplevel"])
      .toString("utf8")
      .replace(/\r?\n$/, "");
    return { top: realpathSync(top) };
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    if (error.isNoRepository) return undefined;
    const hint = error.isSomebodyElses
      ? `if it is yours: ${trusting(cwd)}`
      : "pass a file or folder as --base instead";
    throw new ProblemsError([{ code: "git-failed", message: error.message, hint }]);
  }
}

/** A name of one commit, as git allows them; nothing else is passed on to git. */
const COMMIT = /^(?!-)(?!.*\.\.)[^\s\p{C}:?*[\\]{1,250}$/u;

/** The full hash of a commit; `undefined` if there is no such commit. */
function commitOf(given: string, top: string): string | undefined {
  if (!COMMIT.test(given)) return undefined;
  try {
    const args = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${given}^{commit}`];
    return git(top, args).toString("utf8").trim();
  } catch (error) {
    if (error instanceof GitError) return undefined;
    throw error;
  }
}

function refuseOutside(paths: readonly string[], cwd: string, tree: GitTree): void {
  const outside = paths.filter((path) => tree.pathIn(resolve(cwd, path)) === undefined);
  if (outside.length === 0) return;
  const hint = "run it in that repository, or pass a file or folder as --base";
  throw new ProblemsError(
    outside.map((path) => ({
      code: "outside-repository",
      message: `\`${printable(path, 200)}\` lies outside the repository of --base`,
      hint,
    })),
  );
}

/** Earlier paths of files that have been renamed since the base. */
function renamedSince(
  commit: string,
  { tree, top, cwd, now }: { tree: GitTree; top: string; cwd: string; now: readonly string[] },
): FoundFile[] {
  const added = new Set<string>();
  for (const name of now) {
    const path = resolve(cwd, name);
    if (tree.kindOf(path) === undefined) added.add(tree.pathIn(path) ?? "");
  }
  if (added.size === 0) return [];
  const unfiltered = withoutFilters(top);
  if (unfiltered === undefined) return [];
  const options = ["--no-ext-diff", "--no-textconv", "--no-relative", "--ignore-submodules=all"];
  const diff = ["diff", "--name-status", "-z", "--find-renames", "--diff-filter=R", ...options, commit, "--"];
  const fields = git(top, [...unfiltered, ...diff])
    .toString("utf8")
    .split("\0");
  const found: FoundFile[] = [];
  for (let index = 0; index + 2 < fields.length; index += 3) {
    const [before = "", after = ""] = fields.slice(index + 1, index + 3);
    const path = resolve(top, before);
    if (added.has(after)) found.push({ name: nameOf(path, cwd), path });
  }
  return found;
}

/**
 * Options that keep git from running programs on files that it compares: attributes name filters, and the configuration
 * says what to run for them. `undefined` if there can be none, as a name contains `=`, at which an option would end.
 */
function withoutFilters(top: string): string[] | undefined {
  const names = git(top, ["config", "--list", "--name-only", "-z"]).toString("utf8").split("\0");
  const filters = new Set(names.filter((name) => /^filter\..*\.(?:clean|process|required)$/s.test(name)));
  if ([...filters].some((name) => name.includes("="))) return undefined;
  return [...filters].flatMap((name) => ["-c", `${name}=${name.endsWith(".required") ? "false" : ""}`]);
}

function unknownBase(given: string, top: string | undefined): Problem {
  const shown = printable(given, 200);
  const code = "unknown-base";
  if (top === undefined) {
    const message = `\`${shown}\` does not exist, and this folder is in no git repository`;
    return { code, message, hint: "run it in a git repository, or pass a file or folder" };
  }
  const message = `\`${shown}\` is neither a commit that is here nor a file or folder`;
  const branch = given.replace(/^origin\//, "");
  const fetch = /^\w[\w./-]*$/.test(branch) ? `git fetch --depth=1 origin ${branch}` : "git fetch origin";
  if (git(top, ["rev-parse", "--is-shallow-repository"]).toString("utf8").trim() === "true") {
    const hint = `the clone is shallow: run \`${fetch}\` and pass --base FETCH_HEAD, or have all of it cloned (fetch-depth: 0 on GitHub, GIT_DEPTH: 0 on GitLab)`;
    return { code, message, hint };
  }
  if (commitOf(`origin/${given}`, top) !== undefined) {
    return { code, message, hint: `did you mean origin/${shown}?` };
  }
  return { code, message, hint: `fetch it first (${fetch.replace(" --depth=1", "")}), or check the name` };
}
