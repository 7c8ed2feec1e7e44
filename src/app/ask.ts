// Asks a person, on stderr, so that stdout can be piped.
import { createInterface } from "node:readline";
import type { Terminal } from "./terminal.ts";

/** Whether the answer is exactly `yes`. The end of the input is a no. */
export function ask(question: string, terminal: Terminal): Promise<boolean> {
  // Not as a terminal: the system then edits the line, and ^C arrives as a signal.
  const lines = createInterface({ input: process.stdin, terminal: false });
  terminal.say("error", question);
  return new Promise((resolve) => {
    lines.once("line", (line) => {
      resolve(line.trim() === "yes");
      lines.close();
    });
    // After an answer, resolving again has no effect.
    lines.once("close", () => resolve(false));
  });
}
