// drift --who, where the server has a log and where it has none.
import { describe, expect, it } from "vitest";
import { describes, validates } from "../report/published-schema.ts";
import { balances, emulator, folder, MONTHLY, ONCE, run, steady } from "./helper.ts";

async function drifted(level: "2026-08" | "2026-10") {
  const autumn = await emulator(undefined, { level });
  const cwd = folder({ "balances.yaml": balances([MONTHLY, ONCE]) });
  const applied = await run(["apply", "--yes"], { cwd, env: autumn.env });
  if (applied.code !== 0) throw new Error(applied.stderr);
  const update = (headers: Record<string, string>, body: object) =>
    autumn.fetch(`${autumn.url}/v1/balances.update`, {
      method: "POST",
      headers: { authorization: `Bearer ${autumn.key}`, "content-type": "application/json", ...headers },
      body: JSON.stringify({ customer_id: "acme", feature_id: "api_calls", ...body }),
    });
  return { autumn, update, drift: (...args: string[]) => run(["drift", ...args], { cwd, env: autumn.env }) };
}

const BENT = { balance_id: "contracts:api_calls", included_grant: 60_000 };

describe("drift --who", () => {
  it("tells person or key, time, and what was sent", async () => {
    const { update, drift } = await drifted("2026-10");
    expect((await update({ "x-emulator-user": "sales@example.com" }, BENT)).status).toBe(200);
    const { code, stdout } = await drift("--who");
    expect(code).toBe(2);
    expect(steady(stdout)).toContain(
      'by sales@example.com, MOMENT: balances.update {"balance_id":"contracts:api_calls","included_grant":60000}',
    );
    expect(stdout).toContain("Autumn's log has the last 7 days.");
    const { stdout: json } = await drift("--who", "--format", "json");
    const document = JSON.parse(json);
    expect(describes(document), JSON.stringify(describes.errors)).toBe(true);
    expect(document).toMatchObject({
      log: { status: "read", is_cut: false },
      differences: [
        { who: [{ user_email: "sales@example.com", path: "/v1/balances.update" }, expect.anything()] },
      ],
    });
    // Without the option nothing of it is read or said.
    expect((await drift()).stdout).not.toContain("sales@example.com");
    expect(JSON.parse((await drift("--format", "json")).stdout).log).toBeUndefined();
  });

  it("names a key where nobody was logged in, and leaves out what failed and what is of others", async () => {
    const { update, drift } = await drifted("2026-10");
    await update({ "x-emulator-user": "failed@example.com" }, { ...BENT, balance_id: "nothing" });
    await update({ "x-emulator-user": "other@example.com" }, { ...BENT, customer_id: "globex" });
    await update({}, BENT);
    const { stdout } = await drift("--who");
    expect(stdout).toContain("by a secret key, ");
    expect(stdout).not.toContain("example.com");
  });

  it("says that the log gave no more than its newest rows, and that it knows nothing older", async () => {
    const { autumn, update, drift } = await drifted("2026-10");
    await update({ "x-emulator-user": "sales@example.com" }, BENT);
    for (let n = 0; n < 200; n++) {
      const headers = { authorization: `Bearer ${autumn.key}` };
      await autumn.fetch(`${autumn.url}/v1/features.list`, { method: "POST", headers, body: "{}" });
    }
    const cut = (await drift("--who")).stdout;
    expect(cut).toContain("gave its newest 200 requests only");
    expect(cut).toContain("the log has no request that could have made this");
    autumn.advance({ days: 8 });
    expect((await drift("--who")).stdout).toContain("the log has no request that could have made this");
  });

  it("says that there is no log on servers without one, and finds the same drift", async () => {
    const { update, drift } = await drifted("2026-08");
    await update({ "x-emulator-user": "sales@example.com" }, BENT);
    const { code, stdout } = await drift("--who");
    expect(code).toBe(2);
    expect(stdout).toContain("Who did it is not known: this server has no logs.search.");
    const document = JSON.parse((await drift("--who", "--format", "json")).stdout);
    expect(validates(document)).toBe(true);
    expect(document.log).toMatchObject({ status: "none" });
  });

  it("writes what a log hides", async () => {
    const { update, drift } = await drifted("2026-10");
    await update({ "x-emulator-user": "a@b.c" }, { ...BENT, note: "\u001b[31m\u202e##[error]" });
    const { stdout } = await drift("--who");
    expect(stdout).not.toMatch(/[\u001b\u202e]|##\[error/);
  });
});
