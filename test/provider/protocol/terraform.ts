// The real terraform with the toy provider in a filesystem mirror, each in its own folder and offline. A folder has one
// provider that goes on, unless its test is about the process of the provider.
import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { has } from "../../support/has.ts";
import { attached, startsProvider } from "./attached.ts";
import { toy } from "./plugin.ts";
import { temporary } from "./temporary.ts";

export const hasTerraform = has("terraform");

const PLATFORM = `${process.platform === "win32" ? "windows" : process.platform}_${
  ({ x64: "amd64", ia32: "386" } as Record<string, string>)[process.arch] ?? process.arch
}`;

let mirror: Promise<string> | undefined;

/** A CLI configuration that finds the toy provider, and nothing else. */
function cliConfig(): Promise<string> {
  mirror ??= (async () => {
    const folder = temporary("mirror-");
    const place = join(folder, "registry.terraform.io/example/toy/1.0.0", PLATFORM);
    mkdirSync(place, { recursive: true });
    copyFileSync(await toy(), join(place, "terraform-provider-toy_v1.0.0"));
    const file = join(folder, "terraform.rc");
    writeFileSync(
      file,
      `disable_checkpoint = true\nprovider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(folder)}\n  }\n}\n`,
    );
    return file;
  })();
  return mirror;
}

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  /** stdout and stderr, without the frame that Terraform draws around errors. */
  readonly output: string;
}

/** A folder with a configuration. */
export class Workspace {
  readonly folder = temporary("tf-work-");
  readonly notes = temporary("tf-notes-");

  #attached: Promise<string> | undefined;

  private constructor(private readonly isStarting: boolean) {}

  /** @param options isStarting: terraform starts the provider, for each command anew */
  static async with(configuration: string, { isStarting = false } = {}): Promise<Workspace> {
    const workspace = new Workspace(isStarting);
    workspace.write(configuration);
    const { code, output } = await workspace.run("init");
    if (code !== 0) throw new Error(output);
    return workspace;
  }

  write(configuration: string): void {
    const header = `terraform {\n  required_providers {\n    toy = { source = "example/toy" }\n  }\n}\n`;
    writeFileSync(join(this.folder, "main.tf"), header + configuration);
  }

  async spawn(
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<ChildProcess> {
    const variables = { ...process.env, TOY_FOLDER: this.notes };
    const isAttached = !this.isStarting && !startsProvider(args[0]);
    if (isAttached) this.#attached ??= attached(await toy(), this.folder, variables, "ignore");
    return spawn("terraform", [...args], {
      cwd: this.folder,
      env: {
        ...variables,
        TF_CLI_CONFIG_FILE: await cliConfig(),
        TF_CLI_ARGS: "-no-color",
        TF_IN_AUTOMATION: "1",
        TF_INPUT: "0",
        ...(isAttached ? { TF_REATTACH_PROVIDERS: await this.#attached } : {}),
        ...environment,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  async run(...args: readonly string[]): Promise<Outcome> {
    return outcomeOf(await this.spawn(args));
  }

  /** Applies, and expects it to work. */
  async apply(...args: readonly string[]): Promise<Outcome> {
    const outcome = await this.run("apply", "-auto-approve", ...args);
    if (outcome.code !== 0) throw new Error(outcome.output);
    return outcome;
  }

  /** The exit code of a plan: 0 nothing to do, 1 an error, 2 changes. */
  async plan(...args: readonly string[]): Promise<Outcome> {
    return this.run("plan", "-detailed-exitcode", ...args);
  }

  /** The attributes of a resource in the state, as JSON has them. */
  async attributesOf(address: string): Promise<Record<string, unknown>> {
    const { stdout } = await this.run("show", "-json");
    const resources = JSON.parse(stdout).values?.root_module.resources ?? [];
    return resources.find((resource: { address: string }) => resource.address === address)?.values;
  }
}

/** Waits for the end of a terraform. */
export async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  let stdout = "";
  let output = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    output += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  const code = await new Promise<number>((resolve) => child.once("close", (status) => resolve(status ?? -1)));
  return { code, stdout, output: output.replaceAll(/^[╷╵│] ?/gm, "") };
}
