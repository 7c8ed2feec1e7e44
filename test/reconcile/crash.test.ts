// A run is killed at every single call, before and after its effect; customers go on using what they have; the
// next run finishes. Whatever the call was: granted once, no usage lost, nothing left to do.
import { describe, expect, it } from "vitest";
import type { BalanceEntry } from "../../src/schema/index.ts";
import { DAY, LEVELS, type Level, World } from "./world.ts";

const ACME = { customer_id: "acme" } as const;

interface Scenario {
  name: string;
  before: BalanceEntry[];
  /** What customers did before the change. */
  history?: (world: World) => Promise<void>;
  after: BalanceEntry[];
  /** What customers do between the killed run and the next. */
  meanwhile?: (world: World) => Promise<void>;
  prune?: boolean;
  /** Units used of each feature in the end; a number that does not match means lost or doubled usage. */
  used: Record<string, number>;
}

const SCENARIOS: Scenario[] = [
  {
    name: "creates of every kind",
    before: [],
    after: [
      { ...ACME, feature_id: "api_calls", included: 100, reset: { interval: "month" } },
      { ...ACME, feature_id: "storage", included: 50, expires_at: Date.UTC(2027, 5, 1) },
      { ...ACME, feature_id: "credits", unlimited: true },
      { ...ACME, feature_id: "sso" },
      { ...ACME, feature_id: "api_calls", entity_id: "seat_1", included: 10 },
    ],
    used: { api_calls: 0, storage: 0 },
  },
  {
    name: "an update that raises a one-off grant",
    before: [{ ...ACME, feature_id: "storage", included: 100 }],
    history: (world) => world.use("acme", "storage", 30),
    after: [{ ...ACME, feature_id: "storage", included: 150, expires_at: Date.UTC(2027, 5, 1) }],
    meanwhile: (world) => world.use("acme", "storage", 5),
    used: { storage: 35 },
  },
  {
    name: "a replacement that raises a monthly grant",
    before: [{ ...ACME, feature_id: "api_calls", included: 100, reset: { interval: "month" } }],
    history: (world) => world.use("acme", "api_calls", 30),
    after: [{ ...ACME, feature_id: "api_calls", included: 150, reset: { interval: "month" } }],
    meanwhile: (world) => world.use("acme", "api_calls", 5),
    used: { api_calls: 35 },
  },
  {
    name: "a replacement that takes an end away",
    before: [{ ...ACME, feature_id: "storage", included: 100, expires_at: Date.UTC(2027, 5, 1) }],
    history: (world) => world.use("acme", "storage", 30),
    after: [{ ...ACME, feature_id: "storage", included: 120 }],
    meanwhile: (world) => world.use("acme", "storage", 5),
    used: { storage: 35 },
  },
  {
    name: "a replacement by another cycle",
    before: [{ ...ACME, feature_id: "api_calls", included: 100, reset: { interval: "month" } }],
    history: (world) => world.use("acme", "api_calls", 30),
    after: [{ ...ACME, feature_id: "api_calls", included: 200, reset: { interval: "year" } }],
    meanwhile: (world) => world.use("acme", "api_calls", 5),
    used: { api_calls: 35 },
  },
  {
    name: "a replacement of a used-up one-off grant",
    before: [{ ...ACME, feature_id: "storage", included: 100 }],
    history: (world) => world.use("acme", "storage", 100),
    after: [{ ...ACME, feature_id: "storage", included: 150 }],
    used: { storage: 100 },
  },
  {
    name: "a replacement of a used-up monthly grant",
    before: [{ ...ACME, feature_id: "api_calls", included: 100, reset: { interval: "month" } }],
    history: (world) => world.use("acme", "api_calls", 100),
    after: [{ ...ACME, feature_id: "api_calls", included: 150, reset: { interval: "month" } }],
    used: { api_calls: 100 },
  },
  {
    name: "a replacement of an ended grant",
    before: [{ ...ACME, feature_id: "storage", included: 100, expires_at: Date.UTC(2026, 10, 30) }],
    history: async (world) => {
      await world.use("acme", "storage", 30);
      world.ms += 20 * DAY;
    },
    after: [{ ...ACME, feature_id: "storage", included: 100, expires_at: Date.UTC(2027, 5, 1) }],
    used: { storage: 30 },
  },
  {
    name: "the end of a boolean taken away",
    before: [{ ...ACME, feature_id: "sso", expires_at: Date.UTC(2027, 5, 1) }],
    after: [{ ...ACME, feature_id: "sso" }],
    used: {},
  },
  {
    name: "stacked grants, one replaced, one updated, one removed",
    before: [
      { ...ACME, feature_id: "api_calls", included: 100, reset: { interval: "month" } },
      { ...ACME, feature_id: "api_calls", id: "bonus", included: 40 },
      { ...ACME, feature_id: "storage", id: "gone", included: 7 },
    ],
    history: (world) => world.use("acme", "api_calls", 30),
    after: [
      { ...ACME, feature_id: "api_calls", included: 150, reset: { interval: "month" } },
      { ...ACME, feature_id: "api_calls", id: "bonus", included: 60 },
    ],
    meanwhile: (world) => world.use("acme", "api_calls", 5),
    prune: true,
    used: { api_calls: 35 },
  },
  {
    name: "an entity's monthly grant",
    before: [
      { ...ACME, feature_id: "api_calls", entity_id: "seat_1", included: 100, reset: { interval: "month" } },
    ],
    history: (world) => world.use("acme", "api_calls", 30, "seat_1"),
    after: [
      { ...ACME, feature_id: "api_calls", entity_id: "seat_1", included: 150, reset: { interval: "month" } },
    ],
    meanwhile: (world) => world.use("acme", "api_calls", 5, "seat_1"),
    used: { api_calls: 35 },
  },
];

