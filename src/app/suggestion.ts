// What was probably meant by an option or a verb that is not there.
import { type Command, Help } from "commander";
import { didYouMean } from "../text/index.ts";

/**
 * A line behind Commander's complaint; empty where nothing is close enough. Commander's own suggestion takes `--force`
 * for `--format`, and a letter in another case for a different letter.
 */
export function suggestion(complaint: string, command: Command): string {
  const [, kind, given = ""] = /^error: unknown (option|command) '(.*)'\n?$/s.exec(complaint) ?? [];
  if (kind === undefined) return "";
  const help = new Help();
  const known =
    kind === "option"
      ? help.visibleOptions(command).map(({ long }) => long ?? "")
      : help.visibleCommands(command).map((verb) => verb.name());
  const meant = didYouMean(
    given.replace(/^--/, ""),
    known.map((name) => name.replace(/^--/, "")),
  );
  return meant === undefined ? "" : `\n(Did you mean ${kind === "option" ? "--" : ""}${meant}?)`;
}
