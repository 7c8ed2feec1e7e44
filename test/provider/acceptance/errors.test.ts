// What is wrong is said early, at its line, and before anything is done.
import { describe, expect, it } from "vitest";
import { hasTerraform, Workspace } from "./terraform.ts";
import { LEVELS, rowsOf, send, start } from "./world.ts";

/** What a configuration says besides customer and feature, what is wrong with it, and the line that is shown. */
const INVALID: readonly (readonly [body: string, message: string, line: string])[] = [
  ["included = 0", "included", "included = 0"],
  ["included = 10\n  unlimited = true", "unlimited", "included = 10"],
  ['included = 10\n  reset = { interval = "fortnight" }', "interval", "reset = {"],
  ['included = 10\n  reset = { interval = "month", interval_count = 0 }', "interval_count", "reset = {"],
  ['included = 10\n  expires_at = "tomorrow"', "expires_at", 'expires_at = "tomorrow"'],
  ["included = 10\n  expires_at = 1927584000", "seconds", "expires_at = 1927584000"],
  ['included = 10\n  balance_id = ""', "balance_id", 'balance_id = ""'],
  ['included = 10\n  entity_id = ""', "entity_id", 'entity_id = ""'],
  ['included = 10\n  next_reset_at = "2030-01-01T00:00:00Z"', "next_reset_at", "next_reset_at ="],
  ['included = 10\n  rollover = { duration = "forever" }', "rollover", "rollover = {"],
  ['included = 10\n  id = "acme/bonus"', "`id` cannot be set", 'id = "acme/bonus"'],
  ["included = 10\n  remote_id = terraform_data.late.output", "`remote_id` cannot be set", "remote_id ="],
];

/** What only the server knows, and the line that is shown. */
const REFUSED: readonly (readonly [body: string, message: string, line: string])[] = [
  [
    'customer_id = "acme"\n  feature_id = "api_cals"\n  included = 1',
    "Did you mean api_calls",
    "feature_id =",
  ],
  [
    'customer_id = "nobody"\n  feature_id = "api_calls"\n  included = 1',
    "there is no customer nobody",
    "customer_id =",
  ],
  [
    'customer_id = "acme"\n  feature_id = "api_calls"\n  entity_id = "seat_9"\n  included = 1',
    "customer acme has no entity seat_9",
    "entity_id =",
  ],
  [
    'customer_id = "acme"\n  feature_id = "seats"\n  entity_id = "seat_1"\n  included = 1',
    "is itself counted by seats",
    "entity_id =",
  ],
  ['customer_id = "acme"\n  feature_id = "sso"\n  included = 1', "it is on or off", "feature_id ="],
  ['customer_id = "acme"\n  feature_id = "api_calls"', "does not say how much is granted", "resource "],
  [
    'customer_id = "acme"\n  feature_id = "seats"\n  included = 1\n  reset = { interval = "month" }',
    "never resets",
    "reset =",
  ],
  [
    'customer_id = "acme"\n  feature_id = "api_calls"\n  balance_id = "over"\n  included = 1\n  expires_at = "2020-01-31T00:00:00Z"',
    "It would have ended on 2020-01-31T00:00:00Z already",
    "expires_at =",
  ],
];

const resource = (name: string, body: string): string =>
  `resource "autumn_balance" "${name}" {\n  ${body}\n}\n`;

/** The errors of an output, each with the line of the configuration that it shows. */
const errorsOf = (output: string): string[] =>
  output
    .replaceAll(/\s*\n\s*/g, " ")
    .split(/(?=Error: )/)
    .slice(1);

