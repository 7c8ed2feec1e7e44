// The inputs of the action, as action.yml lists them: read, checked, and all mistakes in them reported together.
import { realpathSync, statSync } from "node:fs";
import { getInput, setSecret } from "@actions/core";
import type { Command } from "commander";
import {
  type ApplyOptions,
  approvalOptions,
  type DriftOptions,
  driftOptions,
  type SessionOptions,
  sessionOptions,
} from "../app/index.ts";
import { type Problem, ProblemsError } from "../schema/index.ts";
import { brief } from "../text/index.ts";
import { isUnclosed, optionsOf, wordsOf } from "./command-line.ts";

/** As in action.yml. */
export const INPUTS = [
  "command",
  "paths",
  "working-directory",
  "base",
  "plan-file",
  "prune",
  "sandbox",
  "shard",
  "teams",
  "approved-by",
  "args",
  "secret-key",
  "base-url",
  "comment",
  "id",
  "github-token",
] as const;
type InputName = (typeof INPUTS)[number];

/** As it is written; empty when it is left out. */
export const input = (name: InputName): string => getInput(name);

export const COMMANDS = ["plan", "apply", "validate", "drift"] as const;
export type CommandName = (typeof COMMANDS)[number];
export const COMMENTS = ["auto", "true", "false"] as const;

/** Of all commands. */
export interface CommonInputs {
  readonly paths: readonly string[];
  /** Where relative paths start. */
  readonly workingDirectory: string;
}

export interface PlanInputs extends CommonInputs {
  readonly command: "plan" | "apply";
  readonly options: SessionOptions & Pick<ApplyOptions, "approvedBy">;
  /** Where the plan is saved, or the saved plan that is applied. */
  readonly planFile: string | undefined;
}

export interface DriftInputs extends CommonInputs {
  readonly command: "drift";
  readonly options: DriftOptions;
}

export interface ValidateInputs extends CommonInputs {
  readonly command: "validate";
}

export type Inputs = PlanInputs | DriftInputs | ValidateInputs;

/** Inputs that only some commands use, and how they are written on the command line. */
const ONLY_OF: readonly {
  readonly name: InputName;
  readonly of: readonly CommandName[];
  readonly isFlag?: boolean;
  readonly argv: (value: string) => readonly string[];
}[] = [
  { name: "base", of: ["plan"], argv: () => [] },
  { name: "plan-file", of: ["plan", "apply"], argv: () => [] },
  { name: "prune", of: ["plan", "apply", "drift"], isFlag: true, argv: () => ["--prune"] },
  { name: "sandbox", of: ["plan", "apply", "drift"], isFlag: true, argv: () => ["--sandbox"] },
  { name: "shard", of: ["plan", "apply", "drift"], argv: (value) => [`--shard=${value}`] },
  { name: "base-url", of: ["plan", "apply", "drift"], argv: (value) => [`--base-url=${value}`] },
  { name: "teams", of: ["plan", "apply"], argv: (value) => listed(value).map((team) => `--team=${team}`) },
  {
    name: "approved-by",
    of: ["apply"],
    argv: (value) => listed(value).map((name) => `--approved-by=${name}`),
  },
  { name: "args", of: ["plan", "apply", "drift"], argv: wordsOf },
];

/**
 * Takes the secrets out of the inputs, so that no program that is started sees them there, and has them masked in
 * the log. The key goes where the command line looks for it.
 * @returns the token for GitHub; empty when there is none
 */
export function takeSecrets(env: NodeJS.ProcessEnv): string {
  const secretKey = input("secret-key") || (env.AUTUMN_SECRET_KEY?.trim() ?? "");
  const githubToken = input("github-token");
  for (const secret of [secretKey, githubToken]) if (secret !== "") setSecret(secret);
  delete env["INPUT_SECRET-KEY"];
  delete env["INPUT_GITHUB-TOKEN"];
  if (secretKey !== "") env.AUTUMN_SECRET_KEY = secretKey;
  return githubToken;
}

/** @throws ProblemsError with everything that is wrong with them */
export function readInputs(): Inputs {
  const problems: Problem[] = [];
  const command = oneOf("command", COMMANDS, "plan", problems);
  const workingDirectory = input("working-directory") || ".";
  const common = {
    paths: pathsGiven(),
    workingDirectory: realFolder(workingDirectory, problems),
  };
  oneOf("comment", COMMENTS, "auto", problems);
  const given = ONLY_OF.filter(({ name, isFlag }) =>
    isFlag === true ? oneOf(name, FLAG, "false", problems) === "true" : input(name) !== "",
  );
  for (const { name, of } of given) if (!of.includes(command)) problems.push(useless(name, command, of));
  if (isUnclosed(input("args"))) problems.push(UNCLOSED);
  const planFile = input("plan-file") || undefined;
  if (command === "apply" && planFile !== undefined && common.paths.length > 0) problems.push(NOT_BOTH);
  if (problems.length > 0) throw new ProblemsError(problems);

  const argv = given.flatMap(({ name, argv }) => argv(input(name)));
  if (command === "validate") return { ...common, command };
  if (command === "drift") return { ...common, command, options: optionsOf(command, driftOptions, argv) };
  const define =
    command === "apply" ? (verb: Command) => approvalOptions(sessionOptions(verb)) : sessionOptions;
  const options = optionsOf<PlanInputs["options"]>(command, define, argv);
  const base = input("base");
  return { ...common, command, planFile, options: base === "" ? options : { ...options, base } };
}

/** Names with commas or line breaks between them. */
const listed = (written: string): string[] =>
  written
    .split(/[,\n]/)
    .map((name) => name.trim())
    .filter((name) => name !== "");

/** One path a line. */
export function pathsGiven(): string[] {
  const lines = input("paths").split("\n");
  return lines.map((line) => line.trim()).filter((line) => line !== "");
}

const NOT_BOTH: Problem = {
  code: "bad-input",
  message: "the inputs paths and plan-file are both set",
  hint: "leave out paths: all that matters of the files is in the saved plan",
};

const UNCLOSED: Problem = {
  code: "bad-input",
  message: "the input args has a quote that is not closed",
  hint: "close it, or put the other quotes around it",
};

const FLAG = ["true", "false"] as const;

/** @param problems gets one more when the input is none of the values */
export function oneOf<T extends string>(
  name: InputName,
  values: readonly T[],
  otherwise: T,
  problems: Problem[] = [],
): T {
  const given = input(name).toLowerCase();
  if (given === "") return otherwise;
  const found = values.find((value) => value === given);
  if (found !== undefined) return found;
  const hint = `write ${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;
  problems.push({ code: "bad-input", message: `the input ${name} is \`${brief(given, 80)}\``, hint });
  return otherwise;
}

function realFolder(path: string, problems: Problem[]): string {
  try {
    const real = realpathSync(path);
    if (statSync(real).isDirectory()) return real;
  } catch {
    // Reported below.
  }
  const message = `the input working-directory is \`${brief(path)}\`, which is no folder here`;
  const hint = "check out the repository first (actions/checkout); the path starts at its root";
  problems.push({ code: "bad-input", message, hint });
  return path;
}

function useless(name: InputName, command: CommandName, of: readonly CommandName[]): Problem {
  const message = `the input ${name} means nothing to \`command: ${command}\``;
  return { code: "bad-input", message, hint: `leave it out; it is for ${of.join(", ")}` };
}
