// explain, of a customer that has a balance of every kind.
import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { published } from "../report/published-schema.ts";
import { has } from "../support/has.ts";
import { balances, emulator, folder, MONTHLY, run, steady, transcript } from "./helper.ts";

const { validates: validatesExplain, describes: describesExplain } = published("explain");

const DAY = 86_400_000;
const LEVELS = ["2026-08", "2026-10"] as const;

/** A customer with rows of a plan, of others, of another namespace, and paid ones. */
const busy = (now: number) => ({
  id: "acme",
  entities: [{ id: "seat_1", feature_id: "ai_credits" }],
  plans: [
    {
      plan_id: "pro",
      balances: [{ feature_id: "api_calls", included_grant: 10_000, reset: { interval: "month" } }],
    },
  ],
  balances: [
    { feature_id: "api_calls", included_grant: 70, balance_id: "sales:bonus", expires_at: now + 30 * DAY },
    { feature_id: "api_calls", included_grant: 5, balance_id: "gift" },
    { feature_id: "api_calls", included_grant: 1, prepaid_grant: 40, balance_id: "top-up" },
  ],
});

const git = (cwd: string, ...args: string[]) => execFileSync("git", args, { cwd, stdio: "pipe" });

/** Files of a checkout, in which each version is a commit. */
function checkout(...versions: readonly string[]): string {
  const cwd = folder({ "balances.yaml": versions[0] ?? "" });
  git(cwd, "init", "--quiet", "--initial-branch=main");
  git(cwd, "config", "user.name", "Author");
  git(cwd, "config", "user.email", "author@example.com");
  return cwd;
}

function commit(cwd: string, message: string): void {
  git(cwd, "add", ".");
  git(cwd, "commit", "--quiet", "--message", message);
}

describe.skipIf(!has("git")).each(LEVELS)("explain, server of %s", (level) => {
  it("tells every row, where it comes from, what is left and what comes next", async () => {
    const autumn = await emulator([busy(Date.now()), { id: "globex" }], { level });
    const cwd = checkout(
      balances([
        { ...MONTHLY, included: 100 },
        { customer_id: "acme", feature_id: "sso" },
      ]),
    );
    commit(cwd, "First contracts");
    const { writeFileSync } = await import("node:fs");
    expect((await run(["apply", "--yes"], { cwd, env: autumn.env })).code).toBe(0);
    writeFileSync(
      `${cwd}/balances.yaml`,
      balances([
        { ...MONTHLY, included: 300 },
        { customer_id: "acme", feature_id: "sso" },
      ]),
    );
    commit(cwd, "More calls");
    expect((await run(["apply", "--yes"], { cwd, env: autumn.env })).code).toBe(0);
    writeFileSync(
      `${cwd}/balances.yaml`,
      balances([
        { ...MONTHLY, included: 400 },
        { customer_id: "acme", feature_id: "sso" },
        { customer_id: "acme", feature_id: "ai_credits", included: 7 },
      ]),
    );
    const text = await run(["explain", "acme"], { cwd, env: autumn.env });
    await expect(
      transcript(text)
        .replaceAll(/\b[0-9a-f]{7}\b/g, "COMMIT")
        .replaceAll(/cus_ent_\w+/g, "INTERNAL"),
    ).toMatchFileSnapshot("golden/explain.txt");

    const markdown = await run(["explain", "acme", "api_calls", "--format", "markdown"], {
      cwd,
      env: autumn.env,
    });
    expect(markdown.code).toBe(0);
    expect(steady(markdown.stdout)).toContain("- `contracts:api_calls~2`: 300 a month, 0 used, 300 left");

    const { stdout } = await run(["explain", "acme", "--format", "json"], { cwd, env: autumn.env });
    const document = JSON.parse(stdout);
    expect(validatesExplain(document), JSON.stringify(validatesExplain.errors)).toBe(true);
    expect(describesExplain(document), JSON.stringify(describesExplain.errors)).toBe(true);
    const calls = document.features.find((one: { feature_id: string }) => one.feature_id === "api_calls");
    const told = calls.balances.map((one: { origin: string; is_history: boolean }) => [
      one.origin,
      one.is_history,
    ]);
    expect(told).toEqual(
      expect.arrayContaining([
        ["declared", false],
        ["plan", false],
        ["other-namespace", false],
        ["foreign", false],
        ["paid", false],
        ["declared", true],
      ]),
    );
    expect(told).toHaveLength(6);
    expect(document.features.map((one: { feature_id: string }) => one.feature_id)).toEqual([
      "ai_credits",
      "api_calls",
      "sso",
    ]);
  });
});

describe("explain", () => {
  it("needs no file where the namespace is said", async () => {
    const autumn = await emulator([busy(Date.now())]);
    const options = { cwd: folder(), env: autumn.env };
    const { code, stdout } = await run(["explain", "acme", "--namespace", "sales"], options);
    expect(code).toBe(0);
    expect(stdout).toContain("of this namespace, without an entry");
    expect((await run(["explain", "acme"], options)).stderr).toContain("namespace");
  });

  it("complains of a customer and of a feature that are not there", async () => {
    const autumn = await emulator();
    const options = { cwd: folder({ "balances.yaml": balances([MONTHLY]) }), env: autumn.env };
    expect(await run(["explain", "nobody"], options)).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining("there is no customer nobody"),
    });
    expect((await run(["explain", "acme", "nothing"], options)).stderr).toContain(
      "there is no feature nothing",
    );
    const json = JSON.parse((await run(["explain", "nobody", "--format", "json"], options)).stdout);
    expect(validatesExplain(json), JSON.stringify(validatesExplain.errors)).toBe(true);
  });

  it("goes on without a plan where the entries are wrong in view of the server", async () => {
    const autumn = await emulator();
    const cwd = folder({ "balances.yaml": balances([{ ...MONTHLY, feature_id: "api_cals" }]) });
    const { code, stdout } = await run(["explain", "acme"], { cwd, env: autumn.env });
    expect(code).toBe(0);
    expect(stdout).toContain("api_cals");
    expect(stdout).toContain("No plan could be made");
  });

  it("writes what ids hide, and takes none of them for Markdown", async () => {
    const id = "a\u001b[31m`*<b>\u202e|";
    const autumn = await emulator([
      { id, balances: [{ feature_id: "api_calls", included_grant: 5, balance_id: "x\u001b]0;`<i>*" }] },
    ]);
    const options = { cwd: folder(), env: autumn.env };
    for (const format of ["text", "markdown", "json"]) {
      const { code, stdout } = await run(
        ["explain", id, "--namespace", "contracts", "--format", format],
        options,
      );
      expect(code).toBe(0);
      expect(stdout).not.toMatch(/[\u001b\u202e]/);
    }
  });
});
