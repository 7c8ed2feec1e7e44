// Plans for the customers whose entries have changed: what they leave out, what they say of it, and that they show of
// the others what a plan of everything shows.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type PlanBase, refusals } from "../../src/reconcile/index.ts";
import { type BalanceEntry, desiredBalance } from "../../src/schema/index.ts";
import { LEVELS, World } from "./world.ts";

const CUSTOMERS = ["acme", "globex"] as const;
const of = (customer_id: string, included: number, id = "calls"): BalanceEntry => ({
  customer_id,
  feature_id: "api_calls",
  id,
  included,
});

const base = (entries: readonly BalanceEntry[]): PlanBase => ({
  name: "main",
  namespace: "test",
  balances: entries.map((entry) => desiredBalance(entry, { file: "old.yaml", line: 1, column: 1 })),
  createCustomers: false,
});

describe.each(LEVELS)("a plan of what has changed, on a server of %s", (level) => {
  it("reads nothing of customers whose entries are as they were, and says so", async () => {
    const world = new World({ level });
    await world.converge([of("acme", 10), of("globex", 10)]);
    await world.call("balances.update", {
      customer_id: "globex",
      feature_id: "api_calls",
      balance_id: "test:calls",
      included_grant: 70,
    });
    const entries = [of("globex", 10), of("acme", 20)];
    const options = { base: base([of("acme", 10), of("globex", 10)]), onlyChanged: true };
    const plan = await world.plan(entries, options);
    expect(plan.leftOut).toEqual({ customers: 1, balances: 1 });
    expect(plan.changes.map(({ customerId, kind }) => [customerId, kind])).toEqual([["acme", "update"]]);
    expect(plan.customers).toBe(1);
  });

  it("deletes what has lost its entry, and nothing of anybody else", async () => {
    const world = new World({ level });
    await world.converge([of("acme", 10), of("acme", 5, "more"), of("globex", 10), of("globex", 5, "stray")]);
    const before = base([of("acme", 10), of("acme", 5, "more"), of("globex", 10)]);
    const plan = await world.plan([of("acme", 10), of("globex", 10)], {
      base: before,
      onlyChanged: true,
      prune: true,
    });
    expect(plan.changes.map(({ customerId, key, kind }) => [customerId, key, kind])).toEqual([
      ["acme", "more", "delete"],
    ]);
  });

  it("measures guards by everybody", async () => {
    const world = new World({ level });
    const many = Array.from({ length: 12 }, (_, index) => of("acme", 10, `a${index}`));
    const others = Array.from({ length: 28 }, (_, index) => of("globex", 10, `g${index}`));
    await world.converge([...many, ...others]);
    const options = { base: base([...many, ...others]), prune: true };
    // 12 of 12 rows are deleted where only acme is looked at; of all 40 rows it is 30 %.
    const plan = await world.plan(others, { ...options, onlyChanged: true });
    expect(plan.changes).toHaveLength(12);
    expect(refusals(plan)).toEqual([]);
    expect(refusals(await world.plan(others, options))).toEqual([]);
  });

  it("looks at everybody where there is no base, or the namespace was another", async () => {
    const world = new World({ level });
    const plan = await world.plan([of("acme", 10)], { base: null, onlyChanged: true });
    expect(plan).toMatchObject({ leftOut: null, changes: [{ kind: "create" }] });
    const moved = { ...base([of("acme", 10)]), namespace: "before" };
    const again = await world.plan([of("acme", 10)], { base: moved, onlyChanged: true });
    expect(again).toMatchObject({ leftOut: { customers: 0, balances: 0 }, changes: [{ kind: "create" }] });
  });

  it("shows of whoever it looks at what the whole plan shows", async () => {
    const anyEntries = fc.uniqueArray(
      fc.record({
        customer: fc.constantFrom(...CUSTOMERS),
        id: fc.constantFrom("a", "b"),
        included: fc.integer({ min: 1, max: 3 }),
      }),
      { selector: ({ customer, id }) => customer + id, maxLength: 4 },
    );
    const entriesOf = (drawn: readonly { customer: string; id: string; included: number }[]) =>
      drawn.map(({ customer, id, included }) => of(customer, included, id));
    await fc.assert(
      fc.asyncProperty(anyEntries, anyEntries, fc.boolean(), async (before, now, prune) => {
        const world = new World({ level });
        await world.converge(entriesOf(before));
        const options = { base: base(entriesOf(before)), prune };
        const whole = await world.plan(entriesOf(now), options);
        const part = await world.plan(entriesOf(now), { ...options, onlyChanged: true });
        // Nothing has drifted, so whoever is left out has no changes.
        expect(part.changes.map(({ kind, customerId, key }) => [kind, customerId, key])).toEqual(
          whole.changes.map(({ kind, customerId, key }) => [kind, customerId, key]),
        );
      }),
      { numRuns: 15 },
    );
  });
});
