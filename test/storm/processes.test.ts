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
import { Trace } from "./trace.ts";

const SEEDS = Number(process.env.STORM_PROCESSES ?? 2);
const FIRST = Number(process.env.STORM_FIRST ?? 0);
const ROUNDS = 2;
/** How long a run that was killed keeps others out, in ms. */
const LEASE_MS = 12_000;
/** Runs that may be needed until nothing is left of what was begun. */
const CALM_RUNS = 3;
const FEATURES = ["api_calls", "ai_credits"] as const;
const GRANTS = [100, 150, 200, 300] as const;
/** What a call meets: its run is killed before or after it takes effect, or its answer is lost. */
const SIGNALS = ["SIGKILL", "SIGKILL", "SIGTERM", "SIGINT"] as const;

interface StoredRow {
  readonly created_at: number;
  readonly next_reset_at: number | null;
  readonly external_id: string | null;
  readonly feature_id: string;
  readonly balance: number;
  readonly adjustment: number;
  readonly expires_at: number | null;
  readonly entitlement: { readonly allowance: number | null };
}

/**
 * Storms that rage at a time. They are one test: of tests that run beside each other, the first to end would take away
 * the servers and folders of the others, as `onTestFinished` cannot tell them apart.
 */
const AT_A_TIME = 6;
const storms = Array.from({ length: SEEDS }, (_, n) =>
  LEVELS.map((level) => ({ seed: FIRST + n, level })),
).flat();
const batches = Array.from({ length: Math.ceil(storms.length / AT_A_TIME) }, (_, n) =>
  storms.slice(n * AT_A_TIME, (n + 1) * AT_A_TIME),
);

describe("after a storm of processes", () => {
  it.each(batches.map((batch) => ({ batch, names: batch.map(nameOf).join(", ") })))(
    "every balance is there once, and counts what was used: $names",
    // A run that was killed is waited for, whatever the machine is busy with.
    { timeout: 1_200_000 },
    async ({ batch }) => {
      const outcomes = await Promise.allSettled(batch.map(traced));
      const failures = outcomes.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
      if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join("\n\n"));
    },
  );
});

interface Which {
  readonly seed: number;
  readonly level: Level;
}

function nameOf({ seed, level }: Which): string {
  return `seed ${seed} on ${level}`;
}

async function traced(which: Which): Promise<void> {
  const trace = new Trace(nameOf(which));
  await trace.explain(() => storm(which.seed, which.level, trace));
}

async function storm(seed: number, level: Level, trace: Trace): Promise<void> {
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
    trace.add(`used ${value} of ${feature_id}: ${used[feature_id]} in all`);
  };
  const known = new Map<string, string>();
  /** Traces the rows that have changed. */
  const look = async (): Promise<void> => {
    const { balances: rows } = await call<{ balances: StoredRow[] }>("balances/list?customer_id=acme");
    for (const row of rows) {
      const grant = (row.entitlement.allowance ?? 0) + row.adjustment;
      const text = `grant ${grant} (${row.entitlement.allowance}), used ${grant - row.balance}, resets ${row.next_reset_at}, ends ${row.expires_at}`;
      const name = `${row.external_id} of ${row.created_at}`;
      if (known.get(name) !== text) trace.add(`  row ${name}: ${text}`);
      known.set(name, text);
    }
  };

  let isStormy = true;
  let running: ChildProcess[] = [];
  let calls = 0;
  autumn.handle = async (request) => {
    const id = ++calls;
    const key = request.headers.get("idempotency-key")?.slice(-8) ?? "no key";
    const sent = await request.clone().text();
    trace.add(`${id} ${request.method} ${new URL(request.url).pathname} ${key} ${sent}`);
    const answered = async (): ReturnType<typeof answer> => {
      const outcome = await answer(request);
      trace.add(`${id} ${outcome === "dropped" ? outcome : outcome.status}`);
      await look();
      return outcome;
    };
    if (!isStormy) return answered();
    const fate = random.next();
    const kill = (): void => {
      const signal = random.pick(SIGNALS);
      const victim = random.below(running.length);
      trace.add(`${id} ${signal} for run ${victim + 1}`);
      running[victim]?.kill(signal);
    };
    if (fate < 0.05) kill();
    else if (fate < 0.08) return lost(id);
    const outcome = await answered();
    if (fate > 0.95) kill();
    else if (fate > 0.92) return lost(id);
    if (isGranted && random.chance(0.15)) await use();
    return outcome;
  };
  const lost = (id: number): "dropped" => {
    trace.add(`${id} is lost`);
    return "dropped";
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
  const apply = (file: string) => {
    trace.add(`=== apply ${file}: ${JSON.stringify(newest)}`);
    const run = start(["apply", file, "--yes"], { cwd, env: autumn.env });
    const ended = run.ended.then((outcome) => {
      trace.add(`=== ${file} has ended: ${JSON.stringify(outcome)}`);
      return outcome;
    });
    return { child: run.child, ended };
  };

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
    // Somebody comes back at once, or after a while.
    if (random.chance(0.5)) autumn.advance(LEASE_MS);
  }

  isStormy = false;
  const file = write("calm.yaml", newest);
  const calm = [];
  for (let n = 0; n < CALM_RUNS; n++) calm.push(await apply(file).ended);
  expect(calm.at(-1)).toMatchObject({
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
