// The functions of the provider, which ask nobody.
import { describe, expect, it } from "vitest";
import { functions } from "../../src/provider/functions.ts";
import { FunctionError } from "../../src/provider/protocol/index.ts";

const file = (settings: string, entry: string): string =>
  `version: 1\nnamespace: contracts\n${settings}balances:\n  - { customer_id: acme, feature_id: exports, included: 5${entry} }\n`;

/** What is told instead of balances. */
function refusal(yaml: string): string {
  try {
    functions.decode_balances.call([yaml]);
  } catch (error) {
    if (error instanceof FunctionError) return error.message;
    throw error;
  }
  throw new Error("it was decoded");
}

describe("decode_balances", () => {
  it("gives the balances by customer and name", () => {
    expect(functions.decode_balances.call([file("", ", id: promo")])).toEqual({
      "acme/promo": expect.objectContaining({ customer_id: "acme", balance_id: "promo", included: 5 }),
    });
    expect(functions.decode_balances.call([file("create_customers: false\n", "")])).toHaveProperty([
      "acme/exports",
    ]);
  });

  it("refuses to grant what is there already under another name a second time", () => {
    expect(refusal(file("", ", id: promo, adopt: spring-promo"))).toMatch(
      /^line 4, column 5: `adopt` has no effect in Terraform: "promo" would be granted a second time \(remove it, and take the balance over with an import block: id = "\{.*spring-promo/,
    );
    expect(refusal(file("", ", entity_id: seat_1, adopt: spring-promo"))).toContain(
      '\\"entity_id\\":\\"seat_1\\"',
    );
  });

  it("says how an import block has to write an id that looks like a template", () => {
    expect(refusal(file("", `, id: "x\${y}%{z}", adopt: 'q"'`))).toContain(
      'id = "{\\"customer_id\\":\\"acme\\",\\"balance_id\\":\\"q\\\\\\"\\",\\"name\\":\\"x$${y}%%{z}\\"}"',
    );
  });

  it("refuses balances that would have one name in the map, as one of them would get lost", () => {
    const yaml = `version: 1\nnamespace: contracts\nbalances:
  - { customer_id: a/b, feature_id: c, included: 1 }
  - { customer_id: a, feature_id: f, id: b/c, included: 2 }\n`;
    expect(refusal(yaml)).toBe(
      'line 5, column 5: "b/c" of "a" and "c" of "a/b" would have the same name in the map (give one of them another `id`)',
    );
  });

  it.each([
    [
      "environment: live\n",
      'line 3, column 1: `environment` has no effect in Terraform (remove it, and write environment = "live" in the provider)',
    ],
    [
      "create_customers: true\n",
      "line 3, column 1: `create_customers` has no effect in Terraform (remove it: ",
    ],
    [
      "limits: { deletes: 0 }\n",
      "line 3, column 11: `limits.deletes` has no effect in Terraform (remove it: ",
    ],
    ["limits: { granted: { exports: 1 } }\n", "line 3, column 22: `limits.granted.exports` has no effect"],
  ])("refuses what would get lost: %j", (settings, message) => {
    expect(refusal(file(settings, ""))).toContain(message);
  });

  it.each([
    [", starts_at: 2030-01-01T00:00:00Z", "`starts_at` has no effect in Terraform, which grants at once"],
    [
      ", protected: true",
      "`protected` has no effect in Terraform (remove it, and write lifecycle { prevent_destroy",
    ],
  ])("refuses what would be granted too early, or without its guard: %s", (field, message) => {
    expect(refusal(file("", field))).toContain(`line 4, column 5: ${message}`);
  });

  it("refuses balances that change over time, and groups that only Autumn knows", () => {
    const start = "version: 1\nnamespace: contracts\n";
    const phases = "phases: [{ included: 5, ends_at: 2030-01-01T00:00:00Z }, { included: 6 }]";
    expect(
      refusal(`${start}balances:\n  - { customer_id: acme, feature_id: exports, ${phases} }\n`),
    ).toContain("line 4, column 5: `phases` has no effect in Terraform, which grants at once");
    const to = "to: { autumn: { plan: pro } }";
    expect(
      refusal(`${start}grants:\n  - { id: g, ${to}, feature_id: exports, included: 5 }\nbalances: []\n`),
    ).toContain("line 4, column 5: Autumn is not asked here who belongs to a group");
  });

  it("says everything that is wrong, with its line", () => {
    expect(refusal(file("", ", include: 5"))).toBe(
      "line 4, column 60: there is no field `include` (did you mean `included`?)",
    );
  });
});
