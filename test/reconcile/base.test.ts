// What a plan tells of its base: which changes come from the files, and whose rows have lost their entry.
import { describe, expect, it } from "vitest";
import type { PlanBase } from "../../src/reconcile/index.ts";
import { type BalanceEntry, desiredBalance } from "../../src/schema/index.ts";
import { LEVELS, World } from "./world.ts";

const calls = { customer_id: "acme", feature_id: "api_calls", included: 100 };
const storage = { customer_id: "acme", feature_id: "storage", included: 5 };
const flag = { customer_id: "globex", feature_id: "sso" };
const seat = { customer_id: "globex", feature_id: "storage", entity_id: "seat_9", included: 5 };

const base = (entries: readonly BalanceEntry[], fields: Partial<PlanBase> = {}): PlanBase => ({
  name: "main",
  namespace: "test",
  balances: entries.map((entry) => desiredBalance(entry, { file: "old.yaml", line: 1, column: 1 })),
  createCustomers: false,
  ...fields,
});

const pendingOf = (changes: readonly { key: string; isPending: boolean }[]) =>
  Object.fromEntries(changes.map(({ key, isPending }) => [key, isPending]));

describe.each(LEVELS)("a plan with a base, on a server of %s", (level) => {
  it("tells drift and pending changes from those of the files", async () => {
    const world = new World({ level });
    await world.converge([calls, storage]);
    await world.call("balances.update", {
      customer_id: "acme",
      feature_id: "api_calls",
      balance_id: "test:api_calls",
      included_grant: 70,
    });
    const pending = { ...storage, id: "pending", customer_id: "globex" };
    const plan = await world.plan([calls, { ...storage, included: 6 }, pending], {
      base: base([calls, storage, pending]),
    });
    expect(plan.base).toEqual({ name: "main" });
    expect(pendingOf(plan.changes)).toEqual({ api_calls: true, storage: false, pending: true });
    expect(pendingOf((await world.plan([calls])).changes)).toEqual({ api_calls: false });
  });

  it("counts a change as the files' when they ask for another one than the base did", async () => {
    const world = new World({ level });
    await world.converge([calls]);
    const plan = await world.plan([{ ...calls, included: 300 }], {
      base: base([{ ...calls, included: 200 }]),
    });
    expect(pendingOf(plan.changes)).toEqual({ api_calls: false });
  });

  it("shows the rows of customers whose last entry was removed, and deletes them with prune", async () => {
    const world = new World({ level });
    world.emulator.seed({
      customers: [{ id: "globex", entities: [{ id: "seat_9", feature_id: "seats" }] }],
    });
    const gone = [flag, seat, { ...calls, customer_id: "globex" }];
    await world.converge([calls, ...gone]);
    const plan = await world.plan([calls], { base: base([calls, ...gone]) });
    expect(plan.changes).toEqual([]);
    expect(plan.leftOver.map(({ customerId, key, isPending }) => [customerId, key, isPending])).toEqual([
      ["globex", "api_calls", false],
      ["globex", "sso", false],
      ["globex", "storage@seat_9", false],
    ]);
    const pruned = await world.plan([calls], { base: base([calls, seat, flag]), prune: true });
    expect(pruned.changes.map(({ kind, key, isPending }) => [kind, key, isPending])).toEqual([
      ["delete", "api_calls", true],
      ["delete", "sso", false],
      ["delete", "storage@seat_9", false],
    ]);
  });

  it("shows a row that lost its entry beside others of its customer, though lists hide it", async () => {
    const world = new World({ level });
    const flagOfAcme = { ...flag, customer_id: "acme" };
    await world.converge([calls, flagOfAcme]);
    const plan = await world.plan([calls], { base: base([calls, flagOfAcme]) });
    expect(plan.leftOver).toMatchObject([{ customerId: "acme", key: "sso", isPending: false }]);
  });

  it("makes no calls of its own while no entry is removed", async () => {
    const world = new World({ level });
    await world.converge([calls, storage]);
    const made = async (options: Parameters<World["plan"]>[1]): Promise<string[]> => {
      world.calls = [];
      await world.plan([{ ...calls, included: 200 }, storage, flag], options);
      return world.calls.map(({ call }) => call).sort();
    };
    const without = await made({});
    expect(await made({ base: base([calls, storage, flag]) })).toEqual(without);
  });

  it("does not count a customer to create as pending where the base created none", async () => {
    const world = new World({ level });
    const entry = { ...calls, customer_id: "initech" };
    const options = { createCustomers: true };
    const before = await world.plan([entry], { ...options, base: base([entry]) });
    expect(before.changes).toMatchObject([{ createsCustomer: true, isPending: false }]);
    const after = await world.plan([entry], { ...options, base: base([entry], options) });
    expect(after.changes).toMatchObject([{ createsCustomer: true, isPending: true }]);
  });

  it("warns when the namespace is another than at the base", async () => {
    const world = new World({ level });
    await world.converge([calls]);
    const plan = await world.plan([calls], {
      namespace: "renamed",
      base: base([calls]),
      warnings: [{ code: "first", message: "said by the caller" }],
    });
    expect(plan.warnings.map(({ code }) => code)).toEqual(["first", "namespace-changed"]);
    expect(plan.changes).toMatchObject([{ kind: "create", isPending: false }]);
  });
});
