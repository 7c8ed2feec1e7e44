// Rows of others: untouched, unless an entry takes one over.
import { describe, expect, it } from "vitest";
import { ACME, monthly, oneOff, SOON, summary } from "./entries.ts";
import { killedAt, statesDuring, worldAt } from "./kill.ts";
import { DAY, LEVELS, World } from "./world.ts";

/** Whether a call takes off what was used. */
const countsUsage = (_: string, body: Record<string, unknown>): boolean => Number(body.add_to_balance) < 0;

const byHand = { balance_id: "by-hand", included_grant: 100 };

describe.each(LEVELS)("adoption, server of %s", (level) => {
  it("takes a row over as it is, without a call", async () => {
    const world = new World({ level });
    await world.grantByHand("acme", "storage", byHand);
    expect((await world.plan([oneOff(100, { adopt: "by-hand" })])).changes).toEqual([]);
  });

  it("updates the row that it takes over", async () => {
    const world = new World({ level });
    await world.grantByHand("acme", "storage", byHand);
    await world.use("acme", "storage", 30);
    const plan = await world.converge([oneOff(150, { adopt: "by-hand" })]);
    expect(summary(plan)).toEqual(["update by-hand"]);
    expect(await world.live("acme")).toMatchObject([{ id: "by-hand", grant: 150, usage: 30 }]);
  });

  it("counts it once where rows are deleted, though a run was killed before and the entry changes again", async () => {
    const world = new World({ level });
    await world.grantByHand("acme", "api_calls", { ...byHand, reset: { interval: "month" } });
    await world.use("acme", "api_calls", 30);
    const entry = (included: number) => [monthly(included, { adopt: "by-hand" })];
    const deleting = async () => world.apply(await world.plan(entry(150), { retire: "delete" }));
    await killedAt(world, deleting, countsUsage);
    world.ms += 60_000;
    await world.converge(entry(200), { retire: "delete" });
    expect((await world.live("acme")).map(({ grant, usage }) => [grant, usage])).toEqual([[200, 30]]);
  });

  it("replaces it by a row of ours where an update will not do, and leaves nothing to do", async () => {
    const world = new World({ level });
    await world.grantByHand("acme", "api_calls", { ...byHand, reset: { interval: "month" } });
    await world.use("acme", "api_calls", 30);
    const [before] = await world.live("acme");
    const entry = monthly(150, { adopt: "by-hand" });
    expect(summary(await world.converge([entry]))).toEqual(["replace test:api_calls (changed-for-good)"]);
    expect(await world.live("acme")).toMatchObject([
      { id: "test:api_calls", grant: 150, usage: 30, resetsAt: before?.resetsAt },
    ]);
    expect((await world.plan([entry])).changes).toEqual([]);
    expect((await world.plan([monthly(150)])).changes).toEqual([]);
  });

  it("says what it counts of a row that is taken over beside another", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100)]);
    await world.grantByHand("acme", "storage", { ...byHand, included_grant: 50 });
    await world.use("acme", "storage", 120);
    const plan = await world.converge([monthly(150, { feature_id: "storage", adopt: "by-hand" })]);
    expect(plan.changes).toMatchObject([{ kind: "replace", carries: 120 }]);
    expect((await world.live("acme")).find(({ id }) => id === "test:storage~2")).toMatchObject({
      usage: 120,
    });
  });

  it("counts what was used of a row that is reset on other days than the one it is taken over beside", async () => {
    const world = new World({ level });
    await world.grantByHand("acme", "api_calls", { ...byHand, reset: { interval: "month" } });
    world.ms += 10 * DAY;
    await world.converge([monthly(50)]);
    await world.use("acme", "api_calls", 60);
    await world.converge([monthly(150, { adopt: "by-hand" })]);
    expect((await world.live("acme")).find(({ id }) => id === "test:api_calls~2")).toMatchObject({
      usage: 60,
    });
  });

  it("counts a row that ended for a successor that was used up before, on the next", async () => {
    const world = new World({ level });
    await world.converge([oneOff(20)]);
    await world.grantByHand("acme", "storage", byHand);
    await world.use("acme", "storage", 30);
    const between = [monthly(15, { feature_id: "storage", adopt: "by-hand" })];
    await killedAt(world, async () => world.apply(await world.plan(between)), countsUsage, "without");
    world.ms += 60_000;
    await world.use("acme", "storage", 15);
    await world.converge([oneOff(300, { adopt: "by-hand" })]);
    expect((await world.live("acme")).find(({ id }) => id === "test:storage~3")).toMatchObject({ usage: 45 });
  });

  it("counts a row that has ended when the run was killed and the entry changes", async () => {
    const world = new World({ level });
    await world.converge([oneOff(50)]);
    await world.grantByHand("acme", "storage", { ...byHand, reset: { interval: "month" } });
    await world.use("acme", "storage", 3);
    const adopting = async () => world.apply(await world.plan([oneOff(50, { adopt: "by-hand" })]));
    await killedAt(world, adopting, (_, body) => "expires_at" in body);
    world.ms += 60_000;
    const after = [monthly(150, { feature_id: "storage", adopt: "by-hand" })];
    await world.converge(after);
    expect((await world.live("acme")).find(({ id }) => id === "test:storage~2")).toMatchObject({ usage: 3 });
  });

  it("takes over a row without a balance_id, by the id that Autumn gave it", async () => {
    const world = new World({ level });
    await world.grantByHand("acme", "storage", { included_grant: 100 });
    await world.use("acme", "storage", 30);
    const id = await internalId(world);
    const plan = await world.converge([oneOff(150, { adopt: id })]);
    expect(summary(plan)).toEqual([`update ${id}`]);
    expect(await world.live("acme")).toMatchObject([{ id: null, grant: 150, usage: 30 }]);
  });

  it("adds to a row without a balance_id once, although the answer is lost", async () => {
    const world = new World({ level });
    await world.grantByHand("acme", "storage", { included_grant: 100 });
    await world.use("acme", "storage", 30);
    const id = await internalId(world);
    const plan = await world.plan([oneOff(150, { adopt: id })]);
    world.emulator.inject({ route: "POST /v1/balances.update", kind: "drop_after", nth: 2 });
    const outcome = await world.apply(plan);
    expect(outcome.results).toMatchObject([{ result: "converged" }]);
    expect(await world.live("acme")).toMatchObject([{ grant: 150, usage: 30 }]);
  });

  it("renames a balance of ours without touching it", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100, { id: "old" })]);
    const entry = oneOff(100, { id: "new", adopt: "test:old" });
    expect(await world.plan([entry], { prune: true })).toMatchObject({ changes: [], leftOver: [] });
    await world.converge([{ ...entry, included: 150 }], { prune: true });
    expect(await world.live("acme")).toMatchObject([{ id: "test:old", grant: 150 }]);
  });

  it("is refused at its entry when there is no such row", async () => {
    const world = new World({ level });
    await expect(world.plan([oneOff(100, { adopt: "nobody" })])).rejects.toMatchObject({
      problems: [{ code: "nothing-to-adopt" }],
    });
  });

  it("is refused for a row of a plan, which is not ours to change", async () => {
    const world = new World({ level });
    const plans = [{ plan_id: "pro", balances: [{ feature_id: "storage", included_grant: 10 }] }];
    world.emulator.seed({ customers: [{ id: "acme", plans }] });
    const customer = (await world.call("customers.get", ACME)) as {
      balances: { storage: { breakdown: { id: string }[] } };
    };
    const adopt = customer.balances.storage.breakdown[0]?.id ?? "";
    await expect(world.plan([oneOff(100, { adopt })])).rejects.toMatchObject({
      problems: [{ code: "nothing-to-adopt" }],
    });
  });
});

