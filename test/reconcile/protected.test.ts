// A protected balance is not deleted, cut or replaced, unless the files say so in a change of their own first.
import { describe, expect, it } from "vitest";
import { forced, type PlanBase, refusals } from "../../src/reconcile/index.ts";
import { type BalanceEntry, desiredBalance } from "../../src/schema/index.ts";
import { LEVELS, START, World } from "./world.ts";

const storage: BalanceEntry = { customer_id: "acme", feature_id: "storage", included: 5 };
const guarded: BalanceEntry = { ...storage, protected: true };
const calls: BalanceEntry = {
  customer_id: "acme",
  feature_id: "api_calls",
  included: 9,
  reset: { interval: "month" },
};
const baseOf = (...entries: BalanceEntry[]): PlanBase => ({
  name: "main",
  namespace: "test",
  balances: entries.map((entry) => desiredBalance(entry)),
  createCustomers: false,
});

describe.each(LEVELS)("protected, on a server of %s", (level) => {
  const world = new World({ level });
  const refused = async (entries: readonly BalanceEntry[], options = {}) => {
    const plan = await world.plan(entries, options);
    // No force lifts it.
    expect(refusals(forced(plan)).filter(({ code }) => code === "protected")).toEqual(
      refusals(plan).filter(({ code }) => code === "protected"),
    );
    return refusals(plan)
      .filter(({ code }) => code === "protected")
      .map(({ message }) => message);
  };

  it("lets the balance be granted, raised and made to last longer", async () => {
    await world.converge([guarded, calls]);
    expect(await refused([guarded, calls])).toEqual([]);
    expect(await refused([{ ...guarded, included: 6 }, calls])).toEqual([]);
  });

  it.each<[string, BalanceEntry, string]>([
    ["a cut", { ...guarded, included: 4 }, "test:storage of acme is protected, and would be cut to 4"],
    [
      "an end",
      { ...guarded, expires_at: START + 1e9 },
      "test:storage of acme is protected, and would be ended earlier",
    ],
    [
      "a replacement",
      { ...guarded, reset: { interval: "month" } },
      "test:storage~2 of acme is protected, and would be replaced",
    ],
  ])("refuses %s", async (_, entry, message) => {
    expect(await refused([entry, calls])).toEqual([message]);
    // Said by the file that it is protected no more, and nothing to compare with.
    expect(await refused([{ ...entry, protected: false }, calls])).toEqual([]);
    expect(await refused([{ ...entry, protected: false }, calls], { base: baseOf(guarded, calls) })).toEqual([
      message.replace("protected,", "protected at main,"),
    ]);
    expect(await refused([{ ...entry, protected: false }, calls], { base: baseOf(storage, calls) })).toEqual(
      [],
    );
  });

  it("lets it take over another row, which is no cut of its own", async () => {
    const mine = { ...guarded, id: "mine" };
    await world.converge([mine]);
    await world.grantByHand("acme", "storage", { balance_id: `legacy-${level}`, included_grant: 3 });
    const adopting = { ...mine, adopt: `legacy-${level}` };
    const plan = await world.plan([adopting]);
    expect(plan.changes).toMatchObject([{ kind: "replace", creates: false, granted: -3 }]);
    expect(await refused([adopting])).toEqual([]);
    expect(await refused([{ ...adopting, included: 4 }])).toEqual([
      "test:mine of acme is protected, and would be cut to 4",
    ]);
  });

  it("refuses to cut it under another name, by an entry that adopts its row", async () => {
    const renamed = { ...storage, id: "other", adopt: "test:storage" };
    const base = baseOf(guarded, calls);
    expect(await refused([{ ...renamed, included: 4 }, calls], { base })).toEqual([
      "test:storage of acme is protected at main, and would be cut to 4",
    ]);
    expect(
      await refused([{ ...renamed, included: 4, reset: { interval: "month" } }, calls], { base }),
    ).toEqual(["test:other of acme is protected at main, and would be replaced"]);
    expect(await refused([{ ...renamed, included: 6 }, calls], { base })).toEqual([]);
    expect(await refused([{ ...renamed, included: 4 }, calls], { base: baseOf(storage, calls) })).toEqual([]);
  });

  it("refuses to prune what is protected at the base, and knows nothing of it without", async () => {
    expect(await refused([calls], { prune: true, base: baseOf(guarded, calls) })).toEqual([
      "test:storage of acme is protected at main, and would be deleted",
    ]);
    expect(await refused([calls], { base: baseOf(guarded, calls) })).toEqual([]);
    expect(await refused([calls], { prune: true })).toEqual([]);
  });
});
