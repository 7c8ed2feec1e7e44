// The order of use that is told, held against what the emulator takes from.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AutumnClient } from "../../src/autumn/index.ts";
import { createEmulator } from "../../src/emulator/index.ts";
import { inUseOrder, readAccount } from "../../src/reconcile/index.ts";

const DAY = 86_400_000;

const rows = fc.array(
  fc.record({
    cycle: fc.constantFrom(null, "day", "week", "month", "quarter", "semi_annual", "year"),
    count: fc.integer({ min: 1, max: 4 }),
    expires: fc.constantFrom(null, 3 * DAY, 400 * DAY),
    included_grant: fc.integer({ min: 1, max: 5 }),
    ofPlan: fc.boolean(),
  }),
  { minLength: 1, maxLength: 7 },
);

describe("the order of use", () => {
  it("is that in which usage is taken", async () => {
    await fc.assert(
      fc.asyncProperty(rows, async (drawn) => {
        const now = Date.now();
        const seeded = drawn.map(({ cycle, count, expires, included_grant, ofPlan }, index) => ({
          ofPlan,
          balance: {
            feature_id: "api_calls",
            included_grant,
            ...(ofPlan ? {} : { balance_id: `row-${index}` }),
            ...(cycle === null ? {} : { reset: { interval: cycle, interval_count: count } }),
            ...(cycle === null && expires !== null && !ofPlan ? { expires_at: now + expires } : {}),
          },
        }));
        const emulator = createEmulator({
          seed: {
            features: [{ id: "api_calls", type: "metered", consumable: true }],
            customers: [
              {
                id: "acme",
                plans: [
                  { plan_id: "pro", balances: seeded.filter((one) => one.ofPlan).map((one) => one.balance) },
                ],
                balances: seeded.filter((one) => !one.ofPlan).map((one) => one.balance),
              },
            ],
          } as NonNullable<Parameters<typeof createEmulator>[0]>["seed"],
        });
        const api = new AutumnClient({
          baseUrl: "http://emulator",
          secretKey: emulator.key,
          fetch: (input, init) => emulator.fetch(new Request(input, init)),
        });
        const account = await readAccount(api, { namespace: "contracts", balances: [], customerId: "acme" });
        if (account === undefined) throw new Error("acme is gone");
        const all = [...account.rows, ...account.shown.filter(({ planId }) => planId !== null)];
        const told = inUseOrder(all, { now: api.serverTime(), shown: account.shown });
        const answer = await emulator.fetch(
          new Request("http://emulator/v1/balances.track", {
            method: "POST",
            headers: { authorization: `Bearer ${emulator.key}`, "content-type": "application/json" },
            body: JSON.stringify({ customer_id: "acme", feature_id: "api_calls", value: 1000 }),
          }),
        );
        const { deductions } = (await answer.json()) as { deductions: { balance_id: string }[] };
        expect(told.map((row) => row.balanceId ?? row.internalId)).toEqual(
          deductions.map(({ balance_id }) => balance_id),
        );
      }),
      { numRuns: 60 },
    );
  });
});
