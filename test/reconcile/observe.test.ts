// How a plan looks at what is there: by the fewest calls that show all of it.
import { describe, expect, it } from "vitest";
import type { BalanceEntry } from "../../src/schema/index.ts";
import { ACME, monthly, oneOff, summary } from "./entries.ts";
import { LEVELS, World } from "./world.ts";

const count = (world: World, call: string): number =>
  world.calls.filter((record) => record.call === call).length;

/** A world of customers `c0`, `c1` …, each with a monthly grant. */
async function crowd(level: World["emulator"]["level"], customers: number): Promise<[World, BalanceEntry[]]> {
  const world = new World({ level });
  const ids = Array.from({ length: customers }, (_, n) => `c${n}`);
  const balance = { feature_id: "api_calls", included_grant: 100, reset: { interval: "month" } } as const;
  world.emulator.seed({
    customers: ids.map((id) => ({ id, balances: [{ ...balance, balance_id: "test:api_calls" }] })),
  });
  return [world, ids.map((customer_id) => monthly(100, { customer_id }))];
}

/** Calls by name. */
function calls(world: World): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { call } of world.calls) counts[call] = (counts[call] ?? 0) + 1;
  return counts;
}

/** Customers with three balances each, the last one unlimited; `reset` is of the first. */
function crowdWithUnlimited(
  level: World["emulator"]["level"],
  customers: number,
  reset: Pick<BalanceEntry, "reset">,
): [World, BalanceEntry[]] {
  const world = new World({ level });
  const grants = [
    { feature_id: "api_calls", grant: { included_grant: 10, ...reset }, entry: { included: 10, ...reset } },
    { feature_id: "storage", grant: { included_grant: 20 }, entry: { included: 20 } },
    { feature_id: "credits", grant: { unlimited: true }, entry: { unlimited: true } },
  ];
  const ids = Array.from({ length: customers }, (_, n) => `c${n}`);
  const balances = grants.map(({ feature_id, grant }) => ({
    ...{ feature_id, balance_id: `test:${feature_id}`, ...grant },
  }));
  world.emulator.seed({ customers: ids.map((id) => ({ id, balances })) });
  const entries = ids.flatMap((customer_id) =>
    grants.map(({ feature_id, entry }) => ({ customer_id, feature_id, ...entry })),
  );
  return [world, entries];
}

describe("customers with an unlimited balance", () => {
  it("are read one by one where the list names an unlimited row by an id that nobody gave it", async () => {
    const [world, entries] = crowdWithUnlimited("2026-08", 300, {});
    expect(await world.plan(entries)).toMatchObject({ unchanged: 900, changes: [] });
    // The first one finds that there is no balances.list.
    const lists = { "features.list": 1, "balances.list": 1, "customers.list": 1 };
    expect(calls(world)).toEqual({ ...lists, "balances/list": 300 });
  });

  it("take pages only, where balances.list shows all of their rows", async () => {
    const [world, entries] = crowdWithUnlimited("2026-10", 300, {});
    expect(await world.plan(entries, { checkGrants: "always" })).toMatchObject({
      ...{ unchanged: 900, changes: [], warnings: [] },
    });
    expect(calls(world)).toEqual({ "features.list": 1, "balances.list": 5 });
  });

  it("are read one by one there for grants that a reset could take back, as far as these are checked", async () => {
    const [world, entries] = crowdWithUnlimited("2026-10", 300, { reset: { interval: "month" } });
    const warnings = [{ code: "grants-not-checked" }];
    expect(await world.plan(entries)).toMatchObject({ unchanged: 900, changes: [], warnings });
    const lists = { "features.list": 1, "balances.list": 5 };
    expect(calls(world)).toEqual(lists);
    world.calls = [];
    expect((await world.plan(entries, { checkGrants: "always" })).warnings).toEqual([]);
    expect(calls(world)).toEqual({ ...lists, "balances/list": 300 });
  });

  it("are not taken to have what the list shows of somebody else's", async () => {
    const [world, entries] = crowdWithUnlimited("2026-08", 2, {});
    const foreign = { feature_id: "credits", balance_id: "somebody:else", unlimited: true };
    world.emulator.seed({ customers: [{ id: "other", balances: [foreign] }] });
    const ours = { customer_id: "other", feature_id: "credits", unlimited: true };
    expect(summary(await world.plan([...entries, ours]))).toEqual(["create test:credits"]);
  });
});

