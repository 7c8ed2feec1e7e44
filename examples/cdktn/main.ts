// A file of balances and one by itself, without a CLI. From the root of the repository:
//   npx tsx examples/cdktn/main.ts
//   terraform -chdir=cdktf.out/stacks/balances init
//   terraform -chdir=cdktf.out/stacks/balances apply
import { AutumnProvider, Balance, BalancesFile } from "autumn-balances/cdktn";
import { App, TerraformOutput, TerraformStack } from "cdktn";

const app = new App();
const stack = new TerraformStack(app, "balances");
new AutumnProvider(stack, "autumn", { namespace: "cdktn-example", environment: "sandbox" });
new BalancesFile(stack, "contracts", { path: "examples/quickstart/balances.yaml" });
const storage = new Balance(stack, "initech-storage", {
  customerId: "initech",
  featureId: "storage_gb",
  included: 20,
  reset: { interval: "month" },
});
new TerraformOutput(stack, "initech-storage-id", { value: storage.remoteId });
app.synth();
