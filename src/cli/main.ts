// Parses the arguments, runs the verb, and ends with its exit code.
import { CommanderError } from "commander";
import { EXIT, type ExitCode, reportFailure, Terminal } from "../app/index.ts";
import { program } from "./program.ts";

export async function main(argv: readonly string[]): Promise<void> {
  const terminal = new Terminal();
  // The key is redacted from errors that nobody catches, too.
  process.on("uncaughtException", (error) => {
    terminal.exit(reportFailure(error, terminal));
  });
  const code = await run(argv, terminal);
  // Calls that were given up may still be open, and would keep the process alive.
  if (code === EXIT.interrupted) terminal.exit(code);
  else process.exitCode = code;
}

async function run(argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  try {
    const commands = program(terminal, (ended) => {
      code = ended;
    });
    await commands.parseAsync(argv, { from: "user" });
    return code;
  } catch (error) {
    // Commander has said what is wrong already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.error;
    return reportFailure(error, terminal);
  }
}
