// The options of the verbs, and how their values are read.
import { type Command, InvalidArgumentError, Option } from "commander";
import type { GrantCheck, Shard } from "../reconcile/index.ts";
import { LEAST_MARKDOWN } from "../report/index.ts";
import { FORMATS, type Format, LOG_LEVELS, type OutputOptions, PLAN_FORMATS } from "./terminal.ts";

/** How many changes of a plan are shown as text without --full. */
export const SHOWN_CHANGES = 200;

/** Of every verb that calls the API. */
export interface ApiOptions extends OutputOptions {
  readonly concurrency: number;
  /** Calls per second. */
  readonly rate?: number;
  /** Seconds. */
  readonly timeout?: number;
  readonly baseUrl?: string;
  readonly allowHttp?: boolean;
  readonly sandbox?: boolean;
}

/** What `plan` and `apply` share. */
export interface SessionOptions extends ApiOptions {
  readonly prune?: boolean;
  /** A git ref or a path; only of `plan`. */
  readonly base?: string;
  /** A git ref or a path; only of `plan`. */
  readonly changedSince?: string;
  readonly force?: boolean;
  /** Teams of whoever wants the change. */
  readonly team?: readonly string[];
  readonly allCustomers?: boolean;
  readonly shard?: Shard;
  readonly checkGrants: GrantCheck;
  readonly limitDeletes?: number;
  readonly limitDeletePercent?: number;
  readonly limitReplaces?: number;
  readonly limitReplacePercent?: number;
  readonly limitGranted?: ReadonlyMap<string, number>;
  readonly full?: boolean;
}

/** How a plan is shown. */
export interface ShowOptions {
  readonly full?: boolean;
  /** Bytes. */
  readonly maxSize?: number;
  readonly wholeAt?: string;
}

export interface PlanOptions extends SessionOptions, ShowOptions {
  readonly detailedExitcode?: boolean;
  /** Where the plan is saved. */
  readonly out?: string;
}

export interface ApplyOptions extends SessionOptions {
  readonly yes?: boolean;
  /** Who has approved the plan. */
  readonly approvedBy?: readonly string[];
}

export interface DriftOptions extends SessionOptions {
  readonly who?: boolean;
  /** ms */
  readonly expiringWithin: number;
}

export interface ImportOptions extends ApiOptions {
  readonly customer?: readonly string[];
  readonly allCustomers?: boolean;
  readonly out?: string;
  readonly namespace?: string;
  readonly adoptNamespace?: readonly string[];
  readonly csv?: string;
  readonly map?: string;
}

export type ExportOptions = Omit<ImportOptions, "out" | "adoptNamespace" | "csv">;

export interface DoctorOptions extends ApiOptions {
  readonly offline?: boolean;
  readonly slow?: boolean;
  readonly full?: boolean;
}

export interface EmulatorVerbOptions {
  readonly port: number;
  readonly host: string;
  readonly key: string;
  readonly seed?: string;
  readonly limits: "production" | "none";
  readonly level: "2026-08" | "2026-10";
  readonly state?: string;
  /** ms */
  readonly latency: number;
  /** ms */
  readonly asyncUpdates: number;
  readonly resetJob: number | "off";
  readonly unknownFields?: boolean;
}

/** A reader of numbers from `least` to `most`. */
export function number(
  least: number,
  most: number,
  kind: "any" | "whole" = "any",
): (written: string) => number {
  return (written) => {
    const value = written.trim() === "" ? Number.NaN : Number(written);
    if (value >= least && value <= most && (kind === "any" || Number.isInteger(value))) return value;
    const what = kind === "whole" ? "whole number" : "number";
    throw new InvalidArgumentError(`It is a ${what} from ${least} to ${most}.`);
  };
}

const anyCount = number(0, 1_000_000_000, "whole");
const percent = number(0, 100);
const anySize = number(LEAST_MARKDOWN, 1_000_000_000, "whole");

function granted(
  written: string,
  before: ReadonlyMap<string, number> = new Map(),
): ReadonlyMap<string, number> {
  const [, feature, units] = /^(.+)=(\d+(?:\.\d+)?)$/s.exec(written) ?? [];
  if (feature === undefined) throw new InvalidArgumentError("Write it like api_calls=1000000.");
  return new Map([...before, [feature, Number(units)]]);
}

