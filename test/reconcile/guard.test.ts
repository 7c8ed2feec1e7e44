// What may not happen without being asked for twice.
import { describe, expect, it } from "vitest";
import { forced, type Plan, refusals } from "../../src/reconcile/index.ts";
import { type BalanceEntry, DEFAULT_LIMITS } from "../../src/schema/index.ts";
import { change, plan as planOf } from "../report/plans.ts";
import { ACME, GLOBEX, monthly, NEXT_SUMMER, oneOff, SOON } from "./entries.ts";
import { DAY, LEVELS, World } from "./world.ts";

const many = (count: number, included = 10) =>
  Array.from({ length: count }, (_, n) => oneOff(included, { id: `g${n}` }));
const codes = (plan: Plan): string[] => refusals(plan).map(({ code }) => code);

describe("a plan is refused", () => {
  it("that deletes more than 10 rows and more than 30 % of them, with the numbers and the way out", async () => {
    const world = new World({ level: "2026-10" });
    await world.converge(many(20));
    const ten = await world.plan(many(10), { prune: true });
    expect(codes(ten)).toEqual([]);
    const eleven = await world.plan(many(9), { prune: true });
    expect(refusals(eleven)).toEqual([
      {
        code: "too-many-deletes",
        message: "deletes 11 of 20 rows (55 %), over the limit of 30 %",
        hint: "raise limits.delete_percent in the file, or pass --force",
        forcible: true,
      },
    ]);
    expect(codes(forced(eleven))).toEqual([]);
    expect(codes({ ...eleven, ownedRows: 37 })).toEqual([]);
    expect(codes({ ...eleven, limits: { ...DEFAULT_LIMITS, deletePercent: 60 } })).toEqual([]);
    expect(codes({ ...eleven, limits: { ...DEFAULT_LIMITS, deletes: 11 } })).toEqual([]);
  });

  it("counts rows that entries have adopted among those that it replaces a share of", async () => {
    const world = new World({ level: "2026-10" });
    const entries: BalanceEntry[] = [];
    for (let n = 0; n < 40; n++) {
      const balance_id = `by-hand-${n}`;
      await world.grantByHand("acme", "api_calls", {
        included_grant: 10,
        reset: { interval: "month" },
        balance_id,
      });
      entries.push(monthly(n < 13 ? 20 : 10, { id: `g${n}`, adopt: balance_id }));
    }
    const limits = (replacePercent: number) => ({ limits: { ...DEFAULT_LIMITS, replacePercent } });
    expect(refusals(await world.plan(entries, limits(30)))).toMatchObject([
      { message: "replaces 13 of 40 rows (33 %), over the limit of 30 %" },
    ]);
    expect(codes(await world.plan(entries, limits(33)))).toEqual([]);
  });

  it("that grants a feature more than its limit, even if it takes more of another one", async () => {
    const world = new World({ level: "2026-10" });
    await world.converge([oneOff(1000, { id: "pack" })]);
    const limits = { ...DEFAULT_LIMITS, granted: new Map([["api_calls", 400]]) };
    const plan = await world.plan([oneOff(500, { id: "pack", feature_id: "api_calls" })], { limits });
    expect(plan.changes).toMatchObject([{ kind: "replace", granted: 500 }]);
    expect(plan.totals).toEqual([
      { featureId: "api_calls", per: "once", added: 500, taken: 0 },
      { featureId: "storage", per: "once", added: 0, taken: 1000 },
    ]);
    expect(refusals(plan)).toMatchObject([
      { code: "too-much-granted", message: "grants 500 api_calls more, over the limit of 400" },
    ]);
  });

  it("with amounts as people read them, and the option in the hint where one set the limit", async () => {
    const world = new World();
    const limits = { ...DEFAULT_LIMITS, granted: new Map([["storage", 40_000]]) };
    const plan = await world.plan([oneOff(50_000)], { limits });
    const fromOptions = new Set(["granted.storage", "delete_percent"]);
    expect(refusals(plan, { fromOptions })).toMatchObject([
      {
        message: "grants 50,000 storage more, over the limit of 40,000",
        hint: "raise --limit-granted storage=…, or pass --force",
      },
    ]);
    const deletion = change("delete", { customerId: "acme", featureId: "storage", key: "storage" });
    const many = { ...plan, ownedRows: 2_000, changes: Array.from({ length: 1_500 }, () => deletion) };
    expect(refusals(many, { fromOptions })).toMatchObject([
      {
        message: "deletes 1,500 of 2,000 rows (75 %), over the limit of 30 %",
        hint: "raise --limit-delete-percent, or pass --force",
      },
    ]);
    const shard = { index: 1, count: 4 };
    expect(refusals({ ...plan, shard })).toMatchObject([
      {
        message: "grants 50,000 storage more, over this shard's part of the limit, 40,000",
        hint: "raise limits.granted.storage in the file, or pass --limit-granted storage=… for this shard, or --force",
      },
    ]);
  });

  it("that replaces more than 10 rows and more than 30 % of them", async () => {
    const world = new World({ level: "2026-10" });
    const grants = (included: number) =>
      Array.from({ length: 12 }, (_, n) => monthly(included, { id: `g${n}` }));
    await world.converge(grants(5));
    expect(codes(await world.plan(grants(6)))).toEqual(["too-many-replaces"]);
  });

  it("that grants more of a feature than the limit", async () => {
    const world = new World();
    const limits = { ...DEFAULT_LIMITS, granted: new Map([["storage", 99]]) };
    const plan = await world.plan(many(10), { limits });
    expect(codes(plan)).toEqual(["too-much-granted"]);
    expect(refusals(plan)[0]?.message).toBe("grants 100 storage more, over the limit of 99");
    expect(codes(await world.plan(many(9), { limits }))).toEqual([]);
  });

  it("that grants what is over anew, beyond the limit", async () => {
    const world = new World();
    await world.converge([oneOff(100, { expires_at: SOON })]);
    world.ms = SOON + DAY;
    const limits = { ...DEFAULT_LIMITS, granted: new Map([["storage", 99]]) };
    const plan = await world.plan([oneOff(100, { expires_at: NEXT_SUMMER })], { limits });
    expect(codes(plan)).toEqual(["too-much-granted"]);
  });

  it.each([
    ["updated", oneOff(100), oneOff(20)],
    ["replaced", monthly(100, { feature_id: "storage" }), monthly(20, { feature_id: "storage" })],
  ])("that cuts a balance below what is used of it: %s", async (_, before, after) => {
    const world = new World();
    await world.converge([before]);
    await world.use("acme", "storage", 30);
    const plan = await world.plan([after]);
    expect(refusals(plan)).toMatchObject([
      { code: "cut-below-usage", message: expect.stringContaining("cut to 20, but 30 are used") },
    ]);
    expect(codes(forced(plan))).toEqual([]);
    expect(codes(await world.plan([{ ...after, included: 30 }]))).toEqual([]);
  });

  it("with --force for what nobody has seen, and not for more usage of what was", async () => {
    const world = new World();
    const storage = (customer: object, included: number, id = "storage") => ({
      ...oneOff(included, { id }),
      ...customer,
    });
    await world.converge([storage(ACME, 100), storage(GLOBEX, 100)]);
    await world.use("acme", "storage", 30);
    const limits = { ...DEFAULT_LIMITS, granted: new Map([["storage", 40]]) };
    const after = [storage(ACME, 20), storage(GLOBEX, 20), storage(ACME, 50, "new")];
    const made = await world.plan(after, { limits });
    expect(codes(made)).toEqual(["too-much-granted", "cut-below-usage"]);
    const plan = forced(made);
    expect(codes(plan)).toEqual([]);
    expect(plan.lifted).toEqual(refusals(made).map(({ hint: _, ...refusal }) => refusal));
    expect(plan.lifted[1]).toMatchObject({ customerId: "acme", key: "storage", featureId: "storage" });

    const afterUse = (customerId: string, usage: number): Plan => ({
      ...plan,
      changes: plan.changes.map((change) =>
        change.customerId === customerId && change.row
          ? { ...change, row: { ...change.row, usage } }
          : change,
      ),
    });
    expect(codes(afterUse("acme", 90))).toEqual([]);
    expect(refusals(afterUse("globex", 90))).toMatchObject([
      {
        code: "cut-below-usage",
        customerId: "globex",
        hint: expect.stringMatching(/^grant at least what is used, or pass --force/),
      },
    ]);
  });

  it("with the share that is over the limit, however little", () => {
    const deletion = change("delete", { customerId: "acme", featureId: "storage", key: "storage" });
    const refused = (deletes: number, ownedRows: number, deletePercent: number) => {
      const changes = Array.from({ length: deletes }, () => deletion);
      const limits = { ...DEFAULT_LIMITS, deletePercent };
      return refusals(planOf({ ownedRows, changes, limits })).map(({ message }) => message);
    };
    expect(refused(31, 102, 30)).toEqual(["deletes 31 of 102 rows (30.4 %), over the limit of 30 %"]);
    expect(refused(30_001, 100_000, 30)).toEqual([
      "deletes 30,001 of 100,000 rows (30.001 %), over the limit of 30 %",
    ]);
    expect(refused(13, 100, 12.5)).toEqual(["deletes 13 of 100 rows (13 %), over the limit of 12.5 %"]);
    expect(refused(55, 100, 30)).toEqual(["deletes 55 of 100 rows (55 %), over the limit of 30 %"]);
    expect(refused(30, 100, 30)).toEqual([]);
  });

  it.each(LEVELS)("without --force as the way out where it makes things worse (%s)", async (level) => {
    const world = new World({ level });
    await world.converge([oneOff(100), monthly(100)]);
    await world.use("acme", "storage", 5);
    await world.use("acme", "api_calls", 5);
    for (const [feature, balance_id] of [
      ["storage", "test:storage"],
      ["api_calls", "test:api_calls"],
    ] as const) {
      await world.call("balances.update", { ...ACME, feature_id: feature, balance_id, included_grant: 1000 });
    }
    const found = refusals(await world.plan([oneOff(100), monthly(100)], { checkGrants: "always" }));
    const way =
      "if its grant was raised from 100 to 1,000 elsewhere by included_grant alone, only 5 are used: have Autumn set its usage to 5, then plan again";
    expect(found.map(({ code }) => code)).toEqual(["cut-below-usage", "cut-below-usage"]);
    for (const { hint } of found) expect(hint).toContain(way);
    // The read that shows what the grant was at first says that it is so.
    expect(found.some(({ hint }) => !hint?.includes("--force"))).toBe(true);

    // And that is the way: nothing is lost by it.
    await world.call("balances.update", {
      ...ACME,
      feature_id: "storage",
      balance_id: "test:storage",
      usage: 5,
    });
    const plan = await world.plan([oneOff(100)]);
    expect(codes(plan)).toEqual([]);
    await world.apply(plan);
    expect(await world.rows("acme")).toContainEqual(
      expect.objectContaining({ id: "test:storage", grant: 100, usage: 5, remaining: 95 }),
    );
  });

  it("never for having nothing to do", async () => {
    const world = new World();
    expect(codes(await world.plan([]))).toEqual([]);
  });

  it("not for raising what is used beyond its grant", async () => {
    const world = new World();
    await world.converge([oneOff(100)]);
    await world.use("acme", "storage", 80);
    await world.converge([oneOff(20)]);
    expect(codes(await world.plan([oneOff(50)]))).toEqual([]);
  });

  it("not for blocked changes", async () => {
    const world = new World();
    await world.grantByHand("acme", "sso", { balance_id: "by-hand" });
    const limits = { ...DEFAULT_LIMITS, granted: new Map([["sso", 0]]) };
    expect(codes(await world.plan([{ ...ACME, feature_id: "sso" }], { limits }))).toEqual([]);
  });
});
