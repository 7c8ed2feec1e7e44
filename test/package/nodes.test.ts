// What is built, under every version of Node that is supported: the command line, the emulator, the provider under the
// real Terraform, the GitHub Action, and the constructs. The packed package is run under them by package.test.ts.
import { execFile } from "node:child_process";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { step } from "../action/step.ts";
import { balances, emulator, folder, MONTHLY, ONCE, run, start } from "../cli/helper.ts";
import { PROVIDER_ONLY, PROVIDERS, terraform } from "../cli/provider-terraform.ts";
import { Connection, handshake, start as startProvider } from "../provider/protocol/plugin.ts";
import { bare } from "../support/environment.ts";
import { has } from "../support/has.ts";
import { NODES, nodeExecutable } from "../support/nodes.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const CONSTRUCTS = `
  import { AutumnProvider, BalancesFile } from "autumn-balances/cdktn";
  import { App, TerraformStack } from "cdktn";
  const stack = new TerraformStack(new App(), "contracts");
  new AutumnProvider(stack, "autumn");
  new BalancesFile(stack, "file", { path: "balances.yaml" });
  stack.node.root.synth();
`;

describe.skipIf(!has("nodes")).each(NODES)("under Node %i", (major) => {
  const node = nodeExecutable(major) ?? "";

  it("the command line applies, against an emulator that it runs as well", async () => {
    const { stdout } = await promisify(execFile)(node, ["--version"]);
    expect(stdout).toMatch(new RegExp(`^v${major}\\.`));
    const seed = JSON.stringify({
      features: [{ id: "api_calls", type: "metered", consumable: true }],
      customers: [{ id: "acme" }],
    });
    const cwd = folder({ "balances.yaml": balances([MONTHLY]), "seed.json": seed });
    const autumn = start(["emulator", "--port", "0", "--seed", "seed.json"], { cwd, node });
    onTestFinished(async () => {
      autumn.child.kill();
      await autumn.ended;
    });
    let url = "";
    await autumn.until(({ stdout: said }) => {
      url = /AUTUMN_BASE_URL=(\S+)\n/.exec(said)?.[1] ?? "";
      return url !== "";
    });
    const env = { AUTUMN_BASE_URL: url, AUTUMN_SECRET_KEY: "am_sk_test_emulator" };
    // Nothing else is said, such as a warning of something that this Node does no longer like.
    const applied = await run(["apply", "--yes"], { cwd, env, node });
    expect(applied).toMatchObject({ code: 0, stderr: "" });
    expect(applied.stdout).toContain("Applied: 1 created.");
    const planned = await run(["plan", "--detailed-exitcode"], { cwd, env, node });
    expect(planned).toMatchObject({ code: 0, stderr: "" });
  });

  it("the Action applies", async () => {
    const autumn = await emulator();
    const workspace = folder({ "balances.yaml": balances([MONTHLY, ONCE]) });
    const inputs = { command: "apply", "secret-key": autumn.key, "base-url": autumn.url };
    const ended = await step({ workspace, inputs, node, eventName: "push", event: {} });
    expect(ended.code, ended.printed).toBe(0);
    expect(ended.outputs).toMatchObject({ "exit-code": "0" });
    expect(ended.log).not.toMatch(/Warning|Deprecat/);
  });

  it("the provider shakes hands and says what it has", async () => {
    const program = join(ROOT, "dist/provider/terraform-provider-autumn");
    const started = await startProvider({}, [], program, node);
    const connection = new Connection(started, await handshake(started));
    const schema = await connection.call("getProviderSchema", {});
    expect(Object.keys(schema.resourceSchemas)).toEqual(["autumn_balance"]);
    expect(await connection.close()).toBe(0);
    expect(started.output.stderr).not.toMatch(/Warning|Deprecat/);
  });

  it.skipIf(!has("terraform"))("terraform applies with the provider", async () => {
    const autumn = await emulator();
    const cwd = folder({
      "main.tf": `${PROVIDERS}resource "autumn_balance" "a" {
        customer_id = "acme"
        feature_id  = "api_calls"
        included    = 5
      }\n`,
    });
    await run(["provider", "install", "--dir", "mirror"], { cwd });
    writeFileSync(join(cwd, "rc"), PROVIDER_ONLY(join(cwd, "mirror")));
    // Terraform starts the provider with the first Node on the PATH.
    const variables = { ...autumn.env, PATH: `${dirname(node)}:${process.env.PATH}` };
    for (const args of [["init"], ["apply", "-auto-approve"], ["plan", "-detailed-exitcode"]]) {
      const { code, output } = await terraform(args, cwd, variables);
      expect(code, output).toBe(0);
    }
    expect(autumn.snapshot().customers.flatMap(({ rows }) => rows)).toHaveLength(1);
  });

  it("an app of constructs is synthesized", async () => {
    const cwd = folder({
      "balances.yaml": balances([MONTHLY, ONCE]),
      "main.mjs": CONSTRUCTS,
      "node_modules/.keep": "",
    });
    symlinkSync(ROOT, join(cwd, "node_modules/autumn-balances"));
    symlinkSync(join(ROOT, "node_modules/cdktn"), join(cwd, "node_modules/cdktn"));
    const options = {
      cwd,
      env: { ...bare(), HOME: cwd, DISABLE_VERSION_CHECK: "1", CHECKPOINT_DISABLE: "1" },
    };
    await promisify(execFile)(node, ["main.mjs"], options);
    const stack = JSON.parse(readFileSync(join(cwd, "cdktf.out/stacks/contracts/cdk.tf.json"), "utf8"));
    expect(Object.keys(stack.resource.autumn_balance)).toHaveLength(2);
  });
});
