// On a terminal: questions, a line that changes, colours. Off it: none of that.
import { describe, expect, it } from "vitest";
import { has } from "../support/has.ts";
import { balances, emulator, folder, MONTHLY, ONCE, onTerminal, run, shell } from "./helper.ts";

const ESCAPE = "\u001b";
const files = { "balances.yaml": balances([ONCE, MONTHLY]) };

describe.skipIf(!has("python3"))("a question", () => {
  it("is answered with yes", async () => {
    const autumn = await emulator();
    const ended = await onTerminal(["apply"], [["Type yes: ", "yes\n"]], {
      cwd: folder(files),
      env: autumn.env,
    });
    expect(ended.stdout).toContain("Apply these changes? Type yes: ");
    expect(ended.stdout).toContain("Applied: 2 created.");
    expect(ended.code).toBe(0);
  });

  it.each([["y\n"], ["\n"], ["\u0004"]])("takes %j for a no, and changes nothing", async (typed) => {
    const autumn = await emulator();
    const ended = await onTerminal(["apply"], [["Type yes: ", typed]], {
      cwd: folder(files),
      env: autumn.env,
    });
    expect(ended.stdout).toContain("Nothing was changed.");
    expect(ended.code).toBe(1);
    expect(autumn.requests().some(({ path }) => path.includes("create"))).toBe(false);
  });

  it("is left with ^C", async () => {
    const autumn = await emulator();
    const ended = await onTerminal(["apply"], [["Type yes: ", "\u0003"]], {
      cwd: folder(files),
      env: autumn.env,
    });
    expect(ended.stdout).toContain("stopped; nothing was changed");
    expect(ended.code).toBe(130);
  });

  it("says so when it is about the live environment", async () => {
    const autumn = await emulator(undefined, { key: "am_sk_live_emulator" });
    const ended = await onTerminal(["apply"], [["Type yes: ", "no\n"]], {
      cwd: folder(files),
      env: autumn.env,
    });
    expect(ended.stdout).toContain("Apply these changes to the LIVE environment?");
  });

  it("is not asked with --yes, nor when there is nothing to do, nor in CI", async () => {
    const { env } = await emulator();
    const options = { cwd: folder(files), env };
    expect((await onTerminal(["apply"], [], { ...options, env: { ...env, CI: "true" } })).code).toBe(3);
    expect(await onTerminal(["apply", "--yes"], [], options)).toMatchObject({ code: 0 });
    const nothing = await onTerminal(["apply"], [], options);
    expect(nothing.stdout).not.toContain("Type yes");
    expect(nothing.code).toBe(0);
  });

  it("shows what it asks for, even when stdout is for JSON", async () => {
    const { env } = await emulator();
    const command = ["apply", "--format", "json"];
    const ended = await onTerminal(command, [["Type yes: ", "yes\n"]], { cwd: folder(files), env });
    expect(ended.stdout).toMatch(/2 to create[\s\S]*Type yes: [\s\S]*"status": "applied"/);
  });
});

describe("progress", () => {
  it.skipIf(!has("python3"))("is a line that changes and leaves nothing behind", async () => {
    const { env } = await emulator(undefined, { latencyMs: 60 });
    const ended = await onTerminal(["apply", "--yes"], [], { cwd: folder(files), env });
    expect(ended.stdout).toContain(`\r${ESCAPE}[2KApplying: `);
    expect(ended.stdout.split(`${ESCAPE}[2K`).at(-1)).toMatch(/^[\s\S]*Applied: 2 created\./);
  });

  it("is silent elsewhere while it is quick", async () => {
    const { env } = await emulator();
    expect((await run(["apply", "--yes"], { cwd: folder(files), env })).stderr).toBe("");
  });
});

describe.skipIf(!has("python3"))("colours", () => {
  it("are for terminals", async () => {
    const { env } = await emulator();
    const options = { cwd: folder(files), env };
    expect((await onTerminal(["plan"], [], options)).stdout).toContain(`${ESCAPE}[32m`);
    expect((await run(["plan"], options)).stdout).not.toContain(ESCAPE);
  });

  it.each([
    ["NO_COLOR", [], { NO_COLOR: "1" }],
    ["--no-color", ["--no-color"], {}],
    ["--no-color before FORCE_COLOR", ["--no-color"], { FORCE_COLOR: "1" }],
    ["a dumb terminal", [], { TERM: "dumb" }],
  ])("are left out with %s", async (_, args, variables) => {
    const { env } = await emulator();
    const plan = ["plan", "--log-level", "error", ...args];
    const ended = await onTerminal(plan, [], { cwd: folder(files), env: { ...env, ...variables } });
    expect(ended.stdout).toContain("2 to create");
    expect(ended.stdout).not.toContain(ESCAPE);
  });

  it("can be had elsewhere with FORCE_COLOR", async () => {
    const { env } = await emulator();
    const ended = await run(["plan"], { cwd: folder(files), env: { ...env, FORCE_COLOR: "1" } });
    expect(ended.stdout).toContain(`${ESCAPE}[32m`);
  });
});

describe.skipIf(!has("bash"))("a reader that has seen enough", () => {
  it("gets no complaint, and what was begun is finished", async () => {
    // So many that the text does not fit into the pipe, and writing it fails.
    const customers = Array.from({ length: 90 }, (_, n) => ({ id: `customer_${n}` }));
    const autumn = await emulator(customers);
    const entries = customers.map(({ id }) => ({ ...ONCE, customer_id: id }));
    const cwd = folder({ "balances.yaml": balances(entries) });
    const planned = await shell("autumn-balances plan --format json | head -1", { cwd, env: autumn.env });
    expect(planned).toEqual({ code: 0, stdout: "{\n", stderr: "" });
    const flags = "--yes --rate 1000 --concurrency 50 --format json";
    const applied = await shell(`autumn-balances apply ${flags} | head -c 10`, { cwd, env: autumn.env });
    expect(applied).toMatchObject({ code: 0, stderr: "" });
    const { stdout } = await run(["plan", "--format", "json"], { cwd, env: autumn.env });
    expect(JSON.parse(stdout)).toMatchObject({ unchanged: 90, has_changes: false });
  });
});
