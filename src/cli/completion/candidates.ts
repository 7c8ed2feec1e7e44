// What could be typed next, from the program itself: its verbs, options and their choices, and the customers, features
// and namespaces of the files that are there.
import type { Argument, Command, Option } from "commander";
import { type LoadedConfig, loadConfigIfAny } from "../../config/index.ts";
import { compareText, visible } from "../../text/index.ts";

export interface Candidates {
  /** Values with what they mean, which may be empty. */
  readonly values: readonly (readonly [value: string, meaning: string])[];
  /** Whether the shell is to offer files as well. */
  readonly files: boolean;
}

/** The most candidates that are offered; more are no help. */
const MOST = 500;

const NOTHING: Candidates = { values: [], files: false };
const FILES: Candidates = { values: [], files: true };

/** @param words what was typed after the program's name; the last is what is being typed, and may be empty */
export function candidates(root: Command, words: readonly string[]): Candidates {
  const typed = words.at(-1) ?? "";
  const { command, taking, position, files } = walk(root, words.slice(0, -1));
  const found = offered(command, taking, { typed, position, files });
  const values = found.values.filter(([value]) => value.startsWith(typed)).slice(0, MOST);
  return { values, files: found.files };
}

interface Walked {
  readonly command: Command;
  /** The option whose value is to come. */
  readonly taking: Option | undefined;
  /** How many arguments the command has been given. */
  readonly position: number;
  /** The values of --file, and the arguments that are paths. */
  readonly files: readonly string[];
}

function walk(root: Command, words: readonly string[]): Walked {
  let command = root;
  let taking: Option | undefined;
  let position = 0;
  const files: string[] = [];
  for (const word of words) {
    if (taking !== undefined) {
      if (taking.long === "--file") files.push(word);
      taking = undefined;
    } else if (word.startsWith("-")) {
      const option = command.options.find(({ long, short }) => word === long || word === short);
      if (option?.required === true) taking = option;
    } else {
      const verb = command.commands.find((one) => one.name() === word);
      if (verb !== undefined && position === 0) command = verb;
      else {
        if (argumentOf(command, position)?.name() === "paths") files.push(word);
        position++;
      }
    }
  }
  return { command, taking, position, files };
}

function offered(
  command: Command,
  taking: Option | undefined,
  { typed, position, files }: { typed: string; position: number; files: readonly string[] },
): Candidates {
  if (taking !== undefined) return ofOption(taking, files);
  if (typed.startsWith("-"))
    return { values: command.createHelp().visibleOptions(command).flatMap(named), files: false };
  if (command.commands.length > 0 && position === 0) {
    const verbs = command.createHelp().visibleCommands(command);
    return { values: verbs.map((verb) => [verb.name(), verb.summary() || verb.description()]), files: false };
  }
  const argument = argumentOf(command, position);
  return argument === undefined ? NOTHING : ofArgument(argument, files);
}

function argumentOf({ registeredArguments: all }: Command, position: number): Argument | undefined {
  const last = all.at(-1);
  return all[position] ?? (last?.variadic === true ? last : undefined);
}

const named = ({ long, short, description }: Option): [string, string][] =>
  long === undefined ? (short === undefined ? [] : [[short, description]]) : [[long, description]];

function ofOption(option: Option, files: readonly string[]): Candidates {
  if (option.argChoices !== undefined) return plain(option.argChoices);
  if (option.long === "--customer") return plain(customers(files));
  if (option.long === "--namespace") return plain(namespaces(files));
  return /<(?:file|path|folder|ref or path|where)>/.test(option.flags) ? FILES : NOTHING;
}

function ofArgument(argument: Argument, files: readonly string[]): Candidates {
  if (argument.argChoices !== undefined) return plain(argument.argChoices);
  const name = argument.name();
  if (name === "customer" || name === "customers") return plain(customers(files));
  if (name === "feature") return plain(features(files));
  return name === "paths" || name === "file" ? FILES : NOTHING;
}

const plain = (values: Iterable<string>): Candidates => ({
  values: [...values].map((value) => [value, ""]),
  files: false,
});

const customers = (files: readonly string[]): string[] =>
  distinct(declared(files)?.balances.map(({ customerId }) => customerId));
const features = (files: readonly string[]): string[] =>
  distinct(declared(files)?.balances.map(({ featureId }) => featureId));
const namespaces = (files: readonly string[]): string[] => distinct([declared(files)?.namespace ?? ""]);

/** Ids come from outside: one that a terminal would not show as it is, is not offered. */
function distinct(ids: readonly string[] = []): string[] {
  return [...new Set(ids)].filter((id) => id !== "" && visible(id) === id).sort(compareText);
}

/** Files with mistakes offer nothing; the verb reports the mistakes. */
function declared(files: readonly string[]): LoadedConfig | null {
  try {
    return loadConfigIfAny(files, { withQueries: true });
  } catch {
    return null;
  }
}
