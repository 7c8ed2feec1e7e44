// The example apps synthesize what they say, and the documentation shows the errors there are.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Balance, BalancesFile } from "../../src/cdktf/index.ts";
import { nameOf } from "../../src/config/find-files.ts";
import { folder } from "../cli/helper.ts";
import { appWith, hasTerraform, ROOT } from "./app.ts";
import { errorOf, stackWithProvider } from "./stack.ts";

/** The balances of each stack, by what Terraform calls them. */
async function synthesized(example: string, stacks: readonly string[]) {
  const { cwd, mustEnd } = await appWith({});
  const out = join(cwd, "cdktf.out");
  // From the root of the repository, as `cdktf.json` there and the documentation do it.
  await mustEnd(["env", "-C", ROOT, process.execPath, "--import", "tsx", join("examples", example)], {
    CDKTF_OUTDIR: out,
  });
  return stacks.map((stack) => JSON.parse(readFileSync(join(out, "stacks", stack, "cdk.tf.json"), "utf8")));
}

const namesOf = (stack: {
  resource: { autumn_balance: Record<string, { "//": { metadata: { path: string } } }> };
}) => Object.values(stack.resource.autumn_balance).map((balance) => balance["//"].metadata.path);

describe("the example", () => {
  it("of several environments has a stack for each, which refuses the key of the other", async () => {
    const [sandbox, live] = await synthesized("cdktn/environments.ts", ["sandbox", "live"]);
    expect(namesOf(live)).toEqual([
      "live/contracts/acme/api_calls",
      "live/contracts/acme/launch-bonus",
      "live/contracts/globex/exports",
    ]);
    expect(namesOf(sandbox)).toHaveLength(7);
    expect([sandbox, live].map(({ provider }) => provider.autumn[0].environment)).toEqual([
      "sandbox",
      "live",
    ]);
  });

  it.skipIf(!hasTerraform)("of CDK Terrain is deployed", async () => {
    const { cwd, mustEnd, server } = await appWith({});
    const variables = { CDKTF_OUTDIR: join(cwd, "cdktf.out") };
    await mustEnd(
      ["env", "-C", ROOT, process.execPath, "--import", "tsx", "examples/cdktn/main.ts"],
      variables,
    );
    await mustEnd(["terraform", "-chdir=cdktf.out/stacks/balances", "init", "-no-color"]);
    const applied = await mustEnd([
      ...["terraform", "-chdir=cdktf.out/stacks/balances", "apply"],
      ...["-auto-approve", "-no-color"],
    ]);
    expect(applied).toContain("4 added, 0 changed, 0 destroyed.");
    expect(applied).toContain('initech-storage-id = "cdktn-example:storage_gb"');
    const rows = server.snapshot().customers.flatMap((customer) => customer.rows);
    expect(rows.filter(({ externalId }) => externalId?.startsWith("cdktn-example:"))).toHaveLength(4);
  });
});

describe("the documentation", () => {
  const page = readFileSync(join(ROOT, "docs/cdktf.md"), "utf8");

  it("shows what a wrong balance says", () => {
    const stack = stackWithProvider("contracts");
    const wrong = { customerId: "initech", featureId: "storage_gb", reset: { interval: "mnth" } };
    expect(page).toContain(`Error: ${errorOf(() => new Balance(stack, "initech-storage", wrong)).message}\n`);
  });

  it("shows what a wrong file says", () => {
    const lines =
      "version: 1\nnamespace: contracts\nbalances:\n  - { customer_id: acme, feature_id: api_calls, included: -50000 }\n";
    const path = join(folder({ "balances.yaml": lines }), "balances.yaml");
    const { message } = errorOf(() => new BalancesFile(stackWithProvider("contracts"), "file", { path }));
    expect(page).toContain(`Error: ${message.replace(nameOf(path, process.cwd()), "balances.yaml")}\n`);
  });
});
