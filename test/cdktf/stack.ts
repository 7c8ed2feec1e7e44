// A stack to construct in, and what becomes of it.
import { TerraformStack, Testing } from "cdktf";
import { AutumnProvider, ConstructError } from "../../src/cdktf/index.ts";

export function stackWithProvider(id = "stack"): TerraformStack {
  const stack = new TerraformStack(Testing.app(), id);
  new AutumnProvider(stack, "autumn");
  return stack;
}

/** The balances of a stack by their addresses, as Terraform reads them. */
export function balancesIn(stack: TerraformStack): Record<string, Record<string, unknown>> {
  return JSON.parse(Testing.synth(stack, true)).resource?.autumn_balance ?? {};
}

export function errorOf(work: () => unknown): ConstructError {
  try {
    work();
  } catch (error) {
    if (error instanceof ConstructError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
