// What is refused, with exit code 3 and nothing done; and what the way out is.
import { describe, expect, it } from "vitest";
import { describes } from "../report/published-schema.ts";
import { balances, emulator, folder, MONTHLY, ONCE, run, transcript } from "./helper.ts";

const LIVE = { AUTUMN_SECRET_KEY: "am_sk_live_0123456789abcdef", AUTUMN_BASE_URL: "http://127.0.0.1:9" };

const owned = Array.from({ length: 20 }, (_, n) => ({
  feature_id: "api_calls",
  included_grant: 100,
  balance_id: `contracts:old-${n}`,
}));

describe("guards", () => {
  it("refuse a live key with --sandbox", async () => {
    const ended = await run(["plan", "--sandbox"], {
      cwd: folder({ "balances.yaml": balances([]) }),
      env: LIVE,
    });
    await expect(transcript(ended)).toMatchFileSnapshot("golden/refused-live-key.txt");
  });

  it("refuse a key of another environment than the file's, before anything is sent", async () => {
    const autumn = await emulator();
    const cwd = folder({ "balances.yaml": balances([ONCE], { environment: "live" }) });
    const ended = await run(["apply", "--yes"], { cwd, env: autumn.env });
    await expect(transcript(ended)).toMatchFileSnapshot("golden/refused-environment.txt");
    expect(autumn.requests()).toEqual([]);
  });

  it("refuse to change anything when there is nobody to ask", async () => {
    const autumn = await emulator();
    const cwd = folder({ "balances.yaml": balances([ONCE]) });
    const ended = await run(["apply"], { cwd, env: autumn.env });
    await expect(transcript(ended)).toMatchFileSnapshot("golden/refused-nobody-to-ask.txt");
    expect(autumn.requests()).toEqual([]);
  });

  it("are refused themselves where they would guard nothing", async () => {
    const { env } = await emulator();
    const file = (limits: string) =>
      `version: 1\nnamespace: contracts\nlimits: ${limits}\nbalances:\n  - ${JSON.stringify(MONTHLY)}\n`;
    const planned = (text: string, ...args: string[]) =>
      run(["plan", ...args], { cwd: folder({ "balances.yaml": text }), env });
    for (const args of [[], ["--shard", "1/2"], ["--limit-granted", "api_calls=1000000"]]) {
      const { code, stderr } = await planned(file("{ granted: { api_call: 100 } }"), ...args);
      expect(code).toBe(1);
      expect(stderr).toBe(
        "balances.yaml:3:22: error: there is no feature api_call\n  hint: did you mean api_calls?\n",
      );
    }
    const option = await planned(balances([MONTHLY]), "--limit-granted", "API_CALLS=100");
    expect(option).toMatchObject({
      code: 1,
      stderr: "error: there is no feature API_CALLS\n  hint: did you mean api_calls?\n",
    });
    expect((await planned(file("{ granted: { api_calls: 60000, ai_credits: 1 } }"))).code).toBe(0);
  });

  it("refuse too many deletions, in the plan as in the apply, until they are allowed", async () => {
    const autumn = await emulator([{ id: "acme", balances: owned }]);
    const options = { cwd: folder({ "balances.yaml": balances([]) }), env: autumn.env };
    const planned = await run(["plan", "--prune", "--detailed-exitcode"], options);
    expect(planned.stderr).toBe(
      "refused: deletes 20 of 20 rows (100 %), over the limit of 30 %\n  hint: raise limits.delete_percent in the file, or pass --force\n",
    );
    expect(planned.code).toBe(3);
    const applied = await run(["apply", "--prune", "--yes", "--format", "json"], options);
    const document = JSON.parse(applied.stdout);
    expect(describes(document), JSON.stringify(describes.errors)).toBe(true);
    expect(document).toMatchObject({ status: "refused", outcome: null, plan: { summary: { delete: 20 } } });
    expect(document.plan.refusals).toMatchObject([{ code: "too-many-deletes", forcible: true }]);
    expect(applied.code).toBe(3);
    expect(autumn.requests().some(({ path }) => path.includes("delete"))).toBe(false);

    for (const allowing of [["--force"], ["--limit-deletes", "20"], ["--limit-delete-percent", "100"]]) {
      expect((await run(["plan", "--prune", ...allowing], options)).code).toBe(0);
    }
  });

  it("refuse more units than are allowed", async () => {
    const { env } = await emulator();
    const options = { cwd: folder({ "balances.yaml": balances([ONCE, MONTHLY]) }), env };
    const refused = await run(["apply", "--yes", "--limit-granted", "api_calls=40000"], options);
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain("grants 50,000 api_calls more, over the limit of 40,000");
    const allowed = ["--limit-granted", "api_calls=50000", "--limit-granted", "ai_credits=250"];
    expect((await run(["plan", ...allowed], options)).code).toBe(0);
  });

  it("refuse to send the key unencrypted to another machine", async () => {
    const cwd = folder({ "balances.yaml": balances([]) });
    const env = { AUTUMN_SECRET_KEY: "am_sk_test_0123456789", AUTUMN_BASE_URL: "http://autumn.example" };
    const ended = await run(["plan"], { cwd, env });
    await expect(transcript(ended)).toMatchFileSnapshot("golden/refused-plain-http.txt");
  });
});
