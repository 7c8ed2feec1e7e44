// What a killed run or a lost race left behind, found by its shape in the API alone.
import { describe, expect, it } from "vitest";
import { ACME, monthly, oneOff, summary } from "./entries.ts";
import { killedAt } from "./kill.ts";
import { LEVELS, World } from "./world.ts";

const duplicated = async (world: World, copies: number): Promise<void> => {
  const create = { balance_id: "test:storage", included_grant: 100 };
  // The check that an id is free is no constraint: creates that cross all pass it (scenario parallel-same-id).
  await Promise.all(Array.from({ length: copies }, () => world.grantByHand("acme", "storage", create)));
};

describe.each(LEVELS)("several rows of one balance, server of %s", (level) => {
  it("of one id, from a lost race, become one", async () => {
    const world = new World({ level });
    await duplicated(world, 3);
    await world.use("acme", "storage", 30);
    const plan = await world.converge([oneOff(100)]);
    expect(summary(plan)).toEqual(["replace test:storage~2 (duplicate)"]);
    expect(plan.changes[0]).toMatchObject({ carries: 30, retires: [{}, {}, {}] });
    expect(await world.live("acme")).toMatchObject([{ id: "test:storage~2", grant: 100, usage: 30 }]);
  });

  it("of one id are all deleted when nobody declares them", async () => {
    const world = new World({ level });
    await duplicated(world, 3);
    const plan = await world.converge([], { prune: true });
    expect(plan.changes).toMatchObject([{ kind: "delete", granted: -300, retires: [{}, {}, {}] }]);
    expect(await world.live("acme")).toEqual([]);
  });

  it("of two generations become one, with the usage of both", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100)]);
    await world.use("acme", "storage", 30);
    await world.grantByHand("acme", "storage", { balance_id: "test:storage~2", included_grant: 70 });
    const plan = await world.converge([oneOff(100)]);
    expect(summary(plan)).toEqual(["replace test:storage~2 (interrupted)"]);
    expect(plan.changes[0]).toMatchObject({ creates: false, granted: 0, carries: 30 });
    expect(await world.live("acme")).toMatchObject([{ id: "test:storage~2", grant: 100, usage: 30 }]);
  });

  it("of two generations become one of the amount that is declared by now", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100)]);
    await world.use("acme", "storage", 30);
    await world.grantByHand("acme", "storage", { balance_id: "test:storage~2", included_grant: 70 });
    const plan = await world.converge([oneOff(130)]);
    expect(plan.changes[0]).toMatchObject({ kind: "replace", creates: false, granted: 30, carries: 30 });
    expect(await world.live("acme")).toMatchObject([{ id: "test:storage~2", grant: 130, usage: 30 }]);
    const moved = world.sent("update").filter((body) => "included_grant" in body);
    // Usage is counted and the grant set in one: 60 more are granted, and 30 of them used.
    expect(moved).toMatchObject([{ included_grant: 130, add_to_balance: 30 }]);
  });

  it("of two generations are finished first when the next change is declared", async () => {
    const world = new World({ level });
    await world.converge([monthly(100)]);
    await world.use("acme", "api_calls", 30);
    const half = await world.plan([monthly(150)]);
    // The run is killed once it has ended the first row.
    await killedAt(
      world,
      () => world.apply(half),
      (_, body) => "expires_at" in body,
    );
    await world.use("acme", "api_calls", 5);

    const plan = await world.converge([monthly(200)]);
    expect(summary(plan)).toEqual(["replace test:api_calls~3 (changed-for-good, interrupted)"]);
    expect(plan.changes[0]).toMatchObject({ granted: 100, carries: 35 });
    expect(await world.live("acme")).toMatchObject([
      { id: "test:api_calls~3", creationGrant: 200, grant: 200, usage: 35 },
    ]);
  });

  it("are deleted together when nobody declares them", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100)]);
    await world.grantByHand("acme", "storage", { balance_id: "test:storage~2", included_grant: 70 });
    const plan = await world.converge([], { prune: true });
    expect(summary(plan)).toEqual(["delete test:storage~2"]);
    expect(await world.live("acme")).toEqual([]);
  });
});

describe("a server that does not show grants given at creation", () => {
  const hidesStored = (world: World): void => {
    world.route = async (input, init) =>
      String(input).includes("/v1/balances/list")
        ? Response.json({ message: "Unauthorized", code: "no_auth_header" }, { status: 401 })
        : world.emulator.fetch(input, init);
  };

  it("has usage carried over all the same", async () => {
    const world = new World({ level: "2026-10" });
    hidesStored(world);
    await world.converge([oneOff(100, { expires_at: Date.UTC(2027, 5, 1) }), monthly(100)]);
    await world.use("acme", "storage", 30);
    await world.use("acme", "api_calls", 20);
    await world.converge([oneOff(120), monthly(150)]);
    expect((await world.plan([oneOff(120), monthly(150)])).changes).toEqual([]);
    world.route = world.emulator.fetch;
    expect(await world.live("acme")).toMatchObject([
      { id: "test:api_calls~2", grant: 150, usage: 20 },
      { id: "test:storage~2", grant: 120, usage: 30 },
    ]);
  });

  it("has balances of entities changed, by the entity's id", async () => {
    const world = new World({ level: "2026-10" });
    hidesStored(world);
    const seat = { ...ACME, feature_id: "api_calls", entity_id: "seat_1" } as const;
    await world.converge([{ ...seat, included: 10 }]);
    await world.use("acme", "api_calls", 4, "seat_1");
    await world.converge([{ ...seat, included: 20, reset: { interval: "month" } }]);
    world.route = world.emulator.fetch;
    expect(await world.live("acme")).toMatchObject([{ grant: 20, usage: 4 }]);
  });
});
