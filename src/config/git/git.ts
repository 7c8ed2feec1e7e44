// Runs git: without a shell, without the secret key in its environment, and with plain words when it fails.
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { ProblemsError } from "../../schema/index.ts";
import { printable } from "../../text/index.ts";
import { checkoutAround } from "./checkout-around.ts";

/** Bytes of output that are read by default: the file names of a very large repository. */
const LONGEST_OUTPUT = 1 << 30;

/** Git ended with an error. */
export class GitError extends Error {
  override readonly name = "GitError";

  /** @param reason the first line of git's error, or how the process ended */
  constructor(
    readonly reason: string,
    /** Whether there was more output than allowed. */
    readonly isTooLong: boolean,
  ) {
    super(`git: ${reason}`);
  }

  /** The folder is not in a checkout. */
  get isNoRepository(): boolean {
    return /not a git repository|must be run in a work tree/.test(this.reason);
  }

  /** The checkout belongs to another user than the one who runs git. */
  get isSomebodyElses(): boolean {
    return this.reason.includes("dubious ownership");
  }
}

/** The command with which git trusts a checkout of another user; git wants the top folder of it and no other. */
export function trusting(folder: string): string {
  const top = checkoutAround(folder);
  const path = top === undefined ? "$PWD" : printable(top, 300);
  return `\`git config --global --add safe.directory "${path}"\``;
}

/**
 * Variables that git sets for hooks and aliases, about the repository that it runs them for. A folder itself tells
 * which repository it is in, and with GIT_DIR alone git takes any folder for the top of the checkout.
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

/** Variables that change the meaning of paths given to git. */
const OF_PATHS = [
  "GIT_GLOB_PATHSPECS",
  "GIT_ICASE_PATHSPECS",
  "GIT_LITERAL_PATHSPECS",
  "GIT_NOGLOB_PATHSPECS",
];

/**
 * Prevents fetching: in a clone that lacks objects, git would ask the server for them with commands from the
 * repository's own configuration. Older versions know only the second variable.
 */
const OFFLINE = { GIT_NO_LAZY_FETCH: "1", GIT_ALLOW_PROTOCOL: "none" };

function environmentFor(cwd: string, isOffline: boolean): NodeJS.ProcessEnv {
  const { AUTUMN_SECRET_KEY: _, ...inherited } = process.env;
  // Outside of a checkout, the variables are intended.
  if (checkoutAround(cwd) !== undefined) for (const name of OF_ONE_REPOSITORY) delete inherited[name];
  for (const name of OF_PATHS) delete inherited[name];
  // No translations, no prompts, and no lock that another git would run into.
  const quiet = { LC_ALL: "C", GIT_TERMINAL_PROMPT: "0", GIT_OPTIONAL_LOCKS: "0" };
  return { ...inherited, ...quiet, ...(isOffline ? OFFLINE : {}) };
}

export interface GitOptions {
  /** Bytes of output that are read, at most. */
  readonly longest?: number;
  /** The input of git. */
  readonly input?: string;
  /** Whether git may not fetch objects that a clone lacks. */
  readonly isOffline?: boolean;
}

/** Bytes that can be read as text. Not `Buffer`, for which the published types would need the types of Node. */
export interface GitOutput extends Uint8Array {
  toString(encoding?: "latin1" | "utf8", start?: number, end?: number): string;
  indexOf(value: number | string, from?: number): number;
  subarray(start?: number, end?: number): GitOutput;
}

/** The repository's own configuration may name a program that git runs to learn which files have changed. */
const RUN_NOTHING = ["-c", "core.fsmonitor=false"];

/**
 * Runs git.
 * @returns what it prints
 * @throws GitError when it fails, ProblemsError when there is no git
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
