// Entries that start later, and balances that change over time: by the server's clock, granted once, with usage kept.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseBalances } from "../../src/config/index.ts";
import { savedPlanText, showSavedPlan } from "../../src/document/index.ts";
import { type BalanceEntry, desiredBalance, msToInstant } from "../../src/schema/index.ts";
import { summary } from "./entries.ts";
import { DAY, LEVELS, START, World } from "./world.ts";

const at = (days: number): string => msToInstant(START + days * DAY);
const storage = { customer_id: "acme", feature_id: "storage", included: 5 };

describe.each(LEVELS)("an entry with starts_at, on a server of %s", (level) => {
  const entry = { ...storage, starts_at: at(10), expires_at: at(40) };

  it("is listed and grants nothing before, is granted once after, and ends", async () => {
    const world = new World({ level });
    const before = await world.plan([entry]);
    expect(before).toMatchObject({
      changes: [],
      unchanged: 0,
      totals: [],
      warnings: [],
      scheduled: [{ customerId: "acme", key: "storage", startsAt: START + 10 * DAY }],
    });
    await world.converge([entry]);
    expect(await world.rows("acme")).toEqual([]);

    world.ms = START + 10 * DAY - 1_000;
    expect((await world.plan([entry])).changes).toEqual([]);
    world.ms = START + 10 * DAY;
    expect(summary(await world.plan([entry]))).toEqual(["create test:storage"]);
    await world.converge([entry]);
    await world.converge([entry]);
    expect(await world.rows("acme")).toMatchObject([{ grant: 5, expiresAt: START + 40 * DAY }]);

    world.ms = START + 50 * DAY;
    expect(await world.plan([entry])).toMatchObject({ changes: [], scheduled: [] });
  });

  it("leaves alone, and says so, what was granted already", async () => {
    const world = new World({ level });
    await world.converge([storage]);
    const plan = await world.plan([{ ...storage, included: 1, starts_at: at(10) }], { prune: true });
    expect(plan.changes).toEqual([]);
    expect(plan.warnings.map(({ code }) => code)).toEqual(["not-started"]);
  });
});

const phases = [
  { included: 10, ends_at: at(30) },
  { included: 20 },
  { starts_at: at(60), included: 5, ends_at: at(90) },
];
const changing = { customer_id: "acme", feature_id: "storage", phases } satisfies BalanceEntry;

describe.each(LEVELS)("a balance with phases, on a server of %s", (level) => {
  it("goes on with what was used, and ends with the last", async () => {
    const world = new World({ level });
    await world.converge([changing]);
    await world.use("acme", "storage", 4);
    expect(await world.rows("acme")).toMatchObject([{ grant: 10, usage: 4, expiresAt: START + 90 * DAY }]);

    world.ms = START + 31 * DAY;
    const plan = await world.plan([changing]);
    expect(summary(plan)).toEqual(["update test:storage"]);
    expect(plan.scheduled).toMatchObject([{ startsAt: START + 60 * DAY, desired: { included: 5 } }]);
    await world.converge([changing]);
    expect(await world.rows("acme")).toMatchObject([{ grant: 20, usage: 4 }]);

    world.ms = START + 61 * DAY;
    await world.converge([changing]);
    expect(await world.rows("acme")).toMatchObject([{ grant: 5, usage: 4 }]);

    world.ms = START + 91 * DAY;
    expect(await world.plan([changing])).toMatchObject({ changes: [], scheduled: [] });
  });

  it("is the same as the phase that counts, written by hand, whenever it is planned", async () => {
    const grant = fc.oneof(
      fc.record({ included: fc.integer({ min: 1, max: 50 }) }),
      fc.record({
        included: fc.integer({ min: 1, max: 50 }),
        reset: fc.constant({ interval: "month" as const }),
      }),
      fc.constant({ unlimited: true }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(grant, { minLength: 1, maxLength: 4 }),
        fc.option(grant, { nil: null }),
        fc.integer({ min: 0, max: 45 }),
        fc.boolean(),
        async (grants, granted, day, mayEnd) => {
          const last = grants.at(-1);
          const ends = mayEnd && last !== undefined && !("reset" in last) ? 10 * grants.length : null;
          const entry: BalanceEntry = {
            customer_id: "acme",
            feature_id: "storage",
            phases: grants.map((one, index) => ({
              ...one,
              ...(index === 0 ? {} : { starts_at: at(10 * index) }),
              ...(index === grants.length - 1 && ends !== null ? { ends_at: at(ends) } : {}),
            })),
          };
          const now = grants[Math.min(grants.length - 1, Math.floor(day / 10))] ?? {};
          const byHand: BalanceEntry = {
            customer_id: "acme",
            feature_id: "storage",
            ...now,
            ...(ends === null || "reset" in now ? {} : { expires_at: at(ends) }),
          };
          const world = new World({ level });
          if (granted !== null)
            await world.converge([{ customer_id: "acme", feature_id: "storage", ...granted }]);
          world.ms = START + day * DAY;
          const essence = async (one: BalanceEntry) => {
            const { changes, unchanged, totals, warnings } = await world.plan([one]);
            return { changes: changes.map(({ desired: _, ...rest }) => rest), unchanged, totals, warnings };
          };
          expect(await essence(entry)).toEqual(await essence(byHand));
        },
      ),
      { numRuns: 40 },
    );
  });

  it("grants nothing in a gap", async () => {
    const world = new World({ level });
    const entry: BalanceEntry = {
      ...changing,
      gaps: "allowed",
      phases: [
        { included: 10, ends_at: at(10) },
        { starts_at: at(20), included: 7 },
      ],
    };
    await world.converge([entry]);
    world.ms = START + 15 * DAY;
    expect(await world.plan([entry])).toMatchObject({
      changes: [],
      scheduled: [{ desired: { included: 7 } }],
    });
    world.ms = START + 20 * DAY;
    await world.converge([entry]);
    expect((await world.rows("acme")).at(-1)).toMatchObject({ grant: 7, expiresAt: null });
  });
});

