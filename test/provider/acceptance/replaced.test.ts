// Balances that a successor takes over from: what the plan says of it, what stays as history, and what comes after.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { run } from "../../cli/helper.ts";
import { temporary } from "../protocol/temporary.ts";
import { hasTerraform, Workspace } from "./terraform.ts";
import { LEVELS, listen, liveRowsOf, rowsOf, send, start, track } from "./world.ts";

const balance = (included: number, rest = ""): string => `resource "autumn_balance" "a" {
  customer_id = "acme"
  feature_id  = "api_calls"
  included    = ${included}
  ${rest}
}
`;
const MONTHLY = 'reset = { interval = "month" }';

/** As one line, since Terraform breaks lines where it likes. */
const flat = (output: string): string => output.replaceAll(/\s+/g, " ");

describe.skipIf(!hasTerraform).each(LEVELS)("replaced, server of %s", (level) => {
  it("says once what happens, and nothing when it is updated in place", async () => {
    const emulator = await start(level);
    const workspace = await Workspace.with(emulator, balance(100, MONTHLY));
    await workspace.apply();
    await track(emulator, { customer_id: "acme", feature_id: "api_calls", value: 30 });
    workspace.write(balance(150, MONTHLY));
    const plan = flat((await workspace.plan()).output);
    expect(plan).toContain("Warning: api_calls of acme is replaced");
    expect(plan).toMatch(
      /30 used stay used\. The next reset stays 20\d\d-\S+Z\. For some seconds, up to 220 can be used\. terraform:api_calls~2 takes over, and terraform:api_calls ends\./,
    );
    expect(plan.match(/is replaced/g)).toHaveLength(1);
    await workspace.apply();
    expect(await liveRowsOf(emulator, "acme")).toEqual([
      expect.objectContaining({ id: "terraform:api_calls~2", grant: 150, usage: 30 }),
    ]);
    // The row before stays as history, with what was used of it.
    expect(await rowsOf(emulator, "acme")).toContainEqual(
      expect.objectContaining({ id: "terraform:api_calls", grant: 100, usage: 30 }),
    );
    const empty = await workspace.plan();
    expect(empty.code, empty.output).toBe(0);

    workspace.write(balance(150, `${MONTHLY}\n  next_reset_at = "2030-01-15T00:00:00Z"`));
    expect((await workspace.plan()).output).not.toContain("Warning");

    // Destroyed and declared again, it goes on from what is left of it.
    expect((await workspace.destroy()).code).toBe(0);
    workspace.write(balance(150, MONTHLY));
    const again = flat((await workspace.apply()).output);
    expect(again).toContain("Warning: acme had the balance terraform:api_calls~2, which has ended");
    expect(again).toMatch(
      /30 used stay used\. .*To grant anew, with nothing used, give it another balance_id\./,
    );
    expect(await liveRowsOf(emulator, "acme")).toEqual([
      expect.objectContaining({ id: "terraform:api_calls~3", grant: 150, usage: 30 }),
    ]);
    expect((await workspace.plan()).code).toBe(0);
  });

  it("leaves no work for ever when a used-up grant was raised and something is given back", async () => {
    const emulator = await start(level);
    const workspace = await Workspace.with(emulator, balance(100));
    await workspace.apply();
    await track(emulator, { customer_id: "acme", feature_id: "api_calls", value: 100 });
    workspace.write(balance(150));
    await workspace.apply();
    await track(emulator, { customer_id: "acme", feature_id: "api_calls", value: -10 });
    const requests = listen(emulator);
    const plan = await workspace.plan();
    expect(plan.code, plan.output).toBe(0);
    expect(plan.output).not.toContain("Warning");
    await workspace.apply();
    expect(requests().filter((route) => /balances\.(create|update|delete)$/.test(route))).toEqual([]);
    expect(await rowsOf(emulator, "acme")).toContainEqual(
      expect.objectContaining({ id: "terraform:api_calls~2", grant: 150, usage: 90 }),
    );
  });
});

