// Runs git: without a shell, without the secret key in its environment, and with plain words where it fails.
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { ProblemsError } from "../../schema/index.ts";
import { printable } from "../../text/index.ts";
import { checkoutAround } from "./checkout-around.ts";

/** Bytes of output that are taken, unless said otherwise: the file names of a very large repository. */
const LONGEST_OUTPUT = 1 << 30;

/** Git ended with an error of its own. */
export class GitError extends Error {
  override readonly name = "GitError";

  /** @param reason the first thing git said, or what became of it */
  constructor(
    readonly reason: string,
    /** Whether there was more output than was to be taken. */
    readonly isTooLong: boolean,
  ) {
    super(`git: ${reason}`);
  }

  /** The folder lies in no checkout. */
  get isNoRepository(): boolean {
    return /not a git repository|must be run in a work tree/.test(this.reason);
  }

  /** The checkout belongs to somebody else than who runs git. */
  get isSomebodyElses(): boolean {
    return this.reason.includes("dubious ownership");
  }
}

/** How to have git work in a checkout that belongs to somebody else: it asks for the top of it, and no other folder. */
export function trusting(folder: string): string {
  const top = checkoutAround(folder);
  const path = top === undefined ? "$PWD" : printable(top, 300);
  return `\`git config --global --add safe.directory "${path}"\``;
}

/**
 * What git sets for its hooks and aliases, about the repository that it runs them for. A folder tells by itself which
 * repository it lies in, and with GIT_DIR alone git takes any folder for the top of the checkout.
 */
const OF_ONE_REPOSITORY = [
  "GIT_ALTERNATE_OBJECT_DIRECTORIES",
  "GIT_COMMON_DIR",
  "GIT_DIR",
  "GIT_GRAFT_FILE",
  "GIT_IMPLICIT_WORK_TREE",
  "GIT_INDEX_FILE",
  "GIT_NAMESPACE",
  "GIT_OBJECT_DIRECTORY",
  "GIT_PREFIX",
  "GIT_SHALLOW_FILE",
  "GIT_WORK_TREE",
];

/** What changes the meaning of the paths that git is given. */
const OF_PATHS = [
  "GIT_GLOB_PATHSPECS",
  "GIT_ICASE_PATHSPECS",
  "GIT_LITERAL_PATHSPECS",
  "GIT_NOGLOB_PATHSPECS",
];

/**
 * Has nothing fetched: in a clone that lacks objects, git would ask the server for them by the commands that the
 * repository's own configuration names. Older versions know the second variable only.
 */
const OFFLINE = { GIT_NO_LAZY_FETCH: "1", GIT_ALLOW_PROTOCOL: "none" };

function environmentFor(cwd: string, isOffline: boolean): NodeJS.ProcessEnv {
  const { AUTUMN_SECRET_KEY: _, ...inherited } = process.env;
  // Where nothing else tells, the variables are what somebody means.
  if (checkoutAround(cwd) !== undefined) for (const name of OF_ONE_REPOSITORY) delete inherited[name];
  for (const name of OF_PATHS) delete inherited[name];
  // No translations, no questions, and no lock that another git would run into.
  const quiet = { LC_ALL: "C", GIT_TERMINAL_PROMPT: "0", GIT_OPTIONAL_LOCKS: "0" };
  return { ...inherited, ...quiet, ...(isOffline ? OFFLINE : {}) };
}

export interface GitOptions {
  /** Bytes of output that are taken. */
  readonly longest?: number;
  /** What git reads from stdin. */
  readonly input?: string;
  /** Whether objects that a clone lacks stay away. */
  readonly isOffline?: boolean;
}

/** Bytes, and the text that they are. Not `Buffer`, which the published types would need the types of Node for. */
export interface GitOutput extends Uint8Array {
  toString(encoding?: "latin1" | "utf8", start?: number, end?: number): string;
  indexOf(value: number | string, from?: number): number;
  subarray(start?: number, end?: number): GitOutput;
}

/** The repository's own configuration may name a program that tells git which files have changed. */
const RUN_NOTHING = ["-c", "core.fsmonitor=false"];

/**
 * What git prints.
 * @throws GitError, or ProblemsError when there is no git
 */
export function git(cwd: string, args: readonly string[], options: GitOptions = {}): GitOutput {
  const { longest = LONGEST_OUTPUT, input = "", isOffline = false } = options;
  const ended = spawnSync("git", [...RUN_NOTHING, ...args], {
    cwd,
    env: environmentFor(cwd, isOffline),
    input,
    maxBuffer: longest,
    windowsHide: true,
  });
  if (ended.error === undefined && ended.status === 0) return ended.stdout;
  throw failureOf(ended);
}

function failureOf({ error, signal, stderr }: SpawnSyncReturns<Buffer>): Error {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === "ENOENT") {
    const hint = "install git, or pass a file or folder as --base";
    return new ProblemsError([{ code: "no-git", message: "--base needs git, which was not found", hint }]);
  }
  const said =
    stderr
      ?.toString("utf8")
      .split("\n")[0]
      ?.replace(/^fatal: /, "") ?? "";
  const otherwise = error?.message ?? (signal === null ? "git failed without output" : `ended by ${signal}`);
  return new GitError(printable(said === "" ? otherwise : said, 300), code === "ENOBUFS");
}
