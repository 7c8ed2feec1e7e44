// What a plan says it takes, against what it took.
import { describe, expect, it } from "vitest";
import type { BalanceEntry } from "../../src/schema/index.ts";
import { ACME, GLOBEX, monthly, NEXT_SUMMER, oneOff } from "./entries.ts";
import { LEVELS, World } from "./world.ts";

/** Routes that share the limit of the whole organisation. */
const PACED = /^(balances\.(create|delete|list)|balances\/list|features\.list)$/;

const everything: BalanceEntry[] = [
  oneOff(1),
  monthly(2),
  oneOff(3, GLOBEX),
  oneOff(4, { id: "ends", expires_at: NEXT_SUMMER }),
  monthly(5, { entity_id: "seat_1" }),
  { ...ACME, feature_id: "sso" },
];
const changed: BalanceEntry[] = [
  oneOff(10),
  monthly(20),
  oneOff(30, GLOBEX),
  oneOff(40, { id: "ends" }),
  monthly(50, { entity_id: "seat_1" }),
];
const crowd = Array.from({ length: 40 }, (_, n) => oneOff(5, { customer_id: `c${n}` }));

const CASES: [string, BalanceEntry[], BalanceEntry[], boolean][] = [
  ["creates for a customer", [], everything, false],
  ["creates for many new customers", [], crowd, true],
  [
    "creates for many customers with balances",
    crowd,
    [...crowd, ...crowd.map((e) => ({ ...e, id: "b" }))],
    true,
  ],
  ["updates", [oneOff(1), oneOff(3, GLOBEX)], [oneOff(2), oneOff(4, GLOBEX)], false],
  ["a replacement", [monthly(1)], [monthly(2)], false],
  ["deletions", everything, [], false],
  ["everything at once", everything, changed, false],
];

describe.each(LEVELS)("the estimate, server of %s", (level) => {
  it.each(CASES)("is a lower bound, and not a far one: %s", async (_, before, after, createCustomers) => {
    const world = new World({ level });
    await world.converge(before, { createCustomers });
    const plan = await world.plan(after, { createCustomers, prune: true, requestsPerSecond: 20 });
    world.calls = [];
    const outcome = await world.apply(plan);
    expect(new Set(outcome.results.map(({ result }) => result))).toEqual(new Set(["converged"]));

    const made = world.calls.length;
    const paced = world.calls.filter(({ call }) => PACED.test(call)).length;
    expect(plan.estimate.calls).toBeLessThanOrEqual(made);
    expect(plan.estimate.calls).toBeGreaterThanOrEqual(made * 0.6);
    // A row that is replaced is waited for, until it has ended and its usage stands still.
    const waits = plan.changes.some(({ kind, retires }) => kind === "replace" && retires.length > 0)
      ? 4500
      : 0;
    expect(plan.estimate.ms).toBeLessThanOrEqual(paced * 50 + waits);
    expect(plan.estimate.ms).toBeGreaterThanOrEqual((paced - 2) * 50 * 0.6 + waits);
  });
});
