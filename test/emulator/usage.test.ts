// Tracked usage: which rows pay for it, and when it is stored.
import { describe, expect, it } from "vitest";
import { call, customer, DAY, frozen, START } from "./helpers.ts";

describe("usage that is not stored yet", () => {
  it("shows in customers.get at once, and in stored reads after the delay", async () => {
    const emulator = frozen({ level: "2026-10" });
    const c = customer(emulator);
    await c.create({ included_grant: 100, balance_id: "b" });
    await c.track(30);
    const listed = async () =>
      (await call(emulator, "POST /v1/balances.list", { customer_id: "c" })).body.list[0];
    expect(await c.get()).toMatchObject({ remaining: 70 });
    expect(await c.raw()).toMatchObject([{ balance: 100 }]);
    expect(await listed()).toMatchObject({ remaining: 100, usage: 0 });
    emulator.advance(1000);
    expect(await c.raw()).toMatchObject([{ balance: 70 }]);
    expect(await listed()).toMatchObject({ remaining: 70, usage: 30 });
  });

  it("is lost by a create or a delete on the same customer", async () => {
    const c = customer(frozen());
    await c.create({ included_grant: 100, balance_id: "b" });
    await c.create({ feature_id: "storage", included_grant: 1, balance_id: "s" });
    await c.track(30);
    await c.remove({ feature_id: "storage", balance_id: "s" });
    expect(await c.get()).toMatchObject({ remaining: 100 });
    await c.track(30);
    await c.create({ feature_id: "storage", included_grant: 1 });
    expect(await c.get()).toMatchObject({ remaining: 100 });
  });

  it("is kept by an update of any row before, even one that adds nothing", async () => {
    const c = customer(frozen());
    await c.create({ included_grant: 100, balance_id: "b" });
    await c.create({ feature_id: "storage", included_grant: 1, balance_id: "s" });
    await c.track(30);
    await c.update({ feature_id: "storage", balance_id: "s", add_to_balance: 0 });
    await c.create({ feature_id: "storage", included_grant: 1 });
    expect(await c.get()).toMatchObject({ remaining: 70 });
  });

  it("is not lost by a create that fails", async () => {
    const c = customer(frozen());
    await c.create({ included_grant: 100, balance_id: "b" });
    await c.track(30);
    expect(await c.create({ included_grant: 1, balance_id: "b" })).toMatchObject({ status: 409 });
    expect(await c.get()).toMatchObject({ remaining: 70 });
  });

  it("does not hide a row from a delete before it is stored", async () => {
    const c = customer(frozen());
    await c.create({ included_grant: 10, balance_id: "b" });
    await c.track(10);
    expect(await c.remove({ balance_id: "b" })).toMatchObject({ status: 200 });
  });
});

