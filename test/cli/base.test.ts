// `plan --base`: what a pull request changes, apart from what was due before it.
import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { describes } from "../report/published-schema.ts";
import { bare } from "../support/environment.ts";
import { has } from "../support/has.ts";
import { balances, emulator, folder, MONTHLY, ONCE, run, transcript } from "./helper.ts";

function git(cwd: string, ...args: string[]): void {
  const settings = ["-c", "user.name=Someone", "-c", "user.email=someone@example.com"];
  execFileSync("git", [...settings, ...args], { cwd, env: bare(), stdio: "pipe" });
}

function commit(cwd: string): void {
  git(cwd, "add", "--all");
  git(cwd, "commit", "-q", "-m", "a step");
}

/** Without the names of commits, which hold the moment they were made at. */
const named = (text: string): string => text.replaceAll(/\([0-9a-f]{7}\)/g, "(COMMIT)");

describe.skipIf(!has("git"))("plan --base", () => {
  it("tells what the branch changes from drift, and shows rows that have lost their entry", async () => {
    const { env, url, key } = await emulator();
    const cwd = folder({ "balances.yaml": balances([MONTHLY, ONCE]) });
    git(cwd, "init", "-q", "-b", "main");
    commit(cwd);
    expect((await run(["apply", "--yes"], { cwd, env })).code).toBe(0);
    const drift = {
      customer_id: "acme",
      feature_id: "api_calls",
      included_grant: 40_000,
      add_to_balance: -10_000,
    };
    await fetch(`${url}/v1/balances.update`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify({ ...drift, balance_id: "contracts:api_calls" }),
    });
    const added = { ...ONCE, customer_id: "acme", id: "welcome" };
    writeFileSync(join(cwd, "balances.yaml"), balances([MONTHLY, added]));
    const ended = await run(["plan", "--base", "main"], { cwd, env });
    await expect(named(transcript(ended))).toMatchFileSnapshot("golden/plan-base.txt");

    const { stdout } = await run(["plan", "--base", "main", "--format", "json"], { cwd, env });
    const document = JSON.parse(stdout);
    expect(describes(document), JSON.stringify(describes.errors)).toBe(true);
    expect(document.base.name).toMatch(/^main \([0-9a-f]{7}\)$/);
    expect(document).toMatchObject({
      changes: [
        { key: "api_calls", is_pending: true },
        { key: "welcome", is_pending: false },
      ],
      left_over: [{ customer_id: "globex", key: "ai_credits", is_pending: false }],
    });
  });

  it.runIf(process.getuid?.() === 0)(
    "says how to have git work in somebody else's checkout, from a folder of it too",
    async () => {
      const { env } = await emulator();
      const cwd = folder({ "billing/balances.yaml": balances([MONTHLY]) });
      git(cwd, "init", "-q", "-b", "main");
      commit(cwd);
      execFileSync("chown", ["-R", "1001:1001", cwd]);
      const at = { cwd: join(cwd, "billing"), env: { ...env, HOME: folder({}) } };
      const refused = await run(["plan", "--base", "main"], at);
      expect(refused.code).toBe(1);
      expect(refused.stderr).toContain("dubious ownership");
      const hint = /hint: if it is yours: `(git config .*)`\n/.exec(refused.stderr)?.[1] ?? "";
      execFileSync("sh", ["-c", hint], { cwd: at.cwd, env: { ...bare(), HOME: at.env.HOME } });
      expect((await run(["plan", "--base", "main"], at)).stdout).toContain("since main (");
    },
  );

  it("works where the file was renamed, and warns where it was broken", async () => {
    const { env } = await emulator();
    const cwd = folder({ "balances.yaml": balances([MONTHLY, ONCE]) });
    git(cwd, "init", "-q", "-b", "main");
    commit(cwd);
    git(cwd, "mv", "balances.yaml", "contracts.yaml");
    const plan = async () => {
      const args = ["plan", "contracts.yaml", "--base", "main", "--format", "json"];
      return JSON.parse((await run(args, { cwd, env })).stdout);
    };
    expect((await plan()).changes).toMatchObject([{ is_pending: true }, { is_pending: true }]);
    writeFileSync(join(cwd, "contracts.yaml"), "version: 1\n");
    commit(cwd);
    writeFileSync(join(cwd, "contracts.yaml"), balances([MONTHLY]));
    expect(await plan()).toMatchObject({
      base: null,
      warnings: [{ code: "base-broken" }],
      changes: [{ is_pending: false }],
    });
  });

  it("takes a deletion for the branch's own where a shell has put names in place of a glob", async () => {
    const { env } = await emulator();
    const cwd = folder({ "balances/k.yaml": balances([MONTHLY]), "balances/z.yaml": balances([ONCE]) });
    git(cwd, "init", "-q", "-b", "main");
    commit(cwd);
    expect((await run(["apply", "--yes"], { cwd, env })).code).toBe(0);
    rmSync(join(cwd, "balances/z.yaml"));
    const plan = async (...options: string[]) => {
      const args = ["plan", "balances/k.yaml", "--base", "main", ...options, "--format", "json"];
      return JSON.parse((await run(args, { cwd, env })).stdout);
    };
    const of = { customer_id: "globex", key: "ai_credits", is_pending: false };
    expect((await plan("--prune")).changes).toMatchObject([{ ...of, kind: "delete" }]);
    expect((await plan()).left_over).toMatchObject([of]);
  });

  it("looks only at customers whose entries have changed, where that is asked for", async () => {
    const { env } = await emulator();
    const cwd = folder({ "balances.yaml": balances([MONTHLY, ONCE]) });
    git(cwd, "init", "-q", "-b", "main");
    commit(cwd);
    expect((await run(["apply", "--yes"], { cwd, env })).code).toBe(0);
    writeFileSync(join(cwd, "balances.yaml"), balances([MONTHLY, { ...ONCE, included: 300 }]));
    const args = ["plan", "--changed-since", "main"];
    await expect(named(transcript(await run(args, { cwd, env })))).toMatchFileSnapshot(
      "golden/plan-changed-since.txt",
    );
    const document = JSON.parse((await run([...args, "--format", "json"], { cwd, env })).stdout);
    expect(describes(document), JSON.stringify(describes.errors)).toBe(true);
    expect(document).toMatchObject({ left_out: { customers: 1, balances: 1 }, customers: 1 });
    const both = await run([...args, "--base", "main"], { cwd, env });
    expect(both).toMatchObject({ code: 1, stdout: "" });
    expect(both.stderr).toContain("--changed-since");
  });

  it("says what is wrong with a base that is not there", async () => {
    const { env } = await emulator();
    const cwd = folder({ "balances.yaml": balances([MONTHLY]) });
    const ended = await run(["plan", "--base", "main"], { cwd, env });
    await expect(transcript(ended)).toMatchFileSnapshot("golden/plan-base-unknown.txt");
  });
});
