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
    [
      ", starts_at: 2090-01-01T00:00:00Z",
      'line 4, column 5: `starts_at` has no effect in Terraform: "exports" would be granted at once (keep the entry ',
    ],
    [
      ", protected: true",
      "line 4, column 5: `protected` has no effect in Terraform (remove it, and write lifecycle { prevent_destroy = true } in the resource)",
    ],
  ])("refuses what an entry would lose: %j", (entry, message) => {
    expect(refusal(file("", entry))).toContain(message);
  });

  it("refuses phases, of which only one would ever be granted", () => {
    const yaml = `version: 1\nnamespace: contracts\nbalances:
  - customer_id: acme
    feature_id: exports
    phases: [{ included: 5, ends_at: 2090-01-01T00:00:00Z }, { included: 50 }]\n`;
    expect(refusal(yaml)).toContain(
      'line 4, column 5: `phases` has no effect in Terraform: "exports" would stay in one of them (keep the entry ',
    );
  });

  it("refuses a group of which nobody knows the members, or whose members keep what Terraform ends", () => {
    const granted = (to: string, rest = "") =>
      `version: 1\nnamespace: contracts\nbalances: []\ngrants:\n  - { to: ${to}, id: welcome, feature_id: exports, included: 5${rest} }\n`;
    expect(refusal(granted("{ autumn: { plan: pro } }"))).toBe(
      'line 5, column 5: Autumn is not asked here who belongs to the group "welcome" (write its customers; only `autumn-balances plan`, `apply` and the like ask Autumn)',
    );
    expect(refusal(granted("{ customers: [acme] }"))).toBe(
      'line 5, column 5: `when_they_leave: keep` has no effect in Terraform: who leaves the group "welcome" loses the balance (write `when_they_leave: end`, which is what happens)',
    );
    expect(refusal(granted("{ csv: a.csv }", ", when_they_leave: end"))).toBe(
      "line 5, column 18: a.csv: Terraform's functions read no CSV file (write the customers of the group, or grant it with the command line)",
    );
    const yaml = granted("{ customers: [acme, globex] }", ", when_they_leave: end");
    expect(functions.decode_balances.call([yaml])).toEqual({
      "acme/welcome": expect.objectContaining({ customer_id: "acme", included: 5 }),
      "globex/welcome": expect.objectContaining({ customer_id: "globex", included: 5 }),
    });
  });

  it("says everything that is wrong, with its line", () => {
    expect(refusal(file("", ", include: 5"))).toBe(
      "line 4, column 60: there is no field `include` (did you mean `included`?)",
    );
  });
});
