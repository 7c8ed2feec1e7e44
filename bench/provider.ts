// What Terraform costs through the provider: the start of its process, and a plan of a thousand balances with
// nothing to do, whatever the API's latency.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "../src/emulator/index.ts";
import { createCertificate } from "../src/provider/protocol/tls/certificate.ts";
import { compare, report } from "./measure.ts";
import { BALANCES, begin, seedOf, writeState } from "./terraform-many.ts";
import { type Environment, hasTerraform, installProvider, terraform } from "./terraform-run.ts";

const RESOURCES = 1000;
const ROWS_A_PAGE = 200;
const COOKIE = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

/** Measures the provider. Where there is no terraform, only the start of its process. */
export async function benchProvider(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bench-tf-"));
  try {
    const { executable, environment } = await installProvider(folder);
    await benchHandshake(executable);
    if (hasTerraform()) await benchPlan(folder, environment);
    else console.warn("*** terraform is not on PATH: plans were NOT measured ***");
  } finally {
    rmSync(folder, { recursive: true, force: true });
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

async function benchPlan(folder: string, environment: Environment): Promise<void> {
  const seed = seedOf(RESOURCES, { granted: true });
  const [near, far] = await Promise.all(
    [0, 50].map((latencyMs) => startEmulator({ port: 0, level: "2026-10", latencyMs, seed })),
  );
  if (near === undefined || far === undefined) throw new Error("no emulators");
  try {
    const plan = await prepare(folder, { ...environment, AUTUMN_SECRET_KEY: near.key });
    far.clearRequests();
    await plan(far.url);
    const calls = far.requests().length;
    const most = RESOURCES / ROWS_A_PAGE + 2;
    console.log(
      `calls of a plan of ${RESOURCES} balances: ${calls}; at most ${most}: ${calls <= most ? "ok" : "TOO MANY"}`,
    );
    const times = await compare(3, { far: () => plan(far.url), near: () => plan(near.url) });
    report(`plan of ${RESOURCES} balances at 50 ms`, times.far, "the same at 0 ms", times.near, 1.3);
  } finally {
    await Promise.all([near.close(), far.close()]);
  }
}

/** @returns what plans the balances against the emulator of a URL, and throws when there is something to do */
async function prepare(folder: string, environment: Environment): Promise<(url: string) => Promise<void>> {
  await begin(folder, BALANCES, RESOURCES, environment);
  writeState(folder, BALANCES, RESOURCES);
  return (url) => terraform(folder, PLAN, { ...environment, AUTUMN_BASE_URL: url });
}

const PLAN = ["plan", "-no-color", "-refresh=true", "-lock=false", "-detailed-exitcode"];
