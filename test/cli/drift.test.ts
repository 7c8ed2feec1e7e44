// drift, as a schedule runs it.
import { describe, expect, it } from "vitest";
import { describes } from "../report/published-schema.ts";
import { balances, emulator, folder, MONTHLY, ONCE, run, transcript } from "./helper.ts";

const DAY = 86_400_000;

/** An account on which the files were applied. */
async function applied(entries: readonly object[], settings: object = {}) {
  const autumn = await emulator();
  const cwd = folder({ "balances.yaml": balances(entries, settings) });
  const { code, stderr } = await run(["apply", "--yes"], { cwd, env: autumn.env });
  if (code !== 0) throw new Error(stderr);
  const call = (path: string, body: object): Promise<Response> =>
    autumn.fetch(`${autumn.url}/v1/${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${autumn.key}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const bend = () =>
    call("balances.update", {
      customer_id: "acme",
      feature_id: "api_calls",
      balance_id: "contracts:api_calls",
      included_grant: 60_000,
    });
  return {
    autumn,
    call,
    bend,
    drift: (...args: string[]) => run(["drift", ...args], { cwd, env: autumn.env }),
  };
}

describe("drift", () => {
  it("says nothing and exits with 0 when there is none", async () => {
    const { drift } = await applied([ONCE, MONTHLY]);
    expect(await drift()).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(await drift("--prune")).toEqual({ code: 0, stdout: "", stderr: "" });
    const { code, stdout } = await drift("--format", "json");
    const document = JSON.parse(stdout);
    expect(describes(document), JSON.stringify(describes.errors)).toBe(true);
    expect({ code, document }).toMatchObject({ code: 0, document: { kind: "drift", has_drift: false } });
  });

  it("exits with 2 when somebody changed what is declared, and says what", async () => {
    const { bend, call, drift } = await applied([ONCE, MONTHLY]);
    await bend();
    await call("balances.delete", {
      customer_id: "globex",
      feature_id: "ai_credits",
      balance_id: "contracts:ai_credits",
    });
    await expect(transcript(await drift())).toMatchFileSnapshot("golden/drift.txt");
    const { code, stdout } = await drift("--format", "json");
    const document = JSON.parse(stdout);
    expect(describes(document), JSON.stringify(describes.errors)).toBe(true);
    expect(code).toBe(2);
    expect(document).toMatchObject({
      has_drift: true,
      summary: { missing: 1, changed: 1, undeclared: 0, waiting: 0, reverting: 1, expiring: 0 },
      differences: [
        {
          kind: "changed",
          fields: [{ field: "included", is: 60_000, declared: 50_000 }],
          reverts: { to: 50_000 },
        },
        { kind: "missing", reverts: null },
      ],
      plan: { kind: "plan", has_changes: true },
    });
  });

  it("looks at the grants that resets go back to, without being asked", async () => {
    const { autumn, bend, drift } = await applied([MONTHLY]);
    await bend();
    autumn.clearRequests();
    const { stdout } = await drift();
    expect(stdout).toContain("takes the grant back to 50,000");
    expect(autumn.requests().some(({ path }) => path.startsWith("/v1/balances/list"))).toBe(true);
  });

  it("tells balances that expire soon on stderr, and does not count them", async () => {
    const end = new Date(Date.now() + 5 * DAY).toISOString();
    const { drift } = await applied([{ ...ONCE, expires_at: end }]);
    const { code, stdout, stderr } = await drift();
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    expect(stderr).toContain("1 balance expires within 7 days, as declared");
    for (const quiet of [
      ["--expiring-within", "4d"],
      ["--expiring-within", "0d"],
      ["--log-level", "warn"],
    ]) {
      expect(await drift(...quiet)).toEqual({ code: 0, stdout: "", stderr: "" });
    }
    expect((await drift("--expiring-within", "1w")).stderr).toContain("within 7 days");
    const { expiring } = JSON.parse((await drift("--format", "json")).stdout);
    expect(expiring).toMatchObject([{ customer_id: "globex", key: "ai_credits" }]);
  });

  it("counts rows without an entry for whoever prunes", async () => {
    const { call, drift } = await applied([ONCE]);
    const row = { customer_id: "acme", feature_id: "api_calls", balance_id: "contracts:gone" };
    await call("balances.create", { ...row, included_grant: 5 });
    expect((await drift()).code).toBe(0);
    const { code, stdout } = await drift("--prune");
    expect(code).toBe(2);
    expect(stdout).toContain("1 balance has drifted: 1 undeclared");
    expect(stdout).toContain("`autumn-balances apply --prune`");
  });

  it("is told by the shard that has it, and by no other", async () => {
    const { bend, drift } = await applied([ONCE, MONTHLY]);
    await bend();
    // `printf acme | sha256sum`, its first 12 digits, modulo 2.
    expect((await drift("--shard", "2/2")).code).toBe(2);
    expect((await drift("--shard", "1/2")).code).toBe(0);
  });

  it("changes nothing", async () => {
    const { autumn, bend, drift } = await applied([ONCE, MONTHLY]);
    await bend();
    autumn.clearRequests();
    await drift("--prune");
    const writing = autumn.requests().filter(({ path }) => /balances\.(create|update|delete)/.test(path));
    expect(writing).toEqual([]);
  });

  it.each([
    ["files that are wrong", 1, { "balances.yaml": "version: 1\n" }, {}],
    ["no key", 1, { "balances.yaml": balances([ONCE]) }, { AUTUMN_SECRET_KEY: "" }],
    ["a key of the other environment", 3, { "balances.yaml": balances([ONCE], { environment: "live" }) }, {}],
  ])("is no drift, but exits otherwise, for %s", async (_, expected, files, variables) => {
    const autumn = await emulator();
    const { code, stdout } = await run(["drift"], {
      cwd: folder(files),
      env: { ...autumn.env, ...variables },
    });
    expect({ code, stdout }).toEqual({ code: expected, stdout: "" });
  });

  it("takes spans that are spans", async () => {
    for (const span of ["7", "d", "-1d", "1.5d", "7days", "99999d"]) {
      const { code, stderr } = await run(["drift", `--expiring-within=${span}`]);
      expect(code).toBe(1);
      expect(stderr).toContain("Write it like 36h, 7d or 2w");
    }
  });
});
