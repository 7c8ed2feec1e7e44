// balances.create, update and delete: what the recorded contract does not show.
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { call, customer, DAY, frozen, START } from "./helpers.ts";

describe("balances.create", () => {
  it("lets creates with one id that cross all pass", async () => {
    const c = customer(frozen());
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => c.create({ included_grant: 1, balance_id: "same" })),
    );
    expect(replies.map((reply) => reply.status)).toEqual(Array(20).fill(200));
    expect(await c.raw()).toHaveLength(20);
  });

  it("hits the most recently created customer when customer_id is empty", async () => {
    const emulator = frozen();
    await call(emulator, "POST /v1/customers.get_or_create", { customer_id: "newest" });
    await call(emulator, "POST /v1/customers.get_or_create", { customer_id: "c" });
    await customer(emulator, "").create({ included_grant: 5, balance_id: "b" });
    await customer(emulator, "").update({ balance_id: "b", included_grant: 7 });
    expect(await customer(emulator, "newest").raw()).toMatchObject([{ adjustment: 2 }]);
    expect(await customer(emulator).raw()).toEqual([]);
  });

  it("stores negative, fractional and huge amounts as sent", async () => {
    const c = customer(frozen());
    for (const amount of [-5, 0.1, 1e15]) await c.create({ included_grant: amount });
    expect((await c.raw()).map((row) => row.balance)).toEqual([-5, 0.1, 1e15]);
  });

  it("accepts Autumn's own id of an entity", async () => {
    const emulator = frozen();
    const c = customer(emulator);
    await c.create({ included_grant: 1, entity_id: "seat_1", balance_id: "b" });
    const [row] = await c.raw();
    expect(row?.internal_entity_id).toMatch(/^ety_/);
    const change = { balance_id: "b", entity_id: row?.internal_entity_id, included_grant: 9 };
    expect(await c.update(change)).toMatchObject({ status: 200 });
    expect(await c.raw()).toMatchObject([{ adjustment: 8 }]);
  });

  it("names the field of a wrong type", async () => {
    const c = customer(frozen());
    expect((await c.create({ included_grant: "10" })).body.message).toContain("included_grant");
    expect((await c.create({ included_grant: 1, reset: { interval: "fortnight" } })).body.message).toContain(
      "reset.interval",
    );
  });
});

describe("balances.create of what resets", () => {
  it("keeps the date and the count of seats, which never reset", async () => {
    const emulator = frozen();
    const c = customer(emulator);
    const reset = { interval: "day", interval_count: 2 };
    const at = START + 5 * DAY;
    await c.create({ feature_id: "seats", included_grant: 7, reset, next_reset_at: at, balance_id: "s" });
    expect(await c.raw()).toMatchObject([
      { next_reset_at: at, entitlement: { interval: "lifetime", interval_count: 2 } },
    ]);
    expect(await c.get("seats")).toMatchObject({ next_reset_at: at, breakdown: [{ reset: null }] });
    await c.track(3, { feature_id: "seats" });
    emulator.advance(6 * DAY);
    expect(await c.get("seats")).toMatchObject({ remaining: 4, usage: 3, next_reset_at: at });
  });

  it("takes a date for a row that resets one_off", async () => {
    const c = customer(frozen());
    const body = { included_grant: 5, reset: { interval: "one_off" }, next_reset_at: START + DAY };
    expect(await c.create(body)).toMatchObject({ status: 200 });
    expect(await c.raw()).toMatchObject([{ next_reset_at: START + DAY }]);
    expect(await c.create({ included_grant: 5, next_reset_at: START + DAY })).toMatchObject({ status: 400 });
  });

  it("keeps the interval of unlimited credits and gives them no date", async () => {
    const c = customer(frozen());
    await c.create({ feature_id: "credits", unlimited: true, reset: { interval: "week" } });
    expect(await c.raw()).toMatchObject([{ next_reset_at: null, entitlement: { interval: "week" } }]);
  });

  it("wants the length of a rollover even where it lasts for ever", async () => {
    const c = customer(frozen());
    const monthly = { included_grant: 5, reset: { interval: "month" } };
    for (const rollover of [{ duration: "forever" }, { length: "1", duration: "forever" }, {}]) {
      expect(await c.create({ ...monthly, rollover })).toMatchObject({
        status: 400,
        body: { code: "invalid_inputs" },
      });
    }
    await c.create({ ...monthly, rollover: { length: 1, duration: "forever" } });
    expect(await c.raw()).toMatchObject([
      { entitlement: { rollover: { max: null, max_percentage: null, length: 1, duration: "forever" } } },
    ]);
  });
});

