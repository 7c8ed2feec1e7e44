// One size, in a process of its own: `run.ts BALANCES CUSTOMERS LATENCY_MS apply|plan` prints what it took as JSON.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../../src/config/index.ts";
import { applyPlan } from "../../src/reconcile/index.ts";
import type { ScaleResult, ScaleStep } from "../results.ts";
import { CONCURRENCY, isPaced, SimulatedWorld } from "../simulated.ts";

const [balances = 0, customers = 0, latencyMs = 0] = process.argv.slice(2, 5).map(Number);
const applies = process.argv[5] === "apply";

const folder = mkdtempSync(join(tmpdir(), "bench-scale-"));
try {
  const path = join(folder, "balances.yaml");
  writeFileSync(path, file());
  const world = new SimulatedWorld({
    latencyMs,
    seed: {
      features: [{ id: "api_calls", type: "metered", consumable: true }],
      customers: Array.from({ length: customers }, (_, n) => ({ id: `customer_${n}` })),
    },
  });
  const measure = async <T>(work: () => Promise<T>): Promise<{ result: T; step: ScaleStep }> => {
    world.calls = [];
    const startedAt = world.time.now();
    const before = process.cpuUsage();
    const result = await work();
    const { user, system } = process.cpuUsage(before);
    return {
      result,
      step: {
        seconds: (world.time.now() - startedAt) / 1000,
        cpuSeconds: Number(((user + system) / 1e6).toFixed(1)),
        calls: world.calls.length,
        paced: world.calls.filter(isPaced).length,
        refused: world.calls.filter(({ status }) => status === 429).length,
        mostMb: Math.round(process.resourceUsage().maxRSS / 1024),
      },
    };
  };
  const { result: config, step: load } = await measure(() => loadConfig([path]));
  const planned = await measure(() => world.plan(config.balances));
  const plan = planned.result;
  let apply: ScaleStep | null = null;
  let again: ScaleStep | null = null;
  if (applies) {
    const applied = await measure(() =>
      applyPlan(world.api, plan, { clock: world.time, concurrency: CONCURRENCY }),
    );
    const wrong = applied.result.results.find(({ result }) => result !== "converged");
    if (wrong) throw new Error(`${wrong.result}: ${wrong.problem?.message}`);
    apply = applied.step;
    const next = await measure(() => world.plan(config.balances));
    if (next.result.changes.length > 0) throw new Error(`${next.result.changes.length} changes are left`);
    again = next.step;
  }
  const result: ScaleResult = {
    balances,
    customers,
    load,
    plan: planned.step,
    estimate: plan.estimate,
    apply,
    again,
  };
  console.log(JSON.stringify(result));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function file(): string {
  const entries = Array.from(
    { length: balances },
    (_, n) =>
      `  - { customer_id: customer_${n % customers}, feature_id: api_calls, id: b${n}, included: ${1000 + (n % 7)}, reset: { interval: month } }\n`,
  );
  return `version: 1\nnamespace: bench\nbalances:\n${entries.join("")}`;
}
