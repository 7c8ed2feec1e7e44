// Derives JSON Schema (draft 2020-12) from the field descriptions in src/schema.
import { type BalanceRule, balanceRules, INTERVALS } from "./balance.ts";
import type { Field, Fields } from "./field.ts";
import { EARLIEST_MS, INSTANT_PATTERN, LATEST_MS } from "./instant.ts";

export type JsonSchema = { [keyword: string]: unknown };

export function annotations(field: Field): JsonSchema {
  return {
    description: field.description,
    ...(field.default === undefined ? {} : { default: field.default }),
    ...(field.examples === undefined ? {} : { examples: field.examples }),
  };
}

export function fieldSchema(field: Field): JsonSchema {
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

export function objectSchema(fields: Fields): JsonSchema {
  const required = Object.keys(fields).filter((name) => fields[name]?.required);
  return {
    type: "object",
    properties: Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, fieldSchema(field)])),
    ...(required.length ? { required } : {}),
    additionalProperties: false,
  };
}

/** The schema of an object that has `path`, with a value that satisfies `value`. */
export function has(path: readonly string[], value?: JsonSchema): JsonSchema {
  const [name, ...rest] = path as [string, ...string[]];
  const inner = rest.length ? has(rest, value) : value;
  return { type: "object", required: [name], properties: { [name]: inner ?? true } };
}

const resetOf = (interval: JsonSchema): JsonSchema => has(["reset", "interval"], interval);

const conditions: Record<BalanceRule["when"], JsonSchema> = {
  unlimited: has(["unlimited"], { const: true }),
  included: has(["included"]),
  resets: resetOf({ enum: INTERVALS.filter((interval) => interval !== "one_off") }),
  // An invalid interval is reported once, and not a second time here. With phases, each has its own `reset`.
  doesNotReset: {
    type: "object",
    properties: { phases: false },
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

export function ruleSchema(rule: BalanceRule): JsonSchema {
  const refused = rule.refuses.map(refuse);
  return {
    $comment: rule.id,
    if: conditions[rule.when],
    // biome-ignore lint/suspicious/noThenProperty: a JSON Schema keyword
    then: { type: "object", properties: Object.assign({}, ...refused.map((schema) => schema.properties)) },
  };
}
