// What a thousand balances of a file cost as constructs: their time compared with as many resources of the bindings
// alone, and the size of what Terraform reads compared with that of the file.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, TerraformStack } from "cdktf";
import { Balance as BareBalance } from "../src/cdktf/bindings/balance.generated.ts";
import { AutumnProvider, BalancesFile } from "../src/cdktf/index.ts";
import { compare, report } from "./measure.ts";

const BALANCES = 1000;

export async function benchConstructs(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bench-cdktf-"));
  try {
    const entries = Array.from({ length: BALANCES }, (_, index) => ({
      customer_id: `customer_${String(index >> 1).padStart(4, "0")}`,
      feature_id: index % 2 === 0 ? "api_calls" : "ai_credits",
      included: 50_000,
      reset: { interval: "month" },
    }));
    const path = join(folder, "balances.json");
    writeFileSync(path, JSON.stringify({ version: 1, namespace: "bench", balances: entries }));
    const { file, bare } = await compare(9, {
      file: () =>
        synthesized(join(folder, "file"), (stack) => {
          new AutumnProvider(stack, "autumn");
          new BalancesFile(stack, "file", { path });
        }),
      bare: () =>
        synthesized(join(folder, "bare"), (stack) => {
          new AutumnProvider(stack, "autumn");
          for (const [index, { customer_id, feature_id, ...rest }] of entries.entries()) {
            new BareBalance(stack, `b${index}`, { customerId: customer_id, featureId: feature_id, ...rest });
          }
        }),
    });
    report(`synthesis of ${BALANCES} balances of a file`, file, "as many of the bindings", bare, 3);
    const size = statSync(join(folder, "file/stacks/bench/cdk.tf.json")).size;
    const kB = (bytes: number): string => `${Math.round(bytes / 1000)} kB`;
    console.log(`  ${kB(size)} for Terraform, from a file of ${kB(readFileSync(path).length)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function synthesized(outdir: string, fill: (stack: TerraformStack) => void): void {
  const app = new App({ outdir, skipValidation: false });
  fill(new TerraformStack(app, "bench"));
  app.synth();
}
