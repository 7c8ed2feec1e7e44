// What Terraform's language does with balances: import, adoption, for_each, moved, removed, lifecycle, tests.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hasTerraform, Workspace } from "./terraform.ts";
import { LEVELS, listen, rowsOf, send, start, track } from "./world.ts";

const balance = (name: string, body: string, rest = ""): string => `resource "autumn_balance" "${name}" {
  customer_id = "acme"
  feature_id  = "api_calls"
  ${body}
  ${rest}
}
`;

const WRITES = /balances\.(create|update|delete)$/;

describe.skipIf(!hasTerraform).each(LEVELS)("importing, server of %s", (level) => {
  it("generates a configuration that leaves nothing to do, for rows of all owners", async () => {
    const emulator = await start(level);
    emulator.seed({
      customers: [
        { id: "a/b", balances: [{ feature_id: "api_calls", balance_id: "x/y", included_grant: 5 }] },
        {
          id: "acme",
          balances: [
            { feature_id: "api_calls", balance_id: "bonus", included_grant: 500, usage: 30 },
            { feature_id: "storage", balance_id: "disk", unlimited: true },
            {
              feature_id: "api_calls",
              balance_id: "terraform:mine",
              included_grant: 10,
              reset: { interval: "week", interval_count: 2 },
            },
            { feature_id: "sso", balance_id: "login" },
            {
              feature_id: "api_calls",
              entity_id: "seat_2",
              balance_id: "seat",
              included_grant: 0.5,
              expires_at: "2031-01-31T00:00:00.500Z",
            },
            { feature_id: "api_calls", included_grant: 7 },
          ],
        },
      ],
    });
    const nameless = (await send(emulator, "GET", "balances/list?customer_id=acme")) as {
      balances: { id: string; external_id: string | null }[];
    };
    const internal = nameless.balances.find(({ external_id: id }) => id === null)?.id;
    const ids = [
      "acme/bonus",
      "acme/disk",
      "acme/mine",
      "acme/login",
      JSON.stringify({ customer_id: "acme", balance_id: "seat", entity_id: "seat_2" }),
      `acme/${internal}`,
      JSON.stringify({ customer_id: "a/b", balance_id: "x/y" }),
    ];
    const imports = ids.map(
      (id, i) => `import {\n  to = autumn_balance.r${i}\n  id = ${JSON.stringify(id)}\n}\n`,
    );
    const workspace = await Workspace.with(emulator, imports.join(""));
    const requests = listen(emulator);
    const plan = await workspace.run("plan", "-generate-config-out=generated.tf");
    expect(plan.code, plan.output).toBe(0);
    expect(plan.output).toContain(`${ids.length} to import, 0 to add, 0 to change, 0 to destroy`);
    await workspace.apply();
    const empty = await workspace.plan();
    expect(empty.code, empty.output).toBe(0);
    expect(requests().filter((route) => WRITES.test(route))).toEqual([]);
    const state = await workspace.state();
    expect(state["autumn_balance.r0"]).toMatchObject({
      remote_id: "bonus",
      balance_id: "bonus",
      included: 500,
    });
    expect(state["autumn_balance.r2"]).toMatchObject({ remote_id: "terraform:mine", id: "acme/mine" });
    expect(state["autumn_balance.r4"]).toMatchObject({ entity_id: "seat_2", included: 0.5 });
    expect(state["autumn_balance.r5"]?.remote_id).toBe(internal);

    const generated = join(workspace.folder, "generated.tf");
    expect(existsSync(generated)).toBe(true);
    const changed = readFileSync(generated, "utf8").replace(/= 500\b/, "= 600");
    workspace.write(changed, "generated.tf");
    await workspace.apply();
    expect((await workspace.plan()).code).toBe(0);
    expect(await rowsOf(emulator, "acme")).toContainEqual(
      expect.objectContaining({ id: "bonus", grant: 600, usage: 30 }),
    );
    workspace.write("", "generated.tf");
    workspace.write("");
    await workspace.apply();
    expect(await rowsOf(emulator, "acme")).toEqual([]);
  });

  it("takes over what is there, or shows how to import it", async () => {
    const emulator = await start(level);
    emulator.seed({
      customers: [
        {
          id: "acme",
          balances: [
            { feature_id: "api_calls", balance_id: "terraform:api_calls", included_grant: 5, usage: 2 },
          ],
        },
      ],
    });
    const strict = `provider "autumn" {\n  on_existing = "error"\n}\n${balance("a", "included = 8")}`;
    const workspace = await Workspace.with(emulator, strict);
    const error = await workspace.planError();
    expect(error).toContain("acme has the balance terraform:api_calls already");
    expect(error.replaceAll(/\s+/g, " ")).toContain("terraform import <address> 'acme/api_calls'");
    workspace.write(balance("a", "included = 8"));
    expect((await workspace.plan()).output.replaceAll(/\s+/g, " ")).toContain(
      "5 granted, of which 2 are used",
    );
    await workspace.apply();
    expect(await rowsOf(emulator, "acme")).toEqual([
      expect.objectContaining({ id: "terraform:api_calls", grant: 8, usage: 2 }),
    ]);
    expect((await workspace.plan()).code).toBe(0);

    const missing = await workspace.run("import", "autumn_balance.b", "acme/nothing");
    expect(missing.output).toContain('resource address "autumn_balance.b" does not exist');
    workspace.write(balance("a", "included = 8") + balance("b", 'included = 8\n  balance_id = "b"'));
    for (const [id, message] of [
      ["acme/nothing", "acme has no balance nothing"],
      ["nobody/nothing", "there is no customer nobody"],
      ["acme", "The import id is not understood"],
    ] as const) {
      const { code, output } = await workspace.run("import", "autumn_balance.b", id);
      expect(code).toBe(1);
      expect(output).toContain(message);
      expect(output).not.toContain("mistake in the provider");
    }
  });
});

