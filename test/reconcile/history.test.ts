// What became of balances: the rows that have ended, as any server shows them.
import { describe, expect, it } from "vitest";
import { type EndedRow, endedRows, knownRows, readHistory } from "../../src/reconcile/index.ts";
import { type BalanceEntry, desiredBalance } from "../../src/schema/index.ts";
import { ACME, GLOBEX, monthly, oneOff } from "./entries.ts";
import { DAY, LEVELS, START, World } from "./world.ts";

async function history(world: World, entries: readonly BalanceEntry[], customers: string[] | null = null) {
  const balances = entries.map((entry) => desiredBalance(entry));
  const read = await readHistory(world.client(), { namespace: "test", balances, customers, concurrency: 4 });
  return { ...read, ended: endedRows(knownRows(balances, read.rows, "test", world.ms)) };
}

const told = (ended: readonly EndedRow[]) =>
  ended.map(({ row, state, generation, replacedBy }) => {
    const by = replacedBy === null ? "nothing" : replacedBy.balanceId;
    return `${state} ${row.balanceId} (${generation}): ${row.usage} of ${row.grant}, then ${by}`;
  });

describe.each(LEVELS)("history, server of %s", (level) => {
  it("has every generation that was replaced, with what was used of it and what came after", async () => {
    const world = new World({ level });
    for (const included of [50, 80, 120]) {
      await world.converge([monthly(included)]);
      await world.use("acme", "api_calls", 10);
      world.ms += 60_000;
    }
    const { ended, scope, customers } = await history(world, [monthly(120)]);
    expect(told(ended)).toEqual([
      "ended test:api_calls (1): 10 of 50, then test:api_calls~2",
      "ended test:api_calls~2 (2): 20 of 80, then test:api_calls~3",
    ]);
    expect(ended.map(({ key }) => key)).toEqual(["api_calls", "api_calls"]);
    const moments = ended.map(({ at }) => at ?? 0);
    expect(moments).toEqual([...moments].sort((a, b) => a - b));
    expect(moments[0]).toBeGreaterThan(START + 60_000);
    expect(moments[1]).toBeLessThan(world.ms);
    expect(ended.every(({ idFreeAt }) => idFreeAt === null)).toBe(true);
    expect({ scope, hasAcme: customers >= 1 }).toEqual({ scope: "organisation", hasAcme: true });
  });

  it("has none of what lives, nor of what others have", async () => {
    const world = new World({ level });
    await world.grantByHand("acme", "storage", {
      balance_id: "other:x",
      included_grant: 5,
      expires_at: START + DAY,
    });
    await world.grantByHand("acme", "storage", { included_grant: 5, expires_at: START + DAY });
    await world.converge([monthly(50), oneOff(5, GLOBEX)]);
    world.ms += 2 * DAY;
    expect((await history(world, [monthly(50)])).ended).toEqual([]);
  });

  it("has what ended as it was declared to, and what no entry declares any more", async () => {
    const world = new World({ level });
    const entries = [
      oneOff(5, { ...GLOBEX, expires_at: START + DAY }),
      oneOff(7, { ...ACME, id: "gone", expires_at: START + 2 * DAY }),
    ];
    await world.converge(entries);
    await world.use("acme", "storage", 3);
    world.ms = START + 3 * DAY;
    const { ended } = await history(world, []);
    expect(told(ended)).toEqual([
      "ended test:storage (1): 0 of 5, then nothing",
      "ended test:gone (1): 3 of 7, then nothing",
    ]);
    expect(ended.map(({ at }) => at)).toEqual([START + DAY, START + 2 * DAY]);
  });

  it("has what was replaced when it was used up, with the date at which its id can be freed", async () => {
    const world = new World({ level });
    await world.converge([monthly(50)]);
    await world.use("acme", "api_calls", 50);
    // Used up, and not replaced, it is the balance itself.
    expect((await history(world, [monthly(50)])).ended).toEqual([]);
    await world.apply(await world.plan([monthly(80)]));
    const [row] = await world.rows("acme");
    const { ended } = await history(world, [monthly(80)]);
    expect(told(ended)).toEqual(["used_up test:api_calls (1): 50 of 50, then test:api_calls~2"]);
    expect(ended[0]?.idFreeAt).toBe(row?.resetsAt);
    expect(ended[0]?.at).toBeGreaterThan(START);
  });

  it("has a row of somebody else that an entry adopted", async () => {
    const world = new World({ level });
    await world.grantByHand("acme", "api_calls", {
      balance_id: "by-hand",
      included_grant: 40,
      reset: { interval: "month" },
    });
    const adopting = monthly(60, { id: "bonus", adopt: "by-hand" });
    await world.converge([adopting]);
    const { ended } = await history(world, [adopting]);
    expect(told(ended)).toEqual(["ended by-hand (0): 0 of 40, then test:bonus"]);
    expect(ended[0]?.key).toBe("bonus");
    expect((await history(world, [])).ended).toEqual([]);
  });

  it("names the entity, and tells flags and unlimited balances from amounts", async () => {
    const world = new World({ level });
    const seat = { ...ACME, feature_id: "api_calls", entity_id: "seat_1" };
    const flag = { ...ACME, feature_id: "sso", expires_at: START + 5 * DAY };
    const before: BalanceEntry[] = [
      { ...seat, included: 5 },
      { ...GLOBEX, feature_id: "storage", unlimited: true },
      flag,
    ];
    await world.converge(before);
    const after: BalanceEntry[] = [
      { ...seat, unlimited: true },
      { ...GLOBEX, feature_id: "storage", included: 9 },
      flag,
    ];
    await world.converge(after);
    world.ms += 10 * DAY;
    const { ended } = await history(world, after);
    const shown = ended.map(({ row }) => [row.balanceId, row.entityId, row.unlimited, row.boolean]);
    expect(shown.sort()).toEqual([
      ["test:api_calls@seat_1", "seat_1", false, false],
      ["test:sso", null, false, true],
      ["test:storage", null, true, false],
    ]);
  });

  it("asks for the customers that it is told, and tells which of them are gone", async () => {
    const world = new World({ level });
    await world.converge([monthly(50), oneOff(5, { ...GLOBEX, expires_at: START + DAY })]);
    world.ms += 2 * DAY;
    await world.call("customers.delete", { customer_id: "acme" });
    const all = await history(world, [], null);
    expect(told(all.ended)).toEqual(["ended test:storage (1): 0 of 5, then nothing"]);
    const some = await history(world, [monthly(50)], ["acme", "nobody"]);
    expect(some.ended).toEqual([]);
    expect([...some.missing].sort()).toEqual(["acme", "nobody"]);
    expect({ scope: some.scope, customers: some.customers }).toEqual({ scope: "customers", customers: 2 });
    const one = await history(world, [], ["globex"]);
    expect(one.missing.size).toBe(0);
    expect(one.ended).toHaveLength(1);
  });

  it("changes nothing", async () => {
    const world = new World({ level });
    await world.converge([monthly(50)]);
    const sent = () => ["create", "update", "delete"].map((route) => world.sent(route as "create").length);
    const before = sent();
    await history(world, [monthly(50)]);
    expect(sent()).toEqual(before);
  });
});
