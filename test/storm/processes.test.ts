// Storms of processes: the command line as it is published, against a server over HTTP. Runs are killed before and
// after their calls take effect, answers are lost, two versions of the file run at once, and customers go on using
// what they have. What is killed where goes by a seed and the server's count of calls; STORM_PROCESSES and STORM_FIRST
// make a longer one of it.
import type { ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { balances, emulator, folder, run, start } from "../cli/helper.ts";
import { LEVELS, type Level } from "../reconcile/world.ts";
import { Random } from "./random.ts";

const SEEDS = Number(process.env.STORM_PROCESSES ?? 3);
const FIRST = Number(process.env.STORM_FIRST ?? 0);
const ROUNDS = 3;
/** Runs that may be needed until nothing is left of what was begun. */
const CALM_RUNS = 3;
const FEATURES = ["api_calls", "ai_credits"] as const;
const GRANTS = [100, 150, 200, 300] as const;
/** What a call meets: its run is killed before or after it takes effect, or its answer is lost. */
const SIGNALS = ["SIGKILL", "SIGKILL", "SIGTERM", "SIGINT"] as const;

interface StoredRow {
  readonly external_id: string | null;
  readonly feature_id: string;
  readonly balance: number;
  readonly adjustment: number;
  readonly expires_at: number | null;
  readonly entitlement: { readonly allowance: number | null };
}

describe.each(LEVELS)("after a storm of processes, on a server of %s,", (level) => {
  it.concurrent.each(Array.from({ length: SEEDS }, (_, n) => FIRST + n))(
    "every balance is there once, and counts what was used: seed %i",
    (seed) => storm(seed, level),
  );
});

async function storm(seed: number, level: Level): Promise<void> {
  const random = new Random(seed);
  const foreign = { feature_id: "credits", included_grant: 77, balance_id: "somebody:else", usage: 7 };
  const autumn = await emulator([], {
    level,
    storeDelayMs: 0,
    seed: {
      features: [...FEATURES, "credits"].map((id) => ({ id, type: "metered" as const, consumable: true })),
      customers: [{ id: "acme", balances: [foreign] }],
    },
  });
  const answer = autumn.handle.bind(autumn);
  const call = async <T>(path: string, body?: object): Promise<T> => {
    const outcome = await answer(
      new Request(`http://autumn/v1/${path}`, {
        method: body ? "POST" : "GET",
        headers: {
          authorization: `Bearer ${autumn.key}`,
          "content-type": "application/json",
          "x-api-version": "2.3.0",
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
      }),
    );
    if (outcome === "dropped" || outcome.status >= 300)
      throw new Error(`${path}: ${JSON.stringify(outcome)}`);
    return outcome.body as T;
  };

  const used: Record<(typeof FEATURES)[number], number> = { api_calls: 0, ai_credits: 0 };
  const use = async (): Promise<void> => {
    const feature_id = random.pick(FEATURES);
    const value = 1 + random.below(4);
    await call("balances.track", { customer_id: "acme", feature_id, value });
    used[feature_id] += value;
  };

  let isStormy = true;
  let running: ChildProcess[] = [];
  autumn.handle = async (request) => {
    if (!isStormy) return answer(request);
    const fate = random.next();
    const kill = (): void => {
      running[random.below(running.length)]?.kill(random.pick(SIGNALS));
    };
    if (fate < 0.05) kill();
    else if (fate < 0.08) return "dropped";
    const outcome = await answer(request);
    if (fate > 0.95) kill();
    else if (fate > 0.92) return "dropped";
    if (isGranted && random.chance(0.15)) await use();
    return outcome;
  };

  const cwd = folder();
  const version = (): object[] =>
    FEATURES.map((feature_id) => ({
      customer_id: "acme",
      feature_id,
      included: random.pick(GRANTS),
      ...(feature_id === "api_calls" ? { reset: { interval: "month" } } : {}),
    }));
  const write = (name: string, entries: object[]): string => {
    writeFileSync(join(cwd, name), balances(entries));
    return name;
  };
  const apply = (file: string) => start(["apply", file, "--yes"], { cwd, env: autumn.env });

  let isGranted = false;
  let newest = version();
  isStormy = false;
  expect(await apply(write("0.yaml", newest)).ended).toMatchObject({ code: 0 });
  isStormy = true;
  isGranted = true;
  for (let round = 1; round <= ROUNDS; round++) {
    const before = write(`${round}-before.yaml`, newest);
    newest = version();
    const runs = [apply(write(`${round}.yaml`, newest))];
    if (random.chance(0.5)) runs.push(apply(random.chance(0.5) ? before : `${round}.yaml`));
    running = runs.map(({ child }) => child);
    await Promise.all(runs.map(({ ended }) => ended));
    await use();
  }

  isStormy = false;
  const file = write("calm.yaml", newest);
  const calm = [];
  for (let n = 0; n < CALM_RUNS; n++) calm.push(await apply(file).ended);
  expect(calm.at(-1), JSON.stringify(calm)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("Nothing to do"),
  });
  const plan = await run(["plan", file], { cwd, env: autumn.env });
  expect(plan).toMatchObject({ code: 0, stdout: expect.stringContaining("Nothing to do") });

  await call("customers.get", { customer_id: "acme" });
  const { balances: stored } = await call<{ balances: StoredRow[] }>("balances/list?customer_id=acme");
  const live = stored.filter(({ expires_at }) => expires_at === null || expires_at > autumn.now());
  const found = live.map((row) => {
    const grant = (row.entitlement.allowance ?? 0) + row.adjustment;
    return { feature: row.feature_id, grant, used: grant - row.balance };
  });
  const declared = newest.map((entry) => {
    const { feature_id, included } = entry as { feature_id: (typeof FEATURES)[number]; included: number };
    return { feature: feature_id, grant: included, used: used[feature_id] };
  });
  expect(found.sort((a, b) => (a.feature < b.feature ? -1 : 1))).toEqual(
    [...declared, { feature: "credits", grant: 77, used: 7 }].sort((a, b) =>
      a.feature < b.feature ? -1 : 1,
    ),
  );
}
