// export: what customers have, as a spreadsheet that can be imported again.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { balances, emulator, folder, MONTHLY, run } from "./helper.ts";

it("leaves out what has ended or was replaced, so that it can be imported again", async () => {
  const autumn = await emulator([{ id: "acme" }], { level: "2026-10" });
  const call = (path: string, body: object): Promise<Response> =>
    autumn.fetch(`${autumn.url}/v1/${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${autumn.key}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const credits = {
    customer_id: "acme",
    feature_id: "ai_credits",
    included: 100,
    reset: { interval: "year" },
  };
  const cwd = folder({ "balances.yaml": balances([MONTHLY, credits]) });
  const options = { cwd, env: autumn.env };
  const first = await run(["apply", "--yes"], options);
  expect(first.code, first.stderr).toBe(0);
  await call("balances.track", { customer_id: "acme", feature_id: "api_calls", value: 30 });
  await call("balances.track", { customer_id: "acme", feature_id: "ai_credits", value: 100 });
  // By then it is stored.
  autumn.advance(2_000);
  const over = { customer_id: "acme", feature_id: "ai_credits", included_grant: 5, balance_id: "trial" };
  await call("balances.create", { ...over, expires_at: Date.now() + 2_100 });
  const raised = [
    { ...MONTHLY, included: 60_000 },
    { ...credits, included: 150 },
  ];
  writeFileSync(join(cwd, "balances.yaml"), balances(raised));
  const applied = await run(["apply", "--yes"], options);
  expect(applied.code, applied.stderr).toBe(0);

  const exported = await run(["export", "--csv", "--customer", "acme"], options);
  const lines = exported.stdout.split("\r\n");
  expect(lines.map((line) => line.split(",").filter((_, n) => [3, 4, 6, 12].includes(n)))).toEqual([
    ["id", "included", "used", "balance_id"],
    ["api_calls", "60000", "30", "contracts:api_calls~2"],
    ["ai_credits", "150", "100", "contracts:ai_credits~2"],
    [],
  ]);
});
