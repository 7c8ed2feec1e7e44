// Runs the published command line as a process of its own, in a folder of its own, against an emulator.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { type RunningEmulator, startEmulator } from "../../src/emulator/index.ts";

export const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const TYPIST = fileURLToPath(new URL("./typist.py", import.meta.url));

/** Lines of progress, which come only where the machine is slow. */
const PROGRESS = /^(?:Reading|Applying|Trying|Removing what was made)\b.* …\n/gm;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The Node that runs it. */
  readonly node?: string;
}

/** Variables that would change what is printed, and real keys, stay out. */
const PASSED_ON = ["PATH", "HOME", "TMPDIR"];

function environment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const passed = PASSED_ON.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []));
  return { ...Object.fromEntries(passed), ...extra };
}

/** Starts the command line, without waiting for it. */
export function start(args: readonly string[], options: RunOptions = {}) {
  return collect(
    spawn(options.node ?? process.execPath, [CLI, ...args], {
      cwd: options.cwd ?? tmpdir(),
      env: environment(options.env),
      stdio: ["ignore", "pipe", "pipe"],
    }),
  );
}

export async function run(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return start(args, options).ended;
}

/** Runs it in a shell pipeline; `autumn-balances` stands for the command line. */
export async function shell(line: string, options: RunOptions = {}): Promise<Ended> {
  const command = line.replaceAll("autumn-balances", `"${process.execPath}" "${CLI}"`);
  const child = spawn("bash", ["-o", "pipefail", "-c", command], {
    cwd: options.cwd ?? tmpdir(),
    env: environment(options.env),
    stdio: ["ignore", "pipe", "pipe"],
  });
  return collect(child).ended;
}

/**
 * Runs it on a pseudo-terminal.
 * @param script what is typed once a text has been seen: `[["Type yes", "yes\n"]]`
 */
export async function onTerminal(
  args: readonly string[],
  script: readonly (readonly [string, string])[],
  options: RunOptions = {},
): Promise<Ended> {
  const child = spawn("python3", [TYPIST, JSON.stringify(script), process.execPath, CLI, ...args], {
    cwd: options.cwd ?? tmpdir(),
    env: environment({ TERM: "xterm", ...options.env }),
    stdio: ["ignore", "pipe", "pipe"],
  });
  return collect(child).ended;
}

function collect(child: ChildProcess) {
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (code) => resolve({ code, stdout, stderr: stderr.replace(PROGRESS, "") }));
  });
  return {
    child,
    ended,
    /** Waits until something is true of what was printed so far. */
    async until(isTrue: (printed: { stdout: string; stderr: string }) => boolean): Promise<void> {
      while (!isTrue({ stdout, stderr })) {
        if (child.exitCode !== null) throw new Error(`it ended first:\n${stdout}\n${stderr}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
  };
}

/** A folder with these files, which goes away after the test. */
export function folder(files: Readonly<Record<string, string>> = {}): string {
  const path = mkdtempSync(join(tmpdir(), "autumn-balances-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return path;
}

export const FEATURES = [
  { id: "api_calls", type: "metered", consumable: true },
  { id: "ai_credits", type: "metered", consumable: true },
  { id: "sso", type: "boolean" },
] as const;

type Options = NonNullable<Parameters<typeof startEmulator>[0]>;

/** An emulator, with the variables that lead the command line to it. */
export async function emulator(
  customers: readonly object[] = [{ id: "acme" }, { id: "globex" }],
  options: Options = {},
): Promise<RunningEmulator & { env: Record<string, string> }> {
  const seed = { features: FEATURES, customers } as NonNullable<Options["seed"]>;
  const running = await startEmulator({ port: 0, seed, ...options });
  onTestFinished(() => running.close());
  return Object.assign(running, {
    env: { AUTUMN_BASE_URL: running.url, AUTUMN_SECRET_KEY: running.key },
  });
}

/** A balances file. */
export function balances(entries: readonly object[], settings: object = {}): string {
  return JSON.stringify({ version: 1, namespace: "contracts", ...settings, balances: entries }, null, 1);
}

export const MONTHLY = {
  customer_id: "acme",
  feature_id: "api_calls",
  included: 50_000,
  reset: { interval: "month" },
};
export const ONCE = { customer_id: "globex", feature_id: "ai_credits", included: 250 };
export const FLAG = { customer_id: "globex", feature_id: "sso" };

/** Without what differs from run to run: ports, moments, folders, durations. */
export function steady(text: string): string {
  return text
    .replaceAll("\r\n", "\n")
    .replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:PORT")
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, "MOMENT")
    .replaceAll(/\/\S*autumn-balances-\w+/g, "FOLDER")
    .replaceAll(/ in \d+ ms/g, " in N ms");
}

/** Everything that was said, as one text for a golden file. */
export function transcript({ code, stdout, stderr }: Ended): string {
  return steady(`${stdout}--- stderr ---\n${stderr}--- exit code ${code} ---\n`);
}
