// Changes that balances.update can make in place, on rows of every kind.
import { describe, expect, it } from "vitest";
import { ACME, monthly, NEXT_SUMMER, oneOff, SOON, summary } from "./entries.ts";
import { DAY, LEVELS, World } from "./world.ts";

describe.each(LEVELS)("an update, server of %s", (level) => {
  it("raises a one-off grant, and keeps what is used", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100)]);
    await world.use("acme", "storage", 30);
    const plan = await world.converge([oneOff(150)]);

    expect(summary(plan)).toEqual(["update test:storage"]);
    expect(plan.changes[0]?.fields).toEqual([{ field: "included", from: 100, to: 150 }]);
    expect(plan.changes[0]?.granted).toBe(50);
    const rows = await world.rows("acme");
    expect(rows).toMatchObject([{ id: "test:storage", grant: 150, usage: 30, remaining: 120 }]);
  });

  it("has nothing to do for an amount of which the server keeps fewer digits", async () => {
    const world = new World({ level });
    const long = [33_333_333.333333332, 9_007_199_254_740_991, 0.9990000000000001, 1000 / 3];
    const entries = long.flatMap((included, n) => [
      oneOff(included, { id: `o${n}` }),
      monthly(included, { id: `m${n}` }),
    ]);
    const rolling = monthly(1000 / 3, { id: "r", rollover: { max: 1000 / 7, length: 1, duration: "month" } });
    await world.converge([...entries, rolling]);
    expect(summary(await world.plan([...entries, rolling], { checkGrants: "always" }))).toEqual([]);
    expect(
      (await world.plan([...entries.map((entry) => ({ ...entry, included: 5 })), rolling])).changes,
    ).toHaveLength(8);
  });

  it("shows amounts as people write them, where the server's own sums have binary noise", async () => {
    const world = new World({ level });
    await world.converge([oneOff(40)]);
    await world.converge([oneOff(0.1)]);
    // What is left reads 0.100000000000001.
    expect((await world.plan([], { prune: true })).changes).toMatchObject([
      { granted: -0.1, row: { remaining: 0.1 } },
    ]);
    const [change] = (await world.plan([oneOff(40)])).changes;
    expect(change).toMatchObject({ granted: 39.9, fields: [{ field: "included", from: 0.1, to: 40 }] });
  });

  it("sends grant and rest in one call, which names customer, feature and balance", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100)]);
    world.emulator.clearRequests();
    await world.converge([oneOff(70)]);

    const moving = world.sent("update").filter((body) => body.add_to_balance !== 0);
    expect(moving).toEqual([
      {
        customer_id: "acme",
        feature_id: "storage",
        balance_id: "test:storage",
        included_grant: 70,
        add_to_balance: -30,
      },
    ]);
  });

  it("lowers a grant below what is used, which leaves a rest below zero", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100)]);
    await world.use("acme", "storage", 30);
    await world.converge([oneOff(20)]);
    expect(await world.rows("acme")).toMatchObject([{ grant: 20, usage: 30, remaining: -10 }]);
    expect((await world.plan([oneOff(20)])).changes).toEqual([]);
  });

  it("raises a grant that was overdrawn, which public reads show as nothing left", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100)]);
    await world.use("acme", "storage", 30);
    await world.converge([oneOff(20)]);
    const plan = await world.converge([oneOff(50)]);
    expect(summary(plan)).toEqual(["update test:storage"]);
    expect(await world.rows("acme")).toMatchObject([{ grant: 50, usage: 30 }]);
    await world.converge([oneOff(25)]);
    await world.converge([], { prune: true });
    expect(await world.rows("acme")).toEqual([]);
  });

  it("keeps usage that is not stored yet", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100)]);
    await world.call("balances.track", { ...ACME, feature_id: "storage", value: 30 });
    await world.converge([oneOff(150)]);
    expect(await world.rows("acme")).toMatchObject([{ grant: 150, usage: 30 }]);
  });

  it("sets an end, and moves it, on a one-off grant", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100)]);
    const set = await world.converge([oneOff(100, { expires_at: NEXT_SUMMER })]);
    expect(summary(set)).toEqual(["update test:storage"]);
    expect(set.changes[0]?.fields).toEqual([{ field: "expires_at", from: null, to: "2027-06-01T00:00:00Z" }]);
    expect(summary(await world.converge([oneOff(100, { expires_at: SOON })]))).toEqual([
      "update test:storage",
    ]);
    expect(await world.rows("acme")).toMatchObject([{ expiresAt: SOON, grant: 100 }]);
  });

  it("changes the grant of an entity's row, by the entity's id", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100, { entity_id: "seat_1" })]);
    await world.use("acme", "storage", 30, "seat_1");
    const plan = await world.converge([oneOff(150, { entity_id: "seat_1" })]);
    expect(summary(plan)).toEqual(["update test:storage@seat_1"]);
    expect(await world.rows("acme")).toMatchObject([{ grant: 150, usage: 30 }]);
  });

  it("grants seats, which are held and not consumed", async () => {
    const world = new World({ level });
    await world.converge([{ ...ACME, feature_id: "seats", included: 5 }]);
    await world.use("acme", "seats", 2);
    const plan = await world.converge([{ ...ACME, feature_id: "seats", included: 8 }]);
    expect(summary(plan)).toEqual(["update test:seats"]);
    expect(await world.rows("acme")).toMatchObject([{ grant: 8, usage: 2 }]);
  });

  it("leads a monthly grant that was edited by hand back to what was given at creation", async () => {
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
    const plan = await world.converge([monthly(100)]);
    expect(summary(plan)).toEqual(["update test:api_calls"]);
    expect(await world.rows("acme")).toMatchObject([{ creationGrant: 100, grant: 100, usage: 30 }]);
  });

  it("computes with fractions as the server does", async () => {
    const world = new World({ level });
    await world.converge([oneOff(70.1)]);
    await world.use("acme", "storage", 0.3);
    await world.converge([oneOff(100.3)]);
    await world.converge([oneOff(99.99)]);
    expect(await world.rows("acme")).toMatchObject([{ remaining: 99.69 }]);
    expect((await world.plan([oneOff(99.99)])).changes).toEqual([]);
  });

  it("changes a grant to and fro, although the keys of the earlier calls are remembered", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100)]);
    for (const included of [150, 100, 150, 100]) await world.converge([oneOff(included)]);
    expect(await world.rows("acme")).toMatchObject([{ grant: 100, usage: 0 }]);
  });

  it("is not made for what only the API's spelling differs in", async () => {
    const world = new World({ level });
    await world.converge([
      oneOff(100, { reset: { interval: "one_off" }, expires_at: "2027-06-01T02:00:00+02:00" }),
      monthly(100, { reset: { interval: "month", interval_count: 1 } }),
    ]);
    expect((await world.plan([oneOff(100, { expires_at: NEXT_SUMMER }), monthly(100)])).changes).toEqual([]);
  });

  it("is not made for next_reset_at, which is read at creation only", async () => {
    const world = new World({ level });
    const first = world.ms + 3 * DAY;
    await world.converge([monthly(100, { next_reset_at: first })]);
    expect(await world.rows("acme")).toMatchObject([{ resetsAt: first }]);
    expect((await world.plan([monthly(100, { next_reset_at: first + DAY })])).changes).toEqual([]);
  });

  it("is not made for next_reset_at that has passed: the plan says when the first reset is", async () => {
    const world = new World({ level });
    const declared = world.ms - 40 * DAY;
    const entry = monthly(100, { next_reset_at: declared });
    const [creation] = (await world.plan([entry])).changes;
    expect(creation?.kind).toBe("create");
    expect(creation?.resetsAt).toBeGreaterThan(world.ms);
    await world.converge([entry]);
    expect(await world.rows("acme")).toMatchObject([{ resetsAt: creation?.resetsAt }]);
    expect((await world.plan([entry])).changes).toEqual([]);
  });

  it("is blocked where the end is declared in the past", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100)]);
    const plan = await world.plan([oneOff(100, { expires_at: world.ms - DAY })]);
    expect(summary(plan)).toEqual(["blocked test:storage (past-expiry)"]);
  });
});
