// The manifests for CI are run as their systems would run them: the scripts in them, with the command line as it was
// built, against an emulator.
import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { has } from "../support/has.ts";
import {
  githubJobs,
  gitlabJobs,
  type Job,
  kubernetesJob,
  manifest,
  text,
  type Workflow,
} from "./manifests.ts";
import { CUSTOMERS, declared, Site } from "./site.ts";

const EXAMPLES = resolve(import.meta.dirname, "../../examples/ci");
/** Those that use the action are run by test/action/workflows.test.ts. */
const GITHUB = [
  "github-apply.yml",
  "github-approvals.yml",
  "github-drift.yml",
  "github-preview.yml",
  "github-shards.yml",
];
const OTHERS = [
  "gitlab-approvals.yml",
  "gitlab-ci.yml",
  "gitlab-shards.yml",
  "kubernetes-indexed-job.yaml",
  "pipeline.sh",
];
const { version } = JSON.parse(readFileSync(resolve(EXAMPLES, "../../package.json"), "utf8")) as {
  version: string;
};

it("are all run here", () => {
  expect(readdirSync(EXAMPLES).sort()).toEqual([...GITHUB, ...OTHERS].sort());
});

describe.each(GITHUB)("%s", (file) => {
  const { on, permissions, jobs } = manifest(file) as Workflow;
  const steps = Object.values(jobs).flatMap((job) => job.steps);

  it("may read, and nothing else but comment where it is for pull requests", () => {
    expect(permissions).toEqual({ contents: "read" });
    const own = Object.values(jobs).flatMap((job) => (job.permissions ? [job.permissions] : []));
    const comments = { contents: "read", "pull-requests": "write" };
    expect(own).toEqual("pull_request" in on ? [comments] : []);
    expect(Object.keys(on)).not.toContain("pull_request_target");
    const checkouts = steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    expect(checkouts.length).toBeGreaterThan(0);
    for (const step of checkouts) expect(step.with).toMatchObject({ "persist-credentials": false });
  });

  it("pins the actions of others by their commit, and says which release that is", () => {
    const others = text(file).match(/uses: (?!autumn-balances\/).*/g) ?? [];
    expect(others.length).toBeGreaterThan(0);
    for (const line of others) expect(line).toMatch(/^uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    // Which commit a release of ours is on is known only once it is made.
    for (const line of text(file).match(/uses: autumn-balances\/.*/g) ?? []) {
      expect(line).toBe(`uses: autumn-balances/autumn-balances@v${version}`);
      expect(text(file)).toContain(`autumn-balances 'v${version}^{}'`);
    }
  });

  it("hands the key only to the steps that need it, and puts nothing into scripts but by variables", () => {
    for (const { run: script = "", env = {} } of steps) {
      expect(script).not.toContain("${{");
      expect("AUTUMN_SECRET_KEY" in env).toBe(script.includes("autumn-balances "));
    }
  });
});

describe.skipIf(!has("bash"))("on GitHub", { concurrent: true }, () => {
  const secrets = ({ autumn }: Site) => ({ "secrets.AUTUMN_SECRET_KEY": autumn.key });

  it("shards are planned first and then applied, all at once", async (context) => {
    const site = await Site.begin(context);
    // What main has now.
    cpSync(join(site.repository, "balances"), join(site.repository, "newest/balances"), { recursive: true });
    const jobs = githubJobs("github-shards.yml", secrets(site));
    await site.expectAll(jobs.filter(({ name }) => name === "plan"));
    expect((await site.plan()).code).toBe(2);
    await site.expectAll(jobs.filter(({ name }) => name === "apply"));
    await site.expectApplied();

    site.write("newest/balances/balances.json", declared(200));
    const checks = jobs.filter(({ script }) => script.some((part) => part.includes("newest")));
    expect(new Set(checks.map(({ name }) => name))).toEqual(new Set(["plan", "apply"]));
    for (const check of checks) {
      const { code, output } = await site.runJob(check);
      expect(code).toBe(1);
      expect(output).toContain("::error title=outdated::main has other balances.");
    }
  });
});

describe.skipIf(!has("bash", "git"))("on GitLab", { concurrent: true }, () => {
  it("a merge request is checked and planned, its merge applied, and drift found at night", async (context) => {
    const site = await Site.begin(context);
    site.git("init", "-q");
    site.git("add", ".");
    site.git("commit", "-qm", "before");
    const base = site.git("rev-parse", "HEAD");
    await site.run(["-c", "autumn-balances apply balances --yes"]);
    site.write("balances/balances.json", declared(150));
    site.git("commit", "-qam", "more for everybody");

    const jobs = gitlabJobs("gitlab-ci.yml", { CI_MERGE_REQUEST_DIFF_BASE_SHA: base });
    expect([...jobs.keys()]).toEqual(["validate", "plan", "apply", "drift"]);
    const all = (name: string): readonly Job[] => jobs.get(name) ?? [];
    await site.expectAll(all("validate"));
    expect(JSON.parse(site.read("gl-code-quality-report.json"))).toEqual([]);
    await site.expectAll(all("plan"));
    const shown = site.read("plan.txt");
    expect(shown).toContain(`${CUSTOMERS.length} to update`);
    expect(shown).toContain("every change comes from the files");
    await site.expectAll(all("apply"));
    await site.expectApplied();
    await site.expectAll(all("drift"));
    await site.bend();
    expect((await site.runJob(all("drift")[0])).code).toBe(2);
  });

  it("a mistake fails the check, and is told at its line", async (context) => {
    const site = await Site.begin(context);
    site.write("balances/balances.json", declared(-1));
    const [validate] = gitlabJobs("gitlab-ci.yml", {}).get("validate") ?? [];
    expect((await site.runJob(validate)).code).toBe(1);
    const report = JSON.parse(site.read("gl-code-quality-report.json"));
    expect(report).toHaveLength(CUSTOMERS.length);
  });

  it("a plan that a guard refuses fails the job, although it is piped on", async (context) => {
    const site = await Site.begin(context);
    const limits = { version: 1, namespace: "ci", limits: { granted: { api_calls: 1 } }, balances: [] };
    site.write("balances/limits.json", JSON.stringify(limits));
    const [job] = gitlabJobs("gitlab-ci.yml", {}).get("plan") ?? [];
    const script = job?.script.map((part) => part.replace(/--base \S+/, "")) ?? [];
    expect((await site.run(script, job?.env)).code).toBe(3);
  });

  it("shards are planned first and then applied, all at once", async (context) => {
    const site = await Site.begin(context);
    const jobs = gitlabJobs("gitlab-shards.yml", {});
    expect([...jobs.keys()]).toEqual(["plan shards", "apply shards"]);
    for (const ofStage of jobs.values()) {
      expect(ofStage).toHaveLength(4);
      await site.expectAll(ofStage);
    }
    await site.expectApplied();
  });
});

describe.skipIf(!has("bash"))("on Kubernetes", { concurrent: true }, () => {
  it("the pods of the Indexed Job apply everything between them", async (context) => {
    const site = await Site.begin(context);
    const { pods } = kubernetesJob("kubernetes-indexed-job.yaml", join(site.repository, "balances"));
    expect(pods).toHaveLength(4);
    expect(pods.every(({ env }) => env.SHARDS === `${pods.length}`)).toBe(true);
    await site.expectAll(pods);
    await site.expectApplied();
  });
});

describe.skipIf(!has("bash"))("pipeline.sh", { concurrent: true }, () => {
  const script = join(EXAMPLES, "pipeline.sh");
  const pipeline = (site: Site, args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    site.run([script, ...args], env);

  it("is a script that bash takes", async (context) => {
    const site = await Site.begin(context);
    expect(await site.run(["-n", script])).toEqual({ code: 0, output: "" });
  });

  it("checks, applies, and fails on drift", async (context) => {
    const site = await Site.begin(context);
    const checked = await pipeline(site, ["check", "balances"]);
    expect(checked.code, checked.output).toBe(0);
    expect(checked.output).toContain("all right.");
    expect(checked.output).toContain(`${CUSTOMERS.length} to create`);
    expect((await pipeline(site, ["apply", "balances"])).code).toBe(0);
    await site.expectApplied();
    expect(await pipeline(site, ["drift", "balances"])).toEqual({ code: 0, output: "" });
    await site.bend();
    expect((await pipeline(site, ["drift", "balances"])).code).toBe(2);
  });

  it.for<[string, (n: number) => Record<string, string>]>([
    [
      "Slurm",
      (n) => ({ SLURM_ARRAY_TASK_ID: `${n + 5}`, SLURM_ARRAY_TASK_MIN: "5", SLURM_ARRAY_TASK_COUNT: "3" }),
    ],
    [
      "Slurm that counts in steps",
      (n) => ({
        SLURM_ARRAY_TASK_ID: `${2 * n}`,
        ...{ SLURM_ARRAY_TASK_MIN: "0", SLURM_ARRAY_TASK_COUNT: "3", SLURM_ARRAY_TASK_STEP: "2" },
      }),
    ],
    ["AWS Batch", (n) => ({ AWS_BATCH_JOB_ARRAY_INDEX: `${n}`, AWS_BATCH_JOB_ARRAY_SIZE: "3" })],
    ["Buildkite", (n) => ({ BUILDKITE_PARALLEL_JOB: `${n}`, BUILDKITE_PARALLEL_JOB_COUNT: "3" })],
    ["CircleCI", (n) => ({ CIRCLE_NODE_INDEX: `${n}`, CIRCLE_NODE_TOTAL: "3" })],
    ["another", (n) => ({ SHARD: `${n + 1}/3` })],
  ])("does the part of its job in an array of %s", async ([, variables], context) => {
    const site = await Site.begin(context);
    const parts = await Promise.all(
      [0, 1, 2].map((n) => pipeline(site, ["check", "balances"], variables(n))),
    );
    parts.forEach(({ code, output }, n) => {
      expect(code, output).toBe(0);
      expect(output).toContain(`shard ${n + 1}/3`);
    });
    const created = parts.map(({ output }) => Number(/(\d+) to create/.exec(output)?.[1] ?? 0));
    expect(created.reduce((sum, n) => sum + n, 0)).toBe(CUSTOMERS.length);
  });

  it("says how it is used", async (context) => {
    const site = await Site.begin(context);
    for (const args of [[], ["deploy"]]) {
      const { code, output } = await pipeline(site, args);
      expect(code).toBe(64);
      expect(output).toContain("check|apply|drift");
    }
  });

  it("takes the command that it is told", async (context) => {
    const site = await Site.begin(context);
    const { code, output } = await pipeline(site, ["check", "balances"], {
      AUTUMN_BALANCES: "autumn-balances",
    });
    expect(code, output).toBe(0);
  });
});
