// billing_controls.usage_limits: what counts in a window, and what is held back by it.
import { describe, expect, it } from "vitest";
import type { EmulatorOptions } from "../../src/emulator/index.ts";
import { call, customer, DAY, frozen, START } from "./helpers.ts";

type Limit = { feature_id?: string; enabled?: boolean; limit: number; interval?: string };

const LEVELS = ["2026-08", "2026-10"] as const;

function limited(options: EmulatorOptions = {}) {
  const emulator = frozen({ storeDelayMs: 0, ...options });
  const limits = (list: Limit[]) => ({
    billing_controls: {
      usage_limits: list.map((limit) => ({
        feature_id: "api_calls",
        enabled: true,
        interval: "month",
        ...limit,
      })),
    },
  });
  const window = async () =>
    (await call(emulator, "POST /v1/customers.get", { customer_id: "c" })).body.billing_controls
      ?.usage_limits?.[0]?.usage;
  return {
    emulator,
    c: customer(emulator),
    window,
    limit: (...list: Limit[]) =>
      call(emulator, "POST /v1/customers.update", { customer_id: "c", ...limits(list) }),
    limitSeat: (...list: Limit[]) =>
      call(emulator, "POST /v1/entities.update", {
        customer_id: "c",
        entity_id: "seat_1",
        ...limits(list),
      }),
  };
}

describe.each(LEVELS)("a usage limit of a customer at level %s", (level) => {
  it("is shown with what counted in its window and where it comes from", async () => {
    const { emulator, c, limit } = limited({ level });
    await c.create({ included_grant: 100, balance_id: "b" });
    expect(await limit({ limit: 40 })).toMatchObject({ status: 200 });
    await c.track(30);
    const { body } = await call(emulator, "POST /v1/customers.get", { customer_id: "c" });
    expect(body.billing_controls?.usage_limits).toEqual([
      {
        feature_id: "api_calls",
        enabled: true,
        limit: 40,
        interval: "month",
        usage: 30,
        source: "customer",
      },
    ]);
  });

  it("shows no usage and holds nothing back while it is disabled", async () => {
    const { emulator, c, limit } = limited({ level });
    await c.create({ included_grant: 100, balance_id: "b" });
    await limit({ limit: 10, enabled: false });
    await c.track(30);
    expect(await c.get()).toMatchObject({ usage: 30 });
    const { body } = await call(emulator, "POST /v1/customers.get", { customer_id: "c" });
    expect(body.billing_controls?.usage_limits?.[0]).not.toHaveProperty("usage");
  });

  it("stops tracking where it is reached", async () => {
    const { c, limit, window } = limited({ level });
    await c.create({ included_grant: 100, balance_id: "b" });
    await limit({ limit: 40 });
    await c.track(30);
    await c.track(30);
    expect(await c.get()).toMatchObject({ usage: 40, remaining: 60 });
    expect(await window()).toBe(40);
    expect(await c.track(1, { overage_behavior: "reject" })).toMatchObject({ status: 400 });
  });

  it("neither holds back nor counts what remains, what is used, or usage moved by a delete", async () => {
    const { c, limit, window } = limited({ level });
    await c.create({ included_grant: 100, balance_id: "a" });
    await c.create({ included_grant: 100, balance_id: "b" });
    await limit({ limit: 40 });
    await c.update({ balance_id: "a", usage: 70 });
    await c.update({ balance_id: "b", remaining: 5 });
    expect((await c.raw()).map((row) => row.balance)).toEqual([30, 5]);
    await c.remove({ balance_id: "a", recalculate_balances: true });
    expect(await c.raw()).toMatchObject([{ balance: -65 }]);
    expect(await window()).toBe(0);
  });

  it("does not count what is added or given back", async () => {
    const { c, limit, window } = limited({ level });
    await c.create({ included_grant: 100, balance_id: "b" });
    await limit({ limit: 40 });
    await c.track(30);
    await c.track(-10);
    await c.update({ balance_id: "b", add_to_balance: 50 });
    expect(await window()).toBe(30);
  });

  it("begins anew with every window", async () => {
    const { emulator, c, limit, window } = limited({ level });
    await c.create({ included_grant: 100, balance_id: "b" });
    await limit({ limit: 40, interval: "day" });
    await c.track(40);
    emulator.advance(DAY);
    expect(await window()).toBe(0);
    await c.track(40);
    expect(await c.get()).toMatchObject({ usage: 80 });
  });

  it("has its window moved by the first row that resets, and its count shown as 0", async () => {
    const { emulator, c, limit, window } = limited({ level });
    await c.create({ feature_id: "credits", included_grant: 100, balance_id: "b" });
    await limit({ limit: 40 });
    await c.track(10);
    expect(await window()).toBe(10);
    emulator.advance(2 * DAY);
    await c.create({ included_grant: 5, reset: { interval: "month" } });
    expect(await window()).toBe(0);
  });

  it("binds nobody while an unlimited row pays", async () => {
    const { c, limit, window } = limited({ level });
    await c.create({ unlimited: true });
    await limit({ limit: 10 });
    await c.track(30);
    expect(await c.get()).toMatchObject({ usage: 30 });
    expect(await window()).toBe(0);
  });

  it("of a credit system counts credits, and only those of its own rows", async () => {
    const { c, limit, window } = limited({ level });
    await c.create({ included_grant: 10, balance_id: "a" });
    await c.create({ feature_id: "credits", included_grant: 100, balance_id: "b" });
    await limit({ feature_id: "credits", limit: 6 });
    await c.track(20);
    expect((await c.raw()).map((row) => row.balance)).toEqual([0, 94]);
    expect(await window()).toBe(6);
  });

  it("counts what rollovers pay", async () => {
    const { emulator, c, limit } = limited({ level });
    const rollover = { max: null, length: 1, duration: "month" };
    await c.create({ included_grant: 10, reset: { interval: "month" }, rollover });
    emulator.setTime("2027-02-01T00:00:00Z");
    await limit({ limit: 4 });
    await c.track(9);
    expect(await c.get()).toMatchObject({ granted: 20, usage: 4 });
  });

  it("loses its count with the usage that a create drops", async () => {
    const { c, limit, window } = limited({ level, storeDelayMs: 1000 });
    await c.create({ included_grant: 100, balance_id: "b" });
    await limit({ limit: 40 });
    await c.track(30);
    await c.create({ feature_id: "storage", included_grant: 1 });
    expect(await c.get()).toMatchObject({ usage: 0 });
    expect(await window()).toBe(0);
  });

  it("of an entity comes before that of its customer, with a window of its own", async () => {
    const { emulator, c, limit, limitSeat, window } = limited({ level });
    await c.create({ included_grant: 100, balance_id: "b" });
    await limit({ limit: 40 });
    expect(await limitSeat({ limit: 5 })).toMatchObject({ status: 200 });
    await c.track(30, { entity_id: "seat_1" });
    await c.track(30, { entity_id: "seat_2" });
    expect(await c.get()).toMatchObject({ usage: 35 });
    expect(await window()).toBe(30);
    const { body } = await call(emulator, "POST /v1/entities.get", {
      customer_id: "c",
      entity_id: "seat_1",
    });
    expect(body.billing_controls?.usage_limits).toMatchObject([{ limit: 5, usage: 5, source: "entity" }]);
  });

  it("has its fields checked", async () => {
    const { emulator, limit } = limited({ level });
    expect(await limit({ limit: 1, interval: "fortnight" })).toMatchObject({ status: 400 });
    expect(await call(emulator, "POST /v1/customers.update", { customer_id: "nobody" })).toMatchObject({
      status: 404,
    });
  });
});

