// Drift: what differs although nobody changed the files, and what only looks like it.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Drift, type DriftRequest, findDrift } from "../../src/reconcile/index.ts";
import type { BalanceEntry } from "../../src/schema/index.ts";
import { ACME, GLOBEX, monthly, oneOff } from "./entries.ts";
import { configuration, foreignRows, seedForeign } from "./random-world.ts";
import { DAY, LEVELS, requestFor, START, World } from "./world.ts";

function drift(
  world: World,
  entries: readonly BalanceEntry[],
  options: Partial<DriftRequest> = {},
): Promise<Drift> {
  const request: DriftRequest = {
    ...requestFor(entries, { checkGrants: "always" }),
    expiringWithin: 7 * DAY,
    ...options,
  };
  return findDrift(world.client(), request, { clock: world.clock });
}

const told = ({ differences }: Drift) => differences.map(({ kind, change }) => `${kind} ${change.key}`);
const edit = (world: World, balance_id: string, changes: object) =>
  world.call("balances.update", { ...ACME, feature_id: "api_calls", balance_id, ...changes });

describe.each(LEVELS)("drift, server of %s", (level) => {
  it("is none after any apply, whatever others have", async () => {
    await fc.assert(
      fc.asyncProperty(configuration, foreignRows, async (entries, foreign) => {
        const world = new World({ level });
        seedForeign(world, foreign);
        await world.converge(entries);
        const { hasDrifted, differences } = await drift(world, entries, { prune: true });
        expect(differences).toEqual([]);
        expect(hasDrifted).toBe(false);
      }),
      { numRuns: 15 },
    );
  });

  it("does not list an end that somebody else has set among those that are declared", async () => {
    const world = new World({ level });
    const entries = [
      oneOff(100, { expires_at: START + 300 * DAY }),
      oneOff(5, { ...GLOBEX, expires_at: START + 2 * DAY }),
    ];
    await world.converge(entries);
    const row = { ...ACME, feature_id: "storage", balance_id: "test:storage" };
    await world.call("balances.update", { ...row, expires_at: START + DAY });
    const found = await drift(world, entries);
    expect(told(found)).toEqual(["changed storage"]);
    expect(found.expiring.map(({ customerId }) => customerId)).toEqual(["globex"]);
  });

  it("tells what somebody deleted, edited and added", async () => {
    const world = new World({ level });
    const entries = [oneOff(100), oneOff(5, GLOBEX), monthly(50)];
    await world.converge(entries);
    await world.call("balances.delete", { ...GLOBEX, feature_id: "storage", balance_id: "test:storage" });
    await world.call("balances.update", {
      ...ACME,
      feature_id: "storage",
      balance_id: "test:storage",
      included_grant: 70,
    });
    await world.grantByHand("acme", "storage", { balance_id: "test:by-hand", included_grant: 1 });
    const found = await drift(world, entries);
    expect(told(found)).toEqual(["changed storage", "missing storage"]);
    expect(found.hasDrifted).toBe(true);
    expect(found.differences[0]?.change.fields).toEqual([{ field: "included", from: 70, to: 100 }]);
    expect(found.plan.leftOver.map(({ key }) => key)).toEqual(["by-hand"]);
    const pruning = await drift(world, entries, { prune: true });
    expect(told(pruning)).toContain("undeclared by-hand");

    await world.converge(entries);
    // What no entry declares is drift only for whoever prunes.
    expect(await drift(world, entries)).toMatchObject({ hasDrifted: false, differences: [] });
    expect(await drift(world, entries, { prune: true })).toMatchObject({ hasDrifted: true });
  });

  it("says what a grant that was bent goes back to at its next reset", async () => {
    const world = new World({ level });
    const entries = [monthly(50, { id: "bent" })];
    await world.converge(entries);
    const [row] = await world.rows("acme");
    await edit(world, "test:bent", { included_grant: 80 });
    const bent = await drift(world, entries);
    expect(told(bent)).toEqual(["changed bent"]);
    // A server of October 2026 does not list it, but shows the stored rows of one customer.
    expect(bent.differences[0]?.reverts).toEqual({ to: 50, at: row?.resetsAt });
  });

  it("tells a grant that reads as declared, and does not last", async () => {
    const world = new World({ level });
    await world.converge([monthly(50, { id: "bent" })]);
    await edit(world, "test:bent", { included_grant: 80 });
    const found = await drift(world, [monthly(80, { id: "bent" })]);
    expect(found.hasDrifted).toBe(true);
    expect(found.differences[0]?.reverts?.to).toBe(50);
    expect(found.differences[0]?.change.reasons.map(({ code }) => code)).toEqual(["reset-would-revert"]);
  });

  it("is not what has to wait for a reset", async () => {
    const world = new World({ level });
    await world.converge([monthly(50, { id: "used-up" })]);
    await world.use("acme", "api_calls", 50);
    const raised = [monthly(60, { id: "used-up" })];
    await world.apply(await world.plan(raised));
    // The successor is there. The row before it is used up, and can be removed only at its reset.
    const found = await drift(world, raised);
    expect(found.hasDrifted).toBe(false);
    expect(found.differences).toEqual([]);
    expect(found.plan.warnings.map(({ code }) => code)).toEqual(["comes-back"]);
    world.ms += 32 * DAY;
    expect((await drift(world, raised)).hasDrifted).toBe(true);
  });

  it("is what cannot be put right at all", async () => {
    const world = new World({ level });
    await world.grantByHand("acme", "sso", { balance_id: "by-hand" });
    const found = await drift(world, [{ ...ACME, feature_id: "sso" }]);
    expect(found).toMatchObject({ hasDrifted: true, differences: [{ kind: "missing" }] });
  });

  it("is not a balance that expires, which is told as long as there is something left of it", async () => {
    const world = new World({ level });
    const entries = [
      oneOff(10, { id: "late", expires_at: START + 30 * DAY }),
      oneOff(10, { id: "second", expires_at: START + 6 * DAY }),
      oneOff(10, { id: "first", expires_at: START + 2 * DAY }),
      monthly(10),
    ];
    await world.converge(entries);
    const keys = async (expiringWithin: number) =>
      (await drift(world, entries, { expiringWithin })).expiring.map(({ key }) => key);
    expect(await keys(7 * DAY)).toEqual(["first", "second"]);
    expect(await keys(3 * DAY)).toEqual(["first"]);
    expect(await keys(0)).toEqual([]);
    expect((await drift(world, entries)).hasDrifted).toBe(false);
    await world.use("acme", "storage", 30);
    expect(await keys(7 * DAY)).toEqual([]);
    world.ms = START + 40 * DAY;
    expect(await drift(world, entries)).toMatchObject({ hasDrifted: false, expiring: [] });
  });

  it("of the shards is the drift of the whole", async () => {
    const world = new World({ level });
    const entries = [oneOff(100), oneOff(5, GLOBEX)];
    const whole = await drift(world, entries);
    const parts = await Promise.all(
      [1, 2, 3].map((index) => drift(world, entries, { shard: { index, count: 3 } })),
    );
    expect(parts.flatMap(({ differences }) => differences)).toHaveLength(2);
    expect(parts.some(({ hasDrifted }) => hasDrifted)).toBe(whole.hasDrifted);
  });
});
