// Usage limits of a customer, which cut calls and answer 200 all the same.
import { amounts, type Bench, described, has, isOk, must, told } from "../bench.ts";
import { type FactGroup, verdict } from "../fact.ts";

export const usageLimits: FactGroup = {
  title: "Usage limits",
  facts: [
    {
      id: "limit-cuts-added-units",
      promise: "never_lose_usage",
      expected:
        "under a usage limit of the customer, a negative add_to_balance is cut to what the limit leaves, or not at all",
      otherwise:
        "What is carried under a usage limit is neither exact nor cut as known. The tool reads back and sets the usage instead.",
      needs: ["usage-is-stored", "add-carries-usage"],
      probe: async (bench) => {
        await givenLimited(bench);
        const answer = await bench.update("a", { add_to_balance: -30 });
        const row = await bench.settledRow("a");
        const taken = row === undefined ? 0 : amounts(row).usage - 30;
        return verdict(
          isOk(answer) && (taken === 10 || taken === 30),
          `10 left of the limit, 30 to be taken: ${told(answer)}, ${taken} taken`,
          taken === 10 ? "cut, which is read back and set right" : "not cut",
        );
      },
    },
    {
      id: "limit-spares-set-usage",
      promise: "never_lose_usage",
      expected: "under a usage limit of the customer, an update with usage still sets exactly that usage",
      otherwise:
        "Usage of customers with a usage limit cannot be carried. Their replacements fail; take the limit off while you apply.",
      needs: ["usage-is-stored", "usage-set-exactly"],
      probe: async (bench) => {
        await givenLimited(bench);
        const answer = await bench.update("a", { usage: 60 });
        const row = await bench.rowWhen("a", (now) => amounts(now).usage === 60);
        return verdict(isOk(answer) && has(row, { usage: 60 }), `60 set: ${told(answer)}, ${described(row)}`);
      },
    },
  ],
};

/** 100 granted, 30 used, and a limit of 40 in a month. @throws CannotTell where the server knows no such limits */
async function givenLimited(bench: Bench): Promise<void> {
  const { customerId, workshop } = bench;
  const limit = { feature_id: workshop.units, enabled: true, limit: 40, interval: "month" };
  must(
    await bench.post("customers.update", {
      customer_id: customerId,
      billing_controls: { usage_limits: [limit] },
    }),
  );
  await bench.givenUsed("a", { included_grant: 100 }, 30);
}
