// The balances of a stack, so that none is declared twice: neither one balance by two constructs, nor two constructs
// under one address, of which Terraform would see only the last.
import type { TerraformResource, TerraformStack } from "cdktf";
import { quoted } from "../text/index.ts";
import { ConstructError } from "./problems.ts";

/** What a balance is known by. */
export interface Identity {
  /** The alias of the provider; empty for the stack's default. */
  readonly provider: string;
  readonly customerId: string;
  readonly key: string;
}

const idOf = ({ provider, customerId, key }: Identity): string => JSON.stringify([provider, customerId, key]);

class Declared {
  private readonly byIdentity = new Map<string, TerraformResource>();
  private readonly all: TerraformResource[] = [];

  /** @throws ConstructError when the stack has the same balance already, or `count` would make several of one */
  refuseSame(path: string, identity: Identity | null, count: unknown): void {
    if (identity === null) return;
    const { customerId, key } = identity;
    const refuse = (message: string, hint: string): never => {
      throw new ConstructError(path, [{ code: "same-balance", message, hint }]);
    };
    if (typeof count === "number" && count > 1) {
      const message = `with a count of ${count}, ${quoted(customerId)} would have several balances named ${quoted(key)}`;
      refuse(message, "leave `count` out, or make each a `Balance` of its own");
    }
    const first = this.byIdentity.get(idOf(identity));
    if (first === undefined) return;
    refuse(
      `customer ${quoted(customerId)} has another balance named ${quoted(key)}: ${first.node.path}`,
      "remove one of the two, or give one of them a `balanceId` of its own",
    );
  }

  add(balance: TerraformResource, identity: Identity | null): void {
    this.all.push(balance);
    if (identity !== null) this.byIdentity.set(idOf(identity), balance);
  }

  /** Addresses keep only the letters, digits, `_` and `-` of construct ids, so that two ids may share one. */
  sameAddresses(): string[] {
    const byAddress = new Map<string, TerraformResource>();
    return this.all.flatMap((balance) => {
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
}

const stacks = new WeakMap<TerraformStack, Declared>();

/** What is declared in a stack so far. */
export function declaredIn(stack: TerraformStack): Declared {
  const before = stacks.get(stack);
  if (before) return before;
  const declared = new Declared();
  stacks.set(stack, declared);
  stack.node.addValidation({ validate: () => declared.sameAddresses() });
  return declared;
}
