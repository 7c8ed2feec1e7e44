// Many resources at once, how few calls they take, and what is never shown.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hasTerraform, outcomeOf, Workspace } from "./terraform.ts";
import { LEVELS, listen, rowsOf, start } from "./world.ts";

const ROWS = 200;

describe.skipIf(!hasTerraform)("many balances", () => {
  it.each(LEVELS)("of one customer are granted once each, in parallel, and destroyed (%s)", async (level) => {
    const emulator = await start(level);
    const workspace = await Workspace.with(
      emulator,
      `resource "autumn_balance" "many" {
  count       = 25
  customer_id = "acme"
  feature_id  = "api_calls"
  balance_id  = "b\${count.index}"
  included    = count.index + 1
}
resource "autumn_balance" "more" {
  count       = 25
  customer_id = "globex"
  feature_id  = "storage"
  balance_id  = "b\${count.index}"
  included    = 10
  reset       = { interval = "month" }
}
`,
    );
    expect((await workspace.apply("-parallelism=50")).output).toContain("50 added");
    const ids = (await rowsOf(emulator, "acme")).map(({ id }) => id);
    expect(new Set(ids).size).toBe(25);
    expect(ids).toHaveLength(25);
    expect(await rowsOf(emulator, "globex")).toHaveLength(25);
    const empty = await workspace.plan("-parallelism=50");
    expect(empty.code, empty.output).toBe(0);
    expect((await workspace.destroy("-parallelism=50")).output).toContain("50 destroyed");
    expect([...(await rowsOf(emulator, "acme")), ...(await rowsOf(emulator, "globex"))]).toEqual([]);
  });

  it("are planned with few calls", async () => {
    const emulator = await start("2026-10");
    const customers = Array.from({ length: ROWS / 5 }, (_, index) => `customer${index}`);
    emulator.seed({
      customers: customers.map((id) => ({
        id,
        balances: Array.from({ length: 5 }, (_, row) => ({
          feature_id: "api_calls",
          balance_id: `terraform:b${row}`,
          included_grant: 10,
          reset: { interval: "month" },
        })),
      })),
    });
    const resource = `resource "autumn_balance" "many" {
  count       = ${ROWS}
  customer_id = "customer\${floor(count.index / 5)}"
  feature_id  = "api_calls"
  balance_id  = "b\${count.index % 5}"
  included    = 10
  reset       = { interval = "month" }
}
`;
    const imports = `import {
  for_each = { for index in range(${ROWS}) : tostring(index) => index }
  to       = autumn_balance.many[each.value]
  id       = "customer\${floor(each.value / 5)}/b\${each.value % 5}"
}
`;
    const workspace = await Workspace.with(emulator, resource + imports);
    await workspace.apply();
    workspace.write(resource);
    for (const args of [[], ["-refresh=false"]]) {
      const requests = listen(emulator);
      const plan = await workspace.plan(...args);
      expect(plan.code, plan.output).toBe(0);
      const calls = requests();
      expect(calls.length, calls.join("\n")).toBeLessThanOrEqual(Math.ceil(ROWS / 200) + 2);
    }
    const requests = listen(emulator);
    await workspace.must("plan", "-out=nothing");
    await workspace.must("apply", "nothing");
    expect(requests().filter((route) => /create|update|delete/.test(route))).toEqual([]);
  });
});

describe.skipIf(!hasTerraform)("the secret key", () => {
  it("is in no log, state or plan, wherever it comes from", async () => {
    const key = "am_sk_test_DoNotTellAnybody0123456789";
    const emulator = await start("2026-10", { key });
    const balance = `resource "autumn_balance" "a" {
  customer_id = "acme"
  feature_id  = "api_calls"
  included    = 1
}
`;
    const workspace = await Workspace.with(emulator, balance);
    const trace = join(workspace.folder, "trace.log");
    const logged = { TF_LOG: "trace", TF_LOG_PATH: trace };
    const run = async (args: readonly string[], environment: Record<string, string> = {}) => {
      const { code, output } = await outcomeOf(await workspace.spawn(args, { ...logged, ...environment }));
      expect(output).not.toContain(key);
      return code;
    };
    expect(await run(["plan", "-out=saved"])).toBe(0);
    emulator.inject({
      route: "*",
      kind: "status",
      status: 401,
      code: "invalid_secret_key",
      message: `Bad ${key}`,
    });
    expect(await run(["apply", "saved"])).toBe(1);
    expect(await run(["apply", "-auto-approve"])).toBe(0);
    workspace.write(
      `variable "key" {\n  sensitive = true\n}\nprovider "autumn" {\n  secret_key = var.key\n}\n${balance}`,
    );
    expect(
      await run(["apply", "-auto-approve", "-replace=autumn_balance.a"], {
        TF_VAR_key: key,
        AUTUMN_SECRET_KEY: "",
      }),
    ).toBe(0);
    const read = (file: string) => readFileSync(join(workspace.folder, file), "utf8");
    const files = readdirSync(workspace.folder, { withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.map(({ name }) => name)).toContain("terraform.tfstate");
    expect(read("trace.log")).toContain("terraform-provider-autumn");
    for (const { name } of files) expect(read(name).includes(key), name).toBe(false);
  });
});

describe.skipIf(!hasTerraform)("the schema", () => {
  it("is as it was published", async () => {
    const emulator = await start("2026-10");
    const workspace = await Workspace.with(emulator, "");
    const { stdout } = await workspace.must("providers", "schema", "-json");
    const schemas = JSON.parse(stdout).provider_schemas["registry.terraform.io/autumn-balances/autumn"];
    const shown = `${JSON.stringify(schemas, null, 2)}\n`;
    await expect(shown).toMatchFileSnapshot(join(import.meta.dirname, "golden/schema.json"));
  });
});