describe.each(LEVELS)("adoption by an entry that has a row already, server of %s", (level) => {
  const entries = { "a one-off grant": oneOff, "a grant that resets": monthly };

  describe.each(Object.entries(entries))("of %s", (_, entry) => {
    const feature = entry(1).feature_id;
    const reset = entry(1).reset;
    const granted = async (options: object = {}): Promise<World> => {
      const world = new World({ level });
      await world.converge([entry(100)]);
      await world.use("acme", feature, 30);
      world.ms += 3 * DAY;
      await world.grantByHand("acme", feature, { ...byHand, ...(reset ? { reset } : {}), ...options });
      // Used up to its end, the row of ours leaves the rest to the other.
      await world.use("acme", feature, 65 + 20);
      return world;
    };
    const usedOf = async (world: World): Promise<number> =>
      (await world.live("acme")).reduce((sum, { usage }) => sum + usage, 0);

    it("counts what was used of both", async () => {
      const world = await granted();
      expect(await usedOf(world)).toBe(115);
      const plan = await world.converge([entry(200, { adopt: "by-hand" })]);
      expect(plan.changes).toMatchObject([
        { kind: expect.stringMatching(/replace/), retires: expect.any(Array) },
      ]);
      const successor = (await world.live("acme")).filter(({ remaining }) => remaining !== 0);
      expect(successor).toMatchObject([{ id: `test:${feature}~2`, grant: 200, usage: 115 }]);
      expect((await world.plan([entry(200, { adopt: "by-hand" })])).changes).toEqual([]);
    });

    it("counts it once, wherever the run is killed", async () => {
      const declared = [entry(100, { adopt: "by-hand" })];
      const before = async (): Promise<World> => {
        const world = new World({ level, storeDelayMs: 0 });
        await world.converge([entry(100)]);
        await world.use("acme", feature, 30);
        await world.grantByHand("acme", feature, { ...byHand, ...(reset ? { reset } : {}) });
        // Overdrawn or not, of the row of ours nothing is left but what the other adds.
        await world.call("balances.update", {
          ...ACME,
          feature_id: feature,
          balance_id: "by-hand",
          add_to_balance: -20,
        });
        return world;
      };
      const whole = await before();
      const plan = await whole.plan(declared);
      expect(plan.changes).toMatchObject([
        { kind: "replace", creates: false, carries: 20, granted: -100, reasons: [{ code: "takes-over" }] },
      ]);
      const states = await statesDuring(whole, () => whole.apply(plan));
      expect(states.length).toBeGreaterThan(3);
      for (const remains of states) {
        const world = worldAt(remains, { level, storeDelayMs: 0 });
        world.ms += 60_000;
        await world.converge(declared);
        expect(await world.live("acme"), remains.at).toMatchObject([
          { id: `test:${feature}`, grant: 100, usage: 50 },
        ]);
        expect((await world.plan(declared)).changes, remains.at).toEqual([]);
      }
    });

    it("counts it where the entry's own row is used up, wherever the run is killed", async () => {
      const declared = [entry(100, { adopt: "by-hand" })];
      const whole = new World({ level, storeDelayMs: 0 });
      await whole.converge([entry(100)]);
      await whole.use("acme", feature, 100);
      await whole.grantByHand("acme", feature, { ...byHand, ...(reset ? { reset } : {}) });
      await whole.use("acme", feature, 20);
      const plan = await whole.plan(declared);
      expect(plan.changes).toMatchObject([
        {
          kind: "replace",
          creates: true,
          balanceId: `test:${feature}~2`,
          carries: 120,
          granted: -100,
          reasons: [{ code: "drained" }, { code: "takes-over" }],
        },
      ]);
      const states = await statesDuring(whole, () => whole.apply(plan));
      expect(states.length).toBeGreaterThan(3);
      for (const remains of states) {
        for (const included of [100, 170]) {
          const world = worldAt(remains, { level, storeDelayMs: 0 });
          const later = [entry(included, { adopt: "by-hand" })];
          world.ms += 60_000;
          await world.converge(later);
          const counted = (await world.live("acme")).filter(({ remaining }) => remaining !== 0);
          expect(counted, `${included} ${remains.at}`).toMatchObject([{ grant: included, usage: 120 }]);
          expect((await world.plan(later)).changes, remains.at).toEqual([]);
        }
      }
    });

    it("counts it when the entry changes in the same moment, wherever the run is killed", async () => {
      const world = new World({ level, storeDelayMs: 0 });
      await world.converge([entry(100)]);
      await world.use("acme", feature, 30);
      await world.grantByHand("acme", feature, { ...byHand, ...(reset ? { reset } : {}) });
      await world.call("balances.update", {
        ...ACME,
        feature_id: feature,
        balance_id: "by-hand",
        add_to_balance: -20,
      });
      const declared = [entry(150, { adopt: "by-hand", id: feature })];
      const states = await statesDuring(world, () => world.converge(declared));
      for (const remains of states) {
        for (const included of [150, 170]) {
          const after = worldAt(remains, { level, storeDelayMs: 0 });
          after.ms += 60_000;
          const later = [entry(included, { adopt: "by-hand", id: feature })];
          await after.converge(later);
          expect(await after.live("acme"), `${included} ${remains.at}`).toMatchObject([
            { grant: included, usage: 50 },
          ]);
          expect((await after.plan(later)).changes, remains.at).toEqual([]);
        }
      }
    });
  });
});