describe("a negative add_to_balance under a usage limit", () => {
  async function thirtyOfForty(level: (typeof LEVELS)[number]) {
    const world = limited({ level });
    await world.c.create({ included_grant: 100, balance_id: "b" });
    await world.limit({ limit: 40 });
    await world.c.track(30);
    return world;
  }

  it("is cut to what the window has left, with a 200, and counts once more (2026-08)", async () => {
    const { c, window } = await thirtyOfForty("2026-08");
    await c.create({ included_grant: 100, balance_id: "successor", expires_at: START + DAY });
    expect(await c.update({ balance_id: "successor", add_to_balance: -30 })).toMatchObject({ status: 200 });
    expect((await c.raw()).map((row) => row.balance)).toEqual([70, 90]);
    expect(await window()).toBe(40);
  });

  it("leaves more than the grant when one is lowered (2026-08)", async () => {
    const { c } = await thirtyOfForty("2026-08");
    await c.update({ balance_id: "b", included_grant: 50, add_to_balance: -50 });
    expect(await c.get()).toMatchObject({ granted: 50, remaining: 60, usage: -10 });
  });

  it("is not cut, but counts (2026-10)", async () => {
    const { c, window } = await thirtyOfForty("2026-10");
    await c.update({ balance_id: "b", included_grant: 50, add_to_balance: -50 });
    expect(await c.get()).toMatchObject({ granted: 50, remaining: 20, usage: 30 });
    expect(await window()).toBe(80);
  });
});
