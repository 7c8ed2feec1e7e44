// The peers: how each of them grants, and how a grant is raised with it. Each command is a process of its own.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { customerId, FEATURE } from "./account.ts";

/** What the customers are to have: the first ones may have been raised. */
export interface Contracts {
  readonly customers: number;
  readonly included: number;
  /** How many of them are raised, and to what; nobody when left out. */
  readonly raised?: { readonly customers: number; readonly included: number } | undefined;
}

/** Where a peer works, and the server it talks to. */
export interface Place {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface Peer {
  /** Its name on the command line. */
  readonly id: string;
  readonly name: string;
  /** Prepares a folder, before anything is measured. */
  readonly prepare?: (place: Place) => void;
  /** Grants, or raises where somebody is raised. */
  readonly run: (place: Place, contracts: Contracts) => ChildProcess;
  /** Whether it differs from the one before only in a single run. */
  readonly onlyOneRun?: boolean;
}

function start(command: string, args: readonly string[], { folder, env }: Place): ChildProcess {
  // A group of its own, so that a kill reaches what it has started.
  const options = { cwd: folder, env: { ...env }, detached: true } as const;
  return spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
}

function script(file: string, ...more: readonly string[]): Peer["run"] {
  return (place, { customers, included, raised }) => {
    const path = resolve(import.meta.dirname, file);
    const command = raised ? ["raise", raised.customers, raised.included] : ["grant", customers, included];
    return start(process.execPath, [path, ...command.map(String), ...more], place);
  };
}

const includedOf = ({ included, raised }: Contracts, n: number): number =>
  raised && n < raised.customers ? raised.included : included;

const autumnBalances: Peer["run"] = (place, contracts) => {
  const entries = Array.from({ length: contracts.customers }, (_, n) => {
    const amount = includedOf(contracts, n);
    return `  - { customer_id: ${customerId(n)}, feature_id: ${FEATURE}, included: ${amount}, reset: { interval: month } }\n`;
  });
  const text = `version: 1\nnamespace: bench\nbalances:\n${entries.join("")}`;
  writeFileSync(join(place.folder, "balances.yaml"), text);
  return start(process.execPath, [resolve("dist/cli.js"), "apply", "--yes"], place);
};

const terraform: Peer["run"] = (place, contracts) => {
  const { customers, included, raised } = contracts;
  const amount = raised ? `count.index < ${raised.customers} ? ${raised.included} : ${included}` : included;
  writeFileSync(
    join(place.folder, "main.tf"),
    `terraform {
  required_providers {
    autumn = { source = "autumn-balances/autumn" }
  }
}
resource "autumn_balance" "contract" {
  count       = ${customers}
  customer_id = "customer_\${count.index}"
  feature_id  = "${FEATURE}"
  included    = ${amount}
  reset       = { interval = "month" }
}
`,
  );
  return start("terraform", ["apply", "-auto-approve", "-no-color"], terraformPlace(place));
};

/** The provider is installed beside the folders of the runs. */
const terraformPlace = ({ folder, env }: Place): Place => ({
  folder,
  env: {
    ...env,
    HOME: folder,
    CHECKPOINT_DISABLE: "1",
    TF_CLI_CONFIG_FILE: join(folder, "..", "terraform.rc"),
  },
});

function terraformInit(place: Place): void {
  const { folder, env } = terraformPlace(place);
  const required = `terraform {\n  required_providers {\n    autumn = { source = "autumn-balances/autumn" }\n  }\n}\n`;
  writeFileSync(join(folder, "main.tf"), required);
  execFileSync("terraform", ["init", "-no-color"], { cwd: folder, env: { ...env }, stdio: "pipe" });
}

export const PEERS: readonly Peer[] = [
  { id: "loop", name: "SDK, a loop", run: script("loop.mjs") },
  { id: "all", name: "SDK, `Promise.all`", run: script("all.mjs"), onlyOneRun: true },
  {
    id: "all-retries",
    name: "SDK, `Promise.all`, retries on",
    run: script("all.mjs", "--retries"),
    onlyOneRun: true,
  },
  { id: "careful", name: "SDK, a careful loop", run: script("careful.mjs") },
  { id: "terraform", name: "Terraform with our provider", run: terraform, prepare: terraformInit },
  { id: "apply", name: "`autumn-balances apply`", run: autumnBalances },
];
