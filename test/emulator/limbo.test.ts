// Rows that nobody can find: drained, expired, or behind the caps.
import { describe, expect, it } from "vitest";
import { call, customer, DAY, frozen, START } from "./helpers.ts";

describe("a drained row that resets", () => {
  async function drained() {
    const emulator = frozen({ storeDelayMs: 0 });
    const c = customer(emulator);
    await c.create({ included_grant: 100, balance_id: "b", reset: { interval: "month" } });
    await c.update({ balance_id: "b", included_grant: 150, add_to_balance: 50 });
    await c.track(150);
    return { emulator, c };
  }

  it("hides, and keeps its id from being reused, changed or deleted", async () => {
    const { c } = await drained();
    expect(await c.get()).toBeUndefined();
    expect(await c.raw()).toMatchObject([{ external_id: "b", balance: 0, adjustment: 50 }]);
    expect(await c.create({ included_grant: 1, balance_id: "b" })).toMatchObject({ status: 409 });
    expect(await c.remove({ balance_id: "b" })).toMatchObject({
      status: 404,
      body: { code: "invalid_request" },
    });
    expect(await c.update({ balance_id: "b", included_grant: 1 })).toMatchObject({ status: 404 });
    expect(await c.update({ balance_id: "b", add_to_balance: 5 })).toMatchObject({ status: 200 });
    expect(await c.raw()).toMatchObject([{ balance: 0 }]);
  });

  it("comes back to life at its reset with the grant of its creation", async () => {
    const { emulator, c } = await drained();
    emulator.advance({ months: 1 });
    expect(await c.get()).toMatchObject({ granted: 100, remaining: 100, usage: 0 });
    expect((await c.get())?.breakdown[0]?.id).toBe("b");
    expect(await c.remove({ balance_id: "b" })).toMatchObject({ status: 200 });
    expect(await c.raw()).toEqual([]);
  });

  it("can be updated in no field by the successor", async () => {
    const emulator = frozen({ level: "2026-10", storeDelayMs: 0 });
    const c = customer(emulator);
    await c.create({ included_grant: 10, balance_id: "b" });
    await c.track(10);
    for (const field of [{ included_grant: 1 }, { add_to_balance: 1 }, { remaining: 1 }, { usage: 1 }]) {
      const reply = await c.update({ balance_id: "b", ...field });
      expect(reply).toMatchObject({ status: 404, body: { code: "balance_not_found" } });
    }
  });
});

describe("an expired row", () => {
  it("hides and keeps its id, and never resets again", async () => {
    const emulator = frozen();
    const c = customer(emulator);
    await c.create({ included_grant: 100, balance_id: "b", expires_at: START + 5 * DAY });
    emulator.advance(6 * DAY);
    expect(await c.get()).toBeUndefined();
    expect(await c.create({ included_grant: 1, balance_id: "b" })).toMatchObject({ status: 409 });
    expect(await c.remove({ balance_id: "b" })).toMatchObject({ status: 404 });
    expect(await c.update({ balance_id: "b", expires_at: START + 60 * DAY })).toMatchObject({ status: 404 });
    expect(await c.raw()).toMatchObject([{ external_id: "b", balance: 100 }]);
  });

  it("is there at once when its expires_at was in seconds", async () => {
    const c = customer(frozen());
    expect(await c.create({ included_grant: 1, expires_at: START / 1000 })).toMatchObject({ status: 200 });
    expect(await c.get()).toBeUndefined();
  });
});

describe("the caps", () => {
  it("let a delete find the newest 30 standalone rows only", async () => {
    const c = customer(frozen());
    for (let i = 0; i < 31; i++) await c.create({ included_grant: 1, balance_id: `b${i}` });
    expect(await c.remove({ balance_id: "b0" })).toMatchObject({ status: 404 });
    expect(await c.remove({ balance_id: "b1" })).toMatchObject({ status: 200 });
    expect(await c.remove({ balance_id: "b0" })).toMatchObject({ status: 200 });
  });

  it("do not count rows that hide anyway", async () => {
    const emulator = frozen();
    const c = customer(emulator);
    await c.create({ included_grant: 1, balance_id: "old" });
    for (let i = 0; i < 40; i++) await c.create({ included_grant: 0, balance_id: `zero${i}` });
    expect(await c.remove({ balance_id: "old" })).toMatchObject({ status: 200 });
  });

  it("show 200 rows in customers.get, 30 in customers.list, and all in GET balances/list", async () => {
    const balances = Array.from({ length: 210 }, (_, i) => ({
      feature_id: "api_calls",
      included_grant: 1,
      balance_id: `b${i}`,
    }));
    const emulator = frozen();
    emulator.seed({ customers: [{ id: "c", balances }] });
    const c = customer(emulator);
    const shown = (await c.get())?.breakdown.map((row) => row.id) ?? [];
    expect(shown).toHaveLength(200);
    expect(shown).not.toContain("b9");
    expect(await c.update({ balance_id: "b9", included_grant: 2 })).toMatchObject({ status: 404 });
    expect(await c.update({ balance_id: "b10", included_grant: 2 })).toMatchObject({ status: 200 });
    const { body } = await call(emulator, "POST /v1/customers.list", {});
    const [listed] = body.list as unknown as { balances: Record<string, { breakdown: { id: string }[] }> }[];
    expect(listed?.balances.api_calls?.breakdown).toHaveLength(30);
    expect(await c.raw()).toHaveLength(210);
  });

  it("leave the rows of plans alone", async () => {
    const emulator = frozen();
    const balances = Array.from({ length: 35 }, () => ({ feature_id: "api_calls", included_grant: 1 }));
    emulator.seed({
      customers: [{ id: "c", plans: [{ plan_id: "pro", balances: balances.slice(0, 2) }], balances }],
    });
    const { body } = await call(emulator, "POST /v1/customers.list", {});
    const [listed] = body.list as unknown as { balances: Record<string, { breakdown: unknown[] }> }[];
    expect(listed?.balances.api_calls?.breakdown).toHaveLength(32);
  });
});
