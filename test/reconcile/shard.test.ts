// Shards: together they are the whole, whatever the configuration and however many there are.
import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { totalsOf } from "../../src/reconcile/decide/summary.ts";
import { limitsOfShard, type Plan, refusals, shardOf } from "../../src/reconcile/index.ts";
import { membersOf } from "../../src/reconcile/shard.ts";
import type { PlanRequest } from "../../src/reconcile/types.ts";
import { type BalanceEntry, DEFAULT_LIMITS, desiredBalance, ProblemsError } from "../../src/schema/index.ts";
import { oneOff } from "./entries.ts";
import { LEVELS, type Level, World } from "./world.ts";

const RUNS = Number(process.env.RUNS ?? 4);
const COUNTS = [1, 2, 3, 4, 5, 6, 7];
const CUSTOMERS = Array.from({ length: 12 }, (_, n) => `customer ${n} é`);
const shards = (count: number) => Array.from({ length: count }, (_, n) => ({ index: n + 1, count }));

describe("the shard of a customer", () => {
  it("is the one that is documented, in every version", () => {
    const six = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 12);
    expect(shardOf("acme", 7)).toBe((Number.parseInt(six("acme"), 16) % 7) + 1);
    // What `printf acme | sha256sum | cut -c1-12` prints.
    expect(six("acme")).toBe("822b33ad87c1");
    expect(["acme", "globex", "größe", "日本"].map((id) => shardOf(id, 7))).toEqual([2, 7, 4, 3]);
  });

  it("is one of them, and stays it whoever else there is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 1, max: 1000 }), (customerId, count) => {
        const index = shardOf(customerId, count);
        expect(index).toBeGreaterThanOrEqual(1);
        expect(index).toBeLessThanOrEqual(count);
        expect(membersOf({ index, count })(customerId)).toBe(true);
        if (count > 1) expect(membersOf({ index: (index % count) + 1, count })(customerId)).toBe(false);
        expect(membersOf(null)(customerId)).toBe(true);
      }),
    );
  });

  it.each([2, 3, 7, 16])("is as likely to be any of %d", (count) => {
    const sizes = new Array<number>(count).fill(0);
    for (let n = 0; n < 10_000; n++) {
      const index = shardOf(`customer_${n}`, count) - 1;
      sizes[index] = (sizes[index] ?? 0) + 1;
    }
    expect(Math.min(...sizes)).toBeGreaterThan((10_000 / count) * 0.85);
    expect(Math.max(...sizes)).toBeLessThan((10_000 / count) * 1.15);
  });
});

const entry: fc.Arbitrary<BalanceEntry> = fc
  .record({
    customer_id: fc.constantFrom(...CUSTOMERS),
    feature_id: fc.constantFrom("api_calls", "storage"),
    included: fc.integer({ min: 1, max: 100 }),
    reset: fc.option(fc.constant({ interval: "month" as const }), { nil: undefined }),
    entity_id: fc.option(fc.constant("seat_1"), { nil: undefined, freq: 4 }),
  })
  .map(({ reset, entity_id, ...rest }) => ({
    ...rest,
    ...(reset ? { reset } : {}),
    ...(entity_id ? { entity_id } : {}),
  }));
const configuration = fc.uniqueArray(entry, {
  selector: ({ customer_id, feature_id, entity_id }) => `${customer_id} ${feature_id} ${entity_id}`,
  minLength: 1,
  maxLength: 25,
});
const story = fc.record({
  before: configuration,
  after: configuration,
  used: fc.array(fc.tuple(fc.constantFrom(...CUSTOMERS), fc.integer({ min: 1, max: 60 })), { maxLength: 6 }),
  level: fc.constantFrom(...LEVELS),
});

async function begun(
  before: readonly BalanceEntry[],
  used: readonly [string, number][],
  level: Level,
): Promise<World> {
  const world = new World({ level });
  world.emulator.seed({
    customers: CUSTOMERS.map((id) => ({ id, entities: [{ id: "seat_1", feature_id: "seats" }] })),
  });
  await world.converge(before);
  for (const [customer, units] of used) {
    // Not everybody has something to use.
    await world.use(customer, "api_calls", units).catch(() => undefined);
  }
  return world;
}

const sum = (plans: readonly Plan[], of: (plan: Plan) => number): number =>
  plans.reduce((total, plan) => total + of(plan), 0);
const sorted = <T>(items: readonly T[]): T[] =>
  [...items].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