describe("balances.update", () => {
  it("applies field after field on the older server: what came before the failure stays", async () => {
    const c = customer(frozen());
    await c.create({ included_grant: 100, balance_id: "b" });
    const change = { balance_id: "b", add_to_balance: 5, next_reset_at: START + DAY };
    expect(await c.update(change)).toMatchObject({ status: 400 });
    expect(await c.get()).toMatchObject({ remaining: 105 });
  });

  it("lands whole or not at all on its successor", async () => {
    const c = customer(frozen({ level: "2026-10" }));
    await c.create({ included_grant: 100, balance_id: "b" });
    const change = { balance_id: "b", add_to_balance: 5, next_reset_at: START + DAY };
    expect(await c.update(change)).toMatchObject({ status: 400 });
    expect(await c.raw()).toMatchObject([{ balance: 100 }]);
  });

  it("sets what remains across all rows when it names none", async () => {
    const c = customer(frozen());
    await c.create({ included_grant: 100, balance_id: "a" });
    await c.create({ included_grant: 50, balance_id: "b" });
    await c.update({ remaining: 30 });
    expect((await c.raw()).map((row) => row.balance)).toEqual([0, 30]);
  });

  it("lets a row go below zero, which shows as usage above the grant", async () => {
    const c = customer(frozen());
    await c.create({ included_grant: 100, balance_id: "b" });
    await c.update({ balance_id: "b", add_to_balance: -130 });
    expect(await c.raw()).toMatchObject([{ balance: -30 }]);
    expect(await c.get()).toMatchObject({ granted: 100, remaining: 0, usage: 130 });
  });

  it("sets what remains when it is also told to add, and adds nothing", async () => {
    const c = customer(frozen());
    await c.create({ included_grant: 100, balance_id: "b" });
    expect(await c.update({ balance_id: "b", remaining: 40, add_to_balance: 7 })).toMatchObject({
      status: 200,
    });
    expect(await c.raw()).toMatchObject([{ balance: 40, adjustment: 0 }]);
  });

  it("brings rows that are below zero up to it before it adds to the first", async () => {
    const c = customer(frozen());
    await c.create({ included_grant: 10, balance_id: "a" });
    await c.create({ included_grant: 10, balance_id: "b" });
    await c.update({ balance_id: "b", remaining: -30 });
    await c.update({ add_to_balance: 50 });
    expect((await c.raw()).map((row) => row.balance)).toEqual([30, 0]);
  });

  it("adds to a credit system's row under the id of a feature it pays for, at its cost", async () => {
    const c = customer(frozen());
    await c.create({ feature_id: "credits", included_grant: 100, balance_id: "b" });
    await c.update({ balance_id: "b", add_to_balance: -5 });
    expect(await c.raw()).toMatchObject([{ balance: 90 }]);
    // What remains and what is used are set on rows of the feature itself
    expect(await c.update({ balance_id: "b", remaining: 5 })).toMatchObject({ status: 200 });
    expect(await c.raw()).toMatchObject([{ balance: 90 }]);
  });

  it("finds no row of a credit system under another feature on the successor", async () => {
    const c = customer(frozen({ level: "2026-10" }));
    await c.create({ feature_id: "credits", included_grant: 100, balance_id: "b" });
    expect(await c.update({ balance_id: "b", add_to_balance: -5 })).toMatchObject({
      status: 404,
      body: { code: "balance_not_found" },
    });
  });

  it("moves the stored balance of a boolean, which nobody sees elsewhere", async () => {
    const c = customer(frozen());
    await c.create({ feature_id: "sso", balance_id: "flag" });
    await c.update({ feature_id: "sso", balance_id: "flag", remaining: 60 });
    expect(await c.raw()).toMatchObject([{ balance: 60 }]);
    expect(await c.create({ feature_id: "sso" })).toMatchObject({ status: 409 });
  });

  it("stores no usage when it is refused", async () => {
    const c = customer(frozen());
    await c.create({ included_grant: 100, balance_id: "b" });
    await c.track(30);
    expect(await c.update({ balance_id: "nobody", included_grant: 1 })).toMatchObject({ status: 404 });
    expect(await c.raw()).toMatchObject([{ balance: 100 }]);
    await c.update({ balance_id: "b" });
    expect(await c.raw()).toMatchObject([{ balance: 70 }]);
  });

  it("refuses wrong types and times in the past", async () => {
    const c = customer(frozen());
    await c.create({ included_grant: 1, balance_id: "b", expires_at: START + DAY });
    const refused = async (body: object) => (await c.update({ balance_id: "b", ...body })).body.code;
    expect(await refused({ expires_at: null })).toBe("invalid_inputs");
    expect(await refused({ expires_at: 0 })).toBe("invalid_request");
  });

  it("answers before its effect in an organisation with asynchronous updates", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const c = customer(frozen({ asyncUpdatesMs: 30 }));
    await c.create({ included_grant: 100, balance_id: "b" });
    expect(await c.update({ balance_id: "b", included_grant: 150 })).toMatchObject({ status: 200 });
    expect(await c.update({ balance_id: "nobody", included_grant: 150 })).toMatchObject({ status: 200 });
    expect(await c.raw()).toMatchObject([{ adjustment: 0 }]);
    vi.advanceTimersByTime(30);
    expect(await c.raw()).toMatchObject([{ adjustment: 50 }]);
  });
});

