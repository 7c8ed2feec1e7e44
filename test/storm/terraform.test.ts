// Storms of the real terraform with the real provider: either is killed before or after calls take effect, answers are
// lost, the configuration changes, and customers go on using what they have. STORM_TERRAFORM and STORM_FIRST make a
// longer one of it.
import { describe, expect, it } from "vitest";
import { hasTerraform, outcomeOf, Workspace } from "../provider/acceptance/terraform.ts";
import { LEVELS, type Level, liveRowsOf, send, start } from "../provider/acceptance/world.ts";
import { childrenOf } from "../support/processes.ts";
import { Random } from "./random.ts";

const SEEDS = Number(process.env.STORM_TERRAFORM ?? 1);
const FIRST = Number(process.env.STORM_FIRST ?? 0);
const ROUNDS = 3;
const FEATURES = ["api_calls", "storage"] as const;
const GRANTS = [100, 150, 200, 300] as const;

describe.skipIf(!hasTerraform).each(LEVELS)("after a storm of terraforms, on a server of %s,", (level) => {
  it.each(Array.from({ length: SEEDS }, (_, n) => FIRST + n))(
    "every balance is there once, and counts what was used: seed %i",
    (seed) => storm(seed, level),
  );
});

async function storm(seed: number, level: Level): Promise<void> {
  const random = new Random(seed);
  const autumn = await start(level, { storeDelayMs: 0 });
  const used = new Map<string, number>(FEATURES.map((feature) => [feature, 0]));
  const use = async (): Promise<void> => {
    const feature_id = random.pick(FEATURES);
    const value = 1 + random.below(4);
    await send(autumn, "POST", "balances.track", { customer_id: "acme", feature_id, value });
    used.set(feature_id, (used.get(feature_id) ?? 0) + value);
  };
  const version = () => FEATURES.map((feature) => ({ feature, included: random.pick(GRANTS) }));
  const workspace = await Workspace.with(autumn, "");
  const write = (balances: ReturnType<typeof version>): void =>
    workspace.write(balances.map(resource).join("\n"));

  let newest = version();
  write(newest);
  await workspace.apply();

  const answer = autumn.handle.bind(autumn);
  for (let round = 0; round < ROUNDS; round++) {
    newest = version();
    write(newest);
    // Whoever is killed is killed once: the next call of the other would be answered to nobody.
    let isStormy = true;
    const terraform = await workspace.spawn(["apply", "-auto-approve", "-lock=false"]);
    const outcome = outcomeOf(terraform);
    const kill = (): void => {
      isStormy = false;
      const pid = terraform.pid as number;
      const victims = random.chance(0.5) ? childrenOf(pid) : [pid];
      for (const victim of victims) process.kill(victim, "SIGKILL");
    };
    autumn.handle = async (request) => {
      const ownUse = request.url.endsWith("balances.track");
      if (!isStormy || ownUse) return answer(request);
      const fate = random.next();
      if (fate < 0.06) kill();
      else if (fate < 0.1) return "dropped";
      const outcome = await answer(request);
      if (fate > 0.94) kill();
      else if (fate > 0.9) return "dropped";
      if (random.chance(0.15)) await use();
      return outcome;
    };
    await outcome;
    autumn.handle = answer;
    await use();
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
