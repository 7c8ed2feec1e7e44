// The options of the verbs that read git: `history` and `explain`.
import { type Command, Option } from "commander";
import { when } from "./moments.ts";
import { type ApiOptions, apiOptions, number, outputOptions, SHOWN_CHANGES, several } from "./options.ts";
import { EXPLAIN_FORMATS, HISTORY_FORMATS } from "./terminal.ts";

export interface GitOptions {
  readonly file?: readonly string[];
  /** False with --no-git. */
  readonly git: boolean;
  readonly commits: number;
}

export interface ExplainOptions extends ApiOptions, GitOptions {
  readonly namespace?: string;
}

export interface HistoryOptions extends ExplainOptions {
  readonly allCustomers?: boolean;
  /** A moment, or how long ago. */
  readonly since: Since;
  readonly full?: boolean;
}

/** A moment in ms since 1970, or how long ago it is in ms. */
export type Since = { readonly at: number } | { readonly ago: number };

/** `2026-10-01`, `2026-10-01T12:00:00Z`, `90d`. */
function since(written: string): Since {
  const given = when(written);
  return "after" in given ? { ago: given.after } : given;
}

const filesOption = (command: Command): Command =>
  command
    .optionsGroup("What is looked at:")
    .option(
      "--file <path>",
      "files, folders and globs; can be repeated (default: balances.yaml, else the folder balances)",
      several,
    );

const namespaceOption = (command: Command): Command =>
  command.option("--namespace <name>", "the owner's name, if no file has it");

const gitOptions = (command: Command, withoutGit: string): Command =>
  command
    .option("--no-git", withoutGit)
    .option("--commits <n>", "the most commits of the files to read", number(1, 10_000, "whole"), 500)
    .optionsGroup("Guards:")
    .option("--sandbox", "refuse a live key");

export function explainOptions(command: Command): Command {
  gitOptions(namespaceOption(filesOption(command)), "do not read git");
  return outputOptions(apiOptions(command), { format: EXPLAIN_FORMATS });
}

export function historyOptions(command: Command): Command {
  filesOption(command).option(
    "--all-customers",
    "all customers, not only those with an entry, now or in git",
  );
  namespaceOption(command).addOption(
    new Option("--since <when>", "how far back: 2026-10-01, a time with its zone, or 36h, 90d, 12w")
      .argParser(since)
      .default(since("90d"), "90d"),
  );
  gitOptions(command, "do not read git; show only what Autumn has");
  outputOptions(apiOptions(command), { format: HISTORY_FORMATS });
  return command.option("--full", `show every event as text, even if there are more than ${SHOWN_CHANGES}`);
}
