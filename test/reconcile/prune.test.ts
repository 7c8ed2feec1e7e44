// Balances that no entry declares any more.
import { describe, expect, it } from "vitest";
import type { ChangeOutcome } from "../../src/reconcile/index.ts";
import { ACME, GLOBEX, monthly, oneOff, summary } from "./entries.ts";
import { DAY, LEVELS, World } from "./world.ts";

describe.each(LEVELS)("a balance without an entry, server of %s", (level) => {
  it("is shown, and stays", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100), monthly(5)]);
    const plan = await world.plan([oneOff(100)]);
    expect(plan).toMatchObject({ changes: [], unchanged: 1, ownedRows: 2 });
    expect(plan.leftOver).toMatchObject([{ customerId: "acme", key: "api_calls" }]);
  });

  it("is deleted by pruning, and what is left of it counted as taken", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100), monthly(5)]);
    await world.use("acme", "storage", 30);
    const plan = await world.converge([], { prune: true });
    expect(summary(plan)).toEqual(["delete test:api_calls", "delete test:storage"]);
    expect(plan.changes.map(({ granted }) => granted)).toEqual([-5, -70]);
    expect(plan.totals).toEqual([
      { featureId: "api_calls", per: "month", added: 0, taken: 5 },
      { featureId: "storage", per: "once", added: 0, taken: 70 },
    ]);
    expect(await world.live("acme")).toEqual([]);
  });

  it("gives nothing when it is deleted, even if more of it is used than was granted", async () => {
    const world = new World({ level });
    await world.converge([{ ...GLOBEX, feature_id: "seats", included: 7 }]);
    await world.use("globex", "seats", 10);
    const plan = await world.plan([], { prune: true });
    expect(plan.changes).toMatchObject([{ kind: "delete", granted: 0, row: { remaining: -3 } }]);
    expect(plan.totals).toEqual([]);
  });

  it("is ended by pruning where it has replaced others, and counts all of its usage when it is granted again", async () => {
    const world = new World({ level });
    await world.converge([monthly(100)]);
    await world.use("acme", "api_calls", 30);
    await world.converge([monthly(150)]);
    await world.use("acme", "api_calls", 20);
    const plan = await world.converge([], { prune: true });
    expect(summary(plan)).toEqual(["delete test:api_calls~2"]);
    world.ms += 3000;
    expect(await world.live("acme")).toEqual([]);
    expect((await world.plan([], { prune: true })).changes).toEqual([]);
    await world.converge([monthly(150)]);
    expect(await world.live("acme")).toMatchObject([{ id: "test:api_calls~3", grant: 150, usage: 50 }]);
  });

  it("is ended with a row that came back beside it, so that both are counted when it is granted again", async () => {
    const world = new World({ level });
    await world.converge([monthly(30)]);
    await world.use("acme", "api_calls", 30);
    await world.converge([monthly(90)]);
    world.ms += 31 * DAY;
    // The first row is back, and used first.
    await world.use("acme", "api_calls", 20);
    const cycle = (await world.live("acme")).at(-1)?.resetsAt;
    const plan = await world.converge([], { prune: true });
    expect(plan.changes).toMatchObject([{ kind: "delete", granted: -120, retires: [{}, {}] }]);
    expect(world.sent("delete")).toEqual([]);
    world.ms += 3000;
    expect(await world.live("acme")).toEqual([]);
    expect((await world.plan([], { prune: true })).changes).toEqual([]);
    await world.converge([monthly(90)]);
    const [row, ...others] = await world.live("acme");
    expect(row).toMatchObject({ id: "test:api_calls~3", grant: 90, usage: 20 });
    // To the second: the milliseconds are ours.
    expect(Math.floor((row?.resetsAt ?? 0) / 1000)).toBe(Math.floor((cycle ?? 0) / 1000));
    expect(others).toEqual([]);
  });

  it("is deleted where those that it has replaced were deleted", async () => {
    const world = new World({ level });
    const options = { retire: "delete" } as const;
    await world.converge([monthly(100)], options);
    await world.converge([monthly(150)], options);
    await world.converge([], { prune: true, ...options });
    expect(await world.rows("acme")).toEqual([]);
  });

  it("is ended where a row that it has replaced came back since the plan, and the other stays", async () => {
    const world = new World({ level });
    await world.converge([monthly(30)]);
    await world.use("acme", "api_calls", 30);
    await world.converge([monthly(90)]);
    const plan = await world.plan([], { prune: true });
    expect(plan.changes).toMatchObject([{ retires: [{ balanceId: "test:api_calls~2" }] }]);
    world.ms += 31 * DAY;
    await world.use("acme", "api_calls", 10);
    await world.apply(plan);
    expect(world.sent("delete")).toEqual([]);
    world.ms += 3000;
    expect(await world.live("acme")).toMatchObject([{ id: "test:api_calls", usage: 10 }]);
  });

  /** Prunes, while the balance is used up right before a call takes it back. */
  const pruneUsedUp = async (world: World, feature: string, units: number): Promise<ChangeOutcome[]> => {
    const plan = await world.plan([], { prune: true });
    let isUsed = false;
    world.route = async (input, init) => {
      const takesBack =
        String(input).includes("balances.delete") || String(init?.body).includes("expires_at");
      if (takesBack && !isUsed) {
        isUsed = true;
        await world.use("acme", feature, units);
      }
      return world.emulator.fetch(input, init);
    };
    const { results } = await world.apply(plan);
    world.route = world.emulator.fetch;
    expect(isUsed).toBe(true);
    return [...results];
  };

  it("is blocked until its reset where it is used up right before it is deleted", async () => {
    const world = new World({ level });
    await world.converge([monthly(100)]);
    expect(await pruneUsedUp(world, "api_calls", 100)).toMatchObject([
      {
        result: "blocked",
        wrote: false,
        problem: { message: expect.stringContaining("only after its reset on 2026-12-22T12:00:00Z") },
      },
    ]);
    world.ms += 31 * DAY;
    await world.converge([], { prune: true });
    expect(await world.rows("acme")).toEqual([]);
  });

  it("is blocked until its reset where it is used up right before it is ended", async () => {
    const world = new World({ level });
    await world.converge([monthly(100)]);
    await world.converge([monthly(150)]);
    expect(await pruneUsedUp(world, "api_calls", 150)).toMatchObject([
      { result: "blocked", problem: { message: expect.stringContaining("test:api_calls~2 is used up") } },
    ]);
  });

  it("is done with where it is used up right before it is deleted, and never resets", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100)]);
    expect(await pruneUsedUp(world, "storage", 100)).toMatchObject([{ result: "converged" }]);
    expect((await world.plan([], { prune: true })).changes).toEqual([]);
  });

  it("is done with where only a row waits for its reset that was used up when the plan was made", async () => {
    const world = new World({ level });
    await world.converge([monthly(100)]);
    await world.use("acme", "api_calls", 100);
    await world.converge([monthly(150)]);
    expect(summary(await world.converge([], { prune: true }))).toEqual(["delete test:api_calls~2"]);
  });

  it("is found where it is a flag, which lists of customers do not show as a row", async () => {
    const world = new World({ level });
    world.emulator.seed({ customers: [{ id: "initech" }, { id: "hooli" }] });
    const flag = { customer_id: "initech", feature_id: "sso" };
    await world.converge([oneOff(100), flag]);
    await world.grantByHand("hooli", "sso");
    expect((await world.plan([oneOff(100)], { wholeOrganisation: true })).leftOver).toMatchObject([
      { customerId: "initech", key: "sso" },
    ]);
    const groups = [{ name: "sso", source: "customers", whenTheyLeave: "end", customers: null } as const];
    expect(summary(await world.plan([oneOff(100)], { groups }))).toEqual(["delete test:sso (left-group)"]);
    expect(summary(await world.converge([oneOff(100)], { prune: true }))).toEqual(["delete test:sso"]);
    expect(await world.live("initech")).toEqual([]);
    expect(await world.live("hooli")).toHaveLength(1);
  });

  it("is found at a customer that no entry names, when pruning or asked for all customers", async () => {
    const world = new World({ level });
    const entries = [oneOff(100), oneOff(5, { ...GLOBEX, unlimited: undefined as never })];
    await world.converge(entries);
    const all = await world.plan([oneOff(100)], { wholeOrganisation: true });
    expect(all).toMatchObject({ scope: "organisation", leftOver: [{ customerId: "globex" }] });
    await world.converge([oneOff(100)], { prune: true });
    expect(await world.live("globex")).toEqual([]);
  });

  it("takes sums as people add them", async () => {
    const world = new World();
    await world.grantByHand("acme", "storage", { balance_id: "test:storage", included_grant: 0.1 });
    await world.grantByHand("acme", "storage", { balance_id: "test:storage~2", included_grant: 0.2 });
    const plan = await world.plan([], { prune: true });
    expect(plan.changes).toMatchObject([{ kind: "delete", granted: -0.3 }]);
    expect(plan.totals).toMatchObject([{ taken: 0.3 }]);
  });

  it.each(["entity", "unlimited", "boolean"])("is deleted by pruning: %s", async (kind) => {
    const world = new World({ level });
    const entry = {
      entity: oneOff(100, { entity_id: "seat_1" }),
      unlimited: { ...ACME, feature_id: "storage", unlimited: true },
      boolean: { ...ACME, feature_id: "sso" },
    }[kind];
    if (!entry) throw new Error(kind);
    await world.converge([entry]);
    const plan = await world.converge([], { prune: true });
    expect(plan.changes).toMatchObject([{ kind: "delete" }]);
    expect(await world.live("acme")).toEqual([]);
  });

  it("has usage of the customer's other balances stored before it goes", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100), monthly(50)]);
    await world.call("balances.track", { ...ACME, feature_id: "api_calls", value: 20 });
    await world.converge([monthly(50)], { prune: true });
    expect(await world.live("acme")).toMatchObject([{ id: "test:api_calls", usage: 20 }]);
  });

  it("of another namespace is none of ours", async () => {
    const world = new World({ level });
    await world.grantByHand("acme", "storage", { balance_id: "tests:storage", included_grant: 1 });
    await world.grantByHand("acme", "storage", { balance_id: "test", included_grant: 1 });
    await world.grantByHand("acme", "storage", { balance_id: "test:", included_grant: 1 });
    expect(await world.plan([], { prune: true })).toMatchObject({ changes: [], ownedRows: 0 });
  });
});

