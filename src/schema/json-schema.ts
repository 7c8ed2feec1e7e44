// Derives the published JSON Schema (draft 2020-12) from the definition of a balance.
import {
  type BalanceRule,
  balanceRules,
  defaultFields,
  entryFields,
  ID_PATTERN,
  INTERVALS,
} from "./balance.ts";
import type { Field, Fields } from "./field.ts";
import { DEFAULT_LIMITS, FILE_VERSION } from "./file.ts";
import { EARLIEST_MS, INSTANT_PATTERN, LATEST_MS } from "./instant.ts";
import { NAMESPACE_PATTERN } from "./names.ts";

export type JsonSchema = { [keyword: string]: unknown };

function annotations(field: Field): JsonSchema {
  return {
    description: field.description,
    ...(field.default === undefined ? {} : { default: field.default }),
    ...(field.examples === undefined ? {} : { examples: field.examples }),
  };
}

function fieldSchema(field: Field): JsonSchema {
  switch (field.type) {
    case "string":
      return {
        type: "string",
        ...(field.enum ? { enum: field.enum } : {}),
        ...(field.pattern ? { pattern: field.pattern } : {}),
        ...annotations(field),
      };
    case "boolean":
      return { type: "boolean", ...annotations(field) };
    case "instant":
      return {
        anyOf: [
          { type: "string", pattern: INSTANT_PATTERN },
          { type: "integer", minimum: EARLIEST_MS, maximum: LATEST_MS },
        ],
        ...annotations(field),
      };
    case "object":
      return { ...objectSchema(field.fields), ...annotations(field) };
    case "list":
      return {
        type: "array",
        minItems: 1,
        maxItems: field.maxItems,
        items: { ...objectSchema(field.fields), allOf: balanceRules.map(ruleSchema) },
        ...annotations(field),
      };
    default: {
      const { type, minimum, exclusiveMinimum, maximum } = field;
      return {
        type,
        ...(minimum === undefined ? {} : { minimum }),
        ...(exclusiveMinimum === undefined ? {} : { exclusiveMinimum }),
        ...(maximum === undefined ? {} : { maximum }),
        ...annotations(field),
      };
    }
  }
}

function objectSchema(fields: Fields): JsonSchema {
  const required = Object.keys(fields).filter((name) => fields[name]?.required);
  return {
    type: "object",
    properties: Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, fieldSchema(field)])),
    ...(required.length ? { required } : {}),
    additionalProperties: false,
  };
}

/** An object that has `path`, whose value satisfies `value`. */
function has(path: readonly string[], value?: JsonSchema): JsonSchema {
  const [name, ...rest] = path as [string, ...string[]];
  const inner = rest.length ? has(rest, value) : value;
  return { type: "object", required: [name], properties: { [name]: inner ?? true } };
}

const resetOf = (interval: JsonSchema): JsonSchema => has(["reset", "interval"], interval);

const conditions: Record<BalanceRule["when"], JsonSchema> = {
  unlimited: has(["unlimited"], { const: true }),
  included: has(["included"]),
  resets: resetOf({ enum: INTERVALS.filter((interval) => interval !== "one_off") }),
  // An interval that is no interval at all is complained about once, not a second time here.
  doesNotReset: {
    anyOf: [{ type: "object", properties: { reset: false } }, resetOf({ const: "one_off" })],
  },
  one_off: resetOf({ const: "one_off" }),
  max: has(["rollover", "max"]),
  forever: has(["rollover", "duration"], { const: "forever" }),
  phases: has(["phases"]),
  noPhases: { type: "object", properties: { phases: false } },
};

function refuse(path: readonly string[]): JsonSchema {
  const [name, ...rest] = path as [string, ...string[]];
  return { type: "object", properties: { [name]: rest.length ? refuse(rest) : false } };
}

function ruleSchema(rule: BalanceRule): JsonSchema {
  const refused = rule.refuses.map(refuse);
  return {
    $comment: rule.id,
    if: conditions[rule.when],
    // biome-ignore lint/suspicious/noThenProperty: a JSON Schema keyword
    then: { type: "object", properties: Object.assign({}, ...refused.map((schema) => schema.properties)) },
  };
}

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
          "What becomes of a balance that is replaced. `end`: it ends, and stays as history, with all that was used of it counted. `delete`: it is deleted, and what is used of it in the last moment is lost.",
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
              "Beyond `deletes`: the most rows that may be deleted, in percent of the namespace's rows.",
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
              "Beyond `replaces`: the most rows that may be replaced, in percent of the namespace's rows.",
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
          "What holds for every entry of this file that does not write the field itself. Other files are not concerned.",
        examples: [{ owner: "finance" }],
      },
      balances: {
        type: "array",
        description: "The balances, in any order.",
        items: { $ref: "#/$defs/balance" },
      },
    },
    $defs: { balance: balanceSchema() },
  };
}
