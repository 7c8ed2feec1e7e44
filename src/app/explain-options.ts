// The options of `explain`.
import type { Command } from "commander";
import { type ApiOptions, apiOptions, number, outputOptions, several } from "./options.ts";
import { EXPLAIN_FORMATS } from "./terminal.ts";

export interface ExplainOptions extends ApiOptions {
  readonly file?: readonly string[];
  readonly namespace?: string;
  /** False with --no-git. */
  readonly git: boolean;
  readonly commits: number;
}

/** Options of `explain`. */
export function explainOptions(command: Command): Command {
  command
    .optionsGroup("What is looked at:")
    .option(
      "--file <path>",
      "files, folders and globs; can be repeated (default: balances.yaml, else the folder balances)",
      several,
    )
    .option("--namespace <name>", "the owner's name, where no file says it")
    .option("--no-git", "leave git alone")
    .option("--commits <n>", "the most commits of the files that are read", number(1, 10_000, "whole"), 500)
    .optionsGroup("Guards:")
    .option("--sandbox", "refuse a live key");
  return outputOptions(apiOptions(command), { format: EXPLAIN_FORMATS });
}
