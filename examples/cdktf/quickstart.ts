// One stack with every construct there is, for the account in ../emulator-seed.yaml. Run by cdktf.json in the root of
// the repository: `npx cdktf deploy`.
import { AutumnProvider, Balance, BalanceSet, BalancesFile } from "autumn-balances/cdktf";
import { App, TerraformOutput, TerraformStack } from "cdktf";

const app = new App();
const stack = new TerraformStack(app, "balances");

// AUTUMN_SECRET_KEY and, for another server than Autumn's own, AUTUMN_BASE_URL are read from the environment.
new AutumnProvider(stack, "autumn", { namespace: "cdktf-quickstart", environment: "sandbox" });

// The balances of a file: what `autumn-balances apply` would make of it, but for the namespace.
const contracts = new BalancesFile(stack, "contracts", { path: "examples/quickstart/balances.yaml" });

// The same for several customers.
new BalanceSet(stack, "trial", {
  customerIds: ["globex", "initech"],
  balances: [
    { featureId: "api_calls", balanceId: "trial", included: 1_000, expiresAt: new Date("2030-01-01") },
  ],
});

// One by itself. What is wrong with it is said here, and not when Terraform runs.
new Balance(stack, "initech-storage", {
  customerId: "initech",
  featureId: "storage_gb",
  included: 20,
  reset: { interval: "month" },
});

// What other stacks and people may want to know: the balance_id in Autumn.
new TerraformOutput(stack, "acme-api-calls", { value: contracts.balance("acme", "api_calls").remoteId });

app.synth();
