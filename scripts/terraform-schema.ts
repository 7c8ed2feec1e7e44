// The provider's schema as `terraform providers schema -json` prints it, without running Terraform.
import { providerSchema } from "../src/provider/client.ts";
import { dataSources } from "../src/provider/data-sources.ts";
import type { Attribute, Attributes, Schema } from "../src/provider/protocol/index.ts";
import { balanceSchema } from "../src/provider/schema.ts";

/** Where Terraform looks for the provider. */
export const PROVIDER_ADDRESS = "registry.terraform.io/autumn-balances/autumn";

/** What `terraform providers schema -json` says of the provider, except for its functions. */
export function terraformSchema() {
  return {
    format_version: "1.0",
    provider_schemas: {
      [PROVIDER_ADDRESS]: {
        provider: schemaJson(providerSchema),
        resource_schemas: { autumn_balance: schemaJson(balanceSchema) },
        data_source_schemas: Object.fromEntries(
          Object.entries(dataSources).map(([name, { schema }]) => [name, schemaJson(schema)]),
        ),
      },
    },
  };
}

const schemaJson = ({ version = 0, description, attributes }: Schema): object => ({
  version,
  block: {
    attributes: attributesJson(attributes),
    ...described(description),
  },
});

/** In the order of their names, as Terraform prints them. */
const attributesJson = (attributes: Attributes): object =>
  Object.fromEntries(
    Object.keys(attributes)
      .sort()
      .map((name) => [name, attributeJson(attributes[name] as Attribute)]),
  );

function attributeJson(attribute: Attribute): object {
  const { description, required, optional, computed, sensitive } = attribute;
  return {
    ...("nested" in attribute
      ? {
          nested_type: {
            attributes: attributesJson(attribute.attributes),
            nesting_mode: attribute.nested,
          },
        }
      : { type: attribute.type }),
    ...described(description),
    ...(required ? { required } : {}),
    ...(optional ? { optional } : {}),
    ...(computed ? { computed } : {}),
    ...(sensitive ? { sensitive } : {}),
  };
}

const described = (description: string | undefined): object => ({
  ...(description === undefined ? {} : { description }),
  description_kind: description === undefined ? "plain" : "markdown",
});
