// Storms of the real terraform with the real provider: either is killed before or after calls take effect, answers are
// lost, the configuration changes, and customers go on using what they have. STORM_TERRAFORM and STORM_FIRST make a
// longer one of it.
import { describe, expect, it } from "vitest";
import { hasTerraform, outcomeOf, Workspace } from "../provider/acceptance/terraform.ts";
import { LEVELS, type Level, liveRowsOf, rowsOf, send, start } from "../provider/acceptance/world.ts";
import { childrenOf } from "../support/processes.ts";
import { Random } from "./random.ts";
import { Trace } from "./trace.ts";

const SEEDS = Number(process.env.STORM_TERRAFORM ?? 1);
const FIRST = Number(process.env.STORM_FIRST ?? 0);
const ROUNDS = 2;
/** How long a run that was killed keeps others out, in ms. */
const LEASE_MS = 12_000;
const FEATURES = ["api_calls", "storage"] as const;
const GRANTS = [100, 150, 200, 300] as const;

describe.skipIf(!hasTerraform).each(LEVELS)("after a storm of terraforms, on a server of %s,", (level) => {
  it.each(Array.from({ length: SEEDS }, (_, n) => FIRST + n))(
    "every balance is there once, and counts what was used: seed %i",
    (seed) => {
      const trace = new Trace(`seed ${seed} on ${level}`);
      return trace.explain(() => storm(seed, level, trace));
    },
    // A run that was killed is waited for, whatever the machine is busy with.
    1_200_000,
  );
});

async function storm(seed: number, level: Level, trace: Trace): Promise<void> {
  const random = new Random(seed);
  const autumn = await start(level, { storeDelayMs: 0 });
  const used = new Map<string, number>(FEATURES.map((feature) => [feature, 0]));
  const use = async (): Promise<void> => {
    const feature_id = random.pick(FEATURES);
    const value = 1 + random.below(4);
    await send(autumn, "POST", "balances.track", { customer_id: "acme", feature_id, value });
    used.set(feature_id, (used.get(feature_id) ?? 0) + value);
    trace.add(`used ${value} of ${feature_id}: ${used.get(feature_id)} in all`);
  };
  const known = new Map<string, string>();
  /** Traces the rows that have changed. */
  const look = async (): Promise<void> => {
    for (const row of await rowsOf(autumn, "acme")) {
      const text = JSON.stringify(row);
      if (known.get(`${row.id}`) !== text) trace.add(`  row ${text}`);
      known.set(`${row.id}`, text);
    }
  };
  const version = () => FEATURES.map((feature) => ({ feature, included: random.pick(GRANTS) }));
  const workspace = await Workspace.with(autumn, "");
  const write = (balances: ReturnType<typeof version>): void =>
    workspace.write(balances.map(resource).join("\n"));

  let newest = version();
  write(newest);
  await workspace.apply();

  const answer = autumn.handle.bind(autumn);
  let calls = 0;
  const lost = (id: number): "dropped" => {
    trace.add(`${id} is lost`);
    return "dropped";
  };
  for (let round = 0; round < ROUNDS; round++) {
    newest = version();
    write(newest);
    // Whoever is killed is killed once: the next call of the other would be answered to nobody.
    let isStormy = true;
    // With a provider of its own, as it may be the provider that is killed.
    const terraform = await workspace.spawn(["apply", "-auto-approve", "-lock=false"], {});
    const outcome = outcomeOf(terraform);
    const kill = (): void => {
      isStormy = false;
      const pid = terraform.pid as number;
      const victims = random.chance(0.5) ? childrenOf(pid) : [pid];
      trace.add(`killed: ${victims.includes(pid) ? "terraform" : "the provider"}`);
      for (const victim of victims) process.kill(victim, "SIGKILL");
    };
    autumn.handle = async (request) => {
      const { hostname, pathname } = new URL(request.url);
      // What the storm itself asks, past the network.
      if (hostname === "autumn") return answer(request);
      const id = ++calls;
      trace.add(`${id} ${request.method} ${pathname} ${await request.clone().text()}`);
      const answered = async (): ReturnType<typeof answer> => {
        const outcome = await answer(request);
        trace.add(`${id} ${outcome === "dropped" ? outcome : outcome.status}`);
        await look();
        return outcome;
      };
      if (!isStormy) return answered();
      const fate = random.next();
      if (fate < 0.06) kill();
      else if (fate < 0.1) return lost(id);
      const outcome = await answered();
      if (fate > 0.94) kill();
      else if (fate > 0.9) return lost(id);
      if (random.chance(0.15)) await use();
      return outcome;
    };
    trace.add(`=== apply ${JSON.stringify(newest)} has ended: ${JSON.stringify(await outcome)}`);
    autumn.handle = answer;
    await use();
    if (random.chance(0.5)) autumn.advance(LEASE_MS);
  }

  await workspace.apply("-lock=false");
  const plan = await workspace.plan("-lock=false");
  expect(plan.code, plan.output).toBe(0);
  const found = await liveRowsOf(autumn, "acme");
  expect(found.map(({ feature, grant, usage }) => ({ feature, grant, usage })).sort(byFeature)).toEqual(
    newest
      .map(({ feature, included }) => ({ feature, grant: included, usage: used.get(feature) }))
      .sort(byFeature),
  );
}

const byFeature = (a: { feature: string }, b: { feature: string }): number =>
  a.feature < b.feature ? -1 : 1;

const resource = ({ feature, included }: { feature: string; included: number }): string =>
  `resource "autumn_balance" "${feature}" {
  customer_id = "acme"
  feature_id  = "${feature}"
  included    = ${included}
${feature === "api_calls" ? '  reset       = { interval = "month" }\n' : ""}}
`;
