// terraform-provider-autumn: Autumn balances for Terraform, OpenTofu and everything that runs its providers.
import { balanceResource } from "./balance-resource.ts";
import { type Client, configure, providerSchema, validateConfiguration } from "./client.ts";
import { dataSources } from "./data-sources.ts";
import { functions } from "./functions.ts";
import { type Provider, serveProvider } from "./protocol/index.ts";

const provider: Provider<Client | null, typeof providerSchema> = {
  name: "autumn",
  version: process.env.AUTUMN_BALANCES_VERSION ?? "0.0.0",
  address: "registry.terraform.io/autumn-balances/autumn",
  schema: providerSchema,
  validate: (config) => validateConfiguration(config),
  configure: (config) => configure(config),
  resources: { autumn_balance: balanceResource },
  dataSources,
  functions,
};

void serveProvider(provider);
