// Terraform reads the handshake from stdout, and one byte too many breaks the start: so only the handshake may
// write there, and whatever else the process prints goes to stderr, where Terraform collects its log.
import { Console } from "node:console";
import { writeSync } from "node:fs";

const STDOUT = 1;
const STDERR = 2;

/** Sends `console.log` and `process.stdout` to stderr, for good. */
export function redirectStdout(): void {
  globalThis.console = new Console(process.stderr, process.stderr);
  process.stdout.write = process.stderr.write.bind(process.stderr);
}

/** Writes a line to the real stdout, at once. */
export const writeLine = (line: string): void => write(STDOUT, line);

/** Writes a line to stderr, at once: the process may end right after. */
export const writeError = (line: string): void => write(STDERR, line);

function write(to: number, line: string): void {
  const bytes = Buffer.from(`${line}\n`, "utf8");
  for (let written = 0; written < bytes.length; ) written += writeSync(to, bytes, written);
}
