// The examples of the Terraform provider, under the real terraform: applied, left alone, imported, destroyed.
import { execFile, execFileSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { bare } from "../support/environment.ts";
import { has } from "../support/has.ts";
import { emulator, folder, run } from "./helper.ts";
import { hasTerraform, terraform } from "./provider-terraform.ts";

const EXAMPLES = resolve(import.meta.dirname, "../../examples/terraform");
const SEED = resolve(EXAMPLES, "../emulator-seed.yaml");

/** A folder with files of the examples, an emulator with their account, and the provider. */
async function workspace(...files: readonly string[]) {
  const cwd = folder();
  for (const file of files) cpSync(join(EXAMPLES, file), join(cwd, nameOf(file)), { recursive: true });
  const seed = parse(readFileSync(SEED, "utf8"));
  const { env } = await emulator(seed.customers, { seed });
  await run(["provider", "install", "--dir", "terraform.d/plugins"], { cwd });
  const mustEnd = async (code: number, ...args: string[]): Promise<string> => {
    const ended = await terraform(args, cwd, env);
    if (ended.code !== code)
      throw new Error(`terraform ${args.join(" ")} ended with ${ended.code}:\n${ended.output}`);
    return ended.output;
  };
  await mustEnd(0, "init");
  return { cwd, env, mustEnd };
}

/** Examples of the documentation share a folder. */
const nameOf = (file: string): string =>
  file.endsWith(".tf") ? file.replaceAll("/", "-") : (file.split("/").at(-1) ?? file);

it.skipIf(!hasTerraform)("are formatted", () => {
  const args = ["fmt", "-recursive", "-list=true", "-write=false", EXAMPLES];
  expect(execFileSync("terraform", args, { env: bare() })).toHaveLength(0);
});

describe.skipIf(!hasTerraform)("the example", () => {
  it("is applied, left alone and destroyed, and says where a file is wrong", async () => {
    const { cwd, mustEnd } = await workspace("main.tf", "balances.yaml", "storage.yaml");
    const applied = await mustEnd(0, "apply", "-auto-approve");
    expect(applied).toContain("Apply complete! Resources: 9 added, 0 changed, 0 destroyed.");
    expect(applied).toContain('"terraform-example:ai_credits@seat_42"');
    expect(await mustEnd(0, "plan", "-detailed-exitcode")).toContain("No changes.");

    const yaml = readFileSync(join(cwd, "balances.yaml"), "utf8");
    writeFileSync(join(cwd, "balances.yaml"), yaml.replace("included: 25", "included: -25"));
    expect((await mustEnd(1, "plan")).replaceAll(/\s+/g, " ")).toMatch(
      /line 13, column 58: `included` is -25/,
    );
    writeFileSync(join(cwd, "balances.yaml"), yaml);
    expect(await mustEnd(0, "destroy", "-auto-approve")).toContain("9 destroyed");
  });
});

describe.skipIf(!has("terraform", "bash"))("the examples of the documentation", () => {
  it("are applied together, left alone, imported and destroyed", async () => {
    const all = readdirSync(EXAMPLES, { recursive: true, encoding: "utf8" });
    const tf = all.filter((file) => /\/.+\.tf$/.test(file) && !file.endsWith("import.tf"));
    expect(tf).toHaveLength(7);
    const { cwd, mustEnd, env } = await workspace(...tf, "functions/decode_balances/balances.yaml");
    expect(await mustEnd(0, "apply", "-auto-approve")).toContain("7 added, 0 changed, 0 destroyed.");
    // Data sources see what was made after they were read in the next run.
    const settled = await mustEnd(0, "apply", "-auto-approve");
    expect(settled).toContain("0 added, 0 changed, 0 destroyed.");
    expect(settled).toContain("new_year_ms = 1798761600000");
    expect(settled).toContain("api_calls_left = 60000");
    expect(await mustEnd(0, "plan", "-detailed-exitcode")).toContain("No changes.");

    // A balance that was replaced has ended with units left, which nobody can use.
    const resources = join(cwd, "resources-autumn_balance-resource.tf");
    const raised = readFileSync(resources, "utf8").replace("= 50000", "= 70000");
    writeFileSync(resources, raised);
    await mustEnd(0, "apply", "-auto-approve");
    expect(await mustEnd(0, "apply", "-auto-approve")).toContain("api_calls_left = 80000");
    expect(await mustEnd(0, "plan", "-detailed-exitcode")).toContain("No changes.");

    await mustEnd(
      0,
      "state",
      "rm",
      "autumn_balance.api_calls",
      "autumn_balance.credits",
      "autumn_balance.exports",
      "autumn_balance.sso",
    );
    const script = readFileSync(join(EXAMPLES, "resources/autumn_balance/import.sh"), "utf8");
    // Not the synchronous kind: the emulator has to answer meanwhile.
    await promisify(execFile)("bash", ["--norc", "-ec", script], {
      cwd,
      env: { ...bare(), HOME: cwd, CHECKPOINT_DISABLE: "1", ...env },
    });
    expect(await mustEnd(0, "plan", "-detailed-exitcode")).toContain("No changes.");

    await mustEnd(0, "state", "rm", "autumn_balance.api_calls");
    cpSync(join(EXAMPLES, "resources/autumn_balance/import.tf"), join(cwd, "import.tf"));
    expect(await mustEnd(0, "apply", "-auto-approve")).toContain(
      "1 imported, 0 added, 0 changed, 0 destroyed.",
    );
    rmSync(join(cwd, "import.tf"));
    expect(await mustEnd(0, "destroy", "-auto-approve")).toContain("7 destroyed");
  });
});