/** Runs until the nth call, which is the last thing that happens. @returns false when there were fewer calls. */
async function killedAt(
  world: World,
  nth: number,
  effect: "before" | "after",
  run: () => Promise<unknown>,
): Promise<boolean> {
  const real = world.emulator.fetch;
  let calls = 0;
  let killed: () => void = () => undefined;
  const death = new Promise<"killed">((resolve) => {
    killed = () => resolve("killed");
  });
  const dying: typeof real = async (input, init) => {
    calls++;
    if (calls < nth) return real(input, init);
    if (calls === nth && effect === "after") await real(input, init);
    killed();
    return new Promise<never>(() => undefined);
  };
  Object.defineProperty(world.emulator, "fetch", { value: dying, configurable: true });
  const result = await Promise.race([run().then(() => "finished"), death]);
  Object.defineProperty(world.emulator, "fetch", { value: real, configurable: true });
  return result === "killed";
}

async function prepared(scenario: Scenario, level: Level): Promise<World> {
  const world = new World({ level });
  await world.converge(scenario.before);
  await scenario.history?.(world);
  return world;
}

async function check(scenario: Scenario, world: World, killed: boolean, label: string): Promise<void> {
  const options = { prune: scenario.prune ?? false };
  await world.converge(scenario.after, options);
  const again = await world.plan(scenario.after, options);
  const left = again.changes.filter(
    (change) => !change.reasons.some(({ code }) => code === "waits-for-reset"),
  );
  expect(
    left.map((change) => `${change.kind} ${change.balanceId}: ${JSON.stringify(change.fields)}`),
    label,
  ).toEqual([]);

  const rows = await world.rows("acme");
  const usable = rows.filter(
    (row) => row.unlimited !== true && (row.expiresAt === null || row.expiresAt > world.ms),
  );
  for (const entry of scenario.after) {
    const mine = usable.filter((row) =>
      row.id?.startsWith(
        `test:${entry.id ?? (entry.entity_id ? `${entry.feature_id}@${entry.entity_id}` : entry.feature_id)}`,
      ),
    );
    const alive = mine.filter((row) => row.unlimited === null || row.remaining !== 0);
    expect(
      alive.filter((row) => (entry.id || entry.entity_id ? true : !row.id?.includes("@"))).length,
      `${label}: rows of ${entry.id ?? entry.feature_id}`,
    ).toBe(entry.unlimited ? 0 : 1);
  }
  for (const [featureId, used] of Object.entries(scenario.used)) {
    const live = usable.filter(
      (row) => row.feature === featureId && row.remaining !== 0 && row.unlimited === false,
    );
    const entries = scenario.after.filter((entry) => entry.feature_id === featureId);
    const meanwhile = killed ? used : await usedWithout(scenario, featureId, used);
    expect(sum(live.map((row) => row.grant)), `${label}: granted ${featureId}`).toBe(
      sum(entries.map((entry) => entry.included ?? 0)),
    );
    expect(sum(live.map((row) => row.usage)), `${label}: used ${featureId}`).toBe(meanwhile);
  }
}

const sum = (numbers: number[]): number => numbers.reduce((total, n) => total + n, 0);

/** What is used when the run was not killed, so that nothing happened in between. */
async function usedWithout(scenario: Scenario, _featureId: string, used: number): Promise<number> {
  return scenario.meanwhile ? used - 5 : used;
}

for (const level of LEVELS) {
  describe(`killed at every call, server of ${level}`, () => {
    for (const scenario of SCENARIOS) {
      for (const effect of ["before", "after"] as const) {
        for (const meanwhile of scenario.meanwhile ? [true, false] : [false]) {
          it(`${scenario.name}: ${effect} its effect${meanwhile ? ", with usage until the next run" : ""}`, async () => {
            for (let nth = 1; ; nth++) {
              const world = await prepared(scenario, level);
              const killed = await killedAt(world, nth, effect, () =>
                world
                  .plan(scenario.after, { prune: scenario.prune ?? false })
                  .then((plan) => world.apply(plan)),
              );
              if (meanwhile && killed) await scenario.meanwhile?.(world);
              const expected = meanwhile
                ? scenario
                : { ...scenario, meanwhile: undefined as never, used: withoutMeanwhile(scenario) };
              await check(expected, world, killed, `killed ${effect} call ${nth}`);
              if (!killed) break;
            }
          });
        }
      }
    }
  });
}

function withoutMeanwhile(scenario: Scenario): Record<string, number> {
  if (!scenario.meanwhile) return scenario.used;
  return Object.fromEntries(Object.entries(scenario.used).map(([feature, used]) => [feature, used - 5]));
}
