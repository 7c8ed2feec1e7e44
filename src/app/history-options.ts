// The options of `history`, and how their values are read.
import { type Command, InvalidArgumentError, Option } from "commander";
import { instantToMs } from "../schema/index.ts";
import {
  type ApiOptions,
  apiOptions,
  MS_OF,
  number,
  outputOptions,
  SHOWN_CHANGES,
  SPAN,
  several,
} from "./options.ts";
import { HISTORY_FORMATS } from "./terminal.ts";

export interface HistoryOptions extends ApiOptions {
  readonly file?: readonly string[];
  readonly allCustomers?: boolean;
  readonly namespace?: string;
  /** From a moment, or for a time. */
  readonly since: Since;
  /** False with --no-git. */
  readonly git: boolean;
  readonly commits: number;
  readonly full?: boolean;
}

/** A moment in ms since 1970, or how long ago it is in ms. */
export type Since = { readonly at: number } | { readonly ago: number };

const DAY_PATTERN = /^\d{4}-\d\d-\d\d$/;

/** `2026-10-01`, `2026-10-01T12:00:00Z`, `90d`. */
function since(written: string): Since {
  const [, amount, unit] = SPAN.exec(written) ?? [];
  if (unit !== undefined) return { ago: Number(amount) * (MS_OF[unit] ?? 0) };
  const at = instantToMs(DAY_PATTERN.test(written) ? `${written}T00:00:00Z` : written);
  if (at === undefined)
    throw new InvalidArgumentError("Write it like 2026-10-01, 2026-10-01T12:00:00Z, 36h, 90d or 12w.");
  return { at };
}

/** Options of `history`. */
export function historyOptions(command: Command): Command {
  command
    .optionsGroup("What is looked at:")
    .option(
      "--file <path>",
      "files, folders and globs; can be repeated (default: balances.yaml, else the folder balances)",
      several,
    )
    .option("--all-customers", "all customers, and not only those with an entry, now or in git")
    .option("--namespace <name>", "the owner's name, where no file says it")
    .addOption(
      new Option("--since <when>", "how far back: 2026-10-01, a time with its zone, or 36h, 90d, 12w")
        .argParser(since)
        .default(since("90d"), "90d"),
    )
    .option("--no-git", "leave git alone, and tell only what Autumn has")
    .option("--commits <n>", "the most commits of the files that are read", number(1, 10_000, "whole"), 500)
    .optionsGroup("Guards:")
    .option("--sandbox", "refuse a live key");
  outputOptions(apiOptions(command), { format: HISTORY_FORMATS });
  return command.option("--full", `show every event as text, even if there are more than ${SHOWN_CHANGES}`);
}
