// Rows that were ended by an update of expires_at: nothing lands on them, and nothing brings them back.
import { describe, expect, it } from "vitest";
import { call, customer, DAY, frozen, START } from "./helpers.ts";

const END = START + 2500;
const LEVELS = ["2026-08", "2026-10"] as const;

/** Rows of every kind, with a call that uses one. */
const KINDS: [string, object, object | null][] = [
  ["one-off", { included_grant: 100 }, {}],
  ["resetting", { included_grant: 100, reset: { interval: "day" } }, {}],
  ["unlimited", { unlimited: true }, {}],
  ["entity", { included_grant: 100, entity_id: "seat_1" }, { entity_id: "seat_1" }],
  ["credit system", { feature_id: "credits", included_grant: 100 }, { feature_id: "credits" }],
  ["seats", { feature_id: "seats", included_grant: 100 }, { feature_id: "seats" }],
  ["boolean", { feature_id: "sso" }, null],
];

describe.each(LEVELS)("ending a row at level %s", (level) => {
  const begin = () => {
    const emulator = frozen({ level });
    return { emulator, c: customer(emulator) };
  };

  it.each(KINDS)(
    "works on one of the kind %s, on which nothing lands from then on",
    async (_, body, usage) => {
      const { emulator, c } = begin();
      await c.create({ ...body, balance_id: "b" });
      if (usage) await c.track(30, usage);
      const { feature_id = "api_calls", entity_id } = body as { feature_id?: string; entity_id?: string };
      const place = { feature_id, entity_id, balance_id: "b" };
      expect(await c.update({ ...place, expires_at: END })).toMatchObject({ status: 200 });
      emulator.advance(2500);
      const before = await c.raw();
      if (usage) await c.track(30, usage);
      emulator.advance(2 * DAY);
      expect(await c.raw()).toEqual(before);
      expect(before).toMatchObject([{ external_id: "b", expires_at: END }]);
      expect(await c.get(feature_id)).toBeUndefined();

      for (const field of [{ expires_at: START + 9 * DAY }, { included_grant: 1 }]) {
        expect(await c.update({ ...place, ...field })).toMatchObject({ status: 404 });
      }
      expect(await c.remove(place)).toMatchObject({ status: 404 });
      expect(await c.create({ included_grant: 1, balance_id: "b" })).toMatchObject({ status: 409 });
    },
  );

  it("leaves usage to the successor, and loses none of it", async () => {
    const { emulator, c } = begin();
    const monthly = { included_grant: 100, reset: { interval: "month" } };
    await c.create({ ...monthly, balance_id: "old" });
    await c.create({ ...monthly, balance_id: "new" });
    await c.update({ balance_id: "old", expires_at: END });
    for (let second = 0; second < 5; second++) {
      await c.track(10);
      emulator.advance(1000);
    }
    expect((await c.raw()).map((row) => [row.external_id, 100 - row.balance])).toEqual([
      ["old", 30],
      ["new", 20],
    ]);
  });

  it("keeps the date of the reset it does not come back at", async () => {
    const { emulator, c } = begin();
    await c.create({ included_grant: 100, reset: { interval: "day" }, balance_id: "b" });
    await c.track(30);
    await c.update({ balance_id: "b", expires_at: END });
    emulator.advance(3 * DAY);
    expect(await c.get()).toBeUndefined();
    expect(await c.raw()).toMatchObject([{ balance: 70, next_reset_at: START + DAY }]);
  });

  it("lets a boolean be granted again", async () => {
    const { emulator, c } = begin();
    await c.create({ feature_id: "sso", balance_id: "first" });
    expect(await c.create({ feature_id: "sso", balance_id: "second" })).toMatchObject({ status: 409 });
    await c.update({ feature_id: "sso", balance_id: "first", expires_at: END });
    emulator.advance(2500);
    expect(await c.create({ feature_id: "sso", balance_id: "first" })).toMatchObject({ status: 409 });
    expect(await c.create({ feature_id: "sso", balance_id: "second" })).toMatchObject({ status: 200 });
  });

  it("takes a row out of every window, so that ended rows hide no older one", async () => {
    const { emulator, c } = begin();
    await c.create({ included_grant: 5, balance_id: "oldest" });
    for (let n = 0; n < 34; n++) {
      await c.create({ included_grant: 1, balance_id: `row_${n}` });
      await c.update({ balance_id: `row_${n}`, expires_at: END });
    }
    expect(await c.remove({ balance_id: "oldest" })).toMatchObject({ status: 404 });
    emulator.advance(2500);
    expect((await c.get())?.breakdown).toMatchObject([{ id: "oldest" }]);
    const { body } = await call(emulator, "POST /v1/customers.list", {});
    expect(body.list).toMatchObject([{ balances: { api_calls: { breakdown: [{ id: "oldest" }] } } }]);
    expect(await c.remove({ balance_id: "oldest" })).toMatchObject({ status: 200 });
  });

  it("reaches a row however old it is, where a delete does not", async () => {
    const { c } = begin();
    for (let n = 0; n < 45; n++) await c.create({ included_grant: 1, balance_id: `row_${n}` });
    expect(await c.remove({ balance_id: "row_0" })).toMatchObject({ status: 404 });
    expect(await c.update({ balance_id: "row_0", expires_at: END })).toMatchObject({ status: 200 });
  });

  it("cannot be done to a row that is used up", async () => {
    const { emulator, c } = begin();
    await c.create({ included_grant: 10, balance_id: "b" });
    await c.track(10);
    emulator.advance(1000);
    expect(await c.update({ balance_id: "b", expires_at: END })).toMatchObject({ status: 404 });
  });
});

describe("balances.list", () => {
  it("shows ended rows when it is asked for them, with their usage", async () => {
    const emulator = frozen({ level: "2026-10" });
    const c = customer(emulator);
    await c.create({ included_grant: 100, balance_id: "b" });
    await c.track(30);
    await c.update({ balance_id: "b", expires_at: END });
    emulator.advance(2500);
    const list = async (body: object) =>
      (await call(emulator, "POST /v1/balances.list", { customer_id: "c", ...body })).body.list;
    expect(await list({})).toEqual([]);
    expect(await list({ statuses: ["expired"] })).toMatchObject([
      { id: "b", status: "expired", usage: 30, remaining: 70 },
    ]);
  });
});
