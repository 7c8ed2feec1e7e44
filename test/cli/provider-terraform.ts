// Runs the real terraform, offline and as if nobody had ever configured it.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { bare } from "../support/environment.ts";
import { has } from "../support/has.ts";

export const hasTerraform = has("terraform");

export const PROVIDERS = `terraform {
  required_providers {
    autumn = { source = "autumn-balances/autumn" }
  }
}
`;

/** A CLI configuration that knows one mirror. */
export const PROVIDER_ONLY = (mirror: string): string =>
  `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`;

export interface Outcome {
  readonly code: number | null;
  /** stdout and stderr. */
  readonly output: string;
}

/** Runs terraform in a folder. A file `rc` there is its CLI configuration. */
export function terraform(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const rc = join(cwd, "rc");
  const child = spawn("terraform", [...args], {
    cwd,
    env: {
      ...bare(),
      HOME: cwd,
      CHECKPOINT_DISABLE: "1",
      TF_CLI_ARGS: "-no-color",
      TF_IN_AUTOMATION: "1",
      TF_INPUT: "0",
      ...(existsSync(rc) ? { TF_CLI_CONFIG_FILE: rc } : {}),
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  return new Promise((resolve) => {
    child.on("close", (code) => resolve({ code, output: output.replaceAll(/^[╷╵│] ?/gm, "") }));
  });
}