describe.each(COUNTS)("the plans of %d shards", (count) => {
  it("are together the whole plan, and none has a part of another", async () => {
    await fc.assert(
      fc.asyncProperty(story, fc.boolean(), fc.boolean(), async (one, prune, hasBase) => {
        const { before, after, used, level } = one;
        const world = await begun(before, used, level);
        const balances = before.map((entry) => desiredBalance(entry));
        const base = { name: "main", namespace: "test", balances, createCustomers: false };
        const options: Partial<PlanRequest> = {
          wholeOrganisation: true,
          prune,
          base: hasBase ? base : null,
        };
        const whole = await world.plan(after, options);
        const parts: Plan[] = [];
        for (const shard of shards(count)) parts.push(await world.plan(after, { ...options, shard }));

        expect(parts.map(({ shard }) => shard)).toEqual(shards(count));
        expect(sorted(parts.flatMap(({ changes }) => changes))).toEqual(sorted(whole.changes));
        expect(sorted(parts.flatMap(({ leftOver }) => leftOver))).toEqual(sorted(whole.leftOver));
        expect(sorted(parts.flatMap(({ warnings }) => warnings))).toEqual(sorted(whole.warnings));
        expect(totalsOf(parts.flatMap(({ changes }) => changes))).toEqual(whole.totals);
        for (const { featureId, per, added, taken } of whole.totals) {
          const same = parts.map(({ totals }) =>
            totals.find((one) => one.featureId === featureId && one.per === per),
          );
          expect(same.reduce((units, one) => units + (one?.added ?? 0), 0)).toBe(added);
          expect(same.reduce((units, one) => units + (one?.taken ?? 0), 0)).toBe(taken);
        }
        expect(sum(parts, ({ unchanged }) => unchanged)).toBe(whole.unchanged);
        expect(sum(parts, ({ customers }) => customers)).toBe(whole.customers);
        expect(sum(parts, ({ ownedRows }) => ownedRows)).toBe(whole.ownedRows);
        for (const { shard, changes, leftOver } of parts) {
          const isMember = membersOf(shard);
          expect([...changes, ...leftOver].every(({ customerId }) => isMember(customerId))).toBe(true);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it("applied once each, at the same time, leave nothing to do", async () => {
    await fc.assert(
      fc.asyncProperty(story, async ({ before, after, used, level }) => {
        const world = await begun(before, used, level);
        const parts = await Promise.all(
          shards(count).map(async (shard) => {
            const plan = await world.plan(after, { prune: true, shard });
            return { plan, outcome: await world.apply(plan) };
          }),
        );
        const wrong = parts.flatMap(({ outcome }) =>
          outcome.results.filter(({ change, result }) => change.kind !== "blocked" && result !== "converged"),
        );
        expect(wrong).toEqual([]);
        // What is used up can be removed only at its reset, by whoever plans then.
        const { changes } = await world.plan(after, { prune: true });
        expect(changes.filter(({ kind }) => kind !== "blocked")).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });
});

describe("a shard", () => {
  it("looks at nobody else's customers, where they are read one by one", async () => {
    // More rows than a few pages show, so that reading customer by customer takes fewer calls.
    const world = new World({ level: "2026-10" });
    const crowd = Array.from({ length: 900 }, (_, n) => ({
      id: `c${n}`,
      balances: [{ feature_id: "storage", included_grant: 1, balance_id: "by-hand" }],
    }));
    world.emulator.seed({ customers: crowd });
    const entries = ["c0", "c1", "c2", "c3"].map((customer_id) => oneOff(5, { customer_id }));
    const plans = await Promise.all(shards(2).map((shard) => world.plan(entries, { shard })));
    expect(plans.map(({ scope }) => scope)).toEqual(["customers", "customers"]);
    expect(sum(plans, ({ customers }) => customers)).toBe(4);
    expect(plans.flatMap(({ changes }) => changes)).toHaveLength(4);
  });

  it("is refused for an entry of another that is wrong", async () => {
    const world = new World();
    const entries = [oneOff(1), oneOff(1, { feature_id: "no_such_feature" })];
    for (const shard of shards(3)) {
      await expect(world.plan(entries, { shard })).rejects.toThrow(ProblemsError);
    }
  });
});

describe("the limits of a shard", () => {
  it("are its part of what the file allows, never more than that together", () => {
    const limits = { ...DEFAULT_LIMITS, deletes: 10, replaces: 7, granted: new Map([["api_calls", 1000]]) };
    expect(limitsOfShard(limits, { index: 2, count: 4 })).toEqual({
      ...limits,
      deletes: 2,
      replaces: 1,
      granted: new Map([["api_calls", 250]]),
    });
    expect(limitsOfShard(limits, null)).toBe(limits);
    expect(limitsOfShard(limits, { index: 1, count: 1 })).toEqual(limits);
  });

  it("are rounded down to amounts that people write", () => {
    const part = (granted: number, count: number): number | undefined =>
      limitsOfShard(
        { ...DEFAULT_LIMITS, granted: new Map([["a", granted]]) },
        { index: 1, count },
      ).granted.get("a");
    expect([part(100, 3), part(2, 3), part(0.3, 3), part(0.5, 3), part(1.25, 2)]).toEqual([
      33, 0, 0.1, 0.1, 0.62,
    ]);
    const amount = fc.oneof(
      fc.nat(),
      fc.double({ min: 0, max: 1e15, noNaN: true }),
      fc.constantFrom(5e-324, 1e21, 1e-7),
    );
    fc.assert(
      fc.property(amount, fc.integer({ min: 1, max: 500 }), (granted, count) => {
        const one = part(granted, count) ?? Number.NaN;
        expect(one).toBeGreaterThanOrEqual(0);
        expect(one * count).toBeLessThanOrEqual(granted * (1 + 1e-12) + 1e-15 * count);
      }),
    );
  });

  it("count its own rows", async () => {
    const world = new World({ level: "2026-10" });
    world.emulator.seed({ customers: CUSTOMERS.map((id) => ({ id })) });
    const entries = CUSTOMERS.flatMap((customer_id) =>
      ["a", "b", "c"].map((id) => oneOff(1, { customer_id, id })),
    );
    await world.converge(entries);
    const gone = entries.filter(({ customer_id }) => shardOf(customer_id ?? "", 2) !== 1);
    const [first, second] = await Promise.all(
      shards(2).map((shard) =>
        world.plan(gone, { prune: true, shard, limits: limitsOfShard(DEFAULT_LIMITS, shard) }),
      ),
    );
    if (!first || !second) throw new Error("two plans were made");
    expect(refusals(first)).toMatchObject([{ code: "too-many-deletes" }]);
    expect(refusals(second)).toEqual([]);
  });
});