describe("tracking", () => {
  it("takes from what resets first, then from what does not, and drops what nobody can pay", async () => {
    const c = customer(frozen({ storeDelayMs: 0 }));
    await c.create({ included_grant: 50, balance_id: "lifetime" });
    await c.create({ included_grant: 100, balance_id: "monthly", reset: { interval: "month" } });
    await c.create({ included_grant: 10, balance_id: "daily", reset: { interval: "day" } });
    await c.track(120);
    expect((await c.raw()).map((row) => [row.external_id, row.balance])).toEqual([
      ["lifetime", 40],
      ["monthly", 0],
      ["daily", 0],
    ]);
    await c.track(100);
    expect(await c.get()).toBeUndefined();
  });

  it("counts 1 when no value is given, and gives back up to the grant when it is negative", async () => {
    const emulator = frozen({ storeDelayMs: 0 });
    const c = customer(emulator);
    await c.create({ included_grant: 10 });
    await call(emulator, "POST /v1/track", { customer_id: "c", feature_id: "api_calls" });
    expect(await c.raw()).toMatchObject([{ balance: 9 }]);
    await c.track(-5);
    expect(await c.raw()).toMatchObject([{ balance: 10 }]);
  });

  it("takes the rest from credit systems, at their price", async () => {
    const c = customer(frozen({ storeDelayMs: 0 }));
    await c.create({ included_grant: 10 });
    await c.create({ feature_id: "credits", included_grant: 100 });
    const { body } = await c.track(15);
    expect(body).toMatchObject({
      value: 15,
      deductions: [{ value: 10 }, { feature_id: "credits", value: 10 }],
    });
    expect(await c.get("credits")).toMatchObject({ remaining: 90, usage: 10 });
  });

  it("takes from an entity's own rows before its customer's", async () => {
    const c = customer(frozen({ storeDelayMs: 0 }));
    await c.create({ included_grant: 10, balance_id: "own" });
    await c.create({ included_grant: 10, balance_id: "seat", entity_id: "seat_1" });
    await c.track(12, { entity_id: "seat_1" });
    expect((await c.raw()).map((row) => row.balance)).toEqual([8, 0]);
  });

  it("takes nothing from a row of an entity when the customer is tracked", async () => {
    const c = customer(frozen({ storeDelayMs: 0 }));
    await c.create({ included_grant: 10, entity_id: "seat_1" });
    expect((await c.track(3)).body).toMatchObject({ deductions: [] });
    expect(await c.raw()).toMatchObject([{ balance: 10 }]);
  });

  it("is free while an unlimited row is there", async () => {
    const c = customer(frozen({ storeDelayMs: 0 }));
    await c.create({ included_grant: 10 });
    await c.create({ unlimited: true });
    await c.track(1000);
    expect((await c.raw()).map((row) => row.balance)).toEqual([10, 0]);
  });
});

describe("a change that keeps usage and cycle", () => {
  it("works as observed: flush, create the successor, take the usage off it, delete the old row", async () => {
    const emulator = frozen();
    const c = customer(emulator);
    await c.create({ included_grant: 100, balance_id: "b", reset: { interval: "month" } });
    await c.track(30);
    await c.update({ balance_id: "b", add_to_balance: 0 });
    const before = await c.get();
    const next_reset_at = before?.next_reset_at;
    await c.create({ included_grant: 150, balance_id: "b~2", reset: { interval: "month" }, next_reset_at });
    await c.update({ balance_id: "b~2", add_to_balance: -(before?.usage ?? 0) });
    await c.remove({ balance_id: "b" });
    expect(await c.get()).toMatchObject({ granted: 150, remaining: 120, usage: 30, next_reset_at });
    emulator.setTime(next_reset_at ?? 0);
    expect(await c.get()).toMatchObject({ granted: 150, remaining: 150, usage: 0 });
  });
});

describe("seats", () => {
  it("can be used beyond their grant, the first row taking what no row has left", async () => {
    const c = customer(frozen({ storeDelayMs: 0 }));
    await c.create({ feature_id: "seats", included_grant: 5, balance_id: "a" });
    await c.create({ feature_id: "seats", included_grant: 2, balance_id: "b" });
    await c.track(10, { feature_id: "seats" });
    expect((await c.raw()).map((row) => row.balance)).toEqual([-3, 0]);
    expect(await c.get("seats")).toMatchObject({ granted: 5, remaining: 0, usage: 8 });
  });

  it("cannot when tracking is told to reject", async () => {
    const c = customer(frozen({ storeDelayMs: 0 }));
    await c.create({ feature_id: "seats", included_grant: 5, balance_id: "a" });
    expect(await c.track(6, { feature_id: "seats", overage_behavior: "reject" })).toMatchObject({
      status: 400,
      body: { code: "insufficient_balance" },
    });
    expect(await c.raw()).toMatchObject([{ balance: 5 }]);
  });

  it("are given back to zero first, and then not beyond the grant", async () => {
    const c = customer(frozen({ storeDelayMs: 0 }));
    await c.create({ feature_id: "seats", included_grant: 5, balance_id: "a" });
    await c.track(8, { feature_id: "seats" });
    await c.track(-100, { feature_id: "seats" });
    expect(await c.raw()).toMatchObject([{ balance: 5 }]);
  });
});

