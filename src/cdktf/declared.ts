// The balances of a stack, so that none is declared twice: neither one balance by two constructs, nor two constructs
// under one address, of which Terraform would see only the last.
import type { TerraformResource, TerraformStack } from "cdktf";
import { quoted } from "../config/index.ts";
import { ConstructError } from "./problems.ts";

/** What a balance is known by. */
export interface Identity {
  /** The path of the provider's construct; empty for the stack's only one. */
  readonly provider: string;
  readonly customerId: string;
  readonly key: string;
}

interface Declared {
  readonly byIdentity: Map<string, TerraformResource>;
  readonly all: TerraformResource[];
}

const stacks = new WeakMap<TerraformStack, Declared>();

/** @throws ConstructError when the stack has the same balance already */
export function declare(stack: TerraformStack, balance: TerraformResource, identity: Identity | null): void {
  const { byIdentity, all } = declaredIn(stack);
  all.push(balance);
  if (identity === null) return;
  const { provider, customerId, key } = identity;
  const id = JSON.stringify([provider, customerId, key]);
  const first = byIdentity.get(id);
  if (first === undefined) {
    byIdentity.set(id, balance);
    return;
  }
  throw new ConstructError(balance.node.path, [
    {
      code: "same-balance",
      message: `customer ${quoted(customerId)} has another balance named ${quoted(key)}: ${first.node.path}`,
      hint: "remove one of the two, or give one of them a `balanceId` of its own",
    },
  ]);
}

function declaredIn(stack: TerraformStack): Declared {
  const before = stacks.get(stack);
  if (before) return before;
  const declared: Declared = { byIdentity: new Map(), all: [] };
  stacks.set(stack, declared);
  stack.node.addValidation({ validate: () => sameAddresses(declared.all) });
  return declared;
}

/** Addresses are made of the letters, digits, `_` and `-` of construct ids, so that two ids may have one. */
function sameAddresses(balances: readonly TerraformResource[]): string[] {
  const byAddress = new Map<string, TerraformResource>();
  return balances.flatMap((balance) => {
    const address = balance.friendlyUniqueId;
    const first = byAddress.get(address);
    if (first === undefined) {
      byAddress.set(address, balance);
      return [];
    }
    const { path } = balance.node;
    return [`${path} and ${first.node.path} have the same address, ${address}: rename one of them`];
  });
}