describe.skipIf(!hasTerraform)("a balance", () => {
  it("is granted and destroyed again and again, without a wait for a key of before", async () => {
    const emulator = await start("2026-10");
    const workspace = await Workspace.with(emulator, balance(100));
    for (let time = 1; time <= 5; time++) {
      expect((await workspace.apply()).output).toContain("1 added");
      expect(await liveRowsOf(emulator, "acme")).toEqual([expect.objectContaining({ grant: 100, usage: 0 })]);
      const destroyed = await workspace.destroy();
      expect(destroyed.code, destroyed.output).toBe(0);
      expect(await liveRowsOf(emulator, "acme")).toEqual([]);
    }
  });

  it("that is too old to be deleted is ended when it is destroyed", async () => {
    const emulator = await start("2026-10");
    const workspace = await Workspace.with(emulator, balance(100));
    await workspace.apply();
    // A call finds the newest 30 rows of a customer.
    for (let n = 1; n <= 33; n++) {
      emulator.advance(1000);
      await send(emulator, "POST", "balances.create", {
        ...{ customer_id: "acme", feature_id: "storage", balance_id: `other${n}`, included_grant: 1 },
      });
    }
    const destroyed = await workspace.destroy();
    expect(destroyed.code, destroyed.output).toBe(0);
    expect(destroyed.output).toContain("1 destroyed");
    const rows = await rowsOf(emulator, "acme");
    const ours = rows.find(({ id }) => id === "terraform:api_calls");
    expect(ours?.expiresAt).not.toBeNull();
    expect(rows.filter(({ expiresAt }) => expiresAt === null)).toHaveLength(33);
  });

  it("is one row, with its usage, after two Terraforms and the command line were at it at once", async () => {
    const emulator = await start("2026-10");
    const workspaces = [
      await Workspace.with(emulator, balance(100, MONTHLY)),
      await Workspace.with(emulator, balance(100, MONTHLY)),
    ] as const;
    const folder = temporary("beside-");
    const write = (included: number) =>
      writeFileSync(
        join(folder, "balances.yaml"),
        `version: 1\nnamespace: terraform\nbalances:\n  - { customer_id: acme, feature_id: api_calls, included: ${included}, reset: { interval: month } }\n`,
      );
    const env = { AUTUMN_SECRET_KEY: emulator.key, AUTUMN_BASE_URL: emulator.url };
    const commandLine = () => run(["apply", "--yes"], { cwd: folder, env });
    const all = () =>
      Promise.all([...workspaces.map((workspace) => workspace.run("apply", "-auto-approve")), commandLine()]);
    write(100);
    await all();
    expect(await rowsOf(emulator, "acme")).toEqual([
      expect.objectContaining({ id: "terraform:api_calls", grant: 100 }),
    ]);
    await send(emulator, "POST", "balances.track", {
      ...{ customer_id: "acme", feature_id: "api_calls", value: 30 },
    });

    write(150);
    for (const workspace of workspaces) workspace.write(balance(150, MONTHLY));
    await all();
    // Whoever found it changed since its plan was made says so, and has nothing left to do.
    for (const workspace of workspaces) await workspace.apply();
    expect(await liveRowsOf(emulator, "acme")).toEqual([
      expect.objectContaining({ id: "terraform:api_calls~2", grant: 150, usage: 30 }),
    ]);
    for (const workspace of workspaces) {
      const plan = await workspace.plan();
      expect(plan.code, plan.output).toBe(0);
    }
    expect((await run(["plan", "--detailed-exitcode"], { cwd: folder, env })).code).toBe(0);
  });
});

describe.skipIf(!hasTerraform)("ten balances of one customer", () => {
  const ten = (included: number): string => `resource "autumn_balance" "ten" {
  count       = 10
  customer_id = "acme"
  feature_id  = "api_calls"
  balance_id  = "b\${count.index}"
  included    = ${included}
}
`;

  it("take the customer once, not each of them", async () => {
    const emulator = await start("2026-10");
    const workspace = await Workspace.with(emulator, ten(100));
    const keys = () =>
      emulator
        .requests()
        .filter(({ path, headers }) => path === "/v1/customers.get" && "idempotency-key" in headers).length;
    await workspace.apply();
    expect(keys()).toBeLessThanOrEqual(8);
    workspace.write(ten(110));
    emulator.clearRequests();
    await workspace.apply();
    expect(keys()).toBeLessThanOrEqual(10);
    expect((await liveRowsOf(emulator, "acme")).map(({ grant }) => grant)).toEqual(Array(10).fill(110));
  });
});