describe("an unlimited row", () => {
  it("counts its usage, which reads of the cache show and stored reads do not", async () => {
    const emulator = frozen();
    const c = customer(emulator);
    await c.create({ unlimited: true, balance_id: "u" });
    await c.track(30);
    await c.track(-40);
    emulator.advance(60_000);
    expect(await c.get()).toMatchObject({ granted: 0, remaining: 0, usage: -10, unlimited: true });
    expect((await c.get())?.breakdown).toMatchObject([{ usage: -10, unlimited: true }]);
    expect(await c.raw()).toMatchObject([{ balance: 0 }]);
  });

  it("takes what rows of the feature would have paid, though it stands in a credit system", async () => {
    const c = customer(frozen({ storeDelayMs: 0 }));
    await c.create({ included_grant: 100, balance_id: "b" });
    await c.create({ feature_id: "credits", unlimited: true });
    await c.track(10);
    expect(await c.get()).toMatchObject({ remaining: 100, usage: 0 });
    expect(await c.get("credits")).toMatchObject({ usage: 20 });
  });

  it("has its usage stored by an update and forgotten by a create", async () => {
    const c = customer(frozen());
    await c.create({ unlimited: true, balance_id: "u" });
    await c.track(30);
    await c.update({ balance_id: "u" });
    expect(await c.raw()).toMatchObject([{ balance: -30 }]);
    await c.track(5);
    await c.create({ feature_id: "storage", included_grant: 1 });
    expect(await c.get()).toMatchObject({ usage: 30 });
  });

  it("has its usage set", async () => {
    const c = customer(frozen());
    await c.create({ unlimited: true, balance_id: "u" });
    await c.update({ balance_id: "u", usage: 12 });
    expect(await c.get()).toMatchObject({ usage: 12, unlimited: true });
  });
});

describe("the order of use", () => {
  it("takes what ends sooner first, and what never ends last", async () => {
    const c = customer(frozen({ storeDelayMs: 0 }));
    await c.create({ included_grant: 10, balance_id: "never" });
    await c.create({ included_grant: 10, balance_id: "late", expires_at: START + 30 * DAY });
    await c.create({ included_grant: 10, balance_id: "soon", expires_at: START + 3 * DAY });
    expect((await c.get())?.breakdown.map((row) => row.id)).toEqual(["soon", "late", "never"]);
    await c.track(15);
    expect((await c.raw()).map((row) => row.balance)).toEqual([10, 5, 0]);
  });

  it("takes shorter intervals first, by nominal lengths, and higher counts last where nothing resets", async () => {
    const c = customer(frozen());
    const add = (balance_id: string, interval: string, interval_count: number, feature_id = "api_calls") =>
      c.create({ feature_id, included_grant: 1, balance_id, reset: { interval, interval_count } });
    await add("year", "year", 1);
    await add("halves", "semi_annual", 2);
    await add("months", "month", 3);
    await add("quarter", "quarter", 1);
    await add("minutes", "minute", 90);
    await add("hour", "hour", 1);
    expect((await c.get())?.breakdown.map((row) => row.id)).toEqual([
      ...["hour", "minutes", "months", "quarter", "halves", "year"],
    ]);
    await add("twice", "day", 2, "seats");
    await add("once", "year", 1, "seats");
    expect((await c.get("seats"))?.breakdown.map((row) => row.id)).toEqual(["once", "twice"]);
  });

  it("takes rollovers of all rows before any grant, soonest expiry first", async () => {
    const emulator = frozen({ storeDelayMs: 0 });
    const c = customer(emulator);
    const monthly = { included_grant: 10, reset: { interval: "month" } };
    await c.create({ ...monthly, balance_id: "a", rollover: { max: null, length: 3, duration: "month" } });
    await c.create({ ...monthly, balance_id: "b", rollover: { max: null, length: 1, duration: "month" } });
    emulator.setTime("2027-02-01T00:00:00Z");
    await c.track(14);
    expect((await c.get())?.rollovers).toMatchObject([{ balance: 6 }, { balance: 0 }]);
    expect((await c.get())?.breakdown).toMatchObject([{ remaining: 10 }, { remaining: 10 }]);
  });
});