describe.skipIf(!hasTerraform)("Terraform's language", () => {
  it("moves, forgets, ignores, protects, and replaces without losing what is used", async () => {
    const emulator = await start("2026-10");
    const workspace = await Workspace.with(emulator, balance("a", "included = 10"));
    await workspace.apply();
    await track(emulator, { customer_id: "acme", feature_id: "api_calls", value: 4 });
    const requests = listen(emulator);
    const kept = { id: "terraform:api_calls", grant: 10, usage: 4 };

    workspace.write(
      `${balance("b", "included = 10")}moved {\n  from = autumn_balance.a\n  to = autumn_balance.b\n}\n`,
    );
    expect((await workspace.apply()).output).toContain("0 added, 0 changed, 0 destroyed");
    workspace.write(balance("b", "included = 99", "lifecycle {\n    ignore_changes = [included]\n  }"));
    expect((await workspace.plan()).code).toBe(0);
    workspace.write(balance("b", "included = 10", "lifecycle {\n    prevent_destroy = true\n  }"));
    expect((await workspace.destroy()).output).toContain("Instance cannot be destroyed");
    workspace.write("removed {\n  from = autumn_balance.b\n  lifecycle {\n    destroy = false\n  }\n}\n");
    await workspace.apply();
    expect(requests().filter((route) => WRITES.test(route))).toEqual([]);
    expect(await rowsOf(emulator, "acme")).toEqual([expect.objectContaining(kept)]);

    // Created before destroyed, a balance is its own successor.
    const lasting = "lifecycle {\n    create_before_destroy = true\n  }";
    workspace.write(balance("c", "included = 10", lasting));
    await workspace.apply();
    const replaced = await workspace.apply("-replace=autumn_balance.c");
    expect(replaced.output).toContain("acme/api_calls stays");
    expect(await rowsOf(emulator, "acme")).toEqual([expect.objectContaining(kept)]);
    expect((await workspace.plan()).code).toBe(0);

    // Under another name it is another balance, which is there before this one goes.
    workspace.write(balance("c", 'included = 10\n  balance_id = "other"', lasting));
    await workspace.apply();
    expect((await rowsOf(emulator, "acme")).map(({ id }) => id)).toEqual(["terraform:other"]);
    expect((await workspace.plan()).code).toBe(0);

    // Destroyed and created, as asked for: granted anew.
    workspace.write(balance("c", 'included = 12\n  balance_id = "other"'));
    await workspace.apply("-replace=autumn_balance.c");
    expect(await rowsOf(emulator, "acme")).toEqual([
      expect.objectContaining({ id: "terraform:other", grant: 12, usage: 0 }),
    ]);
    expect((await workspace.plan()).code).toBe(0);
  });

  it("reads a balances file with for_each, calls functions and data sources, and tests itself", async () => {
    const emulator = await start("2026-10");
    const yaml = `version: 1
namespace: contracts
balances:
  - { customer_id: acme, feature_id: api_calls, included: 100, reset: { interval: month } }
  - { customer_id: globex, feature_id: storage, unlimited: true }
  - { customer_id: acme, feature_id: storage, entity_id: seat_1, included: 5, expires_at: 2031-01-31T00:00:00Z }
`;
    const attributes = [
      ...["customer_id", "feature_id", "entity_id", "balance_id", "included", "unlimited", "reset"],
      ...["expires_at", "rollover", "next_reset_at"],
    ];
    const configuration = `resource "autumn_balance" "all" {
  for_each = provider::autumn::decode_balances(file("balances.yaml"))
  ${attributes.map((name) => `${name} = each.value.${name}`).join("\n  ")}
}
resource "autumn_balance" "plain" {
  for_each    = { for entry in yamldecode(file("balances.yaml")).balances : entry.customer_id => entry... }
  customer_id = each.key
  feature_id  = each.value[0].feature_id
  balance_id  = "first"
  included    = 3
}
data "autumn_balances" "acme" {
  customer_id = "acme"
  depends_on  = [autumn_balance.all]
}
data "autumn_customer" "globex" {
  customer_id = "globex"
}
data "autumn_feature" "seats" {
  feature_id = "seats"
}
output "ms" {
  value = provider::autumn::rfc3339_to_ms("2031-01-31T00:00:00Z")
}
output "rows" {
  value = sort([for row in data.autumn_balances.acme.balances : "\${row.balance_id} \${coalesce(row.remaining, 0)} \${row.state}"])
}
output "seats" {
  value = data.autumn_feature.seats.consumable
}
`;
    const workspace = await Workspace.with(emulator, "");
    workspace.write(yaml, "balances.yaml");
    workspace.write(configuration);
    const { output } = await workspace.apply();
    expect(output).toContain("ms = 1927584000000");
    expect(output).toContain("seats = false");
    const again = await workspace.apply();
    expect(again.output).toContain('"terraform:api_calls 100 live"');
    expect(again.output).toContain('"terraform:storage@seat_1 5 live"');
    const empty = await workspace.plan();
    expect(empty.code, empty.output).toBe(0);

    workspace.write(
      'run "grants" {\n  command = plan\n  assert {\n    condition     = autumn_balance.all["acme/api_calls"].included == 100\n    error_message = "no"\n  }\n}\n',
      "grants.tftest.hcl",
    );
    expect((await workspace.must("test")).output).toContain("1 passed, 0 failed");

    workspace.write(
      yaml.replace("included: 100", "included: -1").replace("feature_id: storage", "feature: storage"),
      "balances.yaml",
    );
    const wrong = (await workspace.planError()).replaceAll(/\s+/g, " ");
    expect(wrong).toContain("line 4, column ");
    expect(wrong).toContain("line 5, column ");
    workspace.write('output "ms" {\n  value = provider::autumn::rfc3339_to_ms("tomorrow")\n}\n');
    expect((await workspace.planError()).replaceAll(/\s+/g, " ")).toContain("not RFC 3339");
    workspace.write(
      'data "autumn_customer" "x" {\n  customer_id = "nobody"\n}\ndata "autumn_feature" "x" {\n  feature_id = "nothing"\n}\ndata "autumn_balances" "x" {\n  customer_id = "nobody"\n}\n',
    );
    const nobody = await workspace.planError("-refresh=false");
    expect(nobody.match(/There is no customer nobody/g)).toHaveLength(2);
    expect(nobody).toContain("There is no feature nothing");
    const sources = (customer: string): string =>
      `data "autumn_customer" "x" {\n  customer_id = ${customer}\n}\ndata "autumn_feature" "x" {\n  feature_id = " "\n}\ndata "autumn_balances" "x" {\n  customer_id = ${customer}\n}\n`;
    workspace.write(sources('""'));
    const blank = await workspace.planError("-refresh=false");
    expect(blank.match(/`customer_id` is empty/g)).toHaveLength(2);
    expect(blank).toContain("`feature_id` is empty");
    workspace.write(
      'variable "none" {\n  type    = string\n  default = null\n}\ndata "autumn_customer" "x" {\n  customer_id = var.none\n}\n',
    );
    const unset = await workspace.planError("-refresh=false");
    expect(unset).toContain("`customer_id` is null");
    expect(unset).not.toContain("cannot be reached");
  });
});
