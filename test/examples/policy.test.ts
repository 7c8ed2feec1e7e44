// The policy in examples/policy: its cases hold, and what its rego looks at is there in a plan.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { balances, emulator, folder, MONTHLY, run, shell } from "../cli/helper.ts";
import { has } from "../support/has.ts";

const FOLDER = resolve(import.meta.dirname, "../../examples/policy");
const ROOT = resolve(import.meta.dirname, "../..");

interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

const schema = JSON.parse(readFileSync(join(ROOT, "schema/plan.schema.json"), "utf8")) as {
  readonly $defs: Readonly<Record<string, Schema>>;
};

/** The fields that an object of a schema has, whichever of its forms it takes. */
function fieldsOf(given: Schema | undefined): Readonly<Record<string, Schema>> {
  if (given === undefined) return {};
  if (given.$ref !== undefined) return fieldsOf(schema.$defs[given.$ref.replace("#/$defs/", "")]);
  if (given.items !== undefined) return fieldsOf(given.items);
  return Object.assign({ ...given.properties }, ...(given.anyOf ?? []).map(fieldsOf));
}

function isThere(path: readonly string[], from: string): boolean {
  let found: Schema | undefined = schema.$defs[from];
  for (const name of path) found = fieldsOf(found)[name];
  return found !== undefined;
}

describe("examples/policy", () => {
  it("has cases that hold", async () => {
    const { code, stdout } = await run(["policy", "test", join(FOLDER, "autumn-balances.policy.yaml")]);
    expect(stdout).toContain("7 cases of 7 rules, all as expected.");
    expect(code).toBe(0);
  });

  it("looks in rego at what a plan has", () => {
    const rego = readFileSync(join(FOLDER, "plan.rego"), "utf8");
    const paths = (variable: string) =>
      [...rego.matchAll(new RegExp(`\\b${variable}((?:\\.\\w+|\\["\\w+"\\])+)`, "g"))].map(([, path = ""]) =>
        [...path.matchAll(/\w+/g)].map(([name]) => name),
      );
    const [inputs, changes] = [paths("input"), paths("change")];
    expect(inputs.length).toBeGreaterThan(2);
    expect(changes.length).toBeGreaterThan(4);
    for (const path of inputs) expect(isThere(path, "plan"), path.join(".")).toBe(true);
    for (const path of changes) expect(isThere(path, "change"), path.join(".")).toBe(true);
    expect(isThere(["chnges"], "plan")).toBe(false);
  });

  it.skipIf(!has("conftest"))("is understood by conftest", async () => {
    const autumn = await emulator();
    const cwd = folder({ "balances.yaml": balances([{ ...MONTHLY, included: 500_000 }]) });
    const line = `autumn-balances plan --format json > plan.json && conftest test plan.json --policy "${FOLDER}"`;
    const { code, stdout } = await shell(line, { cwd, env: autumn.env });
    expect(stdout).toContain("grants 500000 units");
    expect(code).toBe(0);
  });
});
