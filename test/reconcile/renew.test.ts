// Whether a plan still holds, by what is there now: usage and time may have gone on, and nothing else.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planJson, readSavedPlan, savedPlanText } from "../../src/document/index.ts";
import { type Change, isAction, type Plan, type RenewedPlan, renewPlan } from "../../src/reconcile/index.ts";
import { movedRefusals } from "../../src/report/index.ts";
import { type BalanceEntry, desiredBalance } from "../../src/schema/index.ts";
import { ACME, GLOBEX, MONTHLY, monthly, oneOff } from "./entries.ts";
import { configuration, foreignRows, history, live, nextConfiguration, seedForeign } from "./random-world.ts";
import { DAY, LEVELS, START, World } from "./world.ts";

const RUNS = Number(process.env.RUNS ?? 20);

/** The plan as it comes out of a file, planned again. */
function renewed(world: World, plan: Plan, entries: readonly BalanceEntry[]): Promise<RenewedPlan> {
  const saved = {
    id: "id",
    toolVersion: "1",
    plan,
    refusals: [],
    balances: entries.map((entry) => desiredBalance(entry)),
    createCustomers: false,
    appliedAt: null,
  };
  const read = readSavedPlan(savedPlanText(saved, "am_sk_test_key"), "am_sk_test_key", "1");
  return renewPlan(
    world.client(),
    read.plan,
    { balances: read.balances, createCustomers: false, concurrency: 4, requestsPerSecond: 20 },
    { clock: world.clock },
  );
}

const essence = ({ kind, customerId, balanceId, fields, creates }: Change) => ({
  kind,
  customerId,
  balanceId,
  fields,
  creates,
});

