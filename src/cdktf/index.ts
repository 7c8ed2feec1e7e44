// `autumn-balances/cdktf`: balances as constructs of CDKTF. `autumn-balances/cdktn` is the same for CDK Terrain.
export { Balance } from "./balance.ts";
export type { BalanceConfig, Instant, Interval, Reset, Rollover } from "./balance-config.ts";
export { BalanceSet, type BalanceSetConfig } from "./balance-set.ts";
export { BalancesFile, type BalancesFileConfig } from "./balances-file.ts";
export {
  DataAutumnBalances,
  type DataAutumnBalancesConfig,
} from "./bindings/data-autumn-balances.generated.ts";
export {
  DataAutumnCustomer,
  type DataAutumnCustomerConfig,
} from "./bindings/data-autumn-customer.generated.ts";
export { DataAutumnFeature, type DataAutumnFeatureConfig } from "./bindings/data-autumn-feature.generated.ts";
export type { AutumnProviderConfig } from "./bindings/provider.generated.ts";
export { type ArgumentProblem, ConstructError } from "./problems.ts";
export { AutumnProvider } from "./provider.ts";
