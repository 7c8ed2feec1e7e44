// Rows that were bought: they look standalone, but for what was paid.
import { describe, expect, it } from "vitest";
import { SeedError } from "../../src/emulator/index.ts";
import { call, customer, DAY, frozen, START } from "./helpers.ts";

describe.each(["2026-08", "2026-10"] as const)("a paid row at level %s", (level) => {
  function seeded() {
    const emulator = frozen({ level, storeDelayMs: 0 });
    const topUp = {
      feature_id: "api_calls",
      included_grant: 20,
      prepaid_grant: 100,
      expires_at: START + 9 * DAY,
    };
    emulator.seed({ customers: [{ id: "c", balances: [topUp] }] });
    return { emulator, c: customer(emulator) };
  }

  it("has no plan, and what was bought counts on top of its grant", async () => {
    const { c } = seeded();
    await c.track(50);
    expect(await c.get()).toMatchObject({
      granted: 120,
      remaining: 70,
      usage: 50,
      breakdown: [{ plan_id: null, included_grant: 20, prepaid_grant: 100, remaining: 70, usage: 50 }],
    });
  });

  it("is not in GET balances/list and cannot be deleted", async () => {
    const { c } = seeded();
    expect(await c.raw()).toEqual([]);
    const id = (await c.get())?.breakdown[0]?.id;
    expect(await c.remove({ balance_id: id })).toMatchObject({ status: 409 });
    expect(await c.get()).toMatchObject({ granted: 120 });
  });

  it("may be told by its price alone", async () => {
    const { emulator, c } = seeded();
    const price = { amount: 10, billing_method: "prepaid" };
    emulator.seed({
      customers: [{ id: "c", balances: [{ feature_id: "storage", included_grant: 5, price }] }],
    });
    expect(await c.get("storage")).toMatchObject({ breakdown: [{ prepaid_grant: 0, price }] });
    if (level === "2026-10") {
      const { body } = await call(emulator, "POST /v1/balances.list", { customer_id: "c" });
      expect(body.list).toMatchObject([{ price }, { prepaid_grant: 100 }]);
    }
  });

  it("has its fields checked", () => {
    const { emulator } = seeded();
    const balances = [{ feature_id: "storage", included_grant: 5, price: "10" }];
    expect(() => emulator.seed({ customers: [{ id: "c", balances }] })).toThrow(SeedError);
  });
});
