// What `autumn-balances --version` costs beside the bare start of node.
import { execFileSync } from "node:child_process";
import { compare, report } from "./measure.ts";

export async function benchStartup(): Promise<void> {
  const run = (...args: string[]) => execFileSync(process.execPath, args);
  const { version, bare } = await compare(25, {
    version: () => run("dist/cli.js", "--version"),
    bare: () => run("-e", "0"),
  });
  report("autumn-balances --version", version, "node -e 0", bare, 2);
}
