// Reads the manifests of examples/ci as their systems would: which scripts they run, with which variables.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";

const FOLDER = resolve(import.meta.dirname, "../../examples/ci");

/** What one job of a pipeline runs. */
export interface Job {
  readonly name: string;
  /** What runs the script; bash when left out. */
  readonly shell?: string;
  /** The arguments of the shell. */
  readonly script: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly env?: Readonly<Record<string, string>>;
        readonly permissions?: Readonly<Record<string, string>>;
        readonly strategy?: { readonly matrix: { readonly shard: readonly number[] } };
        readonly steps: readonly Step[];
      }
    >
  >;
}

export const text = (file: string): string => readFileSync(join(FOLDER, file), "utf8");
export const manifest = (file: string): unknown => parse(text(file), { strict: true });

/** The jobs of a workflow of GitHub, one for each member of their matrix. */
export function githubJobs(file: string, secrets: Readonly<Record<string, string>>): Job[] {
  const { jobs } = manifest(file) as Workflow;
  return Object.entries(jobs).flatMap(([name, { env = {}, strategy, steps }]) => {
    const shards = strategy?.matrix.shard ?? [null];
    return shards.flatMap((shard) => {
      const values = { "matrix.shard": `${shard}`, "strategy.job-total": `${shards.length}` };
      const filled = (all: Readonly<Record<string, string>>) =>
        Object.fromEntries(
          Object.entries(all).map(([key, value]) => [key, expanded(value, { ...values, ...secrets })]),
        );
      return steps.flatMap(({ run, env: own = {} }) =>
        run === undefined
          ? []
          : [{ name, script: ["-e", "-c", run], env: { ...filled(env), ...filled(own) } }],
      );
    });
  });
}

/** `${{ matrix.shard }}` → what it stands for. */
function expanded(value: string, values: Readonly<Record<string, string>>): string {
  return value.replaceAll(/\$\{\{ *([\w.-]+) *\}\}/g, (_, name: string) => {
    const found = values[name];
    if (found === undefined) throw new Error(`nobody knows ${name}`);
    return found;
  });
}

interface GitlabJob {
  readonly extends?: string;
  readonly script?: readonly string[];
  readonly parallel?: number;
  readonly variables?: Readonly<Record<string, string>>;
}

/** The jobs of a pipeline of GitLab, by name; one for each of those that run in parallel. */
export function gitlabJobs(file: string, variables: Readonly<Record<string, string>>): Map<string, Job[]> {
  const {
    stages: _,
    default: common,
    ...all
  } = manifest(file) as Record<string, GitlabJob> & {
    default: { readonly before_script: readonly string[] };
  };
  const jobs = new Map<string, Job[]>();
  for (const [name, own] of Object.entries(all)) {
    if (name.startsWith(".")) continue;
    const job = { ...(own.extends === undefined ? {} : all[own.extends]), ...own };
    const count = job.parallel ?? 1;
    // As its runner does it.
    const script = ["-eo", "pipefail", "-c", [...common.before_script, ...(job.script ?? [])].join("\n")];
    jobs.set(
      name,
      Array.from({ length: count }, (_one, n) => ({
        name,
        script,
        env: { ...variables, ...job.variables, CI_NODE_INDEX: `${n + 1}`, CI_NODE_TOTAL: `${count}` },
      })),
    );
  }
  return jobs;
}

interface KubernetesJob {
  readonly spec: {
    readonly completions: number;
    readonly parallelism: number;
    readonly backoffLimitPerIndex: number;
    readonly podFailurePolicy: {
      readonly rules: readonly {
        readonly action: string;
        readonly onExitCodes: { readonly operator: string; readonly values: readonly number[] };
      }[];
    };
    readonly template: {
      readonly spec: {
        readonly automountServiceAccountToken: boolean;
        readonly containers: readonly {
          readonly command: readonly string[];
          readonly args: readonly string[];
          readonly env: readonly { readonly name: string; readonly value?: string }[];
          readonly volumeMounts: readonly { readonly mountPath: string }[];
        }[];
      };
    };
  };
}

/** An Indexed Job of Kubernetes, as far as it says what is run and what is run again. */
export interface IndexedJob {
  /** One for each index. */
  readonly pods: readonly Job[];
  /** How often an index is tried again. */
  readonly retries: number;
  /** Exit codes after which nothing is tried again. */
  readonly fatal: readonly number[];
}

/** @param mounted the folder that the volume of the pods is */
export function kubernetesJob(file: string, mounted: string): IndexedJob {
  const { spec } = manifest(file) as KubernetesJob;
  const [container] = spec.template.spec.containers;
  if (container === undefined) throw new Error("there is no container");
  const [mount] = container.volumeMounts;
  const [shell, dashC] = container.command;
  const [rule, ...others] = spec.podFailurePolicy.rules;
  const isUnderstood =
    rule?.action === "FailJob" && rule.onExitCodes.operator === "In" && others.length === 0;
  if (shell !== "/bin/sh" || dashC !== "-c" || mount === undefined || !isUnderstood)
    throw new Error("it is read differently");
  if (spec.parallelism !== spec.completions) throw new Error("not all of them run at once");
  const script = (container.args[0] ?? "").replace(mount.mountPath, mounted);
  const given = container.env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]));
  const pods = Array.from({ length: spec.completions }, (_, n) => ({
    name: `index ${n}`,
    shell,
    script: [dashC, script],
    env: { ...Object.fromEntries(given), JOB_COMPLETION_INDEX: `${n}` },
  }));
  return { pods, retries: spec.backoffLimitPerIndex, fatal: rule.onExitCodes.values };
}
