// `npm run bench:pacing`: how fast the engine is compared with the pace it was given, what it leaves to others, and how
// good the estimate of a plan is. In simulated time, so that it is the same on every machine. `--write` keeps the
// results in docs/benchmarks.json.
import { parseArgs } from "node:util";
import { applyPlan, type Plan } from "../src/reconcile/index.ts";
import { type BalanceEntry, desiredBalance } from "../src/schema/index.ts";
import {
  type BesideResult,
  type BesideSecond,
  conditions,
  type EstimateResult,
  type PaceResult,
  writeResults,
} from "./results.ts";
import { CONCURRENCY, isPaced, SimulatedWorld } from "./simulated.ts";

const { values } = parseArgs({ options: { write: { type: "boolean", default: false } } });

const paces: PaceResult[] = [];
for (const perSecond of [5, 10, 20]) paces.push(await creates(1000, perSecond));
const beside = await besideAnother();
const estimates: EstimateResult[] = [];
for (const latencyMs of [50, 500, 2000]) {
  estimates.push(await estimate("creates", latencyMs, 200));
  estimates.push(await estimate("updates", latencyMs, 200));
  estimates.push(await estimate("replacements", latencyMs, 40));
}
console.log(
  JSON.stringify({ paces, beside: { ...beside, seconds: beside.seconds.length }, estimates }, null, 1),
);
if (values.write) writeResults({ pacing: { ...conditions(), paces, beside, estimates } });

function worldOf(customers: number, latencyMs: number, requestsPerSecond?: number): SimulatedWorld {
  return new SimulatedWorld({
    latencyMs,
    ...(requestsPerSecond === undefined ? {} : { requestsPerSecond }),
    seed: {
      features: [{ id: "api_calls", type: "metered", consumable: true }],
      customers: Array.from({ length: customers }, (_, n) => ({ id: `customer_${n}` })),
    },
  });
}

function entries(count: number, rest: Partial<BalanceEntry>): ReturnType<typeof desiredBalance>[] {
  return Array.from({ length: count }, (_, n) =>
    desiredBalance({ customer_id: `customer_${n}`, feature_id: "api_calls", ...rest }),
  );
}

/** Applies, and throws unless every change was made. @returns simulated seconds */
async function apply(world: SimulatedWorld, plan: Plan): Promise<number> {
  world.calls = [];
  const startedAt = world.time.now();
  const { results } = await applyPlan(world.api, plan, { clock: world.time, concurrency: CONCURRENCY });
  const wrong = results.find(({ result }) => result !== "converged");
  if (wrong) throw new Error(`${wrong.result}: ${wrong.problem?.message}`);
  return (world.time.now() - startedAt) / 1000;
}

async function creates(count: number, perSecond: number): Promise<PaceResult> {
  const world = worldOf(count, 50, perSecond);
  const plan = await world.plan(entries(count, { included: 100 }));
  const seconds = await apply(world, plan);
  const refused = world.calls.filter(({ status }) => status === 429).length;
  return { creates: count, perSecond, seconds, ideal: count / perSecond, refused };
}

/** Another client of the organisation: from second 20 to second 60 it makes half of the calls that the limit allows. */
async function besideAnother(): Promise<BesideResult> {
  const COMES = 20_000;
  const GOES = 60_000;
  const PER_SECOND = 12.5;
  const count = 1200;
  const world = worldOf(count, 50);
  const plan = await world.plan(entries(count, { included: 100 }));
  const startedAt = world.time.now();
  const seconds: { ours: number; theirs: number; theirsRefused: number }[] = [];
  const second = (): { ours: number; theirs: number; theirsRefused: number } => {
    const n = Math.floor((world.time.now() - startedAt) / 1000);
    while (seconds.length <= n) seconds.push({ ours: 0, theirs: 0, theirsRefused: 0 });
    return seconds[n] as { ours: number; theirs: number; theirsRefused: number };
  };
  world.onCall = (call) => {
    if (isPaced(call)) second().ours += 1;
  };
  const calls: Promise<void>[] = [];
  const other = (async () => {
    await world.time.sleep(COMES);
    for (let n = 0; n < ((GOES - COMES) / 1000) * PER_SECOND; n++) {
      await world.time.sleep(startedAt + COMES + (n * 1000) / PER_SECOND - world.time.now());
      calls.push(
        world.emulator
          .fetch("http://autumn.example/v1/features.list", {
            method: "POST",
            body: "{}",
            headers: { authorization: `Bearer ${world.emulator.key}`, "x-api-version": "2.3.0" },
          })
          .then(({ status }) => {
            if (status === 429) second().theirsRefused += 1;
            else second().theirs += 1;
          }),
      );
    }
  })();
  await apply(world, plan);
  await other;
  await Promise.all(calls);
  const refused = world.calls.filter(({ status }) => status === 429).length;
  const between = (from: number, to: number, value: (one: BesideSecond) => number): number =>
    seconds.slice(from, to).reduce((sum, one) => sum + value(one), 0);
  return {
    theirPace: PER_SECOND,
    comes: COMES / 1000,
    goes: GOES / 1000,
    theirs: between(0, seconds.length, ({ theirs }) => theirs),
    theirsRefused: between(0, seconds.length, ({ theirsRefused }) => theirsRefused),
    refused,
    oursBeside: between(25, 60, ({ ours }) => ours) / 35,
    seconds,
  };
}

/** A plan's estimate beside what applying it took. */
async function estimate(
  what: EstimateResult["what"],
  latencyMs: number,
  count: number,
): Promise<EstimateResult> {
  const world = worldOf(count, latencyMs);
  const reset = what === "replacements" ? { reset: { interval: "month" } as const } : {};
  if (what !== "creates") {
    await apply(world, await world.plan(entries(count, { included: 100, ...reset })));
    // Past the slices of time for which the customers were locked before.
    await world.time.sleep(60_000);
  }
  const plan = await world.plan(entries(count, { included: 150, ...reset }));
  const seconds = await apply(world, plan);
  return {
    what,
    count,
    latencyMs,
    estimated: { calls: plan.estimate.calls, seconds: plan.estimate.ms / 1000 },
    took: { calls: world.calls.length, seconds },
  };
}