describe.each(LEVELS)("a plan that is planned again, on a server of %s", (level) => {
  const begun = async (...entries: BalanceEntry[]): Promise<World> => {
    const world = new World({ level });
    await world.converge(entries);
    return world;
  };

  it("holds when nothing has happened, whatever it is about and however it was read", async () => {
    const story = fc.tuple(configuration, foreignRows, history).chain(([before, foreign, events]) =>
      fc.record({
        before: fc.constant(before),
        foreign: fc.constant(foreign),
        events: fc.constant(events),
        after: nextConfiguration(before),
        prune: fc.boolean(),
        wholeOrganisation: fc.boolean(),
        checkGrants: fc.constantFrom("auto", "always", "never"),
      }),
    );
    await fc.assert(
      fc.asyncProperty(story, async ({ before, foreign, events, after, ...options }) => {
        const world = new World({ level });
        seedForeign(world, foreign);
        await world.converge(before);
        await live(world, events);
        world.ms += 1500;
        const plan = await world.plan(after, options as Parameters<World["plan"]>[1]);
        const { moved, plan: now } = await renewed(world, plan, after);
        expect(moved).toEqual([]);
        expect(now.changes.map(essence)).toEqual(plan.changes.filter(isAction).map(essence));
        expect(planJson(now, [])).toMatchObject({
          owned_rows: plan.ownedRows,
          totals: plan.totals.map(total),
        });
      }),
      { numRuns: RUNS },
    );
  });

  const total = ({ featureId, ...rest }: Plan["totals"][number]) => ({ feature_id: featureId, ...rest });

  it("holds when there was usage, which the changes then carry", async () => {
    const world = await begun(monthly(100), oneOff(50));
    const entries = [monthly(200), oneOff(60)];
    const plan = await world.plan(entries);
    await world.use("acme", "api_calls", 30);
    await world.use("acme", "storage", 20);
    const { moved, plan: now } = await renewed(world, plan, entries);
    expect(moved).toEqual([]);
    expect(now.changes).toMatchObject([{ kind: "replace", carries: 30 }, { kind: "update" }]);
    const { results } = await world.apply(now);
    expect(results.map(({ result }) => result)).toEqual(["converged", "converged"]);
    expect(await world.live("acme")).toMatchObject([
      { id: "test:api_calls~2", grant: 200, usage: 30 },
      { id: "test:storage", grant: 60, usage: 20 },
    ]);
  });

  it("holds for a balance that is taken from an entity whose name only the base has", async () => {
    const atSeat = oneOff(50, { id: "a", entity_id: "seat_1" });
    const world = await begun(atSeat);
    const entries = [oneOff(60, { id: "a" })];
    const other = oneOff(50, { id: "b", entity_id: "seat_1" });
    const base = {
      name: "main",
      namespace: "test",
      balances: [atSeat, other].map((entry) => desiredBalance(entry)),
      createCustomers: false,
    };
    const plan = await world.plan(entries, { base });
    expect(plan.changes[0]?.fields[0]).toEqual({ field: "entity_id", from: "seat_1", to: null });
    expect((await renewed(world, plan, entries)).moved).toEqual([]);
  });

  it("holds over the end of a cycle, and not when the next reset was moved", async () => {
    const daily = monthly(100, { reset: { interval: "day" } });
    const entries = [{ ...daily, included: 200 }];
    const world = await begun(daily);
    const plan = await world.plan(entries);
    world.ms += 3 * DAY;
    expect((await renewed(world, plan, entries)).moved).toEqual([]);
    await world.call("balances.update", {
      ...ACME,
      feature_id: "api_calls",
      balance_id: "test:api_calls",
      next_reset_at: world.ms + 3_600_000,
    });
    expect((await renewed(world, plan, entries)).moved).toHaveLength(1);
  });

  it("does not hold when something else was done to a row that it changes", async () => {
    const entries = [monthly(200), oneOff(60), monthly(5, { ...GLOBEX })];
    const by = { ...ACME, feature_id: "storage", balance_id: "test:storage" };
    const events: Record<string, (world: World) => Promise<unknown>> = {
      "the grant": (world) => world.call("balances.update", { ...by, included_grant: 55, add_to_balance: 5 }),
      "the end": (world) => world.call("balances.update", { ...by, expires_at: world.ms + DAY }),
      "it is gone": (world) => world.call("balances.delete", by),
      "it is as declared": (world) =>
        world.call("balances.update", { ...by, included_grant: 60, add_to_balance: 10 }),
      "it is used up": (world) => world.use("acme", "storage", 50),
      "there are two": (world) =>
        world.call("balances.delete", by).then(async () => {
          const row = { ...by, included_grant: 50 };
          await Promise.all([world.call("balances.create", row), world.call("balances.create", row)]);
        }),
      "it has a successor": (world) =>
        world.grantByHand("acme", "storage", { balance_id: "test:storage~2", included_grant: 50 }),
      "it was created": (world) =>
        world.grantByHand("globex", "api_calls", {
          balance_id: "test:api_calls",
          included_grant: 1,
          ...MONTHLY,
        }),
    };
    for (const [what, happens] of Object.entries(events)) {
      const world = await begun(monthly(100), oneOff(50));
      const plan = await world.plan(entries);
      await happens(world);
      const { moved } = await renewed(world, plan, entries);
      expect(moved, what).toHaveLength(1);
    }
  });

  it("leaves to the next plan what has come to be due besides", async () => {
    const world = await begun(monthly(100), oneOff(50));
    const entries = [monthly(200), oneOff(50)];
    const plan = await world.plan(entries);
    const by = { ...ACME, feature_id: "storage", balance_id: "test:storage" };
    await world.call("balances.update", { ...by, included_grant: 40, add_to_balance: -10 });
    await world.grantByHand("acme", "credits", { balance_id: "test:left-over", included_grant: 1 });
    const { moved, plan: now } = await renewed(world, plan, entries);
    expect(moved).toEqual([]);
    await world.apply(now);
    expect(await world.live("acme")).toMatchObject([
      { id: "test:api_calls~2", grant: 200 },
      { id: "test:left-over" },
      { id: "test:storage", grant: 40 },
    ]);
  });

  it("does not hold when a deletion has nothing left to delete", async () => {
    const world = await begun(monthly(100), oneOff(50, GLOBEX));
    const plan = await world.plan([monthly(100)], { prune: true });
    expect((await renewed(world, plan, [monthly(100)])).moved).toEqual([]);
    await world.call("balances.delete", { ...GLOBEX, feature_id: "storage", balance_id: "test:storage" });
    expect((await renewed(world, plan, [monthly(100)])).moved).toMatchObject([
      { is: undefined, row: undefined },
    ]);
  });

  it("does not hold when what it deletes is used up or has ended, and says that it is there", async () => {
    const end = START + DAY;
    const world = await begun(monthly(100), oneOff(33, GLOBEX), oneOff(50, { expires_at: end }));
    const plan = await world.plan([monthly(100)], { prune: true });
    await world.use("globex", "storage", 33);
    world.ms = end;
    const { moved } = await renewed(world, plan, [monthly(100)]);
    expect(moved).toMatchObject([
      { is: undefined, row: { expiresAt: end } },
      { is: undefined, row: { remaining: 0 } },
    ]);
    expect(movedRefusals(moved, world.ms).map(({ message }) => message)).toEqual([
      "storage of acme has changed since it was planned: it was test:storage, 50 once, ends 2026-11-23T12:00:00Z, and has ended since, so that there is nothing left to take back",
      "storage of globex has changed since it was planned: it was test:storage, 33 once, and is used up now, so that there is nothing left to take back",
    ]);
  });

  it("does not hold when what it updates is used up, as that takes a replacement", async () => {
    const world = await begun(oneOff(50));
    const plan = await world.plan([oneOff(60)]);
    await world.use("acme", "storage", 50);
    const { moved } = await renewed(world, plan, [oneOff(60)]);
    expect(movedRefusals(moved, world.ms)[0]?.message).toContain(
      "it was to be updated, and would be replaced now, because it is used up",
    );
  });

  it("looks at the customers that it changes, and at nobody else", async () => {
    const world = new World({ level });
    const others = Array.from({ length: 1200 }, (_, n) => ({ id: `other_${n}` }));
    world.emulator.seed({ customers: others });
    await world.converge([oneOff(50), ...others.slice(0, 5).map(({ id }) => oneOff(5, { customer_id: id }))]);
    const plan = await world.plan([oneOff(60)], { wholeOrganisation: true });
    world.calls = [];
    await renewed(world, plan, [oneOff(60)]);
    expect(world.calls.length).toBeLessThan(6);
  });
});

describe("claiming a key", () => {
  it("succeeds once, for one of many at once", async () => {
    const world = new World();
    const claims = await Promise.all(Array.from({ length: 10 }, () => world.client().claim("a")));
    expect(claims.filter((claim) => claim)).toHaveLength(1);
    expect(await world.client().claim("a")).toBe(false);
    expect(await world.client().claim("b")).toBe(true);
  });

  it("is not believed of a server that forgets keys", async () => {
    const world = new World();
    world.route = (input, init) => {
      const headers = new Headers(init?.headers);
      headers.delete("idempotency-key");
      return world.emulator.fetch(input, { ...init, headers });
    };
    await expect(world.client().claim("a")).rejects.toMatchObject({
      problems: [{ code: "keys-not-remembered" }],
    });
  });

  it("is not tried again when nobody knows whether it succeeded", async () => {
    const world = new World();
    world.emulator.inject({ route: "POST /v1/features.list", kind: "drop_after" });
    await expect(world.client().claim("a")).rejects.toMatchObject({ outcome: "unknown" });
    expect(await world.client().claim("a")).toBe(false);
  });
});
