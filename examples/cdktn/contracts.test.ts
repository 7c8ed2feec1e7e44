// How an app that uses the constructs is tested: without Terraform, key or network.
import { Balance } from "autumn-balances/cdktn";
import { Testing } from "cdktn";
import { describe, expect, it } from "vitest";
import { Contracts } from "./contracts.ts";

const contracts = (trials: string[]) => {
  const stack = new Contracts(Testing.app(), "test", { environment: "sandbox", trials });
  return Testing.synth(stack, true);
};

describe("the contracts", () => {
  it("grant what was promised to acme", () => {
    expect(
      Testing.toHaveResourceWithProperties(contracts([]), Balance.tfResourceType, {
        customer_id: "acme",
        feature_id: "api_calls",
        included: 500_000,
        reset: { interval: "month" },
      }),
    ).toBe(true);
  });

  it("grant a trial to whoever tries", () => {
    const trialOf = (customer_id: string) => ({ customer_id, balance_id: "trial", included: 1_000 });
    expect(
      Testing.toHaveResourceWithProperties(contracts(["globex"]), "autumn_balance", trialOf("globex")),
    ).toBe(true);
    expect(
      Testing.toHaveResourceWithProperties(contracts(["globex"]), "autumn_balance", trialOf("acme")),
    ).toBe(false);
  });

  it("refuse a key of another environment", () => {
    expect(Testing.toHaveProviderWithProperties(contracts([]), "autumn", { environment: "sandbox" })).toBe(
      true,
    );
  });
});
