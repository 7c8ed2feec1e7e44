// The balances that every environment has, as a stack that is given what differs.
import { fileURLToPath } from "node:url";
import { AutumnProvider, BalanceSet, BalancesFile } from "autumn-balances/cdktn";
import { TerraformStack } from "cdktn";
import type { Construct } from "constructs";

export interface ContractsProps {
  readonly environment: "sandbox" | "live";
  /** Customers who try the product. */
  readonly trials: readonly string[];
}

export class Contracts extends TerraformStack {
  constructor(scope: Construct, id: string, { environment, trials }: ContractsProps) {
    super(scope, id);
    // Refuses a key of the other environment, so that a mixed-up secret grants nothing.
    new AutumnProvider(this, "autumn", { namespace: "contracts", environment });
    new BalancesFile(this, "contracts", { path: fileURLToPath(new URL("balances.yaml", import.meta.url)) });
    new BalanceSet(this, "trial", {
      customerIds: trials,
      balances: [
        { featureId: "api_calls", balanceId: "trial", included: 1_000, reset: { interval: "month" } },
        { featureId: "sso" },
      ],
    });
  }
}
