// Runs git: without a shell, without the secret key in its environment, and with plain words where it fails.
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { ProblemsError } from "../schema/index.ts";
import { printable } from "./show.ts";

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
}

/**
 * What git prints.
 * @throws GitError, or ProblemsError when there is no git
 */
export function git(cwd: string, args: readonly string[], longest = LONGEST_OUTPUT): Buffer {
  const { AUTUMN_SECRET_KEY: _, ...inherited } = process.env;
  // No translations, no questions, and no lock that another git would run into.
  const env = { ...inherited, LC_ALL: "C", GIT_TERMINAL_PROMPT: "0", GIT_OPTIONAL_LOCKS: "0" };
  const ended = spawnSync("git", args, { cwd, env, maxBuffer: longest, windowsHide: true });
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
  const otherwise = error?.message ?? (signal === null ? "it failed without a word" : `ended by ${signal}`);
  return new GitError(printable(said === "" ? otherwise : said, 300), code === "ENOBUFS");
}
