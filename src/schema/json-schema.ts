// Derives the published JSON Schema (draft 2020-12) from the definition of a balance.
import { balanceRules, defaultFields, entryFields, ID_PATTERN } from "./balance.ts";
import { DEFAULT_GROUP_PERCENT, DEFAULT_LIMITS, FILE_VERSION, TEMPLATE_NAME_PATTERN } from "./file.ts";
import { has, type JsonSchema, objectSchema, ruleSchema } from "./json-schema-parts.ts";
import { NAMESPACE_PATTERN } from "./names.ts";
import { templateDefinitions } from "./template-schema.ts";

const balanceSchema = (): JsonSchema => ({
  title: "Balance",
  description: "One balance of one customer.",
  ...objectSchema(entryFields),
  allOf: balanceRules.map(ruleSchema),
});

const percent = { type: "number", minimum: 0, maximum: 100 };
const count = { type: "integer", minimum: 0 };

/** The JSON Schema of a balances file, as published in `schema/balances.schema.json`. */
export function balancesFileSchema(): JsonSchema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: "urn:autumn-balances:balances:v1",
    $comment: "Generated from src/schema by `npm run generate`. Do not edit.",
    title: "Autumn balances",
    description: "What every customer has been granted, for autumn-balances.",
    type: "object",
    required: ["version", "namespace", "balances"],
    additionalProperties: false,
    properties: {
      $schema: { type: "string", description: "Where editors find this schema." },
      version: {
        const: FILE_VERSION,
        description: "The version of this file format.",
        default: FILE_VERSION,
      },
      namespace: {
        type: "string",
        pattern: NAMESPACE_PATTERN,
        description:
          "The owner's name. It is the first part of every balance_id (`contracts:api_calls`); rows of other namespaces are never touched. Never change it: the balances would be granted again.",
        examples: ["contracts"],
      },
      environment: {
        enum: ["sandbox", "live"],
        description: "Refuse to run with a key of the other environment.",
        examples: ["live"],
      },
      create_customers: {
        type: "boolean",
        default: false,
        description: "Create customers that do not exist yet, instead of refusing the entry.",
      },
      retire: {
        enum: ["end", "delete"],
        default: "end",
        description:
          "What happens to a balance that is replaced. `end`: it ends and stays as history, with all its usage counted. `delete`: it is deleted, and usage from its last moment is lost.",
        examples: ["end"],
      },
      limits: {
        type: "object",
        additionalProperties: false,
        description: "How much one apply may take away, replace or hand out before it is refused.",
        properties: {
          deletes: {
            ...count,
            default: DEFAULT_LIMITS.deletes,
            description: "Deletions that are always allowed.",
          },
          delete_percent: {
            ...percent,
            default: DEFAULT_LIMITS.deletePercent,
            description:
              "Beyond `deletes`: the highest percentage of the namespace's rows that may be deleted.",
          },
          replaces: {
            ...count,
            default: DEFAULT_LIMITS.replaces,
            description: "Replacements that are always allowed.",
          },
          replace_percent: {
            ...percent,
            default: DEFAULT_LIMITS.replacePercent,
            description:
              "Beyond `replaces`: the highest percentage of the namespace's rows that may be replaced.",
          },
          group_percent: {
            ...percent,
            default: DEFAULT_GROUP_PERCENT,
            description:
              "The highest percentage of all customers that may join a group of `to: { autumn: … }` at once. Up to 10 customers always may.",
          },
          granted: {
            type: "object",
            propertyNames: { pattern: ID_PATTERN },
            additionalProperties: { type: "number", minimum: 0 },
            description: "The most units that one apply may add, by feature.",
            examples: [{ api_calls: 1000000 }],
          },
        },
      },
      defaults: {
        ...objectSchema(defaultFields),
        description:
          "Values for all entries of this file that do not set the field themselves. Other files are not affected.",
        examples: [{ owner: "finance" }],
      },
      templates: {
        type: "object",
        propertyNames: { pattern: TEMPLATE_NAME_PATTERN },
        additionalProperties: { $ref: "#/$defs/template" },
        description:
          "Balances that entries can use by name: `template: welcome` in an entry stands for what is written here under `welcome`.",
        examples: [{ welcome: { feature_id: "ai_credits", included: 500 } }],
      },
      grants: {
        type: "array",
        description: "Balances for many customers: those in a list, in a CSV file, or on a plan in Autumn.",
        items: { $ref: "#/$defs/grant" },
      },
      balances: {
        type: "array",
        description: "The balances, in any order.",
        items: {
          if: has(["template"]),
          // biome-ignore lint/suspicious/noThenProperty: a JSON Schema keyword
          then: { $ref: "#/$defs/templated" },
          else: { $ref: "#/$defs/balance" },
        },
      },
    },
    $defs: { balance: balanceSchema(), ...templateDefinitions() },
  };
}
