// history with git: files that were committed and applied, one version after the other, and what nobody committed.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { published } from "../report/published-schema.ts";
import { bare } from "../support/environment.ts";
import { has } from "../support/has.ts";
import { balances, emulator, folder, MONTHLY, ONCE, run, transcript } from "./helper.ts";

const { describes: describesHistory } = published("history");

const LEVELS = ["2026-08", "2026-10"] as const;

function git(cwd: string, ...args: string[]): void {
  const settings = ["-c", "user.name=Someone", "-c", "user.email=someone@example.com"];
  execFileSync("git", [...settings, ...args], { cwd, env: bare(), stdio: "pipe" });
}

/** Without the names of commits, which hold the moment they were made at. */
const named = (text: string): string => text.replaceAll(/\([0-9a-f]{7}\)/g, "(COMMIT)");

/** A checkout beside a server. */
async function checkout(level: (typeof LEVELS)[number] = "2026-08") {
  const autumn = await emulator(undefined, { level });
  const cwd = folder();
  git(cwd, "init", "-q", "-b", "main");
  const { env } = autumn;
  return {
    autumn,
    cwd,
    write: (...entries: object[]) => writeFileSync(join(cwd, "balances.yaml"), balances(entries)),
    commit: (message: string) => {
      git(cwd, "add", "--all");
      git(cwd, "commit", "-q", "-m", message);
    },
    apply: async () => {
      const { code, stderr } = await run(["apply", "--yes"], { cwd, env });
      if (code !== 0) throw new Error(stderr);
    },
    update: async (balance: object) => {
      const response = await autumn.fetch(`${autumn.url}/v1/balances.update`, {
        method: "POST",
        headers: { authorization: `Bearer ${autumn.key}`, "content-type": "application/json" },
        body: JSON.stringify(balance),
      });
      if (!response.ok) throw new Error(await response.text());
    },
    history: (...args: string[]) => run(["history", ...args], { cwd, env }),
  };
}

const raised = (included: number) => ({ ...MONTHLY, included });

describe.skipIf(!has("git"))("history with git", () => {
  it.each(LEVELS)("tells commits and generations as one, server of %s", async (level) => {
    const { write, commit, apply, history } = await checkout(level);
    write(raised(100), ONCE);
    commit("First promises");
    await apply();
    write(raised(200), ONCE);
    commit("Raise acme");
    await apply();
    write(raised(300));
    commit("Raise acme again, and take from globex");
    await apply();
    await expect(named(transcript(await history()))).toMatchFileSnapshot("golden/history-git.txt");

    const { stdout } = await history("--format", "json");
    const document = JSON.parse(stdout);
    expect(describesHistory(document), JSON.stringify(describesHistory.errors?.slice(0, 3))).toBe(true);
    expect(document).toMatchObject({
      git: { status: "read", commits: 3, is_whole: true, cut: null },
      summary: { ended: 2, appeared: 2, changed: 2, removed: 1, disagreements: 0 },
      disagreements: [],
    });
    const [acme, globex] = document.timelines;
    const words = ({ events }: typeof acme) =>
      events.map(({ event, generation }: { event: string; generation?: number }) =>
        generation === undefined ? event : `${event} ${generation}`,
      );
    expect(words(acme)).toEqual(["appeared", "changed", "ended 1", "changed", "ended 2"]);
    // The customer has no entry any more, and was asked for.
    expect(words(globex)).toEqual(["appeared", "removed"]);
    expect(acme.events[1]).toMatchObject({
      commit: { author: "Someone", subject: "Raise acme" },
      fields: [{ field: "included", from: 100, to: 200 }],
    });

    const csv = (await history("acme", "--format", "csv")).stdout.split("\r\n");
    expect(csv.slice(1, -1).map((line) => line.split(",")[1])).toEqual(
      words(acme).map((word: string) => word.split(" ")[0]),
    );
  });

  it.each(LEVELS)("says what no commit explains, server of %s", async (level) => {
    const { autumn, write, commit, apply, update, history } = await checkout(level);
    const extra = { ...ONCE, id: "extra", included: 5 };
    write(raised(100), ONCE, extra);
    commit("First promises");
    await apply();
    // One is applied from files that are not committed; somebody ends another, and changes a third.
    write(raised(150), ONCE, extra);
    await apply();
    const end = Date.now() + 60_000;
    const globex = { customer_id: "globex", feature_id: "ai_credits" };
    await update({ ...globex, balance_id: "contracts:ai_credits", expires_at: end });
    await update({ ...globex, balance_id: "contracts:extra", included_grant: 777, add_to_balance: 772 });
    autumn.advance({ minutes: 2 });

    const ended = await history();
    await expect(named(transcript(ended))).toMatchFileSnapshot("golden/history-unexplained.txt");
    const { disagreements } = JSON.parse((await history("--format", "json")).stdout);
    const told = disagreements.map(
      (one: { code: string; balance_id: string; state: string; is_uncommitted: boolean }) =>
        `${one.code} ${one.balance_id} ${one.state} ${one.is_uncommitted}`,
    );
    expect(told.sort()).toEqual([
      "end contracts:ai_credits ended false",
      "end contracts:api_calls ended true",
      "grant contracts:api_calls~2 live true",
      "grant contracts:extra live false",
    ]);
    const csv = (await history("--format", "csv")).stdout;
    expect(csv.match(/no commit declares that/g)).toHaveLength(2);
    const without = await history("--no-git");
    expect(without.stdout).toContain("git: not read, as --no-git says so");
    expect(without.stdout).not.toContain("no commit explains");
  });

  it("tells of a customer that only git knows any more", async () => {
    const { autumn, write, commit, history } = await checkout();
    write({ ...ONCE, customer_id: "left" }, ONCE);
    commit("Two");
    write(ONCE);
    commit("One");
    const asked = await history("left");
    expect(asked.code).toBe(0);
    expect(asked.stdout).toContain("Customer left, who is not in Autumn\n");
    expect(asked.stdout).toMatch(/ removed .*Someone \([0-9a-f]{7}\)/);
    expect((await history()).stdout).toContain("Customer left, who is not in Autumn\n");
    expect((await history("nobody")).stderr).toContain("there is no customer nobody");
    expect(autumn.requests().some(({ path }) => /create|delete|update/.test(path))).toBe(false);
  });

  it("reads no more commits than it is told to, and says so", async () => {
    const { write, commit, history } = await checkout();
    for (const included of [1, 2, 3]) {
      write({ ...ONCE, included });
      commit("a step");
    }
    const { stdout } = await history("--commits", "2");
    expect(stdout).toMatch(/^git: 2 commits since .*; no further, as --commits says$/m);
    expect(stdout.match(/ changed /g)).toHaveLength(2);
    expect(stdout).not.toContain("appeared");
  });

  it("says in one line where there is no git", async () => {
    const { env } = await emulator();
    const cwd = folder({ "balances.yaml": balances([ONCE]) });
    const { code, stdout, stderr } = await run(["history"], { cwd, env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("\ngit: not read, as the files are in no checkout of git\n");
    expect((await run(["history"], { cwd, env: { ...env, PATH: "/nowhere" } })).stdout).toContain(
      "\ngit: not read, as git was not found\n",
    );
  });

  it("never shows a key that somebody committed", async () => {
    const { autumn, write, commit, history } = await checkout();
    write({ ...ONCE, id: "a" });
    commit(`use ${autumn.key} and am_sk_live_abcdefghij`);
    for (const format of ["text", "json", "csv"]) {
      expect((await history("--format", format)).stdout).not.toContain("am_sk_live_abcdefghij");
    }
  });
});
