// A balance as a construct: the resource of the bindings, checked when it is constructed.
import { TerraformStack, Token } from "cdktf";
import type { Construct } from "constructs";
import { defaultKey } from "../schema/index.ts";
import { argumentProblems, type BalanceConfig, bindingsConfig } from "./balance-config.ts";
import { Balance as BalanceResource } from "./bindings/balance.generated.ts";
import { declare } from "./declared.ts";
import { ConstructError } from "./problems.ts";

/**
 * A balance of a customer. Changing it keeps what has been used and when it resets.
 *
 * What can be referenced: `remoteId` (the balance_id in Autumn), `balanceId` (its name among the customer's own) and
 * every argument.
 *
 * @throws ConstructError with everything that is wrong with the arguments, and when the stack has the same balance
 * already
 * @example
 * new Balance(this, "acme-api-calls", {
 *   customerId: "acme",
 *   featureId: "api_calls",
 *   included: 50_000,
 *   reset: { interval: "month" },
 * });
 */
export class Balance extends BalanceResource {
  constructor(scope: Construct, id: string, config: BalanceConfig) {
    const problems = argumentProblems(config);
    if (problems.length > 0) throw new ConstructError(`${scope.node.path}/${id}`, problems);
    super(scope, id, bindingsConfig(config));
    declare(TerraformStack.of(this), this, identityOf(config));
  }
}

/** What no two balances may have in common; null when it is known only when Terraform runs. */
function identityOf({ customerId, featureId, entityId, balanceId, provider }: BalanceConfig) {
  const key = balanceId ?? defaultKey(featureId, entityId ?? null);
  if (Token.isUnresolved(customerId) || Token.isUnresolved(key)) return null;
  return { provider: provider?.node.path ?? "", customerId, key };
}
