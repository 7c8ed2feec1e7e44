import { TerraformVariable, Token } from "cdktf";
import { describe, expect, it } from "vitest";
import { BalanceSet, type BalanceSetConfig } from "../../src/cdktf/index.ts";
import { balancesIn, errorOf, stackWithProvider } from "./stack.ts";

const starter: BalanceSetConfig["balances"] = [
  { featureId: "api_calls", included: 1_000, reset: { interval: "month" } },
  { featureId: "sso" },
];

const setOf = (customerIds: string[], balances = starter) => {
  const stack = stackWithProvider();
  const set = new BalanceSet(stack, "starter", { customerIds, balances });
  return { paths: set.balances.map(({ node }) => node.path), balances: balancesIn(stack) };
};

describe("a set of balances", () => {
  it("is granted to each customer", () => {
    const { paths, balances } = setOf(["acme", "globex"]);
    expect(paths).toEqual([
      "stack/starter/acme/api_calls",
      "stack/starter/acme/sso",
      "stack/starter/globex/api_calls",
      "stack/starter/globex/sso",
    ]);
    expect(Object.values(balances)).toEqual([
      { customer_id: "acme", feature_id: "api_calls", included: 1_000, reset: { interval: "month" } },
      { customer_id: "acme", feature_id: "sso" },
      { customer_id: "globex", feature_id: "api_calls", included: 1_000, reset: { interval: "month" } },
      { customer_id: "globex", feature_id: "sso" },
    ]);
  });

  it("stays the same for a customer when others join and leave", () => {
    const alone = setOf(["globex"]).balances;
    expect(setOf(["initech", "globex", "acme"]).balances).toMatchObject(alone);
  });

  it("takes ids as they are, and not as something to fill in", () => {
    expect(Object.values(setOf(["${path.root}"]).balances)[0]).toMatchObject({
      customer_id: "$${path.root}",
    });
  });

  it("refuses a customer or a balance that is there twice", () => {
    expect(errorOf(() => setOf(["acme", "globex", "acme"])).message).toContain(
      'customerIds[2]: "acme" is in the list twice',
    );
    expect(errorOf(() => setOf(["acme"], [{ featureId: "sso" }, { featureId: "sso" }])).message).toContain(
      "sso",
    );
  });

  it("refuses names that are known only when Terraform runs", () => {
    const { stringValue } = new TerraformVariable(stackWithProvider(), "text", {});
    expect(errorOf(() => setOf([stringValue])).problems).toMatchObject([{ code: "unknown-name" }]);
    expect(errorOf(() => setOf(["acme"], [{ featureId: stringValue }])).problems).toMatchObject([
      { code: "unknown-name", argument: "balances[0]", hint: "give it a `balanceId`" },
    ]);
    expect(setOf(["acme"], [{ featureId: stringValue, balanceId: "trial" }]).paths).toHaveLength(1);
  });

  it("keeps what it says of all, unless a balance says otherwise", () => {
    const stack = stackWithProvider();
    new BalanceSet(stack, "starter", {
      customerIds: ["acme"],
      lifecycle: { preventDestroy: true },
      balances: [{ featureId: "sso", lifecycle: undefined } as unknown as { featureId: string }],
    });
    expect(Object.values(balancesIn(stack))).toMatchObject([{ lifecycle: { prevent_destroy: true } }]);
  });

  it.each([
    [{}, "customerIds: it is no list"],
    [null, "balances: it is no list"],
    [{ customerIds: "acme", balances: starter }, "customerIds: it is no list"],
    [{ customerIds: ["acme", undefined], balances: starter }, "customerIds[1]: it is not text"],
    [{ customerIds: Token.asList("${var.customers}"), balances: starter }, "known only when Terraform runs"],
    [{ customerIds: ["acme"], balances: starter[0] }, "balances: it is no list"],
    [{ customerIds: ["acme"], balances: [null] }, "balances[0]: it is not an object of arguments"],
    [
      { customerIds: ["acme"], balances: [{ ...starter[0], customerId: "globex" }] },
      "balances[0].customerId: the customers of a set are those of customerIds",
    ],
    [
      { customerIds: ["acme"], customerId: "globex", balances: starter },
      "customerId: the customers of a set are those of customerIds",
    ],
  ])("refuses what no type keeps out of JavaScript: %j", (config, says) => {
    const make = () => new BalanceSet(stackWithProvider(), "starter", config as unknown as BalanceSetConfig);
    expect(errorOf(make).message).toContain(says);
  });

  it("refuses an empty id", () => {
    expect(errorOf(() => setOf([""])).message).toContain("customerIds[0]: it is empty");
  });

  it("refuses what is wrong with a balance, by its path", () => {
    expect(errorOf(() => setOf(["acme"], [{ featureId: "sso", included: -1 }])).message).toContain(
      "stack/starter/acme/sso:\n  included: `included` is -1",
    );
  });
});
