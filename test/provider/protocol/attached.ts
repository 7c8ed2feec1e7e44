// A provider that goes on while terraform comes and goes. A command of terraform starts the provider up to three times,
// which takes most of the command's time.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";

/**
 * Starts a provider, until the test is over.
 * @param stderr what becomes of what it says there
 * @returns what terraform is told in TF_REATTACH_PROVIDERS
 */
export async function attached(
  program: string,
  cwd: string,
  env: NodeJS.ProcessEnv,
  stderr: "inherit" | "ignore" = "inherit",
): Promise<string> {
  const child = spawn(process.execPath, [program, "--debug"], {
    cwd,
    env,
    stdio: ["ignore", "pipe", stderr],
  });
  onTestFinished(async () => {
    const ended = new Promise((resolve) => child.once("close", resolve));
    if (child.exitCode === null && child.kill()) await ended;
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const variable = /^TF_REATTACH_PROVIDERS='(.*)'$/.exec(line)?.[1];
    if (variable !== undefined) return variable;
  }
  throw new Error("the provider did not start");
}

/** Commands that are not told of it: `init` would not install the provider. */
export const startsProvider = (command: string | undefined): boolean =>
  command === "init" || command === "providers";
