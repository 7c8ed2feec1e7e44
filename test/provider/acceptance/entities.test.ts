// Balances of entities on servers that show no entity's name beside a row; and amounts, ids and texts as people have
// them. One configuration after the other, in one folder.
import { describe, expect, it } from "vitest";
import { hasTerraform, Workspace } from "./terraform.ts";
import { LEVELS, rowsOf, send, start, track } from "./world.ts";

const SEATS = `
# A seat that is known by an email address, as many are.
resource "autumn_balance" "seat" {
  customer_id = "acme"
  feature_id  = "api_calls"
  entity_id   = "jane@example.com"
  included    = 10
}
# One of a seat under a name of its own.
resource "autumn_balance" "bonus" {
  customer_id = "acme"
  feature_id  = "api_calls"
  entity_id   = "seat_1"
  balance_id  = "bonus"
  included    = 10
}
`;

const AMOUNTS = `
resource "autumn_balance" "third" {
  customer_id = "globex"
  feature_id  = "api_calls"
  included    = 1000 / 3
  reset       = { interval = "month" }
  rollover    = { max = 1000 / 7, duration = "month" }
}
resource "autumn_balance" "share" {
  customer_id = "globex"
  feature_id  = "storage"
  included    = 0.9990000000000001
}
`;

describe.skipIf(!hasTerraform)("the first steps of a configuration", () => {
  it.each(LEVELS)("keep entities, amounts and ids as they are (%s)", async (level) => {
    const emulator = await start(level);
    const entity = { customer_id: "acme", entity_id: "jane@example.com", feature_id: "seats", name: "Jane" };
    await send(emulator, "POST", "entities.create", entity);
    const grant = (entity_id: string | undefined, balance_id: string) =>
      send(emulator, "POST", "balances.create", {
        ...{ customer_id: "acme", feature_id: "api_calls", included_grant: 10, entity_id, balance_id },
      });
    await grant("jane@example.com", "terraform:api_calls@jane@example.com");
    await grant("seat_1", "terraform:bonus");
    await grant(undefined, "of-all");
    const use = (entity_id: string, value: number) =>
      track(emulator, { customer_id: "acme", feature_id: "api_calls", entity_id, value });
    await use("seat_1", 4);
    await use("jane@example.com", 3);
    const before = await rowsOf(emulator, "acme");

    const data = `data "autumn_balances" "acme" {\n  customer_id = "acme"\n}
output "whole" {\n  value = [for b in data.autumn_balances.acme.balances : b.balance_id if b.entity_id == null]\n}
output "held" {\n  value = sort([for b in data.autumn_balances.acme.balances : b.entity_id if b.entity_id != null])\n}\n`;
    const workspace = await Workspace.with(emulator, SEATS + data);
    await workspace.must("import", "autumn_balance.seat", "acme/api_calls@jane@example.com");
    await workspace.must("import", "autumn_balance.bonus", "acme/bonus");
    const applied = await workspace.apply();
    expect(applied.output).toContain("0 added, 0 changed, 0 destroyed");
    expect(applied.output).toMatch(/held = tolist\(\[\s*"jane@example\.com",\s*"seat_1",\s*\]\)/);
    expect(applied.output).toMatch(/whole = \[\s*"of-all",\s*\]/);
    expect((await workspace.plan()).code).toBe(0);
    expect(await rowsOf(emulator, "acme")).toEqual(before);
    const missing = await workspace.run("import", "autumn_balance.other", "acme/no-such");
    expect(missing.code).toBe(1);
    workspace.write(`${SEATS}import {\n  to = autumn_balance.x\n  id = "acme/no-such"\n}\n`);
    expect(await workspace.planError("-generate-config-out=x.tf")).toContain(
      "Error: acme has no balance no-such",
    );

    // A third of a thousand has more digits than the server keeps.
    workspace.write(SEATS + AMOUNTS);
    expect((await workspace.apply()).output).toContain("2 added, 0 changed, 0 destroyed");
    for (let round = 0; round < 2; round++) {
      const plan = await workspace.plan();
      expect(plan.code, plan.output).toBe(0);
      expect((await workspace.apply()).output).toContain("0 added, 0 changed, 0 destroyed");
    }

    // What a server says is shown, and does nothing to the terminal.
    emulator.seed({ features: [{ id: "red\u001b[31m", type: "metered", consumable: true }] });
    workspace.write(
      `${SEATS}${AMOUNTS}${AMOUNTS.replace(/third|share/g, "$&_x").replaceAll("storage", "reb")}`,
    );
    const shown = await workspace.planError();
    expect(shown).toContain("red\\u{1b}[31m");
    expect(shown).not.toContain("\u001b");

    // A configuration that is refused keeps nobody from destroying what is there.
    workspace.write(SEATS.replaceAll("= 10", "= 2"));
    const kept = await workspace.destroy();
    expect(kept.code).toBe(1);
    expect(kept.output.replaceAll(/\s+/g, " ")).toContain("terraform destroy -refresh=false");
    expect((await workspace.destroy("-refresh=false")).output).toContain("4 destroyed");
    expect(await workspace.state()).toEqual({});
    expect((await rowsOf(emulator, "acme")).map(({ id }) => id)).toEqual(["of-all"]);
  });
});