/** At 20 calls a second for all shards, each of so many makes one in 50 seconds. */
const MOST_SHARDS = 1000;

function shard(written: string): Shard {
  const [, index, count] = /^(\d{1,4})\/(\d{1,4})$/.exec(written)?.map(Number) ?? [];
  if (index === undefined || count === undefined || index < 1 || index > count || count > MOST_SHARDS) {
    throw new InvalidArgumentError(`Write it like 2/7, the second of seven; there are up to ${MOST_SHARDS}.`);
  }
  return { index, count };
}

function text(written: string): string {
  if (/\S/.test(written)) return written;
  throw new InvalidArgumentError("It is blank: check the variable that it comes from, or leave it out.");
}

/** Collects the values of an option that can be repeated. */
export const several = (written: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  text(written),
];

/** Refuses blank values of options and arguments without a parser of their own: they come from unset variables. */
export function refuseBlanks({ options, registeredArguments }: Command): void {
  for (const option of options) if (option.required && option.parseArg === undefined) option.argParser(text);
  for (const argument of registeredArguments) {
    if (argument.parseArg !== undefined) continue;
    if (argument.variadic) argument.argParser(several);
    else argument.argParser(text);
  }
}

export function importOptions(command: Command): Command {
  command
    .optionsGroup("What is imported:")
    .option("--customer <id>", "balances of this customer; can be repeated", several)
    .option("--all-customers", "balances of all customers")
    .option(
      "--adopt-namespace <name>",
      "also take over balances of another namespace; can be repeated",
      several,
    )
    .option("--csv <file>", "entries from this spreadsheet instead; makes no calls")
    .option(
      "--map <file>",
      "for --csv: which columns hold which fields, as YAML (default: columns named like fields)",
    )
    .optionsGroup("Where to:")
    .option("--out <file>", "create this file, or add to it (default: stdout)")
    .option("--namespace <name>", "the owner's name, if no file has it yet")
    .optionsGroup("Guards:")
    .option("--sandbox", "refuse a live key");
  return outputOptions(apiOptions(command), { format: true });
}

export function exportOptions(command: Command): Command {
  command
    .optionsGroup("What is exported:")
    .option("--customer <id>", "balances of this customer; can be repeated", several)
    .option("--all-customers", "balances of all customers")
    .option(
      "--map <file>",
      "write the columns of this mapping file (YAML), as import --csv reads them (default: all)",
    )
    .option("--namespace <name>", "the owner's name, if no file has it")
    .optionsGroup("Guards:")
    .option("--sandbox", "refuse a live key");
  return outputOptions(apiOptions(command), { format: false });
}

/** Options of every verb that prints a result. */
export function outputOptions(command: Command, options: { format: boolean | readonly Format[] }): Command {
  command.optionsGroup("Output:");
  if (options.format !== false) {
    command.addOption(
      new Option("--format <format>", "format of stdout; everything else goes to stderr")
        .choices(options.format === true ? FORMATS : options.format)
        .default("text"),
    );
  }
  return command
    .addOption(new Option("--log-level <level>", "what goes to stderr").choices(LOG_LEVELS).default("info"))
    .option("--no-color", "no colours, as with NO_COLOR=1");
}

/** Where the API is, and how it is asked. */
export function apiOptions(command: Command): Command {
  return command
    .optionsGroup("API:")
    .option("--base-url <url>", "where Autumn is (default: AUTUMN_BASE_URL, else https://api.useautumn.com)")
    .option("--allow-http", "allow http:// to another machine, which sends the key unencrypted")
    .option("--rate <n>", "calls per second of the shared limit (default: 80 % of it)", number(0.1, 1000))
    .option("--concurrency <n>", "customers worked on at a time", number(1, 100, "whole"), 10)
    .option("--timeout <seconds>", "how long to wait for an answer (default: 30)", number(0.1, 600));
}

/** Options of verbs that show a plan and nothing else. */
export function showOptions(command: Command): Command {
  outputOptions(command, { format: PLAN_FORMATS });
  fullOption(command);
  return command
    .option(
      "--max-size <bytes>",
      "the largest size of Markdown (default: what fits into a GitHub comment)",
      anySize,
    )
    .option("--whole-at <where>", "URL or file name of the whole plan, for Markdown to point to");
}

