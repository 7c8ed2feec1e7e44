// Changes that need another row: usage and cycle survive, and nobody is without a balance in between.
import { describe, expect, it } from "vitest";
import { ACME, monthly, NEXT_SUMMER, oneOff, summary, YEARLY } from "./entries.ts";
import { DAY, LEVELS, START, World } from "./world.ts";

/** Whether a call has usage stored for a create that is still to come. */
const isFlushOfCreate = (body: string, world: World): boolean =>
  body.includes('"add_to_balance":0') && world.sent("create").length < 2;

const IN_A_MONTH = Date.UTC(2026, 11, 22, 12);

describe.each(LEVELS)("a replacement, server of %s", (level) => {
  it("keeps usage and cycle when a monthly grant is raised", async () => {
    const world = new World({ level });
    await world.converge([monthly(100)]);
    await world.use("acme", "api_calls", 30);
    const [before] = await world.live("acme");
    world.ms += 10 * DAY;
    const plan = await world.converge([monthly(150)]);

    expect(summary(plan)).toEqual(["replace test:api_calls~2 (changed-for-good)"]);
    expect(plan.changes[0]).toMatchObject({
      carries: 30,
      granted: 50,
      creates: true,
      retires: [{ balanceId: "test:api_calls" }],
      fields: [{ field: "included", from: 100, to: 150 }],
    });
    expect(await world.live("acme")).toMatchObject([
      { id: "test:api_calls~2", creationGrant: 150, grant: 150, usage: 30, resetsAt: before?.resetsAt },
    ]);
  });

  it("lasts over a reset", async () => {
    const world = new World({ level });
    await world.converge([monthly(100)]);
    await world.converge([monthly(150)]);
    world.ms = IN_A_MONTH + DAY;
    expect(await world.live("acme")).toMatchObject([{ grant: 150, remaining: 150 }]);
    expect((await world.plan([monthly(150)])).changes).toEqual([]);
  });

  it("ends exactly the row that is replaced, by customer, feature and balance_id", async () => {
    const world = new World({ level });
    await world.converge([monthly(100), monthly(7, { entity_id: "seat_1" })]);
    await world.converge([monthly(150), monthly(8, { entity_id: "seat_1" })]);
    expect(world.sent("delete")).toEqual([]);
    const sent = world
      .sent("update")
      .filter((body) => "expires_at" in body)
      .map(({ expires_at: _, ...body }) => body)
      .sort((a, b) => String(a.balance_id).length - String(b.balance_id).length);
    expect(sent).toEqual([
      { customer_id: "acme", feature_id: "api_calls", balance_id: "test:api_calls" },
      {
        customer_id: "acme",
        feature_id: "api_calls",
        balance_id: "test:api_calls@seat_1",
        entity_id: "seat_1",
      },
    ]);
  });

  it("has the successor there before the old row ends", async () => {
    const world = new World({ level });
    await world.converge([monthly(100)]);
    let rowsBeforeTheEnd: unknown;
    world.route = async (input, init) => {
      if (String(init?.body).includes("expires_at")) rowsBeforeTheEnd = (await world.live("acme")).length;
      return world.emulator.fetch(input, init);
    };
    await world.converge([monthly(150)]);
    expect(rowsBeforeTheEnd).toBe(2);
  });

  it("keeps the row that is replaced as history, with what was used of it", async () => {
    const world = new World({ level });
    await world.converge([monthly(100)]);
    await world.use("acme", "api_calls", 30);
    await world.converge([monthly(150)]);
    expect(await world.rows("acme")).toMatchObject([
      { id: "test:api_calls", grant: 100, usage: 30, expiresAt: expect.any(Number) },
      { id: "test:api_calls~2", grant: 150, usage: 30, expiresAt: null },
    ]);
  });

  it("keeps usage that is not stored yet", async () => {
    const world = new World({ level });
    await world.converge([monthly(100)]);
    await world.call("balances.track", { ...ACME, feature_id: "api_calls", value: 30 });
    await world.converge([monthly(150)]);
    expect(await world.live("acme")).toMatchObject([{ grant: 150, usage: 30 }]);
  });

  // What is used in the very moment between a flush and the create after it is lost: the API drops it.
  it("keeps usage that comes in after every call that it makes", async () => {
    const world = new World({ level });
    await world.converge([monthly(1000)]);
    await world.use("acme", "api_calls", 7);
    let used = 7;
    world.route = async (input, init) => {
      const answer = await world.emulator.fetch(input, init);
      // What comes in between a flush and a create is not to be saved.
      if (!isFlushOfCreate(String(init?.body), world)) {
        await world.call("balances.track", { ...ACME, feature_id: "api_calls", value: 5 });
        used += 5;
      }
      return answer;
    };
    await world.converge([monthly(1500)]);
    world.ms += 2000;
    expect(used).toBeGreaterThan(50);
    expect(await world.live("acme")).toMatchObject([{ grant: 1500, usage: used }]);
  });

  it("keeps usage beyond the grant", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100, { expires_at: NEXT_SUMMER })]);
    await world.use("acme", "storage", 80);
    await world.converge([oneOff(50)]);
    expect(await world.live("acme")).toMatchObject([{ grant: 50, usage: 80, remaining: -30 }]);
    expect((await world.plan([oneOff(50)])).changes).toEqual([]);
  });

  it("keeps the cycle of a balance that it leaves used up", async () => {
    const world = new World({ level });
    await world.converge([monthly(100)]);
    await world.use("acme", "api_calls", 60);
    world.ms += 12_345;
    const [before] = await world.live("acme");
    await world.converge([monthly(60)]);
    expect(await world.live("acme")).toMatchObject([
      { id: "test:api_calls~2", grant: 60, remaining: 0, resetsAt: before?.resetsAt },
    ]);
  });

  it("takes an end away", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100, { expires_at: NEXT_SUMMER })]);
    await world.use("acme", "storage", 30);
    const plan = await world.converge([oneOff(100)]);
    expect(summary(plan)).toEqual(["replace test:storage~2 (not-updatable)"]);
    expect(await world.live("acme")).toMatchObject([{ grant: 100, usage: 30, expiresAt: null }]);
  });

  it.each([
    ["monthly to yearly", monthly(100), monthly(200, YEARLY), "reset"],
    ["yearly to monthly", monthly(100, YEARLY), monthly(200), "reset"],
    ["one-off to monthly", oneOff(100, { feature_id: "api_calls" }), monthly(200), "reset"],
    ["monthly to one-off", monthly(100), oneOff(200, { feature_id: "api_calls" }), "reset"],
    ["another rollover", monthly(100), monthly(200, { rollover: { max: 5, duration: "month" } }), "rollover"],
  ])("changes a cycle, and keeps usage: %s", async (_, before, after, field) => {
    const world = new World({ level });
    await world.converge([before]);
    await world.use("acme", "api_calls", 30);
    const plan = await world.converge([after]);
    expect(summary(plan)).toEqual(["replace test:api_calls~2 (not-updatable)"]);
    expect(plan.changes[0]?.fields.map((change) => change.field)).toContain(field);
    expect(await world.live("acme")).toMatchObject([{ grant: 200, usage: 30 }]);
    expect((await world.plan([after])).changes).toEqual([]);
  });

  it("starts another cycle at the declared moment", async () => {
    const world = new World({ level });
    const first = START + 40 * DAY + 123;
    await world.converge([monthly(100, YEARLY)]);
    await world.use("acme", "api_calls", 30);
    await world.converge([monthly(200, { next_reset_at: first })]);
    expect(await world.live("acme")).toMatchObject([{ usage: 30, resetsAt: first }]);
  });

  it("limits what was unlimited, and back", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100)]);
    await world.use("acme", "storage", 30);
    const unlimited = { ...ACME, feature_id: "storage", unlimited: true } as const;
    const freed = await world.converge([unlimited]);
    expect(summary(freed)).toEqual(["replace test:storage~2 (not-updatable)"]);
    expect(freed.changes[0]?.fields).toEqual([
      { field: "unlimited", from: false, to: true },
      { field: "included", from: 100, to: null },
    ]);
    expect(await world.live("acme")).toMatchObject([{ unlimited: true }]);
    await world.converge([oneOff(100)]);
    expect(await world.live("acme")).toMatchObject([{ id: "test:storage~3", grant: 100, usage: 30 }]);
  });

  it("moves a balance to an entity", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100, { id: "pool" })]);
    await world.use("acme", "storage", 30);
    const plan = await world.converge([oneOff(100, { id: "pool", entity_id: "seat_1" })]);
    expect(plan.changes[0]?.fields).toEqual([{ field: "entity_id", from: null, to: "seat_1" }]);
    expect(await world.live("acme")).toMatchObject([
      { id: "test:pool~2", grant: 100, usage: 30, entity: expect.stringMatching(/^ety_/) },
    ]);
    expect((await world.plan([oneOff(100, { id: "pool", entity_id: "seat_1" })])).changes).toEqual([]);
  });

  it.each([["granted"], ["adopted"]])("moves a balance, %s, from one entity to another", async (how) => {
    const world = new World({ level });
    const given = how === "adopted" ? { adopt: "by-hand", id: "pool" } : { id: "pool" };
    if (how === "adopted") {
      const row = { included_grant: 100, balance_id: "by-hand", entity_id: "seat_1" };
      await world.grantByHand("acme", "storage", row);
    }
    await world.converge([oneOff(100, { ...given, entity_id: "seat_1" })]);
    const track = { ...ACME, feature_id: "storage", entity_id: "seat_1", value: 30 };
    await world.call("balances.track", track);
    world.ms += 2000;
    const entry = oneOff(100, { ...given, entity_id: "seat_2" });
    const plan = await world.converge([entry]);
    expect(plan.changes[0]?.fields).toEqual([{ field: "entity_id", from: "seat_1", to: "seat_2" }]);
    expect(await world.live("acme")).toMatchObject([{ grant: 100, usage: 30 }]);
    expect((await world.plan([entry])).changes).toEqual([]);
  });

  it("gives an id another feature, whose usage counts from zero", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100, { id: "pool" })]);
    await world.use("acme", "storage", 30);
    const plan = await world.converge([monthly(100, { id: "pool", feature_id: "credits" })]);
    expect(plan.changes[0]).toMatchObject({ kind: "replace", carries: 0 });
    expect(await world.live("acme")).toMatchObject([{ feature: "credits", grant: 100, usage: 0 }]);
  });

  it("replaces a boolean by deleting first, as there can be only one", async () => {
    const world = new World({ level });
    await world.converge([{ ...ACME, feature_id: "sso", expires_at: NEXT_SUMMER }]);
    const plan = await world.converge([{ ...ACME, feature_id: "sso" }]);
    expect(summary(plan)).toEqual(["replace test:sso (not-updatable)"]);
    expect(await world.live("acme")).toMatchObject([{ feature: "sso", expiresAt: null }]);
  });

  it("makes durable what was edited by hand to the declared grant", async () => {
    const world = new World({ level });
    await world.converge([monthly(100)]);
    await world.use("acme", "api_calls", 30);
    await world.call("balances.update", {
      ...ACME,
      feature_id: "api_calls",
      balance_id: "test:api_calls",
      included_grant: 500,
      add_to_balance: 400,
    });
    const plan = await world.converge([monthly(500)]);
    expect(summary(plan)).toEqual(["replace test:api_calls~2 (reset-would-revert)"]);
    expect(plan.changes[0]).toMatchObject({ fields: [], granted: 0, carries: 30 });
    expect(await world.live("acme")).toMatchObject([{ creationGrant: 500, grant: 500, usage: 30 }]);
  });

  it("gives a cycle to what was stored without a next reset", async () => {
    const world = new World({ level });
    await world.grantByHand("acme", "api_calls", {
      balance_id: "test:api_calls",
      included_grant: 100,
      reset: { interval: "month" },
      expires_at: NEXT_SUMMER,
    });
    const plan = await world.converge([monthly(100)]);
    expect(summary(plan)).toEqual(["replace test:api_calls~2 (never-resets)"]);
    expect(await world.live("acme")).toMatchObject([{ grant: 100, expiresAt: null }]);
    expect((await world.live("acme"))[0]?.resetsAt).toBeGreaterThan(world.ms);
  });

  it("warns that units kept over resets end with the row", async () => {
    const world = new World({ level });
    await world.converge([monthly(100, { rollover: { max: 50, duration: "forever" } })]);
    world.ms = IN_A_MONTH + DAY;
    await world.live("acme");
    const plan = await world.plan([monthly(150, { rollover: { max: 50, duration: "forever" } })]);
    expect(summary(plan)).toEqual(["replace test:api_calls~2 (changed-for-good)"]);
    expect(plan.warnings.map(({ code }) => code)).toEqual(["rollover-ends"]);
  });
});
