// Public reads: rows of plans, entities, pages and cursors.
import { describe, expect, it } from "vitest";
import { createEmulator, type Emulator } from "../../src/emulator/index.ts";
import { call, customer, DAY, FEATURES, frozen, START } from "./helpers.ts";

describe("the rows of a plan", () => {
  function onPlan(): Emulator {
    const emulator = frozen({ level: "2026-10", storeDelayMs: 0 });
    const balances = [
      { feature_id: "api_calls", included_grant: 100, reset: { interval: "month" as const } },
    ];
    emulator.seed({ customers: [{ id: "c", plans: [{ plan_id: "pro", balances }] }] });
    return emulator;
  }

  it("show in public reads under an internal id, and not in GET balances/list", async () => {
    const c = customer(onPlan());
    expect((await c.get())?.breakdown).toMatchObject([
      { id: expect.stringMatching(/^cus_ent_/), plan_id: "pro" },
    ]);
    expect(await c.raw()).toEqual([]);
  });

  it("are used by tracking, and stay visible when drained", async () => {
    const c = customer(onPlan());
    await c.track(100);
    expect(await c.get()).toMatchObject({ granted: 100, remaining: 0, usage: 100 });
  });

  it("can be told from standalone ones in balances.list", async () => {
    const emulator = onPlan();
    await customer(emulator).create({ included_grant: 5, balance_id: "own" });
    const ids = async (body: object) =>
      (await call(emulator, "POST /v1/balances.list", body)).body.list.map((row) => row.plan_id ?? row.id);
    expect(await ids({})).toEqual(["own", "pro"]);
    expect(await ids({ plan_id: null })).toEqual(["own"]);
    expect(await ids({ plan_id: "pro" })).toEqual(["pro"]);
  });
});

describe("POST balances.list", () => {
  async function mixed(): Promise<Emulator> {
    const emulator = frozen({ level: "2026-10", storeDelayMs: 0 });
    const c = customer(emulator);
    await c.create({ included_grant: 1, balance_id: "drained" });
    await c.track(1);
    await c.create({ unlimited: true, balance_id: "unlimited" });
    await c.create({ feature_id: "sso", balance_id: "flag" });
    await c.create({ included_grant: 1, balance_id: "seat", entity_id: "seat_1" });
    await c.create({ included_grant: 1, balance_id: "expired", expires_at: START - DAY });
    return emulator;
  }

  it("lists what other public reads hide, newest first, with the entity's own id", async () => {
    const { body } = await call(await mixed(), "POST /v1/balances.list", { customer_id: "c" });
    expect(body.list.map((row) => row.id)).toEqual(["seat", "flag", "unlimited", "drained"]);
    expect(body.list[0]).toMatchObject({ entity_id: "seat_1", customer_id: "c", status: "active" });
    expect(body).toMatchObject({ has_more: false, next_cursor: null });
  });

  it("filters by status, feature and entity", async () => {
    const emulator = await mixed();
    const ids = async (body: object) =>
      (await call(emulator, "POST /v1/balances.list", { customer_id: "c", ...body })).body.list.map(
        (row) => row.id,
      );
    expect(await ids({ statuses: ["expired"] })).toEqual(["expired"]);
    expect(await ids({ statuses: ["active", "expired"] })).toHaveLength(5);
    expect(await ids({ feature_id: "sso" })).toEqual(["flag"]);
    expect(await ids({ entity_id: "seat_1" })).toEqual(["seat"]);
    expect(await ids({ feature_id: "nope" })).toEqual([]);
  });

  it("refuses what it does not know", async () => {
    const emulator = await mixed();
    const refused = async (body: object) => {
      const reply = await call(emulator, "POST /v1/balances.list", body);
      return [reply.status, reply.body.code];
    };
    expect(await refused({ start_cursor: "!!" })).toEqual([400, "invalid_cursor"]);
    expect(await refused({ limit: 201 })).toEqual([400, "invalid_inputs"]);
    expect(await refused({ statuses: ["gone"] })).toEqual([400, "invalid_inputs"]);
    expect(await refused({ entity_id: "seat_1" })).toEqual([400, "invalid_inputs"]);
    expect(await refused({ customer_id: "ghost" })).toEqual([404, "customer_not_found"]);
    expect(await refused({ customer_id: "c", entity_id: "ghost" })).toEqual([404, "entity_not_found"]);
  });

  it("does not exist on the older server", async () => {
    const reply = await call(frozen({ level: "2026-08" }), "POST /v1/balances.list");
    expect(reply).toMatchObject({ status: 401, body: { code: "no_auth_header" } });
  });

  it("walks the organisation in short and empty pages without losing a row", async () => {
    const emulator = createEmulator({
      level: "2026-10",
      listScanCap: 3,
      seed: {
        features: FEATURES,
        customers: Array.from({ length: 20 }, (_, i) => ({
          id: `c${i}`,
          // Four customers in a row have nothing: their page is empty
          balances:
            i >= 5 && i <= 12 ? [] : [1, 2].map((n) => ({ feature_id: "api_calls", included_grant: n })),
        })),
      },
    });
    const sizes: number[] = [];
    const seen = new Set<string>();
    for (let cursor: string | null = ""; cursor !== null; ) {
      const { body } = await call(emulator, "POST /v1/balances.list", { limit: 4, start_cursor: cursor });
      sizes.push(body.list.length);
      for (const row of body.list) seen.add(`${row.customer_id} ${row.included_grant}`);
      expect(body.has_more).toBe(body.next_cursor !== null);
      cursor = body.next_cursor;
    }
    expect(seen.size).toBe(24);
    expect(sizes.slice(0, -1)).toContain(0);
    expect(sizes.reduce((total, size) => total + size)).toBe(24);
  });
});

