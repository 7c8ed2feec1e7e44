// Runs the real terraform with the provider as it is published, for measurements.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleProvider } from "../scripts/provider-bundle.ts";

const VERSION = "0.0.1";
const PLATFORM = `${process.platform === "win32" ? "windows" : process.platform}_${
  ({ x64: "amd64", ia32: "386" } as Record<string, string>)[process.arch] ?? process.arch
}`;

export type Environment = Readonly<Record<string, string>>;

export function hasTerraform(): boolean {
  try {
    execFileSync("terraform", ["version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Puts the provider into a folder. @returns its program, and the variables with which terraform finds it */
export async function installProvider(
  folder: string,
): Promise<{ readonly executable: string; readonly environment: Environment }> {
  const mirror = join(folder, "mirror");
  const place = join(mirror, "registry.terraform.io/autumn-balances/autumn", VERSION, PLATFORM);
  mkdirSync(place, { recursive: true });
  const executable = join(place, `terraform-provider-autumn_v${VERSION}`);
  await bundleProvider(executable, VERSION);
  const cliConfig = join(folder, "terraform.rc");
  const path = JSON.stringify(mirror);
  writeFileSync(cliConfig, `provider_installation {\n  filesystem_mirror {\n    path = ${path}\n  }\n}\n`);
  return { executable, environment: { TF_CLI_CONFIG_FILE: cliConfig } };
}

/** Runs terraform beside the emulator of this process; throws unless it succeeds and finds nothing to do. */
export function terraform(folder: string, args: readonly string[], environment: Environment): Promise<void> {
  const child = spawn("terraform", args, {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, CHECKPOINT_DISABLE: "1", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const keep = (text: Buffer) => {
    output += text;
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) =>
      code === 0
        ? resolve()
        : reject(new Error(`terraform ${args.join(" ")}: ${code}\n${output.slice(-2000)}`)),
    );
  });
}