/** The rows of the namespace that live: id, grant, usage. */
const ownRows = async (world: World): Promise<string[]> =>
  (await world.live("acme")).flatMap(({ id, grant, usage }) =>
    id?.startsWith("test:") ? [`${id} ${grant} ${usage}`] : [],
  );

describe.each(LEVELS)("more rows than the API can delete, server of %s", (level) => {
  const crowded = async (before: number, after: number): Promise<World> => {
    const world = new World({ level });
    const crowd = async (from: number, count: number): Promise<void> => {
      for (let n = from; n < from + count; n++) {
        world.ms += 10;
        await world.grantByHand("acme", "credits", { balance_id: `foreign-${n}`, included_grant: 1 });
      }
    };
    await crowd(0, before);
    world.ms += 10;
    await world.converge([monthly(100)]);
    await crowd(before, after);
    return world;
  };

  it("do not keep a balance from being replaced, however old its row", async () => {
    const world = await crowded(3, 45);
    await world.use("acme", "api_calls", 5);
    await world.converge([monthly(150)]);
    expect(await ownRows(world)).toEqual(["test:api_calls~2 150 5"]);
  });

  it("do not keep a row from being ended where rows that are replaced are deleted", async () => {
    const world = await crowded(3, 45);
    await world.use("acme", "api_calls", 5);
    await world.converge([monthly(150)], { retire: "delete" });
    expect(await ownRows(world)).toEqual(["test:api_calls~2 150 5"]);
    expect(world.sent("delete")).toEqual([]);
  });

  it("let a replacement pass whose old row is among the newest", async () => {
    const world = await crowded(10, 28);
    await world.converge([monthly(150)]);
    expect((await world.plan([monthly(150)])).changes).toEqual([]);
  });

  it("have a balance that is taken back ended where it cannot be deleted", async () => {
    const world = await crowded(3, 30);
    const plan = await world.converge([], { prune: true });
    expect(summary(plan)).toEqual(["delete test:api_calls"]);
    expect(await ownRows(world)).toEqual([]);
    expect(world.sent("delete")).toEqual([]);
    expect((await world.plan([], { prune: true })).changes).toEqual([]);
  });

  it("let deletions pass that bring each other within reach", async () => {
    const world = new World({ level });
    const entries = Array.from({ length: 35 }, (_, n) => oneOff(n + 1, { id: `grant-${n}` }));
    for (const entry of entries) {
      world.ms += 10;
      await world.converge([entry]);
    }
    const plan = await world.converge([], { prune: true });
    expect(plan.changes).toHaveLength(35);
    expect(await world.live("acme")).toEqual([]);
  });
});
