// What went wrong → what is said about it, and the exit code. What is the user's to mend is a line with a way
// out; only what is ours shows a stack.
import { AutumnError } from "../autumn/index.ts";
import { errorJson, jsonText, problemsMarkdown, problemsText, visible } from "../report/index.ts";
import { type Problem, ProblemsError } from "../schema/index.ts";
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

/** What is to be said of it, whatever it was. */
export function problemsOf(error: unknown): readonly Problem[] {
  if (error instanceof ProblemsError) return error.problems;
  if (error instanceof AutumnError) return [problemOfApi(error)];
  const message = error instanceof Error ? error.message : String(error);
  return [{ code: error instanceof InterruptedError ? "interrupted" : "internal", message }];
}

/** An API error in plain words, with a way out. */
function problemOfApi({ message, status, code, outcome }: AutumnError): Problem {
  if (status === undefined && code === undefined) {
    const hint =
      "check the network and the base URL (AUTUMN_BASE_URL, --base-url); if it is the emulator's, is it running?";
    return { code: "unreachable", message: `the API cannot be reached: ${message}`, hint };
  }
  if (status === 401 && code === "invalid_secret_key") {
    const hint =
      "set AUTUMN_SECRET_KEY to a key of this organisation and environment, as the dashboard shows it";
    return { code, message: `the API does not know the secret key (${message})`, hint };
  }
  if (status === 401 || status === 404 || code === "unexpected_answer") {
    const hint = "check the base URL (AUTUMN_BASE_URL, --base-url): is it Autumn's, of version 2.3 or later?";
    return { code: code ?? "unexpected_answer", message, hint };
  }
  if (status === 429) {
    const hint = "others use the limit up: try again later, or go slower with --rate";
    return { code: code ?? "rate_limited", message, hint };
  }
  const hint = outcome === "refused" ? undefined : "run the same command again; nothing is granted twice";
  return { code: code ?? "api", message, ...(hint === undefined ? {} : { hint }) };
}

function crashText(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const lines = stack.split("\n").map(visible);
  const asked =
    "This is a mistake in autumn-balances itself. Please report it, with these lines and what you ran.";
  return `${lines.map((line) => `${line}\n`).join("")}\n${asked}\n`;
}