describe("customers.list", () => {
  it("pages through everyone, newest first, and searches", async () => {
    const emulator = createEmulator({
      seed: { features: FEATURES, customers: ["a", "b", "c"].map((id) => ({ id, name: `Name ${id}` })) },
    });
    const page = async (body: object) => (await call(emulator, "POST /v1/customers.list", body)).body;
    const first = await page({ limit: 2 });
    expect(first.list.map((item) => item.id)).toEqual(["c", "b"]);
    const second = await page({ limit: 2, start_cursor: first.next_cursor });
    expect(second.list.map((item) => item.id)).toEqual(["a"]);
    expect(second.next_cursor).toBeNull();
    expect((await page({ search: "NAME B" })).list.map((item) => item.id)).toEqual(["b"]);
  });
});

describe("entities", () => {
  it("are listed with the balances they hold", async () => {
    const emulator = frozen();
    await customer(emulator).create({ included_grant: 3, balance_id: "s", entity_id: "seat_2" });
    const { body } = await call(emulator, "POST /v1/entities.list", { customer_id: "c" });
    const entities = body.list as unknown as {
      id: string;
      balances: Record<string, { remaining: number }>;
    }[];
    expect(entities.map((entity) => [entity.id, entity.balances.api_calls?.remaining])).toEqual([
      ["seat_1", undefined],
      ["seat_2", 3],
    ]);
  });

  it("are created once, for features and customers that exist", async () => {
    const emulator = frozen();
    const create = (body: object) =>
      call(emulator, "POST /v1/entities.create", {
        customer_id: "c",
        entity_id: "x",
        feature_id: "seats",
        ...body,
      });
    expect(await create({})).toMatchObject({ status: 200, body: { id: "x", customer_id: "c" } });
    expect(await create({})).toMatchObject({ status: 409, body: { code: "entity_already_exists" } });
    expect(await create({ feature_id: "nope" })).toMatchObject({
      status: 404,
      body: { code: "feature_not_found" },
    });
    expect(await create({ customer_id: "ghost" })).toMatchObject({ body: { code: "customer_not_found" } });
  });
});

describe("the totals of a customer", () => {
  async function withSeatRows(first: object, second: object) {
    const c = customer(frozen({ storeDelayMs: 0 }));
    await c.create({ ...first, entity_id: "seat_1", balance_id: "one" });
    await c.create({ ...second, entity_id: "seat_2", balance_id: "two" });
    return c;
  }

  it("have the earliest reset of all rows, those of entities included", async () => {
    const c = await withSeatRows(
      { included_grant: 10, reset: { interval: "day" } },
      { included_grant: 5, reset: { interval: "week" } },
    );
    expect(await c.get()).toMatchObject({ granted: 15, next_reset_at: START + DAY, breakdown: [] });
    await c.create({ included_grant: 1, reset: { interval: "hour" }, balance_id: "own" });
    expect(await c.get()).toMatchObject({ granted: 16, next_reset_at: START + 3_600_000 });
  });

  it("add the rows of entities up before they floor what is left at zero", async () => {
    const c = await withSeatRows({ included_grant: 10 }, { included_grant: 10 });
    await c.update({ entity_id: "seat_1", balance_id: "one", remaining: -4 });
    expect(await c.get()).toMatchObject({ granted: 20, remaining: 6, usage: 14 });
  });

  it("are unlimited with a row of an entity that is, and show the usage of the others", async () => {
    const c = await withSeatRows({ unlimited: true }, { included_grant: 10 });
    await c.create({ included_grant: 100, balance_id: "own", reset: { interval: "month" } });
    await c.track(30);
    expect(await c.get()).toMatchObject({
      granted: 0,
      remaining: 0,
      usage: 30,
      unlimited: true,
      breakdown: [{ id: "own", remaining: 70, unlimited: false }],
    });
  });
});
