// Runs a workflow of GitHub that is made of actions: this one as it was built, and stand-ins of those that check out
// and that keep artifacts. Of expressions it knows what the examples need, and complains of everything else.
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { folder } from "../cli/helper.ts";
import { manifest } from "../examples/manifests.ts";
import { bare } from "../support/environment.ts";
import { type EndedStep, type StepOptions, step } from "./step.ts";

export const OURS = "autumn-balances/autumn-balances";

type Values = Readonly<Record<string, string>>;

export interface ActionStep {
  readonly uses?: string;
  readonly run?: string;
  readonly id?: string;
  readonly if?: string;
  readonly with?: Readonly<Record<string, string | number | boolean>>;
}

export interface ActionJob {
  readonly if?: string;
  readonly environment?: string;
  readonly permissions?: Values;
  readonly outputs?: Values;
  readonly steps: readonly ActionStep[];
}

export interface ActionWorkflow {
  readonly name: string;
  readonly on: Readonly<Record<string, unknown>>;
  readonly concurrency?: { readonly group: string; readonly "cancel-in-progress": boolean };
  readonly jobs: Readonly<Record<string, ActionJob>>;
}

export interface WorkflowRun extends Omit<StepOptions, "workspace" | "inputs"> {
  /** The repository that is checked out. */
  readonly origin: string;
  readonly commit: string;
  /** Values of expressions, such as `secrets.AUTUMN_SECRET_KEY`. */
  readonly values: Values;
}

export interface EndedWorkflow {
  /** Steps of this action that were run, in their order. */
  readonly steps: readonly { readonly job: string; readonly command: string; readonly ended: EndedStep }[];
  /** Names of the artifacts, each with its files. */
  readonly artifacts: ReadonlyMap<string, readonly string[]>;
  /** What scripts printed. */
  readonly printed: string;
  /** Jobs. */
  readonly failed: readonly string[];
}

export async function runWorkflow(file: string, run: WorkflowRun): Promise<EndedWorkflow> {
  const { name, jobs } = manifest(file) as ActionWorkflow;
  const values = new Map(Object.entries(run.values));
  const ended: { job: string; command: string; ended: EndedStep }[] = [];
  const artifacts = new Map<string, string>();
  const failed: string[] = [];
  let printed = "";
  for (const [job, { if: condition, outputs = {}, steps }] of Object.entries(jobs)) {
    values.set(`needs.${job}.result`, "skipped");
    if (!holds(condition, values, failed.length === 0)) continue;
    const workspace = folder();
    let isGood = true;
    for (const { uses = "", run: script, id, if: condition, with: given = {} } of steps) {
      if (!holds(condition, values, isGood)) continue;
      const [action = ""] = uses.split("@");
      const inputs = Object.fromEntries(
        Object.entries(given).map(([name, value]) => [name, expanded(String(value), values)]),
      );
      if (script !== undefined) {
        const { status, stdout } = runScript(script, workspace, name);
        printed += stdout;
        isGood &&= status === 0;
      } else if (action === "actions/checkout") checkOut(run, workspace, inputs);
      else if (action === "actions/upload-artifact") artifacts.set(inputs.name ?? "", inputs.path ?? "");
      else if (action === "actions/download-artifact") download(artifacts, inputs.name ?? "", workspace);
      else if (action === OURS) {
        const one = await step({ ...run, workspace, inputs });
        ended.push({ job, command: inputs.command ?? "plan", ended: one });
        for (const [name, value] of Object.entries(one.outputs))
          values.set(`steps.${id}.outputs.${name}`, value);
        isGood &&= one.code === 0;
      } else throw new Error(`nobody runs ${uses}`);
    }
    if (!isGood) failed.push(job);
    values.set(`needs.${job}.result`, isGood ? "success" : "failure");
    for (const [name, value] of Object.entries(outputs)) {
      values.set(`needs.${job}.outputs.${name}`, expanded(value, values));
    }
  }
  const kept = [...artifacts].map(([name, path]) => [name, [basename(path)]] as const);
  return { steps: ended, artifacts: new Map(kept), printed, failed };
}

const runScript = (script: string, cwd: string, workflow: string) =>
  spawnSync("bash", ["-e", "-c", script], {
    cwd,
    env: { ...bare(), GITHUB_WORKFLOW: workflow },
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
  });

/** The commit of the run, or the newest of the branch `ref`. */
function checkOut({ origin, commit }: WorkflowRun, workspace: string, inputs: Values): void {
  const cwd = join(workspace, inputs.path ?? ".");
  mkdirSync(cwd, { recursive: true });
  const git = (...args: string[]) => execFileSync("git", args, { cwd, stdio: "pipe" });
  git("init", "-q");
  git("remote", "add", "origin", `file://${origin}`);
  git("fetch", "-q", `--depth=${inputs["fetch-depth"] ?? 1}`, "origin", inputs.ref ?? commit);
  git("checkout", "-q", "--detach", "FETCH_HEAD");
}

function download(artifacts: ReadonlyMap<string, string>, name: string, workspace: string): void {
  const path = artifacts.get(name);
  if (path === undefined) throw new Error(`there is no artifact ${name}`);
  copyFileSync(path, join(workspace, basename(path)));
}

/** `${{ steps.plan.outputs.report }}` → what it stands for; `${{ a == 'b' && 'c' || 'd' }}` → `c` or `d`. */
function expanded(text: string, values: ReadonlyMap<string, string>): string {
  return text
    .replace(/\$\{\{ ([\w.-]+) \}\}/g, (_, name: string) => named(name, values))
    .replace(
      /\$\{\{ (\S+ == \S+) && '(.*?)' \|\| '(.*?)' \}\}/g,
      (_, condition: string, yes: string, no: string) => (holds(condition, values, true) ? yes : no),
    );
}

function named(name: string, values: ReadonlyMap<string, string>): string {
  const found = values.get(name);
  if (found !== undefined) return found;
  // A step or a job that was left out has no outputs.
  if (name.startsWith("steps.") || /^needs\.\w+\.outputs\./.test(name)) return "";
  throw new Error(`nobody knows ${name}`);
}

/** What has a job or a step run although another has failed. */
const ALSO_AFTER_FAILURE = ["always()", "!cancelled()"];

/** `always() && a == b`; without a word about it, a job or a step is left out once another has failed. */
function holds(condition: string | undefined, values: ReadonlyMap<string, string>, isGood: boolean): boolean {
  const parts = condition?.replace(/^\$\{\{ (.*) \}\}$/, "$1").split(" && ") ?? [];
  if (!isGood && !parts.some((part) => ALSO_AFTER_FAILURE.includes(part))) return false;
  return parts.every((part) => {
    if (ALSO_AFTER_FAILURE.includes(part)) return true;
    const [, list, word] = /^contains\(format\(',\{0\},', (\S+)\), ',(\w+),'\)$/.exec(part) ?? [];
    if (list !== undefined)
      return named(list, values)
        .split(",")
        .includes(word ?? "");
    const [, left = "", sign, right = ""] = /^(\S+) (==|!=) (\S+)$/.exec(part) ?? [];
    if (sign === undefined) throw new Error(`nobody understands ${part}`);
    return (operand(left, values) === operand(right, values)) === (sign === "==");
  });
}

const operand = (word: string, values: ReadonlyMap<string, string>): string =>
  /^'(.*)'$/.exec(word)?.[1] ?? named(word, values);
