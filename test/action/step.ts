// Runs the action's file as a runner of GitHub does: inputs, event and files for what it has to say are told in the
// environment, and its commands are read from its output.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { folder } from "../cli/helper.ts";
import { bare } from "../support/environment.ts";
import { TOKEN } from "./github.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface ActionFile {
  readonly inputs: Readonly<Record<string, { description: string; default?: string }>>;
  readonly outputs: Readonly<Record<string, { description: string }>>;
  readonly runs: { readonly using: string; readonly main: string };
}

export const ACTION = parse(readFileSync(join(ROOT, "action.yml"), "utf8")) as ActionFile;

export interface StepOptions {
  readonly workspace: string;
  /** As below `with:`. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly eventName?: string;
  readonly event?: object;
  /** The stand-in. */
  readonly api?: { readonly url: string };
  readonly token?: string;
  /** The Node that runs it. */
  readonly node?: string;
  /** The run is cancelled once this was printed. */
  readonly cancelAfter?: string;
}

export interface EndedStep {
  readonly code: number | null;
  /** What a reader of the log sees: without what is meant for the runner only. */
  readonly log: string;
  /** Everything that was printed. */
  readonly printed: string;
  readonly masked: readonly string[];
  /** `::error file=…::…`. */
  readonly annotations: readonly string[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

/** What happens in a pull request. @param base the commit that its branch was made from, if that is to be looked for */
export const pullRequest = (base?: string): object => ({
  action: "synchronize",
  number: 7,
  pull_request: {
    number: 7,
    head: { sha: "abcdef0123".repeat(4), ref: "raise", repo: { full_name: "acme/billing" } },
    base: { sha: base, ref: "main", repo: { full_name: "acme/billing" } },
  },
});

export function step(options: StepOptions): Promise<EndedStep> {
  const { workspace, inputs = {}, env = {}, eventName = "pull_request", event = pullRequest() } = options;
  const files = folder({ "event.json": JSON.stringify(event), output: "", summary: "" });
  const given = Object.entries(ACTION.inputs).map(([name, { default: otherwise = "" }]) => {
    const value = name === "github-token" ? (options.token ?? TOKEN) : otherwise;
    return [`INPUT_${name.toUpperCase()}`, inputs[name] ?? value];
  });
  const unknown = Object.keys(inputs).filter((name) => !(name in ACTION.inputs));
  if (unknown.length > 0) throw new Error(`GitHub warns of the inputs ${unknown.join(", ")}`);
  const child = spawn(options.node ?? process.execPath, [join(ROOT, ACTION.runs.main)], {
    cwd: workspace,
    env: {
      ...bare(),
      HOME: files,
      CI: "true",
      GITHUB_ACTIONS: "true",
      GITHUB_API_URL: options.api?.url ?? "http://127.0.0.1:9",
      GITHUB_EVENT_NAME: eventName,
      GITHUB_EVENT_PATH: join(files, "event.json"),
      GITHUB_OUTPUT: join(files, "output"),
      GITHUB_REPOSITORY: "acme/billing",
      GITHUB_RUN_ID: "4242",
      GITHUB_SERVER_URL: "https://github.example.com",
      GITHUB_SHA: head(workspace),
      GITHUB_STEP_SUMMARY: join(files, "summary"),
      GITHUB_WORKSPACE: workspace,
      RUNNER_TEMP: files,
      ...Object.fromEntries(given),
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      const isBefore = !printed.includes(options.cancelAfter ?? "");
      printed += text;
      if (isBefore && printed.includes(options.cancelAfter ?? "")) child.kill("SIGINT");
    });
  }
  return new Promise((resolve) => {
    child.on("close", (code) => {
      const lines = printed.split("\n");
      const commands = lines.filter((line) => line.startsWith("::"));
      resolve({
        code,
        printed,
        log: lines.filter((line) => !line.startsWith("::")).join("\n"),
        masked: commands.flatMap((line) => /^::add-mask::(.*)$/.exec(line)?.[1] ?? []),
        annotations: commands.filter((line) => /^::(?:error|warning|notice) /.test(line)),
        outputs: outputsIn(readFileSync(join(files, "output"), "utf8")),
        summary: readFileSync(join(files, "summary"), "utf8"),
      });
    });
  });
}

/** `name<<word`, the value, `word`. */
function outputsIn(text: string): Record<string, string> {
  const found = text.matchAll(/^([\w-]+)<<(\S+)\n(.*?)\n\2$/gms);
  return Object.fromEntries([...found].map(([, name = "", , value = ""]) => [name, value]));
}

function head(workspace: string): string {
  try {
    return git(workspace, "rev-parse", "HEAD");
  } catch {
    return "f".repeat(40);
  }
}

export function git(cwd: string, ...args: string[]): string {
  const settings = ["-c", "user.name=Someone", "-c", "user.email=someone@example.com"];
  const env = bare();
  return execFileSync("git", [...settings, ...args], { cwd, env, stdio: "pipe", encoding: "utf8" }).trim();
}

export function write(cwd: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(cwd, name, ".."), { recursive: true });
    writeFileSync(join(cwd, name), text);
  }
}

/** A repository with these files in its first commit, on main. */
export function repository(files: Readonly<Record<string, string>>): string {
  const cwd = folder(files);
  git(cwd, "init", "-q", "-b", "main");
  commit(cwd, "the first balances");
  return cwd;
}

export function commit(cwd: string, message: string): void {
  git(cwd, "add", "--all");
  git(cwd, "commit", "-q", "-m", message);
}

/** What actions/checkout leaves of a pull request: the merge of `branch` into main, and no other commit. */
export function checkoutOfMerge(origin: string, branch: string): string {
  git(origin, "checkout", "-q", "--detach", "main");
  git(origin, "merge", "-q", "--no-ff", "-m", "Merge the pull request", branch);
  git(origin, "update-ref", "refs/pull/7/merge", "HEAD");
  git(origin, "checkout", "-q", "main");
  git(origin, "config", "uploadpack.allowAnySHA1InWant", "true");
  const clone = folder();
  git(clone, "init", "-q");
  git(clone, "remote", "add", "origin", `file://${origin}`);
  git(clone, "fetch", "-q", "--depth=1", "origin", "refs/pull/7/merge");
  git(clone, "checkout", "-q", "--detach", "FETCH_HEAD");
  return clone;
}