describe.each(LEVELS)("rows of others, server of %s", (level) => {
  it("are written to only to have usage stored", async () => {
    const world = new World({ level });
    const plans = [{ plan_id: "pro", balances: [{ feature_id: "api_calls", included_grant: 1000 }] }];
    world.emulator.seed({ customers: [{ id: "acme", plans }] });
    await world.grantByHand("acme", "storage", { ...byHand, expires_at: SOON });
    await world.grantByHand("acme", "storage", { balance_id: "other:storage", included_grant: 5 });
    await world.use("acme", "api_calls", 10);
    await world.converge([monthly(100), oneOff(50)]);
    await world.converge([monthly(150), oneOff(70)]);
    await world.converge([], { prune: true });

    const writes = [...world.sent("update"), ...world.sent("delete"), ...world.sent("create")];
    const foreign = writes.filter(({ balance_id }) => !String(balance_id).startsWith("test:"));
    for (const { customer_id, feature_id, balance_id, ...rest } of foreign.slice(0, -2)) {
      // Asked once, of a row that there is not: does the server say so?
      if (balance_id === "autumn-balances:there-is-no-such-row") continue;
      expect([customer_id, feature_id, typeof balance_id]).toEqual(["acme", expect.any(String), "string"]);
      expect(rest).toEqual({ add_to_balance: 0 });
    }
    // The last two are those by hand.
    expect(foreign.slice(-2).map(({ included_grant }) => included_grant)).toEqual([100, 5]);
  });

  it.each(["plan", "entity"])(
    "have usage stored before a create, when there are only rows of a %s",
    async (kind) => {
      const world = new World({ level });
      const balance = { feature_id: "api_calls", included_grant: 1000 };
      const customer =
        kind === "plan"
          ? { id: "acme", plans: [{ plan_id: "pro", balances: [balance] }] }
          : { id: "acme", balances: [{ ...balance, entity_id: "seat_1" }] };
      world.emulator.seed({ customers: [customer] });
      const entity = kind === "entity" ? { entity_id: "seat_1" } : {};
      await world.call("balances.track", { ...ACME, ...entity, feature_id: "api_calls", value: 40 });
      await world.converge([oneOff(50)]);
      const answer = (await world.call("customers.get", ACME)) as {
        balances: { api_calls: { usage: number } };
      };
      expect(answer.balances.api_calls.usage).toBe(40);
    },
  );
});

describe.each(LEVELS)("usage that has just used everything up, server of %s", (level) => {
  it("is stored before a create, although no read shows a row any more", async () => {
    const world = new World({ level });
    await world.grantByHand("acme", "storage", byHand);
    await world.call("balances.track", { customer_id: "acme", feature_id: "storage", value: 100 });
    await world.converge([monthly(50)]);
    expect((await world.live("acme")).map(({ id, remaining }) => [id, remaining])).toEqual([
      ["by-hand", 0],
      ["test:api_calls", 50],
    ]);
  });
});

async function internalId(world: World): Promise<string> {
  const { balances } = (await world.call("balances/list?customer_id=acme")) as { balances: { id: string }[] };
  return balances[0]?.id ?? "";
}