describe.each(LEVELS)("looking, server of %s", (level) => {
  it("walks the organisation where that takes fewer calls than asking by customer", async () => {
    const [world, entries] = await crowd(level, 30);
    const plan = await world.plan(entries, { checkGrants: "never" });
    expect(plan).toMatchObject({ scope: "organisation", unchanged: 30, changes: [] });
    expect(world.calls.length).toBeLessThan(5);
  });

  it("asks by customer where few are declared and there are many", async () => {
    const [world, entries] = await crowd(level, 1200);
    const plan = await world.plan(entries.slice(0, 1), { checkGrants: "never" });
    expect(plan).toMatchObject({ scope: "customers", unchanged: 1, changes: [] });
    expect(world.calls.length).toBeLessThan(8);
  });

  it("looks at all customers when asked to", async () => {
    const [world, entries] = await crowd(level, 1200);
    const plan = await world.plan(entries.slice(0, 1), { checkGrants: "never", wholeOrganisation: true });
    expect(plan).toMatchObject({ scope: "organisation", ownedRows: 1200 });
    expect(plan.leftOver).toHaveLength(1199);
  });

  it("checks the grants given at creation of some customers unasked, of many only when asked", async () => {
    const [world, entries] = await crowd(level, 201);
    await world.call("balances.update", {
      customer_id: "c7",
      feature_id: "api_calls",
      balance_id: "test:api_calls",
      included_grant: 500,
      add_to_balance: 400,
    });
    const declared = entries.map((entry) =>
      entry.customer_id === "c7" ? { ...entry, included: 500 } : entry,
    );
    const never = await world.plan(declared, { checkGrants: "never" });
    expect(never.changes).toEqual([]);
    expect(never.warnings).toMatchObject([{ code: "grants-not-checked" }]);
    expect(count(world, "balances/list")).toBe(0);

    const auto = await world.plan(declared);
    expect(auto.warnings).toMatchObject([{ code: "grants-not-checked" }]);
    const some = declared.slice(0, 200);
    expect(summary(await world.plan(some))).toEqual(["replace test:api_calls~2 (reset-would-revert)"]);
    const always = await world.plan(declared, { checkGrants: "always" });
    expect(summary(always)).toEqual(["replace test:api_calls~2 (reset-would-revert)"]);
    expect(always.warnings).toEqual([]);
  });

  it("notices what lists hide: rollovers", async () => {
    const world = new World({ level });
    const rollover = { max: 5, duration: "month" } as const;
    await world.converge([monthly(100, { rollover })]);
    expect((await world.plan([monthly(100, { rollover })], { checkGrants: "never" })).changes).toEqual([]);
    const plan = await world.plan([monthly(100, { rollover: { ...rollover, max: 6 } })], {
      checkGrants: "never",
    });
    expect(plan.changes[0]?.fields).toMatchObject([{ field: "rollover" }]);
  });

  it("finds every kind of row of its own again", async () => {
    const world = new World({ level });
    const entries: BalanceEntry[] = [
      oneOff(10),
      oneOff(20, { id: "ends", expires_at: Date.UTC(2027, 5, 1) }),
      oneOff(30, { entity_id: "seat_1" }),
      oneOff(40, { entity_id: "seat_2" }),
      monthly(50, { rollover: { max_percentage: 50, length: 2, duration: "month" } }),
      monthly(60, { id: "bi", reset: { interval: "month", interval_count: 2 } }),
      { ...ACME, feature_id: "credits", unlimited: true },
      { ...ACME, feature_id: "credits", id: "beside", included: 70 },
      { ...ACME, feature_id: "seats", included: 5 },
      { ...ACME, feature_id: "sso" },
    ];
    await world.converge(entries);
    expect(await world.plan(entries)).toMatchObject({ changes: [], unchanged: 10, leftOver: [] });
  });

  it("sees more than a page of rows of one customer", async () => {
    const world = new World({ level });
    const balances = Array.from({ length: 450 }, (_, n) => ({
      feature_id: "storage",
      balance_id: `test:g${n}`,
      included_grant: 1,
    }));
    world.emulator.seed({ customers: [{ id: "acme", balances }] });
    const entries = balances.map((_, n) => oneOff(1, { id: `g${n}` }));
    expect(await world.plan(entries)).toMatchObject({ changes: [], unchanged: 450 });
  });

  it("plans nothing for nothing", async () => {
    const world = new World({ level });
    expect(await world.plan([])).toMatchObject({ changes: [], estimate: { calls: 0, ms: 0 } });
  });
});
