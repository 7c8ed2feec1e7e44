// What Terraform costs through the provider: the start of its process, and a plan of a thousand balances with
// nothing to do, whatever the API's latency, beside what Terraform's core takes for as many resources of its own.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleProvider } from "../scripts/provider-bundle.ts";
import { type RunningEmulator, startEmulator } from "../src/emulator/index.ts";
import { createCertificate } from "../src/provider/protocol/tls/certificate.ts";
import { compare, report } from "./measure.ts";

const RESOURCES = 1000;
const ROWS_A_PAGE = 200;
const VERSION = "0.0.1";
const COOKIE = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";
const PLATFORM = `${process.platform === "win32" ? "windows" : process.platform}_${
  ({ x64: "amd64", ia32: "386" } as Record<string, string>)[process.arch] ?? process.arch
}`;

/** Measures the provider. Where there is no terraform, only the start of its process. */
export async function benchProvider(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bench-tf-"));
  try {
    const place = join(folder, "mirror/registry.terraform.io/autumn-balances/autumn", VERSION, PLATFORM);
    mkdirSync(place, { recursive: true });
    const executable = join(place, `terraform-provider-autumn_v${VERSION}`);
    await bundleProvider(executable, VERSION);
    await benchHandshake(executable);
    if (hasTerraform()) await benchPlan(folder);
    else console.warn("*** terraform is not on PATH: plans were NOT measured ***");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function hasTerraform(): boolean {
  try {
    execFileSync("terraform", ["version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

async function benchHandshake(executable: string): Promise<void> {
  const { pem } = createCertificate(new Date());
  const { handshake, bare } = await compare(15, {
    handshake: () => shakeHands(executable, pem),
    bare: () => execFileSync(process.execPath, ["-e", "0"]),
  });
  report("provider handshake", handshake, "node -e 0", bare, 5);
}

/** Starts the provider as Terraform does, waits for the line it prints, and ends it. */
function shakeHands(executable: string, clientCertificate: string): Promise<void> {
  const child = spawn(process.execPath, [executable], {
    env: {
      ...process.env,
      TF_PLUGIN_MAGIC_COOKIE: COOKIE,
      PLUGIN_PROTOCOL_VERSIONS: "6",
      PLUGIN_CLIENT_CERT: clientCertificate,
    },
    stdio: ["ignore", "pipe", "ignore"],
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", () => reject(new Error("the provider ended without a handshake")));
    child.stdout.once("data", () => {
      child.removeAllListeners("exit");
      child.kill("SIGKILL");
      resolve();
    });
  });
}

async function benchPlan(folder: string): Promise<void> {
  const seed = {
    features: [{ id: "api_calls", type: "metered", consumable: true }] as const,
    customers: Array.from({ length: RESOURCES / 20 }, (_, index) => ({
      id: `customer${index}`,
      balances: Array.from({ length: 20 }, (_row, row) => ({
        feature_id: "api_calls",
        balance_id: `terraform:b${row}`,
        included_grant: 10,
      })),
    })),
  };
  const [near, far] = await Promise.all(
    [0, 50].map((latencyMs) => startEmulator({ port: 0, level: "2026-10", latencyMs, seed })),
  );
  if (near === undefined || far === undefined) throw new Error("no emulators");
  try {
    const plan = await prepare(folder, near);
    far.clearRequests();
    await plan(far.url);
    const calls = far.requests().length;
    const most = RESOURCES / ROWS_A_PAGE + 2;
    console.log(
      `calls of a plan of ${RESOURCES} balances: ${calls}; at most ${most}: ${calls <= most ? "ok" : "TOO MANY"}`,
    );
    const times = await compare(3, { far: () => plan(far.url), near: () => plan(near.url) });
    report(`plan of ${RESOURCES} balances at 50 ms`, times.far, "the same at 0 ms", times.near, 1.3);
    const { core } = await compare(3, { core: await prepareCore(join(folder, "core")) });
    const ratio = (times.near / core).toFixed(2);
    console.log(
      `plan of ${RESOURCES} terraform_data, Terraform's core alone: ${core.toFixed(1)} ms; balances take ${ratio} times that`,
    );
  } finally {
    await Promise.all([near.close(), far.close()]);
  }
}

interface Instance {
  readonly index_key: number;
  readonly attributes: object;
}

/** A folder with a configuration and its state: applying it would take Terraform's local backend half a minute. */
function writeState(folder: string, provider: string, type: string, instances: readonly Instance[]): void {
  const resources = [
    {
      ...{ mode: "managed", type, name: "many", provider: `provider["${provider}"]` },
      instances: instances.map((instance) => ({ ...instance, schema_version: 0 })),
    },
  ];
  const state = { version: 4, serial: 1, lineage: "bench", outputs: {}, resources };
  writeFileSync(join(folder, "terraform.tfstate"), JSON.stringify(state));
}

const indices = Array.from({ length: RESOURCES }, (_, index) => index);

/** @returns what plans the balances against the emulator of a URL, and throws when there is something to do */
async function prepare(folder: string, { key }: RunningEmulator): Promise<(url: string) => Promise<void>> {
  const cliConfig = join(folder, "terraform.rc");
  const mirror = JSON.stringify(join(folder, "mirror"));
  writeFileSync(cliConfig, `provider_installation {\n  filesystem_mirror {\n    path = ${mirror}\n  }\n}\n`);
  writeFileSync(
    join(folder, "main.tf"),
    `terraform {
  required_providers {
    autumn = { source = "autumn-balances/autumn" }
  }
}
resource "autumn_balance" "many" {
  count       = ${RESOURCES}
  customer_id = "customer\${floor(count.index / 20)}"
  feature_id  = "api_calls"
  balance_id  = "b\${count.index % 20}"
  included    = 10
}
`,
  );
  const environment = { TF_CLI_CONFIG_FILE: cliConfig, AUTUMN_SECRET_KEY: key };
  await terraform(folder, ["init", "-no-color"], environment);
  writeState(
    folder,
    "registry.terraform.io/autumn-balances/autumn",
    "autumn_balance",
    indices.map((index) => {
      const customer = `customer${Math.floor(index / 20)}`;
      const name = `b${index % 20}`;
      const nothing = { entity_id: null, unlimited: null, reset: null, expires_at: null, rollover: null };
      const computed = { id: `${customer}/${name}`, balance_id: name, remote_id: `terraform:${name}` };
      const given = { customer_id: customer, feature_id: "api_calls", included: 10 };
      return { index_key: index, attributes: { ...nothing, next_reset_at: null, ...computed, ...given } };
    }),
  );
  return (url) => terraform(folder, PLAN, { ...environment, AUTUMN_BASE_URL: url });
}

/** @returns what plans as many resources of Terraform's own */
async function prepareCore(folder: string): Promise<() => Promise<void>> {
  mkdirSync(folder);
  writeFileSync(
    join(folder, "main.tf"),
    `resource "terraform_data" "many" {\n  count = ${RESOURCES}\n  input = "b\${count.index}"\n}\n`,
  );
  await terraform(folder, ["init", "-no-color"], {});
  writeState(
    folder,
    "terraform.io/builtin/terraform",
    "terraform_data",
    indices.map((index) => {
      const value = { value: `b${index}`, type: "string" };
      return {
        index_key: index,
        attributes: { id: `id${index}`, input: value, output: value, triggers_replace: null },
      };
    }),
  );
  return () => terraform(folder, PLAN, {});
}

const PLAN = ["plan", "-no-color", "-refresh=true", "-lock=false", "-detailed-exitcode"];

/** Runs terraform beside the emulator of this process; throws unless it succeeds and finds nothing to do. */
function terraform(
  folder: string,
  args: readonly string[],
  environment: Record<string, string>,
): Promise<void> {
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
