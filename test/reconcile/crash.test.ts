// A run is killed between any two calls; customers go on using what they have; the next run finishes, soon or
// late, or is killed itself. Whatever the moment: granted once, no usage lost, nothing left to do.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CRASH_SCENARIOS, type CrashScenario } from "./crash-scenarios.ts";
import { type Remains, statesDuring, worldAt } from "./kill.ts";
import { LEVELS, type Level, type StoredRow, World } from "./world.ts";

/** Longer than idempotency keys are remembered. */
const NEXT_DAY_MS = 30 * 3_600_000;

const DOUBLE_KILLS = Number(process.env.DOUBLE_KILLS ?? 4);

async function prepared({ before, history }: CrashScenario, level: Level): Promise<World> {
  const world = new World({ level });
  await world.converge(before);
  await history?.(world);
  return world;
}

const run = (world: World, { after, prune }: CrashScenario): Promise<unknown> =>
  world.plan(after, { prune: prune ?? false }).then((plan) => world.apply(plan));

async function useMeanwhile(world: World, { meanwhile }: CrashScenario): Promise<void> {
  if (meanwhile) await world.use("acme", meanwhile.feature, meanwhile.units, meanwhile.entity);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);

const isUsable = (row: StoredRow, now: number): boolean =>
  (row.expiresAt === null || row.expiresAt > now) && (row.unlimited !== false || row.remaining !== 0);

interface Expected {
  readonly meanwhileUnits: number;
  readonly resetsAt: number | null | undefined;
}

async function expectDone(
  world: World,
  scenario: CrashScenario,
  { meanwhileUnits, resetsAt }: Expected,
  killed: string,
): Promise<void> {
  const options = { prune: scenario.prune ?? false };
  await world.converge(scenario.after, options);
  const left = (await world.plan(scenario.after, options)).changes.filter(
    ({ reasons }) => !reasons.some(({ code }) => code === "waits-for-reset"),
  );
  expect(left, killed).toEqual([]);

  const rows = (await world.rows("acme")).filter((row) => isUsable(row, world.ms));
  expect(rows.length, `${killed}: rows`).toBe(scenario.after.length);
  for (const [feature, used] of Object.entries(scenario.used)) {
    const ofFeature = rows.filter((row) => row.feature === feature);
    const entries = scenario.after.filter((entry) => entry.feature_id === feature);
    const granted = sum(entries.map(({ included }) => included ?? 0));
    expect(sum(ofFeature.map(({ grant }) => grant)), `${killed}: granted ${feature}`).toBe(granted);
    const meanwhile = scenario.meanwhile?.feature === feature ? meanwhileUnits : 0;
    expect(sum(ofFeature.map(({ usage }) => usage)), `${killed}: used ${feature}`).toBe(used + meanwhile);
    if (scenario.keepsCycleOf !== feature) continue;
    const cycle = ofFeature.filter((row) => row.resetsAt !== null);
    expect(
      cycle.map((row) => [row.creationGrant, secondOf(row.resetsAt)]),
      `${killed}: cycle`,
    ).toEqual([[granted, secondOf(resetsAt)]]);
  }
}

/** Killed just before its last call, a replacement leaves the milliseconds of the cycle changed, but never more. */
const secondOf = (ms: number | null | undefined): number => Math.floor((ms ?? 0) / 1000);

/** When the balance resets that keeps its cycle. */
async function cycleOf(world: World, feature: string | undefined): Promise<number | null | undefined> {
  return (await world.rows("acme")).find((row) => row.feature === feature)?.resetsAt;
}

for (const level of LEVELS) {
  describe(`a run killed at any moment, server of ${level}`, () => {
    for (const scenario of CRASH_SCENARIOS) {
      const units = scenario.meanwhile?.units ?? 0;

      it(`${scenario.name}: the next run finishes it`, async () => {
        const world = await prepared(scenario, level);
        const resetsAt = await cycleOf(world, scenario.keepsCycleOf);
        for (const remains of await statesDuring(world, () => run(world, scenario))) {
          for (const used of new Set([units, 0])) {
            for (const late of [0, NEXT_DAY_MS]) {
              const next = worldAt(remains, { level });
              if (used > 0) await useMeanwhile(next, scenario);
              next.ms += late;
              const killed = `killed ${remains.at}${used ? ", used" : ""}${late ? ", next day" : ""}`;
              await expectDone(next, scenario, { meanwhileUnits: used, resetsAt }, killed);
            }
          }
        }
      });

      it(`${scenario.name}: the run after two killed ones finishes it`, async () => {
        const world = await prepared(scenario, level);
        const resetsAt = await cycleOf(world, scenario.keepsCycleOf);
        const first = await statesDuring(world, () => run(world, scenario));
        const pick = (states: readonly Remains[], n: number): Remains => states[n % states.length] as Remains;
        await fc.assert(
          fc.asyncProperty(fc.nat(60), fc.nat(60), fc.boolean(), async (n, m, isLate) => {
            const once = pick(first, n);
            const again = worldAt(once, { level });
            await useMeanwhile(again, scenario);
            if (isLate) again.ms += NEXT_DAY_MS;
            const twice = pick(await statesDuring(again, () => run(again, scenario)), m);
            const last = worldAt(twice, { level });
            await useMeanwhile(last, scenario);
            if (isLate) last.ms += NEXT_DAY_MS;
            const killed = `killed ${once.at}, then ${twice.at}`;
            await expectDone(last, scenario, { meanwhileUnits: 2 * units, resetsAt }, killed);
          }),
          { numRuns: DOUBLE_KILLS },
        );
      });
    }
  });
}
