// What a balance costs under Terraform: plan, apply, and a plan that refreshes everything and finds nothing to do, of
// more and more balances, beside as many resources that need no provider. Autumn's limits are left out: they make
// every create take 50 ms, whoever makes it. Sizes may be named:
//
//   npx tsx bench/terraform.ts 100 1000 5000
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningEmulator, startEmulator } from "../src/emulator/index.ts";
import { compare } from "./measure.ts";
import { BALANCES, begin, FLOOR, seedOf, writeState } from "./terraform-many.ts";
import { type Environment, hasTerraform, installProvider, terraform } from "./terraform-run.ts";

const SIZES = [100, 1000];
/**
 * Larger sizes are measured once, and not applied: Terraform writes the whole state after each resource, so that even
 * thousands of resources of its own take many minutes.
 */
const SMALL = 1000;
const QUIET = ["-no-color", "-input=false", "-lock=false"];

interface Measured {
  readonly step: string;
  /** ms */
  readonly balances: number;
  /** ms */
  readonly floor: number;
  /** To Autumn. */
  readonly calls: number;
}

/** Measures each of the sizes, and prints a table. */
export async function benchTerraform(sizes: readonly number[] = SIZES): Promise<void> {
  if (!hasTerraform()) {
    console.warn("*** terraform is not on PATH: balances under Terraform were NOT measured ***");
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), "bench-tf-"));
  try {
    const { environment } = await installProvider(folder);
    print("resources", "step", "ms", "ms each", "floor, ms", "ms each", "ratio", "calls");
    for (const size of sizes) {
      const bench = new Bench(join(folder, `${size}`), size, environment);
      for await (const { step, balances, floor, calls } of bench.steps()) {
        const ms = [balances, floor].flatMap((time) => [time.toFixed(0), (time / size).toFixed(2)]);
        print(`${size}`, step, ...ms, (balances / floor).toFixed(2), `${calls}`);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function print(...cells: string[]): void {
  console.log(`| ${cells.map((cell) => cell.padStart(9)).join(" | ")} |`);
}

class Bench {
  private readonly own: string;
  private readonly core: string;
  private readonly rounds: number;

  constructor(
    folder: string,
    private readonly size: number,
    private readonly environment: Environment,
  ) {
    this.own = join(folder, "balances");
    this.core = join(folder, "floor");
    this.rounds = size <= SMALL ? 3 : 1;
  }

  async *steps(): AsyncGenerator<Measured> {
    const { own, core, size, environment } = this;
    await begin(own, BALANCES, size, environment);
    await begin(core, FLOOR, size, {});
    const applies = size <= SMALL;
    for (const granted of applies ? [false] : [false, true]) {
      const emulator = await startEmulator({ port: 0, level: "2026-10", seed: seedOf(size, { granted }) });
      try {
        if (!granted) yield await this.plan(emulator);
        if (applies) yield await this.apply(emulator);
        if (granted) {
          writeState(own, BALANCES, size);
          writeState(core, FLOOR, size);
        }
        if (applies || granted) yield await this.refresh(emulator);
      } finally {
        await emulator.close();
      }
    }
  }

  private async plan(emulator: RunningEmulator): Promise<Measured> {
    return this.both("plan", ["plan", ...QUIET, "-out=plan"], emulator, this.rounds);
  }

  /** Measured once: only the first apply has something to do. */
  private async apply(emulator: RunningEmulator): Promise<Measured> {
    return this.both("apply", ["apply", ...QUIET, "plan"], emulator, 1);
  }

  private async refresh(emulator: RunningEmulator): Promise<Measured> {
    return this.both("refresh", ["plan", ...QUIET, "-detailed-exitcode"], emulator, this.rounds);
  }

  private async both(
    step: string,
    args: readonly string[],
    emulator: RunningEmulator,
    rounds: number,
  ): Promise<Measured> {
    const variables = { ...this.environment, AUTUMN_SECRET_KEY: emulator.key, AUTUMN_BASE_URL: emulator.url };
    const balances = () => terraform(this.own, args, variables);
    const floor = () => terraform(this.core, args, {});
    emulator.clearRequests();
    if (step === "apply") {
      const times = { balances: await timeOf(balances), floor: await timeOf(floor) };
      return { step, ...times, calls: emulator.requests().length };
    }
    const times = await compare(rounds, { balances, floor });
    return { step, ...times, calls: emulator.requests().length / (rounds + 1) };
  }
}

async function timeOf(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

if (process.argv[1] === import.meta.filename) {
  const sizes = process.argv.slice(2).map(Number);
  await benchTerraform(sizes.length > 0 ? sizes : SIZES);
}
