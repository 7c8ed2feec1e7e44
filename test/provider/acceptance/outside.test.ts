// What happens to a balance outside of Terraform: changed, used, used up, ended, removed, a month passing.
import { describe, expect, it } from "vitest";
import { hasTerraform, Workspace } from "./terraform.ts";
import { LEVELS, liveRowsOf, rowsOf, send, start, track } from "./world.ts";

const balance = (
  name: string,
  body: string,
  customer = "acme",
): string => `resource "autumn_balance" "${name}" {
  customer_id = "${customer}"
  feature_id  = "api_calls"
  balance_id  = "${name}"
  ${body}
}
`;

const MONTHLY = 'reset = { interval = "month" }';

describe.skipIf(!hasTerraform).each(LEVELS)("outside of Terraform, server of %s", (level) => {
  it("sees changes and removals, and heals them", async () => {
    const emulator = await start(level);
    const configuration =
      balance("grant", "included = 100") +
      balance("monthly", `included = 100\n${MONTHLY}`) +
      balance("gone", "included = 1");
    const workspace = await Workspace.with(emulator, configuration);
    await workspace.apply();
    const target = { customer_id: "acme", feature_id: "api_calls" };
    const update = (balance_id: string, included: number, by: number) =>
      send(emulator, "POST", "balances.update", {
        ...target,
        balance_id,
        included_grant: included,
        add_to_balance: by,
      });
    await update("terraform:grant", 70, -30);
    await update("terraform:monthly", 150, 50);
    await send(emulator, "POST", "balances.delete", { ...target, balance_id: "terraform:gone" });
    const drift = await workspace.plan();
    expect(drift.output).toMatch(/~ included\s+= 70 -> 100/);
    expect(drift.output).toMatch(/~ included\s+= 150 -> 100/);
    // It leads back to the grant given at creation, so an update lasts.
    expect(drift.output).not.toMatch(/~ remote_id/);
    expect(drift.output).toContain("1 to add, 2 to change, 0 to destroy");
    // With the same grant it would be waited for, as the same creation was made before.
    const healed = configuration.replace("included = 1\n", "included = 2\n");
    workspace.write(healed);
    await workspace.apply();
    expect((await workspace.plan()).code).toBe(0);

    // Somebody else has raised it to what is declared from now on; a reset would take that back.
    await update("terraform:monthly", 150, 50);
    const raised = healed.replace(`included = 100\n${MONTHLY}`, `included = 150\n${MONTHLY}`);
    workspace.write(raised);
    const plan = await workspace.plan();
    expect(plan.output).toContain("terraform:monthly has work left to do");
    expect(plan.output).toMatch(/remote_id\s+= "terraform:monthly" -> \(known after apply\)/);
    await workspace.apply();
    expect((await workspace.plan()).code).toBe(0);
    expect(await rowsOf(emulator, "acme")).toContainEqual(
      expect.objectContaining({ id: "terraform:monthly~2", grant: 150, creationGrant: 150 }),
    );
  });

  it("keeps usage when a monthly grant is raised, and the raise when a month has passed", async () => {
    const emulator = await start(level);
    const workspace = await Workspace.with(emulator, balance("calls", `included = 100\n${MONTHLY}`));
    await workspace.apply();
    await track(emulator, { customer_id: "acme", feature_id: "api_calls", value: 30 });
    const [before] = await rowsOf(emulator, "acme");
    workspace.write(balance("calls", `included = 150\n${MONTHLY}`));
    await workspace.apply();
    expect(await liveRowsOf(emulator, "acme")).toEqual([
      expect.objectContaining({
        id: "terraform:calls~2",
        grant: 150,
        usage: 30,
        resetsAt: before?.resetsAt,
      }),
    ]);
    expect((await workspace.plan()).code).toBe(0);
    emulator.advance({ months: 1 });
    const later = await workspace.plan();
    expect(later.code, later.output).toBe(0);
    expect(await liveRowsOf(emulator, "acme")).toEqual([expect.objectContaining({ grant: 150, usage: 0 })]);
    const { output } = await workspace.apply("-refresh-only");
    expect(output).toContain("No changes");
  });

  it("refuses to cut below what is used, unless it is told to", async () => {
    const emulator = await start(level);
    const workspace = await Workspace.with(emulator, balance("calls", "included = 100"));
    await workspace.apply();
    await track(emulator, { customer_id: "acme", feature_id: "api_calls", value: 60 });
    workspace.write(balance("calls", "included = 50"));
    const error = await workspace.planError();
    expect(error).toContain("terraform:calls would be cut below what is used");
    expect(error).toMatch(
      /on main.tf line \d+, in resource "autumn_balance" "calls":\n\s*\d+:\s+included = 50/,
    );
    workspace.write(`provider "autumn" {\n  force = true\n}\n${balance("calls", "included = 50")}`);
    await workspace.apply();
    expect(await rowsOf(emulator, "acme")).toEqual([expect.objectContaining({ grant: 50, usage: 60 })]);
  });

  it("does not take what is used up or over for gone, and destroys it when that can be done", async () => {
    const emulator = await start(level);
    const soon = new Date(emulator.now() + 5 * 86_400_000).toISOString();
    const configuration =
      balance("monthly", `included = 10\n${MONTHLY}`) +
      balance("once", "included = 10", "globex") +
      balance("ending", `included = 10\n  entity_id = "seat_1"\n  expires_at = "${soon}"`);
    const workspace = await Workspace.with(emulator, configuration);
    await workspace.apply();
    await track(emulator, { customer_id: "acme", feature_id: "api_calls", value: 10 });
    await track(emulator, { customer_id: "globex", feature_id: "api_calls", value: 10 });
    emulator.advance({ days: 6 });
    const rows = await rowsOf(emulator, "acme");
    expect(rows.map(({ id, usage }) => [id, usage])).toContainEqual(["terraform:monthly", 10]);
    const plan = await workspace.plan();
    expect(plan.code, plan.output).toBe(0);
    const requests = emulator.requests().length;
    const refused = await workspace.destroy();
    expect(refused.code).toBe(1);
    expect(refused.output).toContain("terraform:monthly cannot be changed now");
    expect(refused.output).toMatch(/It can be done after\s20\d\d-/);
    const writes = emulator
      .requests()
      .slice(requests)
      .filter(({ path }) => /create|update|delete/.test(path));
    expect(writes).toEqual([]);
    emulator.advance({ months: 1 });
    const destroyed = await workspace.destroy();
    expect(destroyed.code, destroyed.output).toBe(0);
    expect(destroyed.output).toContain("terraform:once is removed from the state");
    expect(destroyed.output).toContain("terraform:ending is removed from the state");
    expect((await rowsOf(emulator, "acme")).map(({ id }) => id)).toEqual(["terraform:ending"]);
    expect((await rowsOf(emulator, "globex")).map(({ id }) => id)).toEqual(["terraform:once"]);
  });
});
