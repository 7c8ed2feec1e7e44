// Apps of constructs in folders of their own, run by the real cdktf and the real terraform against an emulator.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { emulator, folder, run } from "../cli/helper.ts";
import { hasTerraform, PROVIDER_ONLY } from "../cli/provider-terraform.ts";
import { bare } from "../support/environment.ts";

export { hasTerraform };

export const ROOT = resolve(import.meta.dirname, "../..");

/** The account that the examples are written for. */
const seed = parse(readFileSync(join(ROOT, "examples/emulator-seed.yaml"), "utf8"));

/** A folder with an app and the libraries it imports, an emulator, and the provider in a mirror. */
export async function appWith(files: Readonly<Record<string, string>>) {
  const cwd = folder({ "package.json": '{ "type": "module" }', ...files });
  for (const name of ["cdktf", "cdktn", "constructs", "tsx", "typescript", "@types"]) link(cwd, name);
  link(cwd, "autumn-balances", ROOT);
  const server = await emulator(seed.customers, { seed });
  const mirror = join(cwd, "mirror");
  await run(["provider", "install", "--dir", mirror], { cwd });
  writeFileSync(join(cwd, "rc"), PROVIDER_ONLY(mirror));
  const env = {
    ...server.env,
    ...bare(),
    HOME: cwd,
    TF_CLI_CONFIG_FILE: join(cwd, "rc"),
    CHECKPOINT_DISABLE: "1",
    DISABLE_VERSION_CHECK: "1",
    TF_IN_AUTOMATION: "1",
    NO_COLOR: "1",
    FORCE_COLOR: "0",
    CI: "1",
  };
  /** Runs a program until it ends as expected; returns what it printed. */
  const mustEnd = async (
    [program = "", ...args]: readonly string[],
    variables: Readonly<Record<string, string>> = {},
    code = 0,
  ): Promise<string> => {
    const child = spawn(program, args, {
      cwd,
      env: { ...env, ...variables },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    const ended = await new Promise((done) => child.on("close", done));
    if (ended !== code) throw new Error(`${program} ${args.join(" ")} ended with ${ended}:\n${output}`);
    return output.replaceAll(/\u001b\[[\d;]*m/g, "");
  };
  const write = (name: string, text: string): void => writeFileSync(join(cwd, name), text);
  return { cwd, server, mustEnd, write };
}

/** What is declared in an app: every one ends in a synthesis. */
export const CDKTF_JSON = JSON.stringify({
  language: "typescript",
  app: "node --import tsx main.ts",
  projectId: "test",
  sendCrashReports: "false",
});

/** The CDKTF CLI. Nobody is there to be asked, and no registry to take hashes from. */
export const cdktf = (...args: readonly string[]): string[] => [
  process.execPath,
  join(ROOT, "node_modules/cdktf-cli/bundle/bin/cdktf.js"),
  ...args,
];

function link(cwd: string, name: string, target = join(ROOT, "node_modules", name)): void {
  if (!existsSync(target)) throw new Error(`${target} is not installed`);
  const place = join(cwd, "node_modules", name);
  mkdirSync(dirname(place), { recursive: true });
  symlinkSync(target, place);
}
