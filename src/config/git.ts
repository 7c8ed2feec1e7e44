// Runs git: without a shell, without the secret key in its environment, and with plain words where it fails.
import { type ExecFileException, execFile } from "node:child_process";
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
export function git(cwd: string, args: readonly string[], longest = LONGEST_OUTPUT): Promise<Buffer> {
  const { AUTUMN_SECRET_KEY: _, ...inherited } = process.env;
  // No translations, no questions, and no lock that another git would run into.
  const env = { ...inherited, LC_ALL: "C", GIT_TERMINAL_PROMPT: "0", GIT_OPTIONAL_LOCKS: "0" };
  return new Promise((resolve, reject) => {
    execFile(
      "git",
      args,
      { cwd, env, encoding: "buffer", maxBuffer: longest, windowsHide: true },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(failureOf(error, stderr.toString("utf8")));
      },
    );
  });
}

function failureOf(error: ExecFileException, stderr: string): Error {
  if (error.code === "ENOENT") {
    const hint = "install git, or pass a file or folder as --base";
    return new ProblemsError([{ code: "no-git", message: "--base needs git, which was not found", hint }]);
  }
  const said = stderr.split("\n")[0]?.replace(/^fatal: /, "") ?? "";
  const isTooLong = String(error.code) === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER";
  return new GitError(printable(said === "" ? error.message : said, 300), isTooLong);
}