describe.skipIf(!hasTerraform)("a mistake", () => {
  it("in a configuration is found by validate, at its line", async () => {
    const emulator = await start("2026-10");
    const same = 'customer_id = "acme"\n  feature_id = "api_calls"\n  ';
    const late = 'resource "terraform_data" "late" {\n  input = "x"\n}\n';
    const configuration = late + INVALID.map(([body], index) => resource(`r${index}`, same + body)).join("");
    const workspace = await Workspace.with(emulator, configuration);
    const { code, output } = await workspace.run("validate");
    expect(code).toBe(1);
    const errors = errorsOf(output);
    INVALID.forEach(([, message, line], index) => {
      const error = errors.find((one) => one.includes(`"r${index}"`));
      expect(error, `r${index}`).toContain(message);
      expect(error, `r${index}`).toContain(line);
    });
    expect(errors).toHaveLength(INVALID.length);
    expect(emulator.requests()).toEqual([]);
  });

  it.each(LEVELS)("that only the server sees is found by plan, at its line (%s)", async (level) => {
    const emulator = await start(level);
    const workspace = await Workspace.with(
      emulator,
      REFUSED.map(([body], i) => resource(`r${i}`, body)).join(""),
    );
    const errors = errorsOf(await workspace.planError());
    REFUSED.forEach(([, message, line], index) => {
      const error = errors.find((one) => one.includes(`"r${index}"`));
      expect(error, `r${index}`).toContain(message);
      expect(error, `r${index}`).toContain(line);
      expect(error).not.toContain("mistake in the provider");
    });
    expect(errors).toHaveLength(REFUSED.length);

    // Two resources that are one balance would change it back and forth.
    const twice = 'customer_id = "acme"\n  feature_id = "api_calls"\n  included = 1';
    workspace.write(resource("one", twice) + resource("two", twice));
    expect(await workspace.planError()).toContain("Two resources are the balance acme/api_calls");

    // A customer that is not known to be missing until it is applied.
    workspace.write(
      `resource "terraform_data" "late" {\n  input = "nobody"\n}\n${resource("late", 'customer_id = terraform_data.late.output\n  feature_id = "api_calls"\n  included = 1')}`,
    );
    const late = await workspace.run("apply", "-auto-approve");
    expect(late.code).toBe(1);
    expect(errorsOf(late.output)[0]).toMatch(/there is no customer nobody.*customer_id = terraform_data/);
    expect(await rowsOf(emulator, "acme")).toEqual([]);
  });

  it("of what is to be destroyed does not keep it from being destroyed, and says how", async () => {
    const emulator = await start("2026-10");
    const balance = (customer: string, entity = "null") =>
      resource(
        "a",
        `customer_id = "${customer}"\n  feature_id = "api_calls"\n  entity_id = ${entity}\n  balance_id = "b"\n  included = 1`,
      );
    const workspace = await Workspace.with(emulator, balance("acme"));
    const destroy = async (...args: string[]) => {
      const { code, output } = await workspace.run("destroy", "-auto-approve", ...args);
      return { code, output: output.replaceAll(/\s+/g, " ") };
    };
    for (const wrong of [balance("nobody"), balance("acme", '"seat_9"')]) {
      workspace.write(balance("acme"));
      await workspace.apply();
      workspace.write(wrong);
      const refused = await destroy();
      expect(refused.code).toBe(1);
      expect(refused.output).toContain(
        "To destroy it whatever the configuration says: terraform destroy -refresh=false",
      );
      expect((await destroy("-refresh=false")).output).toContain("1 destroyed");
    }
    workspace.write(balance("acme"));
    await workspace.apply();
    await send(emulator, "POST", "customers.delete", { customer_id: "acme" });
    expect((await destroy()).output).toContain("terraform destroy -refresh=false");
    expect((await destroy("-refresh=false")).output).toContain("1 destroyed");
    // What no state has yet is not told how to be destroyed.
    expect(await workspace.planError()).not.toContain("-refresh=false");
  });

  it("in the id of a customer that Autumn does not take is told in its words, with a way out", async () => {
    const emulator = await start("2026-08");
    const kinds = ["customer", "balances"];
    const configuration = kinds.map(
      (kind) => `data "autumn_${kind}" "${kind}" {\n  customer_id = "jane@example.com"\n}\n`,
    );
    const workspace = await Workspace.with(emulator, configuration.join(""));
    const errors = errorsOf(await workspace.planError());
    for (const kind of kinds) {
      const error = errors.find((one) => one.includes(`data.autumn_${kind}.${kind}`));
      expect(error).toMatch(
        /^Error: Autumn does not take customer "jane@example.com": .*cannot contain @ symbol/,
      );
      expect(error).toContain('customer_id = "jane@example.com"');
      expect(error).toContain("Write the id that the customer has in Autumn.");
    }
  });

  it("in the provider's configuration is found at its line", async () => {
    const emulator = await start("2026-10");
    const balance = resource("a", 'customer_id = "acme"\n  feature_id = "api_calls"\n  included = 1');
    const workspace = await Workspace.with(emulator, balance);
    const cases: readonly (readonly [string, RegExp])[] = [
      ['environment = "live"', /key is one of the sandbox environment.*environment = "live"/],
      ['environment = "production"', /Invalid environment.*one of sandbox, live/],
      ['namespace = "with space"', /Invalid namespace/],
      ['namespace = ""', /namespace is empty.*namespace = "".*Check the variable/],
      ['environment = ""', /environment is empty.*environment = ""/],
      [
        'base_url = "http://autumn.billing.svc.cluster.local:8080"',
        /would send the secret key unencrypted.*or set allow_http = true in the provider/,
      ],
      ['on_existing = "ignore"', /Invalid on_existing/],
      ["requests_per_second = 0", /Invalid requests_per_second/],
      ["max_retries = -1", /Invalid max_retries/],
      ["max_retries = 1.5", /Invalid max_retries.*It is a whole number from 0 on/],
      ['secret_key = "am_sk_test_wrong"', /secret key/],
      ['base_url = "ftp://autumn"', /not an address of the web.*base_url = "ftp/],
      [
        'base_url = "autumn.example.com"',
        /does not begin with https:\/\/.*base_url = "autumn.*Write base_url like https/,
      ],
      ['secret_key = "\\"am_sk_test_x\\""', /none of Autumn's: it begins with ".* Set secret_key /],
    ];
    for (const [body, message] of cases) {
      workspace.write(`provider "autumn" {\n  ${body}\n}\n${balance}`);
      const [error = ""] = errorsOf(await workspace.planError());
      expect(error).toMatch(message);
      expect(error).not.toContain("mistake in the provider");
      expect(error).not.toContain("am_sk_test_wrong");
    }
    workspace.write(balance);
    for (const variables of [{ AUTUMN_SECRET_KEY: "" }, { AUTUMN_BASE_URL: "" }] as const) {
      const without = await workspace.spawn(["plan"], variables);
      without.stdout?.resume();
      expect(await new Promise((resolve) => without.once("close", resolve))).toBe(1);
    }
  });
});

describe.skipIf(!hasTerraform)("what is not known yet", () => {
  it("is planned for every attribute, and settled by apply", async () => {
    const emulator = await start("2026-10");
    const soon = "2031-01-31T00:00:00Z";
    const values: readonly (readonly [name: string, value: string, rest: string])[] = [
      ["customer_id", '"acme"', "included = 1"],
      ["feature_id", '"storage"', "included = 1"],
      ["entity_id", '"seat_1"', "included = 1"],
      ["balance_id", '"named"', "included = 1"],
      ["included", "5", ""],
      ["unlimited", "true", ""],
      ["expires_at", `"${soon}"`, "included = 1"],
      ["reset", '{ interval = "month" }', "included = 1"],
      ["rollover", '{ duration = "forever", max = 5 }', 'included = 1\n  reset = { interval = "month" }'],
      ["next_reset_at", `"${soon}"`, 'included = 1\n  reset = { interval = "month" }'],
    ];
    const configuration = values.map(([name, value, rest]) => {
      const fixed = [
        name === "customer_id" ? "" : 'customer_id = "globex"',
        name === "feature_id" ? "" : 'feature_id = "api_calls"',
        name === "balance_id" || name === "feature_id" || name === "entity_id"
          ? ""
          : `balance_id = "${name}"`,
      ];
      const body = [...fixed, rest, `${name} = terraform_data.${name}.output`].filter((line) => line !== "");
      return (
        `resource "terraform_data" "${name}" {\n  input = ${value}\n}\n` +
        resource(name, body.join("\n  ").replace('"globex"', name === "entity_id" ? '"acme"' : '"globex"'))
      );
    });
    const workspace = await Workspace.with(emulator, configuration.join(""));
    const plan = await workspace.plan();
    expect(plan.output).toContain(`${values.length * 2} to add, 0 to change, 0 to destroy`);
    await workspace.apply();
    const empty = await workspace.plan();
    expect(empty.code, empty.output).toBe(0);
    const state = await workspace.state();
    expect(state["autumn_balance.entity_id"]?.remote_id).toBe("terraform:api_calls@seat_1");
    expect(state["autumn_balance.next_reset_at"]?.next_reset_at).toBe(soon);
    expect(state["autumn_balance.rollover"]?.rollover).toMatchObject({ max: 5, duration: "forever" });
  });

  it("of the provider's configuration lets a plan be made without looking", async () => {
    const emulator = await start("2026-10");
    const configuration = `resource "terraform_data" "url" {
  input = "${emulator.url}"
}
provider "autumn" {
  base_url = terraform_data.url.output
}
${resource("a", 'customer_id = "acme"\n  feature_id = "api_calls"\n  included = 1')}`;
    const workspace = await Workspace.with(emulator, configuration);
    const plan = await workspace.plan();
    expect(plan.output).toContain("2 to add");
    expect(emulator.requests()).toEqual([]);
    await workspace.apply();
    expect((await workspace.plan()).code).toBe(0);
  });
});
