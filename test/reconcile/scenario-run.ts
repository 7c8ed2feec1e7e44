// What the tests do with the scenarios: bring a world to where the change is due, make it, and look at the end.
import { expect } from "vitest";
import type { EmulatorOptions } from "../../src/emulator/index.ts";
import type { Outcome } from "../../src/reconcile/index.ts";
import type { Scenario } from "./scenarios.ts";
import { type StoredRow, World } from "./world.ts";

export interface Prepared {
  readonly world: World;
  /** When the balance resets that keeps its cycle. */
  readonly resetsAt: number | null | undefined;
}

export async function prepared(scenario: Scenario, options: EmulatorOptions): Promise<Prepared> {
  const world = new World(options);
  await world.converge(scenario.before);
  await scenario.history?.(world);
  const rows = await world.rows("acme");
  return { world, resetsAt: rows.find((row) => row.feature === scenario.keepsCycleOf)?.resetsAt };
}

export async function run(world: World, { after, prune }: Scenario): Promise<Outcome> {
  return world.apply(await world.plan(after, { prune: prune ?? false }));
}

export async function useMeanwhile(world: World, { meanwhile }: Scenario): Promise<void> {
  if (meanwhile) await world.use("acme", meanwhile.feature, meanwhile.units, meanwhile.entity);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);

const isUsable = (row: StoredRow, now: number): boolean =>
  (row.expiresAt === null || row.expiresAt > now) && (row.unlimited !== false || row.remaining !== 0);

/** Killed just before its last call, a replacement leaves the milliseconds of the cycle changed, but never more. */
const secondOf = (ms: number | null | undefined): number => Math.floor((ms ?? 0) / 1000);

/** Granted once, nothing of the usage lost or doubled, the cycle kept, and nothing left to do. */
export async function expectDone(
  world: World,
  scenario: Scenario,
  expected: { meanwhileUnits: number; resetsAt: number | null | undefined },
  what: string,
): Promise<void> {
  const plan = await world.plan(scenario.after, { prune: scenario.prune ?? false });
  const left = plan.changes.filter(({ reasons }) => !reasons.some(({ code }) => code === "waits-for-reset"));
  expect(left, what).toEqual([]);

  const rows = (await world.rows("acme")).filter((row) => isUsable(row, world.ms));
  expect(rows.length, `${what}: rows`).toBe(scenario.after.length);
  for (const [feature, used] of Object.entries(scenario.used)) {
    const ofFeature = rows.filter((row) => row.feature === feature);
    const entries = scenario.after.filter((entry) => entry.feature_id === feature);
    const granted = sum(entries.map(({ included }) => included ?? 0));
    expect(sum(ofFeature.map(({ grant }) => grant)), `${what}: granted ${feature}`).toBe(granted);
    const meanwhile = scenario.meanwhile?.feature === feature ? expected.meanwhileUnits : 0;
    expect(sum(ofFeature.map(({ usage }) => usage)), `${what}: used ${feature}`).toBe(used + meanwhile);
    if (scenario.keepsCycleOf !== feature) continue;
    const cycles = ofFeature.filter((row) => row.resetsAt !== null);
    expect(
      cycles.map((row) => [row.creationGrant, secondOf(row.resetsAt)]),
      `${what}: cycle`,
    ).toEqual([[granted, secondOf(expected.resetsAt)]]);
  }
}
