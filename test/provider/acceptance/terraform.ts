// The real terraform with the bundled provider in a filesystem mirror, offline, each configuration in its own folder.
//
// A folder has one provider that goes on and that terraform is told of. A test that is about the process of the provider,
// or that sets its environment, has terraform start it.
import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { RunningEmulator } from "../../../src/emulator/index.ts";
import { bare } from "../../support/environment.ts";
import { has } from "../../support/has.ts";
import { attached, startsProvider } from "../protocol/attached.ts";
import { temporary } from "../protocol/temporary.ts";

export const hasTerraform = has("terraform");

const PLATFORM = `${process.platform === "win32" ? "windows" : process.platform}_${
  ({ x64: "amd64", ia32: "386" } as Record<string, string>)[process.arch] ?? process.arch
}`;
/** What was built before the tests. */
const PROVIDER = resolve(import.meta.dirname, "../../../dist/provider/terraform-provider-autumn");
const VERSION = "0.0.1";

/**
 * Sets the provider's clock, and no other: Terraform's certificates are made with `new Date()`. How far it is ahead is
 * in a file, as the emulator's time advances while the provider runs.
 */
const CLOCK =
  "const now = Date.now; const { readFileSync } = require('node:fs');" +
  "Date.now = () => now() + Number(readFileSync(process.env.CLOCK_AHEAD_FILE, 'utf8'));";

interface Tools {
  readonly cliConfig: string;
  readonly clock: string;
  readonly provider: string;
}

let made: Tools | undefined;

/** A mirror with the provider and what makes Terraform use it; made once a test file. */
function tools(): Tools {
  made ??= (() => {
    const folder = temporary("tf-mirror-");
    const place = join(folder, "mirror/registry.terraform.io/autumn-balances/autumn", VERSION, PLATFORM);
    mkdirSync(place, { recursive: true });
    const provider = join(place, `terraform-provider-autumn_v${VERSION}`);
    copyFileSync(PROVIDER, provider);
    const cliConfig = join(folder, "terraform.rc");
    const mirror = JSON.stringify(join(folder, "mirror"));
    writeFileSync(
      cliConfig,
      `disable_checkpoint = true\nprovider_installation {\n  filesystem_mirror {\n    path = ${mirror}\n  }\n}\n`,
    );
    const clock = join(folder, "clock.cjs");
    writeFileSync(clock, CLOCK);
    return { cliConfig, clock, provider };
  })();
  return made;
}

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  /** stdout and stderr, without the frame that Terraform draws around errors. */
  readonly output: string;
}

/** What a resource reads like in a state. */
export type Attributes = Record<string, unknown> & { remote_id: string; id: string; balance_id: string };

const REQUIRED = `terraform {
  required_providers {
    autumn = { source = "autumn-balances/autumn" }
  }
}
`;

/** The emulator has no limits, and these tests are not about the pace. */
const UNPACED = `provider "autumn" {
  requests_per_second = 1000
}
`;

/** A folder with a configuration for an emulator. */
export class Workspace {
  readonly folder = temporary("tf-work-");

  #attached: Promise<string> | undefined;

  private constructor(private readonly emulator: RunningEmulator) {}

  /** A folder that is initialised. Without a provider block of its own, the configuration is given one that sets the pace. */
  static async with(emulator: RunningEmulator, configuration: string): Promise<Workspace> {
    const workspace = new Workspace(emulator);
    workspace.write(configuration);
    await workspace.must("init", "-no-color");
    return workspace;
  }

  write(configuration: string, file = "main.tf"): void {
    const text = configuration.includes('provider "autumn"') ? configuration : UNPACED + configuration;
    writeFileSync(join(this.folder, file), file === "main.tf" ? REQUIRED + text : configuration);
  }

  /** @param environment of a provider that is started for this command */
  async spawn(
    args: readonly string[],
    environment?: Readonly<Record<string, string>>,
  ): Promise<ChildProcess> {
    const { cliConfig } = tools();
    const variables = this.#variables();
    const isAttached = environment === undefined && !startsProvider(args[0]);
    const attachment = isAttached ? { TF_REATTACH_PROVIDERS: await this.#provider(variables) } : {};
    const coloured =
      args[0] === "init" || args[0] === "show" || args[0] === "providers" || args[0] === "state";
    return spawn("terraform", coloured ? [...args] : [args[0] ?? "", "-no-color", ...args.slice(1)], {
      cwd: this.folder,
      env: {
        ...variables,
        TF_CLI_CONFIG_FILE: cliConfig,
        CHECKPOINT_DISABLE: "1",
        TF_IN_AUTOMATION: "1",
        TF_INPUT: "0",
        ...attachment,
        ...environment,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  /** The environment of terraform and of a provider; the provider's clock is that of the emulator. */
  #variables(): Record<string, string> {
    const ahead = Math.round(this.emulator.now() - Date.now());
    const file = join(this.folder, ".clock");
    writeFileSync(file, Math.abs(ahead) > 1000 ? String(ahead) : "0");
    return {
      ...bare(),
      HOME: this.folder,
      AUTUMN_SECRET_KEY: this.emulator.key,
      AUTUMN_BASE_URL: this.emulator.url,
      NODE_OPTIONS: `--require=${tools().clock}`,
      CLOCK_AHEAD_FILE: file,
    };
  }

  /** Starts the provider of this folder, once, until the test is over; answers with what terraform is told. */
  #provider(env: Readonly<Record<string, string>>): Promise<string> {
    this.#attached ??= attached(tools().provider, this.folder, env);
    return this.#attached;
  }

  async run(...args: readonly string[]): Promise<Outcome> {
    return outcomeOf(await this.spawn(args));
  }

  /** Runs, and throws what was printed unless it worked. */
  async must(...args: readonly string[]): Promise<Outcome> {
    const outcome = await this.run(...args);
    if (outcome.code !== 0) throw new Error(`terraform ${args.join(" ")}\n${outcome.output}`);
    return outcome;
  }

  apply(...args: readonly string[]): Promise<Outcome> {
    return this.must("apply", "-auto-approve", ...args);
  }

  destroy(...args: readonly string[]): Promise<Outcome> {
    return this.run("destroy", "-auto-approve", ...args);
  }

  /** A plan that was made: exit code 0 is nothing to do, 2 changes. Throws for an error. */
  async plan(...args: readonly string[]): Promise<Outcome> {
    const outcome = await this.run("plan", "-detailed-exitcode", ...args);
    if (outcome.code === 1) throw new Error(outcome.output);
    return outcome;
  }

  /** What is wrong with a plan; throws when it can be made. */
  async planError(...args: readonly string[]): Promise<string> {
    const outcome = await this.run("plan", ...args);
    if (outcome.code === 0) throw new Error(`it was planned:\n${outcome.output}`);
    return outcome.output;
  }

  /** Every managed resource in the state by its address. */
  async state(): Promise<Record<string, Attributes>> {
    const { stdout } = await this.must("show", "-json");
    const resources: { address: string; mode: string; values: Attributes }[] =
      JSON.parse(stdout).values?.root_module?.resources ?? [];
    return Object.fromEntries(
      resources.filter(({ mode }) => mode === "managed").map(({ address, values }) => [address, values]),
    );
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
