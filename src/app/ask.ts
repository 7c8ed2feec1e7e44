// Asks a person, on stderr, so that stdout can be piped.
import { createInterface } from "node:readline";
import type { Terminal } from "./terminal.ts";

/** Whether the answer is exactly `yes`. The end of the input is a no. */
export function ask(question: string, terminal: Terminal): Promise<boolean> {
  // Not as a terminal: lines then come as the system edits them, and ^C as the signal that it is.
  const lines = createInterface({ input: process.stdin, terminal: false });
  terminal.say("error", question);
  return new Promise((resolve) => {
    lines.once("line", (line) => {
      resolve(line.trim() === "yes");
      lines.close();
    });
    // After an answer this comes too late to matter.
    lines.once("close", () => resolve(false));
  });
}
