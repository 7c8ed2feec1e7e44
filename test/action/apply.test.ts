// Applying as a step: on the merge, exactly the plan that was saved, once, or nothing.
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { balances, emulator, FLAG, folder, MONTHLY, ONCE, run, steady } from "../cli/helper.ts";
import { has } from "../support/has.ts";
import { commit, git, repository, step, write } from "./step.ts";

const PUSH = { eventName: "push", event: { ref: "refs/heads/main" } };
const files = { "balances.yaml": balances([MONTHLY, ONCE]) };
const PLAN_FILE = { "plan-file": "merge.plan" };

/** The calls that change balances. */
const writes = (autumn: { requests(): readonly { path: string }[] }): string[] =>
  autumn.requests().flatMap(({ path }) => /balances\.(?:create|update|delete)$/.exec(path)?.[0] ?? []);

describe("command: apply", () => {
  it.skipIf(!has("git"))("applies on the merge what was saved for it, once", async () => {
    const autumn = await emulator();
    const { env } = autumn;
    const workspace = repository(files);
    git(workspace, "checkout", "-q", "-b", "raise");
    write(workspace, { "balances.yaml": balances([{ ...MONTHLY, included: 60_000 }, ONCE, FLAG]) });
    commit(workspace, "Raise a grant");
    git(workspace, "checkout", "-q", "main");
    git(workspace, "merge", "-q", "--no-ff", "-m", "Merge the pull request", "raise");
    const planned = await step({ workspace, env, ...PUSH, inputs: PLAN_FILE });
    expect(planned.code, planned.printed).toBe(0);
    expect(planned.outputs).toMatchObject({ "has-changes": "true", changes: "3", create: "3" });
    const file = planned.outputs["plan-file"] ?? "";
    expect(file).toBe(join(workspace, "merge.plan"));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, "utf8")).not.toContain(env.AUTUMN_SECRET_KEY);
    expect(writes(autumn)).toEqual([]);

    // As another job gets it, in which nothing is checked out.
    const elsewhere = folder({ "downloaded/merge.plan": readFileSync(file, "utf8") });
    const inputs = { command: "apply", "plan-file": "downloaded/merge.plan", sandbox: "true" };
    const applied = await step({ workspace: elsewhere, env, ...PUSH, inputs });
    expect(applied.code, applied.printed).toBe(0);
    expect(applied.annotations).toEqual([]);
    expect(applied.outputs).toMatchObject({ "exit-code": "0", "has-changes": "true", create: "3" });
    await expect(steady(applied.summary)).toMatchFileSnapshot("golden/apply-summary.md");
    expect((await run(["plan", "--detailed-exitcode"], { cwd: workspace, env })).code).toBe(0);

    autumn.clearRequests();
    const again = await step({ workspace: elsewhere, env, ...PUSH, inputs });
    expect(again).toMatchObject({ code: 3, outputs: { "exit-code": "3" } });
    expect(again.annotations).toEqual([
      expect.stringMatching(/^::error title=plan-applied::the plan was applied before/),
    ]);
    expect(again.summary).toContain("### Nothing was applied: 1 problem");
    // The file as it was saved does not know of it, and Autumn does.
    const copy = await step({ workspace, env, ...PUSH, inputs: { ...inputs, "plan-file": "merge.plan" } });
    expect(copy.code).toBe(3);
    expect(writes(autumn)).toEqual([]);
  });

  it("refuses a plan of balances that have changed since, at their lines", async () => {
    const autumn = await emulator();
    const { env, url, key } = autumn;
    const workspace = folder({ "billing/balances.yaml": balances([ONCE]) });
    const place = { "working-directory": "billing", ...PLAN_FILE };
    expect((await step({ workspace, env, ...PUSH, inputs: place })).code).toBe(0);
    await fetch(`${url}/v1/balances.create`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify({
        customer_id: "globex",
        feature_id: "ai_credits",
        included_grant: 1,
        balance_id: "contracts:ai_credits",
      }),
    });
    autumn.clearRequests();
    const ended = await step({ workspace, env, ...PUSH, inputs: { ...place, command: "apply" } });
    expect(ended).toMatchObject({ code: 3, outputs: { "exit-code": "3", changes: "1" } });
    expect(ended.annotations).toEqual([
      expect.stringMatching(
        /^::error file=billing\/balances\.yaml,line=\d+,col=\d+,title=[\w-]+::ai_credits of globex has changed since/,
      ),
    ]);
    expect(ended.summary).toContain("> - **Refused:** `balances.yaml:");
    expect(writes(autumn)).toEqual([]);
  });

  it("refuses a plan that was altered, is none, or is not there", async () => {
    const { env } = await emulator();
    const workspace = folder(files);
    expect((await step({ workspace, env, ...PUSH, inputs: PLAN_FILE })).code).toBe(0);
    const text = readFileSync(join(workspace, "merge.plan"), "utf8");
    write(workspace, { "merge.plan": text.replace("50000", "90000") });
    const inputs = { command: "apply", ...PLAN_FILE };
    const altered = await step({ workspace, env, ...PUSH, inputs });
    expect(altered.code).toBe(3);
    expect(altered.annotations[0]).toContain("the plan was altered after it was made");
    for (const name of ["balances.yaml", "nothing.plan"]) {
      const none = await step({ workspace, env, ...PUSH, inputs: { ...inputs, "plan-file": name } });
      expect(none.code, name).toBe(1);
      expect(none.annotations).toHaveLength(1);
    }
    const both = await step({ workspace, env, ...PUSH, inputs: { ...inputs, paths: "balances.yaml" } });
    expect(both.annotations).toEqual([
      expect.stringContaining("the inputs paths and plan-file are both set"),
    ]);
  });

  it.each(["merge.plan.json", "."])(
    "says where a saved plan is named when it is in paths: %s",
    async (paths) => {
      const autumn = await emulator();
      const { env } = autumn;
      const workspace = folder(files);
      const saved = { "plan-file": "merge.plan.json" };
      expect((await step({ workspace, env, ...PUSH, inputs: saved })).code).toBe(0);
      const ended = await step({ workspace, env, ...PUSH, inputs: { command: "apply", paths } });
      expect(ended.code).toBe(1);
      const hint =
        "to apply it, name it in the input plan-file, with `command: apply`; keep it out of the folders of balances files";
      expect(ended.annotations).toEqual([
        `::error file=merge.plan.json,line=1,col=1,title=saved-plan::this is a saved plan, and no balances file%0Ahint: ${hint}`,
      ]);
      expect(ended.log).toContain(hint);
      expect(ended.log).not.toContain("autumn-balances apply");
      expect(writes(autumn)).toEqual([]);
    },
  );

  it("says at the line of an entry what keeps it from being made, even if it did not fail", async () => {
    const autumn = await emulator();
    const { env } = autumn;
    const workspace = folder({ "balances.yaml": balances([ONCE]) });
    const taken = { status: 409, code: "invalid_request", message: "taken" };
    autumn.inject({ route: "POST /v1/balances.create", kind: "status", ...taken });
    const ended = await step({ workspace, env, ...PUSH, inputs: { command: "apply" } });
    expect(ended.code).toBe(1);
    expect(ended.summary).toContain("Not applied: nothing was changed; 1 blocked.");
    expect(ended.annotations).toEqual([
      expect.stringMatching(
        /^::error file=balances\.yaml,line=\d+,col=\d+,title=blocked::contracts:ai_credits exists already/,
      ),
    ]);
  });

  it("applies what the files declare without a saved plan, and fails at the lines of what is not done", async () => {
    const autumn = await emulator();
    const { env } = autumn;
    const workspace = folder(files);
    const refusal = { status: 400, code: "invalid_request", message: "not today" };
    autumn.inject({ route: "POST /v1/balances.create", kind: "status", customer_id: "globex", ...refusal });
    const inputs = { command: "apply" };
    const ended = await step({ workspace, env, ...PUSH, inputs });
    expect(ended).toMatchObject({ code: 4, outputs: { "exit-code": "4", changes: "2" } });
    expect(ended.annotations).toEqual([
      expect.stringMatching(/^::error file=balances\.yaml,line=\d+,col=\d+/),
    ]);
    expect(ended.summary).toMatch(/^## Autumn balances\n\n### Partly applied: 1 created; 1 failed\.\n/);
    const again = await step({ workspace, env, ...PUSH, inputs });
    expect(again.code, again.printed).toBe(0);
    const nothing = await step({ workspace, env, ...PUSH, inputs });
    expect(nothing).toMatchObject({ code: 0, outputs: { "has-changes": "false" } });
    expect(nothing.summary).toContain("### Nothing to do: 2 balances are as declared.");
  });

  it("finishes the customers at hand when the run is cancelled, and says what is left", async () => {
    const customers = Array.from({ length: 6 }, (_, n) => ({ id: `customer_${n}` }));
    const autumn = await emulator(customers);
    const workspace = folder({
      "balances.yaml": balances(customers.map(({ id }) => ({ ...ONCE, customer_id: id }))),
    });
    // Long enough for the signal to come before it is over.
    autumn.inject({ route: "POST /v1/balances.create", kind: "delay", delay_ms: 2_000, nth: 2, times: 1 });
    const inputs = { command: "apply", args: "--concurrency 1" };
    const env = { ...autumn.env, RUNNER_DEBUG: "1" };
    const cancelAfter = "debug: balances.create of customer_0";
    const ended = await step({ workspace, env, ...PUSH, inputs, cancelAfter });
    expect(ended, ended.printed).toMatchObject({ code: 130, outputs: { "exit-code": "130" } });
    expect(ended.annotations[0]).toContain("the run was stopped before everything was tried");
    const [, created, left] = /### Interrupted: (\d) created; (\d) not tried\./.exec(ended.summary) ?? [];
    expect(Number(created) + Number(left)).toBe(customers.length);
  });

  it("has changed nothing when the run is cancelled before", async () => {
    const autumn = await emulator();
    autumn.inject({ route: "POST /v1/customers.list", kind: "delay", delay_ms: 60_000 });
    const ended = await step({
      workspace: folder(files),
      env: { ...autumn.env, RUNNER_DEBUG: "1" },
      ...PUSH,
      inputs: { command: "apply" },
      cancelAfter: "debug: features.list",
    });
    expect(ended.code, ended.printed).toBe(130);
    expect(ended.annotations[0]).toContain("stopped; nothing was changed");
    expect(writes(autumn)).toEqual([]);
  });
});
