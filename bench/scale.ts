// `npm run bench:scale`: how load, plan and apply grow, each size in a process of its own, in simulated time. It takes
// some minutes of CPU. `--write` keeps the results in docs/benchmarks.json.
import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { conditions, type ScaleResult, writeResults } from "./results.ts";

const LATENCY_MS = 50;
/** Balances, customers, and how far it goes: applying the large ones takes a quarter of an hour of CPU and more. */
const SIZES: readonly (readonly [number, number, "apply" | "plan"])[] = [
  [2_000, 10, "apply"],
  [1_000, 1_000, "apply"],
  [10_000, 10_000, "apply"],
  [10_000, 10, "plan"],
  [100_000, 10, "plan"],
  [100_000, 10_000, "plan"],
  [100_000, 100_000, "plan"],
];

const { values } = parseArgs({ options: { write: { type: "boolean", default: false } } });

const sizes: ScaleResult[] = [];
for (const [balances, customers, until] of SIZES) {
  const program = resolve(import.meta.dirname, "scale/run.ts");
  const args = ["--import", "tsx", program, balances, customers, LATENCY_MS, until].map(String);
  const stdout = execFileSync(process.execPath, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  process.stdout.write(stdout);
  sizes.push(JSON.parse(stdout) as ScaleResult);
  // After each size, as the last ones take long.
  if (values.write) writeResults({ scale: { ...conditions(), latencyMs: LATENCY_MS, sizes } });
}
