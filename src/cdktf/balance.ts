// A balance as a construct: the resource of the bindings, checked when it is constructed and again when the app is
// synthesized, because its arguments can be set in between.
import { TerraformStack, Token } from "cdktf";
import type { Construct } from "constructs";
import { defaultKey } from "../schema/index.ts";
import { argumentProblems, type BalanceConfig, bindingsConfig } from "./balance-config.ts";
import { Balance as BalanceResource } from "./bindings/balance.generated.ts";
import { declaredIn, type Identity } from "./declared.ts";
import { ConstructError, problemLines } from "./problems.ts";

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
    // A construct that is refused must not be left in the tree, from which it would be synthesized.
    const path = `${scope.node.path}/${id}`;
    const problems = argumentProblems(config);
    if (problems.length > 0) throw new ConstructError(path, problems);
    const declared = declaredIn(TerraformStack.of(scope));
    const identity = identityOf(config);
    declared.refuseSame(path, identity, config.count);
    super(scope, id, bindingsConfig(config));
    declared.add(this, identity);
    this.node.addValidation({ validate: () => problemLines(argumentProblems(this.#arguments())) });
  }

  #arguments(): BalanceConfig {
    const written = {
      customerId: this.customerIdInput,
      featureId: this.featureIdInput,
      entityId: this.entityIdInput,
      included: this.includedInput,
      unlimited: this.unlimitedInput,
      reset: this.resetInput,
      expiresAt: this.expiresAtInput,
      rollover: this.rolloverInput,
      nextResetAt: this.nextResetAtInput,
      balanceId: this.balanceIdInput,
    };
    return written as BalanceConfig;
  }
}

/** What two balances may not have in common; null when it is known only when Terraform runs. */
function identityOf({
  customerId,
  featureId,
  entityId,
  balanceId,
  provider,
}: BalanceConfig): Identity | null {
  const key = balanceId ?? defaultKey(featureId, entityId ?? null);
  if (Token.isUnresolved(customerId) || Token.isUnresolved(key)) return null;
  return { provider: provider?.alias ?? "", customerId, key };
}
