// From a file to what it declares, and to nothing to do. The golden files are what people and scripts see.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { describes } from "../report/published-schema.ts";
import { balances, emulator, FLAG, folder, MONTHLY, ONCE, run, transcript } from "./helper.ts";

describe("validate, plan, apply, plan", () => {
  it("tells people what it does, and ends with nothing to do", async () => {
    const { env } = await emulator([
      {
        id: "acme",
        balances: [{ feature_id: "api_calls", included_grant: 500, balance_id: "contracts:old", usage: 20 }],
      },
      { id: "globex" },
    ]);
    const cwd = folder({ "balances.yaml": balances([MONTHLY, FLAG, ONCE]) });
    const verb = async (name: string, ...args: string[]): Promise<void> => {
      const ended = await run(args, { cwd, env });
      await expect(transcript(ended)).toMatchFileSnapshot(`golden/${name}.txt`);
    };
    await verb("validate", "validate");
    await verb("plan-create", "plan", "--detailed-exitcode");
    await verb("apply-create", "apply", "--yes");
    await verb("plan-nothing", "plan", "--detailed-exitcode");
    writeFileSync(
      join(cwd, "balances.yaml"),
      balances([{ ...MONTHLY, included: 60_000 }, FLAG, { ...ONCE, included: 200 }]),
    );
    await verb("plan-change", "plan", "--prune", "--detailed-exitcode");
    await verb("apply-change", "apply", "--prune", "--yes");
    await verb("plan-nothing-left", "plan", "--all-customers", "--detailed-exitcode");
  });

  it("tells machines the same, as documents that follow the published schema", async () => {
    const { env } = await emulator();
    const cwd = folder({ "balances.yaml": balances([MONTHLY, FLAG, ONCE]) });
    const json = async (...args: string[]) => {
      const ended = await run([...args, "--format", "json"], { cwd, env });
      const document = JSON.parse(ended.stdout);
      expect(describes(document), JSON.stringify(describes.errors)).toBe(true);
      return { ...ended, document };
    };
    const validated = await json("validate");
    expect(validated).toMatchObject({
      code: 0,
      stderr: "",
      document: { kind: "validation", valid: true, balances: 3 },
    });
    const planned = await json("plan");
    expect(planned).toMatchObject({
      code: 0,
      stderr: "",
      document: { kind: "plan", summary: { create: 3 } },
    });
    const applied = await json("apply", "--yes");
    expect(applied).toMatchObject({
      code: 0,
      stderr: "",
      document: { status: "applied", plan: { has_changes: true } },
    });
    expect(applied.document.outcome.summary).toEqual({ converged: 3, failed: 0, blocked: 0, not_tried: 0 });
    const again = await json("apply", "--yes");
    expect(again).toMatchObject({ code: 0, document: { status: "nothing_to_do", outcome: null } });
  });

  it("keeps what was used, and grants once, when two apply at once", async () => {
    const autumn = await emulator();
    const { env } = autumn;
    const cwd = folder({ "balances.yaml": balances([MONTHLY, ONCE]) });
    const both = await Promise.all([
      run(["apply", "--yes"], { cwd, env }),
      run(["apply", "--yes"], { cwd, env }),
    ]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    const { document } = await run(["plan", "--format", "json"], { cwd, env }).then(({ stdout }) => ({
      document: JSON.parse(stdout),
    }));
    expect(document).toMatchObject({ owned_rows: 2, unchanged: 2, has_changes: false });
  });
});

describe("what only the server knows", () => {
  it("is said at the line of the entry", async () => {
    const { env } = await emulator();
    const cwd = folder({
      "balances.yaml": balances([
        { ...MONTHLY, feature_id: "api_call" },
        { ...ONCE, customer_id: "glubex" },
      ]),
    });
    const ended = await run(["plan"], { cwd, env });
    await expect(transcript(ended)).toMatchFileSnapshot("golden/plan-unknown-feature.txt");
    const asJson = await run(["plan", "--format", "json"], { cwd, env });
    const document = JSON.parse(asJson.stdout);
    expect(describes(document), JSON.stringify(describes.errors)).toBe(true);
    expect(document).toMatchObject({ kind: "error", problems: [{ code: "unknown-feature" }] });
    expect(asJson.code).toBe(1);
  });
});

describe("a file that is wrong", () => {
  const files = { "balances.yaml": "version: 1\nnamespace: contracts\nbalances:\n  - custmer_id: acme\n" };

  it("is explained, with every complaint", async () => {
    const ended = await run(["validate"], { cwd: folder(files) });
    await expect(transcript(ended)).toMatchFileSnapshot("golden/validate-wrong.txt");
  });

  it("is explained to machines", async () => {
    const { code, stdout } = await run(["validate", "--format", "json"], { cwd: folder(files) });
    const document = JSON.parse(stdout);
    expect(describes(document), JSON.stringify(describes.errors)).toBe(true);
    expect({ code, ...document }).toMatchObject({ code: 1, kind: "validation", valid: false });
    expect(document.problems[0].place).toMatchObject({ file: "balances.yaml", line: 4 });
  });
});
