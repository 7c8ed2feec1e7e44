// Many balances as Terraform has them, and as many `terraform_data`, which need no provider: the least that Terraform
// itself takes. Each as a configuration, as the state after it was applied, and as what Autumn then has.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EmulatorOptions } from "../src/emulator/index.ts";
import { type Environment, terraform } from "./terraform-run.ts";

const PER_CUSTOMER = 20;

export interface Many {
  readonly configuration: (size: number) => string;
  readonly type: string;
  readonly provider: string;
  /** Attributes of the instance with an index. */
  readonly attributes: (index: number) => object;
}

export const BALANCES: Many = {
  configuration: (size) => `terraform {
  required_providers {
    autumn = { source = "autumn-balances/autumn" }
  }
}
provider "autumn" {
  requests_per_second = 1000000
}
resource "autumn_balance" "many" {
  count       = ${size}
  customer_id = "customer\${floor(count.index / ${PER_CUSTOMER})}"
  feature_id  = "api_calls"
  balance_id  = "b\${count.index % ${PER_CUSTOMER}}"
  included    = 10
}
`,
  type: "autumn_balance",
  provider: "registry.terraform.io/autumn-balances/autumn",
  attributes(index) {
    const customer = `customer${Math.floor(index / PER_CUSTOMER)}`;
    const name = `b${index % PER_CUSTOMER}`;
    const nothing = { entity_id: null, unlimited: null, reset: null, expires_at: null, rollover: null };
    const computed = { id: `${customer}/${name}`, balance_id: name, remote_id: `terraform:${name}` };
    const given = { customer_id: customer, feature_id: "api_calls", included: 10 };
    return { ...nothing, next_reset_at: null, ...computed, ...given };
  },
};

export const FLOOR: Many = {
  configuration: (size) =>
    `resource "terraform_data" "many" {\n  count = ${size}\n  input = "b\${count.index}"\n}\n`,
  type: "terraform_data",
  provider: "terraform.io/builtin/terraform",
  attributes(index) {
    const value = { value: `b${index}`, type: "string" };
    return { id: `id${index}`, input: value, output: value, triggers_replace: null };
  },
};

/** What Autumn has: the customers, and their rows where these are `granted`. */
export function seedOf(size: number, { granted }: { readonly granted: boolean }): EmulatorOptions["seed"] {
  const row = (_: unknown, n: number) => ({
    feature_id: "api_calls",
    balance_id: `terraform:b${n}`,
    included_grant: 10,
  });
  return {
    features: [{ id: "api_calls", type: "metered", consumable: true }],
    customers: Array.from({ length: Math.ceil(size / PER_CUSTOMER) }, (_, n) => ({
      id: `customer${n}`,
      balances: granted ? Array.from({ length: Math.min(PER_CUSTOMER, size - n * PER_CUSTOMER) }, row) : [],
    })),
  };
}

/** Writes the configuration into a folder. */
export async function begin(
  folder: string,
  many: Many,
  size: number,
  environment: Environment,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "main.tf"), many.configuration(size));
  await terraform(folder, ["init", "-no-color"], environment);
}

/** Writes the state that applying it leaves: Terraform's local backend takes half a minute for a thousand. */
export function writeState(folder: string, { type, provider, attributes }: Many, size: number): void {
  const instances = Array.from({ length: size }, (_, index) => ({
    ...{ index_key: index, schema_version: 0, attributes: attributes(index) },
  }));
  const resource = { mode: "managed", type, name: "many", provider: `provider["${provider}"]`, instances };
  const state = { version: 4, serial: 1, lineage: "bench", outputs: {}, resources: [resource] };
  writeFileSync(join(folder, "terraform.tfstate"), JSON.stringify(state));
}
