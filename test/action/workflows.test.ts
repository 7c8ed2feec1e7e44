// The workflows of examples/ci that use the action, from the push to the merge and the night after it.
import { describe, expect, it } from "vitest";
import { balances, emulator, MONTHLY, ONCE, run } from "../cli/helper.ts";
import { manifest } from "../examples/manifests.ts";
import { has } from "../support/has.ts";
import { github } from "./github.ts";
import { ACTION, commit, git, pullRequest, repository, write } from "./step.ts";
import { type ActionWorkflow, OURS, runWorkflow } from "./workflow.ts";

const WORKFLOWS = ["github-preview.yml", "github-apply.yml", "github-approvals.yml", "github-drift.yml"];
const FILE = "balances/contracts.yaml";
const PUSH = { eventName: "push", event: { ref: "refs/heads/main" } };
const SCHEDULE = { eventName: "schedule", event: { schedule: "17 3 * * *" } };

/** A repository with a pull request that raises a grant, over balances that were applied. */
async function site() {
  const autumn = await emulator();
  const api = await github();
  const origin = repository({ [FILE]: balances([MONTHLY]) });
  git(origin, "config", "uploadpack.allowAnySHA1InWant", "true");
  expect((await run(["apply", "balances", "--yes"], { cwd: origin, env: autumn.env })).code).toBe(0);
  git(origin, "checkout", "-q", "-b", "raise");
  write(origin, { [FILE]: balances([{ ...MONTHLY, included: 60_000 }, ONCE]) });
  commit(origin, "Raise a grant");
  git(origin, "checkout", "-q", "main");
  const opened = git(origin, "rev-parse", "main");
  git(origin, "merge", "-q", "--no-ff", "-m", "Merge the pull request", "raise");
  const merge = git(origin, "rev-parse", "main");
  const values = {
    "secrets.AUTUMN_SECRET_KEY": autumn.key,
    "github.repository": "acme/billing",
    "github.event.pull_request.head.repo.full_name": "acme/billing",
  };
  const env = { AUTUMN_BASE_URL: autumn.url, GITHUB_SHA: merge };
  return { autumn, api, origin, opened, merge, started: { origin, commit: merge, api, env, values } };
}

describe.each(WORKFLOWS)("%s", (file) => {
  const { jobs } = manifest(file) as ActionWorkflow;
  const steps = Object.values(jobs).flatMap((job) => job.steps);
  const ours = steps.filter(({ uses }) => uses?.startsWith(OURS));

  it("sets inputs that there are, and reads outputs that there are", () => {
    expect(ours.length).toBeGreaterThan(0);
    for (const { with: given = {} } of ours) {
      expect(Object.keys(ACTION.inputs)).toEqual(expect.arrayContaining(Object.keys(given)));
    }
    const read = [...JSON.stringify(jobs).matchAll(/steps\.plan\.outputs\.([\w-]+)/g)].map(
      ([, name]) => name,
    );
    expect(Object.keys(ACTION.outputs)).toEqual(expect.arrayContaining(read));
  });

  it("hands the key to nobody but the steps that need it", () => {
    for (const { uses, with: given = {} } of steps) {
      expect("secret-key" in given).toBe(uses?.startsWith(OURS) === true && given.command !== "validate");
    }
    expect(JSON.stringify(jobs).match(/secrets\./g)).toHaveLength(
      ours.filter(({ with: given }) => given?.command !== "validate").length,
    );
  });
});