function fullOption(command: Command): Command {
  return command.option("--full", `show every change, even if there are more than ${SHOWN_CHANGES}`);
}

/** Which rows are looked at, and how closely. */
function scopeOptions(command: Command, prune: string, checkGrants: GrantCheck): Command {
  return command
    .option("--prune", `${prune} rows of the namespace that no entry declares; implies --all-customers`)
    .option("--all-customers", "look at all customers, not only those with an entry")
    .option("--shard <i/n>", "only the i-th of n parts of the customers, at 1/n of the pace", shard)
    .addOption(
      new Option(
        "--check-grants <when>",
        `check the grants that resets go back to, with a call for each customer; auto: for up to 200 customers`,
      )
        .choices(["auto", "always", "never"])
        .default(checkGrants),
    );
}

export function doctorOptions(command: Command): Command {
  command
    .optionsGroup("What is looked at:")
    .option("--offline", "check this machine only: files, key, variables, proxy, certificates; no calls")
    .option("--slow", "wait up to 3 minutes for resets, if the server makes them on a schedule");
  apiOptions(command);
  outputOptions(command, { format: true });
  return command.option("--full", "as text, show what was seen even if a fact holds");
}

/** ms of the units of `SPAN`. */
export const MS_OF: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };

/** A number of hours, days or weeks. */
export const SPAN = /^(\d{1,4})([hdw])$/;

/** `36h`, `7d`, `2w` → ms. */
function span(written: string): number {
  const [, amount, unit] = SPAN.exec(written) ?? [];
  const ms = unit === undefined ? undefined : MS_OF[unit];
  if (ms === undefined) throw new InvalidArgumentError("Write it like 36h, 7d or 2w; 0d is none.");
  return Number(amount) * ms;
}

/** Options of `drift`, except for how it is shown. */
export function driftOptions(command: Command): Command {
  command
    .optionsGroup("What is looked at:")
    .addOption(
      new Option(
        "--expiring-within <span>",
        "list balances that expire within this time: 36h, 7d, 2w; 0d for none",
      )
        .argParser(span)
        .default(span("7d"), "7d"),
    );
  scopeOptions(command, "count", "always").option(
    "--who",
    "show from Autumn's log who could have caused each difference (7 days, the newest 200 requests; hosted only)",
  );
  return apiOptions(command).option("--sandbox", "refuse a live key");
}

/** How `drift` is shown. */
export function driftShowOptions(command: Command): Command {
  outputOptions(command, { format: true });
  return command.option(
    "--full",
    `show every difference as text, even if there are more than ${SHOWN_CHANGES}`,
  );
}

/** Options of `plan` and `apply`, except for how the plan is shown. */
export function sessionOptions(command: Command): Command {
  scopeOptions(command.optionsGroup("What is planned:"), "delete", "auto")
    .optionsGroup("Guards (default: `limits:` in the file, otherwise 10 and 30 percent):")
    .option("--limit-deletes <n>", "deletions that are always allowed", anyCount)
    .option("--limit-delete-percent <n>", "beyond that: the percentage of rows that may be deleted", percent)
    .option("--limit-replaces <n>", "replacements that are always allowed", anyCount)
    .option(
      "--limit-replace-percent <n>",
      "beyond that: the percentage of rows that may be replaced",
      percent,
    )
    .option("--limit-granted <feature=units>", "the most units that may be added; can be repeated", granted)
    .option("--force", "exceed the limits, and cut below what is used")
    .option("--sandbox", "refuse a live key")
    .option("--team <name>", "a team of the author, for the policy; can be repeated", several);
  return apiOptions(command);
}

/** Who has said yes to what the policy asks for. */
export function approvalOptions(command: Command): Command {
  return command
    .optionsGroup("Policy:")
    .option("--approved-by <name>", "who has approved the plan; can be repeated", several);
}

/** Options of verbs that show a plan and carry it out. */
export function applyOptions(command: Command): Command {
  approvalOptions(command);
  outputOptions(command, { format: true });
  return fullOption(command);
}
