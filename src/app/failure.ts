// What went wrong → what is said about it, and the exit code. What the user can fix is one line with a hint; only bugs
// of this tool show a stack.
import { AutumnError, problemOfApi } from "../autumn/index.ts";
import { errorJson, jsonText } from "../document/index.ts";
import { problemsMarkdown, problemsText } from "../report/index.ts";
import { type Problem, ProblemsError } from "../schema/index.ts";
import { visible } from "../text/index.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import type { Terminal } from "./terminal.ts";

/** A guard says no; nothing was done. */
export class RefusedError extends ProblemsError {}

/** ^C or SIGTERM came while nothing had been changed. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
}

export function reportFailure(error: unknown, terminal: Terminal): ExitCode {
  const problems = problemsOf(error);
  if (terminal.format === "json") terminal.print(jsonText(errorJson(problems)));
  if (terminal.format === "markdown") terminal.print(problemsMarkdown(problems));
  if (isOurs(error)) {
    terminal.say("error", crashText(error));
    return EXIT.error;
  }
  const severity = error instanceof RefusedError ? "refused" : "error";
  const colours = terminal.colours(process.stderr);
  terminal.say("error", problemsText(problems, { severity, colours }));
  if (error instanceof InterruptedError) return EXIT.interrupted;
  return error instanceof RefusedError ? EXIT.refused : EXIT.error;
}

const isOurs = (error: unknown): boolean =>
  !(error instanceof ProblemsError || error instanceof AutumnError || error instanceof InterruptedError);

/** The problems to report for any error. */
export function problemsOf(error: unknown): readonly Problem[] {
  if (error instanceof ProblemsError) return error.problems;
  if (error instanceof AutumnError) return [problemOfApi(error, NAMES)];
  const message = error instanceof Error ? error.message : String(error);
  return [{ code: error instanceof InterruptedError ? "interrupted" : "internal", message }];
}

const NAMES = { baseUrl: "AUTUMN_BASE_URL, --base-url", rate: "--rate" };

function crashText(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const lines = stack.split("\n").map(visible);
  const asked =
    "This is a mistake in autumn-balances itself. Please report it, with these lines and what you ran.";
  return `${lines.map((line) => `${line}\n`).join("")}\n${asked}\n`;
}