describe.skipIf(!has("git", "bash"))("on GitHub", () => {
  it("the plan of a pull request is commented, against what it is merged into", async () => {
    const { api, opened, started } = await site();
    const ended = await runWorkflow("github-preview.yml", { ...started, event: pullRequest(opened) });
    expect(ended.failed).toEqual([]);
    expect(ended.steps.map(({ command }) => command)).toEqual(["plan"]);
    expect(ended.artifacts).toEqual(new Map([["plan", ["plan.html"]]]));
    expect(api.comments).toHaveLength(1);
    expect(api.comments[0]?.body).toContain("### 1 to create, 0 to update, 1 to replace, 0 to delete");
    expect(api.comments[0]?.body).toContain(
      `Since \`main (${opened.slice(0, 7)})\`: every change comes from the files.`,
    );
  });

  it("no old plan is left standing in a pull request that is wrong by now", async () => {
    const { api, origin, opened, started } = await site();
    const event = pullRequest(opened);
    await runWorkflow("github-preview.yml", { ...started, event });
    write(origin, { [FILE]: balances([{ ...MONTHLY, included: -1 }]) });
    commit(origin, "Grant less than nothing");
    const head = git(origin, "rev-parse", "main");
    const env = { ...started.env, GITHUB_SHA: head };
    const ended = await runWorkflow("github-preview.yml", { ...started, event, env, commit: head });
    expect(ended.failed).toEqual(["preview"]);
    expect(api.comments).toHaveLength(1);
    expect(api.comments[0]?.body).toContain("### There is no plan: 1 problem");
    expect(api.comments[0]?.body).not.toContain("to create");
  });

  it("a pull request of a fork is checked without a key", async () => {
    const { api, started } = await site();
    const values = {
      ...started.values,
      "secrets.AUTUMN_SECRET_KEY": "",
      "github.event.pull_request.head.repo.full_name": "mallory/billing",
    };
    const ended = await runWorkflow("github-preview.yml", { ...started, values });
    expect(ended.failed).toEqual([]);
    expect(ended.steps.map(({ command }) => command)).toEqual(["validate"]);
    expect(ended.artifacts.size).toBe(0);
    expect(api.comments).toEqual([]);
  });

  it("what is merged is planned, applied exactly, and has not drifted at night", async () => {
    const { autumn, origin, started } = await site();
    const applied = await runWorkflow("github-apply.yml", { ...started, ...PUSH });
    expect(applied.failed).toEqual([]);
    expect(applied.steps.map(({ job }) => job)).toEqual(["plan", "apply"]);
    expect(applied.steps.at(-1)?.ended.summary).toContain("### Applied: 1 created, 1 replaced.");
    const left = await run(["plan", "balances", "--detailed-exitcode"], { cwd: origin, env: autumn.env });
    expect(left.code, left.stdout).toBe(0);

    const again = await runWorkflow("github-apply.yml", { ...started, ...PUSH });
    expect(again.steps.map(({ job }) => job)).toEqual(["plan"]);
    const night = await runWorkflow("github-drift.yml", { ...started, ...SCHEDULE });
    expect(night.failed).toEqual([]);

    const bent = { customer_id: "globex", feature_id: "ai_credits", balance_id: "contracts:ai_credits" };
    await fetch(`${autumn.url}/v1/balances.update`, {
      method: "POST",
      headers: { authorization: `Bearer ${autumn.key}`, "content-type": "application/json" },
      body: JSON.stringify({ ...bent, included_grant: 70 }),
    });
    const drifted = await runWorkflow("github-drift.yml", { ...started, ...SCHEDULE });
    expect(drifted.failed).toEqual(["drift"]);
    expect(drifted.steps[0]?.ended.summary).toContain("included is 70, declared 250");
  });

  it("a run whose balances are no longer those of main fails when it is run again", async () => {
    const { autumn, origin, started } = await site();
    const again = { ...started, ...PUSH };
    write(origin, { "README.md": "Balances\n" });
    commit(origin, "Say what it is");
    expect((await runWorkflow("github-apply.yml", again)).failed).toEqual([]);
    write(origin, { [FILE]: balances([{ ...MONTHLY, included: 70_000 }, ONCE]) });
    commit(origin, "Raise a grant again");
    const commitOf = { commit: git(origin, "rev-parse", "main") };
    expect((await runWorkflow("github-apply.yml", { ...again, ...commitOf })).failed).toEqual([]);

    const old = await runWorkflow("github-apply.yml", again);
    expect(old.failed).toEqual(["plan"]);
    expect(old.steps).toEqual([]);
    expect(old.printed).toBe(
      "::error title=outdated::main has other balances. Start a new run: Actions → Balances → Run workflow\n",
    );
    const left = await run(["plan", "balances", "--detailed-exitcode"], { cwd: origin, env: autumn.env });
    expect(left.code, left.stdout).toBe(0);

    git(origin, "rm", "-q", "-r", "balances");
    commit(origin, "Declare nothing");
    expect((await runWorkflow("github-apply.yml", again)).failed).toEqual(["plan"]);
  });

  it.each(["github-apply.yml", "github-approvals.yml"])(
    "a merge that a guard refuses is not applied (%s)",
    async (workflow) => {
      const { origin, started } = await site();
      write(origin, { [FILE]: balances([MONTHLY, ONCE], { limits: { granted: { ai_credits: 5 } } }) });
      commit(origin, "Limit what is granted");
      const head = git(origin, "rev-parse", "main");
      const env = { ...started.env, GITHUB_SHA: head };
      const ended = await runWorkflow(workflow, { ...started, ...PUSH, env, commit: head });
      expect(ended.failed).toEqual(["plan"]);
      expect(ended.steps.map(({ job }) => job)).toEqual(["plan"]);
    },
  );

  it("a merge is applied once those have said yes whom the policy asks for, and never an old one", async () => {
    const { autumn, origin, started } = await site();
    write(origin, {
      "autumn-balances.policy.yaml": `version: 1
rules:
  - { name: credits, when: entry.feature_id == "ai_credits", then: { approve: finance } }
`,
    });
    commit(origin, "Ask finance for credits");
    const head = git(origin, "rev-parse", "main");
    const merged = { ...started, ...PUSH, env: { ...started.env, GITHUB_SHA: head }, commit: head };
    const ended = await runWorkflow("github-approvals.yml", merged);
    expect(ended.failed).toEqual([]);
    expect(ended.printed).toBe("finance has approved the plan\n");
    expect(ended.steps.at(-1)?.ended.summary).toContain("### Applied: 1 created, 1 replaced.");

    write(origin, { [FILE]: balances([MONTHLY]) });
    commit(origin, "Lower a grant");
    const old = await runWorkflow("github-approvals.yml", merged);
    expect(old).toMatchObject({ failed: ["plan"], steps: [] });
    expect(old.printed).toContain("Start a new run: Actions → Balances with approvals → Run workflow");
    const left = await run(["plan", "balances", "--detailed-exitcode"], { cwd: origin, env: autumn.env });
    expect(left.code, left.stdout).toBe(2);
  });
});