describe("balances.delete", () => {
  it("finds a row by its internal id only when it was given none", async () => {
    const c = customer(frozen());
    await c.create({ included_grant: 1, balance_id: "named" });
    await c.create({ included_grant: 2 });
    const [named, unnamed] = await c.raw();
    expect(await c.remove({ balance_id: named?.id })).toMatchObject({ status: 404 });
    expect(await c.remove({ balance_id: unnamed?.id })).toMatchObject({ status: 200 });
    expect(await c.raw()).toHaveLength(1);
  });

  it("takes every row of the customer when it names no feature", async () => {
    const emulator = frozen();
    const c = customer(emulator);
    await c.create({ included_grant: 1 });
    await c.create({ feature_id: "storage", included_grant: 1, entity_id: "seat_1" });
    await call(emulator, "POST /v1/balances.delete", { customer_id: "c" });
    expect(await c.raw()).toEqual([]);
  });

  it("keeps the last row as the carrier of its usage when asked to recalculate", async () => {
    const c = customer(frozen({ storeDelayMs: 0 }));
    await c.create({ included_grant: 100, balance_id: "b", reset: { interval: "month" } });
    await c.track(30);
    expect(await c.remove({ balance_id: "b", recalculate_balances: true })).toMatchObject({ status: 200 });
    expect(await c.raw()).toMatchObject([
      { external_id: "b", balance: -30, adjustment: -100, next_reset_at: null },
    ]);
    expect(await c.get()).toMatchObject({ granted: 0, remaining: 0, usage: 30 });
  });

  it("moves the usage onto the other rows, below zero if it must be", async () => {
    const c = customer(frozen({ storeDelayMs: 0 }));
    await c.create({ included_grant: 100, balance_id: "a" });
    await c.create({ included_grant: 20, balance_id: "b" });
    await c.track(30);
    await c.remove({ balance_id: "a", recalculate_balances: true });
    expect(await c.raw()).toMatchObject([{ external_id: "b", balance: -10 }]);
  });

  it("needs a feature to recalculate", async () => {
    const emulator = frozen();
    const body = { customer_id: "c", recalculate_balances: true };
    expect(await call(emulator, "POST /v1/balances.delete", body)).toMatchObject({ status: 400 });
  });
});
