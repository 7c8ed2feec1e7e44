// A plan, a check and a look for drift, as steps of a workflow: what the log, the summary, the lines and the outputs say.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { balances, emulator, FLAG, folder, MONTHLY, ONCE, run, steady } from "../cli/helper.ts";
import { has } from "../support/has.ts";
import { github } from "./github.ts";
import { checkoutOfMerge, commit, git, pullRequest, repository, step, write } from "./step.ts";

const files = { "balances.yaml": balances([MONTHLY, ONCE]) };
const edit = {
  customer_id: "acme",
  feature_id: "api_calls",
  balance_id: "contracts:api_calls",
  included_grant: 40_000,
  add_to_balance: -10_000,
};

/** Somebody changes a grant in the dashboard. */
async function changeGrant({ url, key }: { url: string; key: string }): Promise<void> {
  await fetch(`${url}/v1/balances.update`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify(edit),
  });
}

describe("command: plan", () => {
  it("says in outputs how much of what there is to do", async () => {
    const { env } = await emulator();
    const ended = await step({ workspace: folder(files), env, inputs: { comment: "false" } });
    expect(ended).toMatchObject({
      code: 0,
      annotations: [],
      outputs: {
        ...{ "exit-code": "0", "has-changes": "true", changes: "2" },
        ...{ create: "2", update: "0", replace: "0", delete: "0", blocked: "0" },
      },
    });
    expect(ended.log).toContain("2 to create, 0 to update, 0 to replace, 0 to delete");
    expect(ended.summary).toMatch(/^## Autumn balances\n\n### 2 to create/);
    const page = readFileSync(ended.outputs.report ?? "", "utf8");
    expect(page).toMatch(/^<!doctype html>/i);
    expect(page).toContain("ai_credits");
  });

  it.skipIf(!has("git"))(
    "tells what the pull request changes from drift, in a checkout of nothing but the merge",
    async () => {
      const autumn = await emulator();
      const { env } = autumn;
      const api = await github();
      const origin = repository(files);
      expect((await run(["apply", "--yes"], { cwd: origin, env })).code).toBe(0);
      await changeGrant(autumn);
      git(origin, "checkout", "-q", "-b", "raise");
      write(origin, { "balances.yaml": balances([MONTHLY, FLAG]) });
      commit(origin, "Grant a flag, and no credits any more");
      git(origin, "checkout", "-q", "main");
      const opened = git(origin, "rev-parse", "main");
      // Somebody else was merged since the event came about.
      write(origin, { "README.md": "Balances\n" });
      commit(origin, "Say what it is");
      const main = git(origin, "rev-parse", "--short=7", "main");
      const workspace = checkoutOfMerge(origin, "raise");
      const ended = await step({ workspace, env, api, event: pullRequest(opened) });
      expect(ended.code, ended.printed).toBe(0);
      expect(ended.annotations).toEqual([]);
      const [comment] = api.comments;
      expect(comment?.body).toContain(
        `Since \`main (${main})\`: 1 change from the files, 1 due before (drifted or pending).`,
      );
      expect(comment?.body).toContain(`(no entry since \`main (${main})\`)`);
    },
  );

  it.skipIf(!has("git"))(
    "takes no change of another pull request, merged before, for one of this one",
    async () => {
      const { env } = await emulator();
      const origin = repository(files);
      git(origin, "checkout", "-q", "-b", "raise");
      write(origin, { "balances.yaml": balances([MONTHLY, ONCE, FLAG]) });
      commit(origin, "Grant a flag");
      git(origin, "checkout", "-q", "main");
      git(origin, "merge", "-q", "--no-ff", "-m", "Merge another pull request", "raise");
      const main = git(origin, "rev-parse", "main");
      const target = { eventName: "pull_request_target", event: pullRequest(main) };
      const ended = await step({ ...target, workspace: origin, env, inputs: { comment: "false" } });
      expect(ended.log).toContain(`since main (${main.slice(0, 7)}): 0 changes from the files, 3 due before`);
    },
  );

  // As root, files can be given to somebody else: as the runner's user owns the workspace of a job in a container.
  it.runIf(has("git") && process.getuid?.() === 0)(
    "takes the checkout for its own, whoever owns it",
    async () => {
      const { env } = await emulator();
      const origin = repository(files);
      git(origin, "checkout", "-q", "-b", "raise");
      write(origin, { "balances.yaml": balances([MONTHLY, ONCE, FLAG]) });
      commit(origin, "Grant a flag");
      git(origin, "checkout", "-q", "main");
      const workspace = checkoutOfMerge(origin, "raise");
      git(workspace, "fetch", "-q", "--depth=1", "origin", "main");
      execFileSync("chown", ["-R", "1001:1001", workspace]);
      const main = git(origin, "rev-parse", "main");
      const ended = await step({ workspace, env, inputs: { comment: "false" }, event: pullRequest(main) });
      expect(ended.annotations).toEqual([]);
      expect(ended.log).toContain(`since main (${main.slice(0, 7)}): 1 change from the files, 2 due before`);
    },
  );

  it.skipIf(!has("git"))("says what keeps git from telling the base", async () => {
    const { env } = await emulator();
    const inputs = { comment: "false" };
    const event = pullRequest("1".repeat(40));
    const [noCheckout] = (await step({ workspace: folder(files), env, inputs, event })).annotations;
    expect(noCheckout).toMatch(
      /^::warning title=no-base::.*hint: check out with actions\/checkout, where git is/,
    );
    const noGit = { ...env, PATH: "/nonexistent" };
    const [without] = (await step({ workspace: repository(files), env: noGit, inputs, event })).annotations;
    expect(without).toMatch(/^::warning title=no-base::.*hint: install git before actions\/checkout/);
    const [shallow] = (await step({ workspace: repository(files), env, inputs, event })).annotations;
    expect(shallow).toMatch(/^::warning title=no-base::.*hint: check out with `fetch-depth: 2`/);
  });

  it.skipIf(!has("git"))(
    "goes on without the base where it cannot be had, and fails where it was asked for",
    async () => {
      const { env } = await emulator();
      const workspace = repository(files);
      const inputs = { comment: "false" };
      const ended = await step({ workspace, env, inputs, event: pullRequest("1".repeat(40)) });
      expect(ended.code).toBe(0);
      expect(ended.annotations).toEqual([expect.stringMatching(/^::warning title=no-base::/)]);
      expect(ended.summary).toContain("nothing is compared with it");
      const asked = await step({ workspace, env, inputs: { ...inputs, base: "release" } });
      expect(asked).toMatchObject({ code: 1, outputs: { "exit-code": "1" } });
      expect(asked.annotations).toEqual([expect.stringMatching(/^::error title=unknown-base::`release` is/)]);
      const given = await step({ workspace, env, inputs: { ...inputs, base: "main" } });
      expect(given.summary).toMatch(/Since `main \([0-9a-f]{7}\)`: 0 changes from the files, 2 due before/);
    },
  );

  it("shows what is wrong at the lines of the repository, and in the comment", async () => {
    const { env } = await emulator();
    const api = await github();
    const yaml = [
      ...["version: 1", "namespace: contracts", "balances:"],
      ...["  - customer_id: acme", "    feature_id: api_calls", "    included: -5"],
      ...["  - { customer_id: globex, feature_id: api_call, included: 5 }", ""],
    ];
    const workspace = folder({ "billing/eu/balances.yaml": yaml.join("\n") });
    const inputs = { "working-directory": "billing/eu" };
    const ended = await step({ workspace, env, api, inputs });
    expect(ended).toMatchObject({ code: 1, outputs: { "exit-code": "1" } });
    expect(ended.annotations).toEqual([
      expect.stringMatching(/^::error file=billing\/eu\/balances\.yaml,line=6,col=15,title=/),
    ]);
    expect(ended.log).toContain("balances.yaml:6:15: error:");
    expect(api.comments[0]?.body).toContain("### There is no plan: 1 problem\n\n- `balances.yaml:6`:");

    // What only the server knows is shown at the line as well.
    write(workspace, { "billing/eu/balances.yaml": yaml.join("\n").replace("-5", "5") });
    const again = await step({ workspace, env, api, inputs });
    expect(again.annotations).toEqual([
      expect.stringMatching(/^::error file=billing\/eu\/balances\.yaml,line=7,col=\d+,title=/),
    ]);
    expect(api.comments).toHaveLength(1);
    expect(api.comments[0]?.body).toContain("`balances.yaml:7`");
  });

  it("fails where applying would be refused", async () => {
    const { env } = await emulator();
    const ended = await step({
      workspace: folder(files),
      env,
      inputs: { comment: "false", args: "--limit-granted api_calls=10000 --check-grants 'never'" },
    });
    expect(ended).toMatchObject({ code: 3, outputs: { "exit-code": "3", changes: "2" } });
    expect(ended.annotations).toEqual([
      expect.stringMatching(/^::error title=.*::grants 50,000 api_calls more/),
    ]);
    expect(ended.summary).toContain("> - **Refused:**");
  });

  it("says that there is no key, and that nobody answers", async () => {
    const workspace = folder(files);
    const without = await step({ workspace, inputs: { comment: "false" } });
    expect(without.code).toBe(1);
    expect(without.annotations[0]).toMatch(/^::error title=no-secret-key::there is no secret key%0Ahint:/);
    const inputs = { comment: "false", "secret-key": "am_sk_test_x", "base-url": "http://127.0.0.1:1" };
    const unanswered = await step({ workspace, inputs: { ...inputs, args: "--timeout 1" } });
    expect(unanswered.code).toBe(1);
    expect(unanswered.annotations[0]).toMatch(/^::error title=unreachable::the API cannot be reached/);
    const live = await step({
      workspace,
      inputs: { ...inputs, "secret-key": "am_sk_live_x", sandbox: "true" },
    });
    expect(live).toMatchObject({ code: 3, outputs: { "exit-code": "3" } });
  });
});

describe("command: validate", () => {
  it("does not fail for a summary that cannot be written", async () => {
    const inputs = { command: "validate" };
    const env = { GITHUB_STEP_SUMMARY: "/nowhere/summary" };
    const ended = await step({ workspace: folder(files), inputs, env });
    expect(ended.code, ended.printed).toBe(0);
    expect(ended.log).toContain("The summary cannot be written");
  });

  it("needs no key, and says which files are all right", async () => {
    const ended = await step({ workspace: folder(files), inputs: { command: "validate" } });
    expect(ended).toMatchObject({ code: 0, annotations: [], outputs: { "exit-code": "0" } });
    expect(ended.log).toContain("balances.yaml: 2 balances of 2 customers, all right.");
    expect(ended.summary).toBe(
      "## Autumn balances\n\n### `balances.yaml:` 2 balances of 2 customers, all right.\n\n",
    );
  });

  it("shows ten of the mistakes at their lines, and all of them in the log", async () => {
    const wrong = Array.from({ length: 30 }, (_, n) => ({ ...ONCE, id: `n${n}`, included: -n - 1 }));
    const workspace = folder({ "a.yaml": balances(wrong), "b.yaml": balances([{ ...ONCE, customer: "x" }]) });
    const ended = await step({ workspace, inputs: { command: "validate", paths: "a.yaml\n  b.yaml\n" } });
    expect(ended.code).toBe(1);
    expect(ended.annotations).toHaveLength(10);
    expect(ended.log.match(/^\w\.yaml:\d+:\d+: error:/gm)?.length).toBeGreaterThanOrEqual(31);
    expect(ended.summary).toMatch(/### The files have problems: 3\d problems\n/);
  });
});

describe("command: drift", () => {
  const inputs = { command: "drift" };
  const event = { eventName: "schedule", event: { schedule: "17 3 * * *" } };

  it("fails the step when something has drifted, and only then", async () => {
    const autumn = await emulator();
    const { env } = autumn;
    const workspace = folder(files);
    await run(["apply", "--yes"], { cwd: workspace, env });
    const none = await step({ workspace, env, inputs, ...event });
    expect(none).toMatchObject({
      code: 0,
      annotations: [],
      outputs: { "exit-code": "0", "has-changes": "false" },
    });
    expect(none.summary).toContain("### No drift: 2 balances as declared.");
    await changeGrant(autumn);
    const ended = await step({ workspace, env, inputs, ...event });
    expect(ended).toMatchObject({
      code: 2,
      outputs: { "exit-code": "2", "has-changes": "true", changes: "1" },
    });
    expect(ended.annotations).toEqual([
      expect.stringMatching(/^::error title=drift::1 balance has drifted: 1 changed/),
    ]);
    await expect(steady(ended.summary)).toMatchFileSnapshot("golden/drift-summary.md");
  });

  it("tells who did it where it is asked to", async () => {
    const autumn = await emulator(undefined, { level: "2026-10" });
    const { env } = autumn;
    const workspace = folder(files);
    await run(["apply", "--yes"], { cwd: workspace, env });
    await changeGrant(autumn);
    const ended = await step({ workspace, env, inputs: { ...inputs, args: "--who" }, ...event });
    for (const told of [ended.log, ended.summary]) {
      expect(steady(told)).toContain('by a secret key, MOMENT: balances.update {"balance_id":');
      expect(told).toContain("Autumn's log has the last 7 days.");
    }
  });
});
