// Ids that would act on a terminal, from a server that does not mind them.
import { describe, expect, it } from "vitest";
import { has } from "../support/has.ts";
import { balances, emulator, folder, onTerminal, run } from "./helper.ts";

const HOSTILE = [
  "\u001b[2J\u001b]0;pwned\u0007",
  "\u202egnp.exe",
  "::error::pwned",
  "##[error]pwned",
  "x".repeat(5_000),
];

const customers = HOSTILE.map((id, n) => ({
  id,
  balances: [{ feature_id: "api_calls", included_grant: 10, balance_id: `contracts:${n}${id}` }],
}));

describe("hostile ids", () => {
  it("are shown as what they are", async () => {
    const { env } = await emulator(customers);
    const cwd = folder({ "balances.yaml": balances([]) });
    for (const args of [
      ["plan", "--prune"],
      ["plan", "--all-customers"],
      ["apply", "--prune", "--yes", "--log-level", "debug"],
    ]) {
      const { code, stdout, stderr } = await run(args, { cwd, env });
      expect(code).toBe(0);
      expect(stdout + stderr).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]|^\s*::|##\[/mu);
      expect(stdout).toContain("\\u{1b}[2J");
      expect(stdout).toMatch(/x{99,100}…x{99,100}/);
    }
  });

  it("come out of the JSON as they went in, and do nothing on the way", async () => {
    const { env } = await emulator(customers);
    const cwd = folder({ "balances.yaml": balances([]) });
    const { stdout } = await run(["plan", "--prune", "--format", "json"], { cwd, env });
    expect(stdout).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
    const ids = JSON.parse(stdout).changes.map((change: { customer_id: string }) => change.customer_id);
    expect(ids).toEqual([...HOSTILE].sort());
  });

  it.skipIf(!has("python3"))("do nothing in the line that changes", async () => {
    const { env } = await emulator(customers, { latencyMs: 50 });
    const cwd = folder({ "balances.yaml": balances([]) });
    const { stdout } = await onTerminal(["apply", "--prune", "--yes"], [], { cwd, env });
    expect(stdout).not.toContain("\u001b[2J");
    expect(stdout).not.toContain("\u0007");
  });
});
