// Two pipelines apply the same file at the same moment, call by call in every other order: one row each.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BalanceEntry } from "../../src/schema/index.ts";
import { LEVELS, World } from "./world.ts";

const ACME = { customer_id: "acme" } as const;
const MONTHLY = { reset: { interval: "month" } } as const;

const BEFORE: BalanceEntry[] = [
  { ...ACME, feature_id: "api_calls", included: 100, ...MONTHLY },
  { ...ACME, feature_id: "storage", included: 100 },
  { ...ACME, feature_id: "storage", id: "ends", included: 10, expires_at: Date.UTC(2027, 5, 1) },
  { ...ACME, feature_id: "credits", included: 5 },
];

const AFTER: BalanceEntry[] = [
  { ...ACME, feature_id: "api_calls", included: 150, ...MONTHLY },
  { ...ACME, feature_id: "storage", included: 130 },
  { ...ACME, feature_id: "storage", id: "ends", included: 10 },
  { ...ACME, feature_id: "sso" },
  { ...ACME, feature_id: "api_calls", entity_id: "seat_1", included: 10 },
  { customer_id: "globex", feature_id: "credits", included: 500 },
];

/** Lets calls arrive in an order that the numbers decide. */
function shuffled(world: World, numbers: readonly number[]): void {
  let call = 0;
  world.route = async (input, init) => {
    const turns = numbers[call++ % numbers.length] ?? 0;
    for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
    return world.emulator.fetch(input, init);
  };
}

for (const level of LEVELS) {
  describe(`two applies at once, server of ${level}`, () => {
    it("make one row of each balance, keep usage, and leave nothing to do", {}, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.nat(12), { minLength: 3, maxLength: 40 }), async (numbers) => {
          const world = new World({ level });
          await world.converge(BEFORE);
          await world.use("acme", "api_calls", 30);
          await world.use("acme", "storage", 4);
          shuffled(world, numbers);
          const options = { prune: true };
          await Promise.all([1, 2].map(async () => world.apply(await world.plan(AFTER, options))));
          await world.converge(AFTER, options);

          expect((await world.plan(AFTER, options)).changes).toEqual([]);
          const rows = [...(await world.live("acme")), ...(await world.live("globex"))];
          const grants = rows.map(({ feature, grant, usage }) => ({ feature, grant, usage }));
          expect(grants).toHaveLength(6);
          expect(grants).toContainEqual({ feature: "api_calls", grant: 150, usage: 30 });
          expect(grants).toContainEqual({ feature: "api_calls", grant: 10, usage: 0 });
          expect(grants).toContainEqual({ feature: "storage", grant: 130, usage: expect.any(Number) });
          expect(grants).toContainEqual({ feature: "credits", grant: 500, usage: 0 });
          const storage = grants.filter(({ feature }) => feature === "storage");
          expect(storage.reduce((sum, { usage }) => sum + usage, 0)).toBe(4);
        }),
        { numRuns: 40 },
      );
    });
  });
}
