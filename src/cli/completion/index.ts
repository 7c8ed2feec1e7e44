// `autumn-balances completion`: the script of a shell, and what that script asks.
import type { Command } from "commander";
import { EXIT, type ExitCode, type Terminal } from "../../app/index.ts";
import { candidates } from "./candidates.ts";
import { FILES_LINE, SCRIPTS, type Shell } from "./scripts.ts";

export function runCompletion(shell: Shell, terminal: Terminal): ExitCode {
  terminal.print(SCRIPTS[shell]);
  return EXIT.ok;
}

/** Prints a line for each candidate: the value, and after a tab what it means. */
export function runComplete(root: Command, words: readonly string[], terminal: Terminal): ExitCode {
  const { values, files } = candidates(root, words);
  const lines = values.map(([value, meaning]) => (meaning === "" ? value : `${value}\t${meaning}`));
  if (files) lines.push(FILES_LINE);
  terminal.print(lines.map((line) => `${line}\n`).join(""));
  return EXIT.ok;
}