describe("a saved plan", () => {
  it("keeps what is scheduled, and the entries with their phases", async () => {
    const world = new World({});
    const plan = await world.plan([
      changing,
      { ...storage, id: "late", starts_at: at(3), protected: true, owner: "x" },
    ]);
    const balances = [desiredBalance(changing)];
    const saved = {
      id: "0",
      toolVersion: "1",
      plan,
      refusals: [],
      balances,
      createCustomers: false,
      appliedAt: null,
    };
    const read = showSavedPlan(savedPlanText(saved, "am_sk_test_1234567890"), "am_sk_test_1234567890").saved;
    expect(read.plan.scheduled).toEqual(plan.scheduled);
    expect(read.balances).toEqual(balances);
  });
});

describe("phases in a file", () => {
  const read = (written: string, rest = "") =>
    parseBalances(
      `version: 1\nnamespace: n\nbalances:\n  - { customer_id: a, feature_id: f, ${rest}phases: ${written} }\n`,
      "b.yaml",
    ).problems.map(({ code, pointer }) => `${code} ${pointer}`);

  it.each([
    ["[{ included: 1, ends_at: 2027-01-01T00:00:00Z }, { included: 2 }]", "", []],
    [
      "[{ included: 1, ends_at: 2027-01-01T00:00:00Z }, { included: 2, starts_at: 2027-02-01T00:00:00Z }]",
      "",
      ["phase-gap /balances/0/phases/1"],
    ],
    [
      "[{ included: 1, ends_at: 2027-01-01T00:00:00Z }, { included: 2, starts_at: 2027-02-01T00:00:00Z }]",
      "gaps: allowed, ",
      [],
    ],
    [
      "[{ included: 1, ends_at: 2027-03-01T00:00:00Z }, { included: 2, starts_at: 2027-02-01T00:00:00Z }]",
      "gaps: allowed, ",
      ["phases-overlap /balances/0/phases/1"],
    ],
    ["[{ included: 1 }, { included: 2 }]", "", ["phase-without-start /balances/0/phases/1"]],
    [
      "[{ included: 1, starts_at: 2027-03-01T00:00:00Z, ends_at: 2027-02-01T00:00:00Z }]",
      "",
      ["ends-before-start /balances/0/phases/0"],
    ],
    [
      "[{ included: 1, reset: { interval: month }, ends_at: 2027-02-01T00:00:00Z }]",
      "",
      ["phase-cannot-end /balances/0/phases/0"],
    ],
    ["[]", "", ["empty /balances/0/phases"]],
    ["[{ unlimited: true, included: 1 }]", "", ["unlimited-is-alone /balances/0/phases/0/included"]],
    ["[{ included: 1 }]", "included: 5, ", ["phases-say-it /balances/0/included"]],
  ])("%s %s", (written, rest, problems) => {
    expect(read(written, rest)).toEqual(problems);
  });
});
