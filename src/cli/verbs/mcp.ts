// `autumn-balances mcp`: lets agents read and propose, over stdin and stdout.
import { EXIT, type ExitCode, type SessionOptions, type Terminal } from "../../app/index.ts";
import { serve } from "../mcp/server.ts";

export async function runMcp(
  paths: readonly string[],
  options: SessionOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  await serve({ paths, options, terminal });
  return EXIT.ok;
}
