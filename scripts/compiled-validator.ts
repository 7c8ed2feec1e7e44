// A JSON Schema → the code that checks it. What the schema says in several places, such as a field that templates and
// grants have too, is compiled once, as a function that these places call.
import Ajv2020 from "ajv/dist/2020.js";
import standaloneCode from "ajv/dist/standalone/index.js";
import type { JsonSchema } from "../src/schema/json-schema-parts.ts";

/** A repeated part has to be longer than this, as JSON, to be worth a function. */
const WORTH_A_FUNCTION = 40;

/**
 * The module of a validator whose errors point into `schema`; an error in a repeated part points to its first place.
 */
export function compiledValidator(schema: JsonSchema): string {
  const ajv = new Ajv2020.default({
    allErrors: true,
    strict: true,
    inlineRefs: false,
    // Lengths in UTF-16 units: counting characters would need code beside the validator.
    unicode: false,
    code: { source: true, esm: true, lines: true },
  });
  // Complaints quote examples, so parts with other examples are not the same.
  const { root, parts } = withSharedParts(without(["$comment", "title", "description"], schema));
  const checked = (part: JsonSchema) => without(["examples", "default"], part);
  for (const [pointer, part] of parts) ajv.addSchema(checked(part), partId(pointer));
  const validate = ajv.compile(checked(root));
  for (const pointer of parts.keys()) {
    const source = ajv.getSchema(partId(pointer))?.source;
    if (source)
      source.validateCode = source.validateCode.replaceAll('schemaPath:"#', () => `schemaPath:"#${pointer}`);
  }
  return standaloneCode.default(ajv, validate);
}

/** The schema without these keywords, which check nothing. */
function without(annotations: readonly string[], schema: JsonSchema): JsonSchema {
  const kept = (part: unknown): unknown =>
    part !== null && typeof part === "object" && !Array.isArray(part)
      ? without(annotations, part as JsonSchema)
      : part;
  const entries = Object.entries(schema)
    .filter(([keyword]) => !annotations.includes(keyword))
    .map(([keyword, value]): [string, unknown] => {
      if (Array.isArray(value)) return [keyword, value.map(kept)];
      if (keyword !== "properties" && keyword !== "$defs") return [keyword, kept(value)];
      const named = Object.entries(value as object).map(([name, part]) => [name, kept(part)]);
      return [keyword, Object.fromEntries(named)];
    });
  return Object.fromEntries(entries);
}

const partId = (pointer: string): string => `part:${encodeURIComponent(pointer)}`;

/** Takes definitions and repeated parts out of a schema. Their names are JSON pointers to where they stand first. */
function withSharedParts(schema: JsonSchema): { root: JsonSchema; parts: ReadonlyMap<string, JsonSchema> } {
  const { $defs = {}, ...top } = schema as { $defs?: { [name: string]: JsonSchema } };
  const definitions = Object.entries($defs).map(([name, part]) => [`/$defs/${name}`, part] as const);
  const first = new Map<string, string>();
  const repeated = new Set<string>();
  const count = (part: JsonSchema, pointer: string): JsonSchema => {
    const text = JSON.stringify(part);
    if (first.has(text)) repeated.add(text);
    else first.set(text, pointer);
    return repeated.has(text) ? part : mapParts(part, pointer, count);
  };
  for (const [pointer, part] of [["", top] as const, ...definitions]) mapParts(part, pointer, count);

  const parts = new Map<string, JsonSchema>();
  const share = (part: JsonSchema, pointer: string): JsonSchema => {
    if (typeof part.$ref === "string") return { $ref: partId(part.$ref.slice(1)) };
    const text = JSON.stringify(part);
    if (text.length < WORTH_A_FUNCTION || !repeated.has(text)) return mapParts(part, pointer, share);
    const name = first.get(text) as string;
    if (!parts.has(name)) parts.set(name, mapParts(part, name, share));
    return { $ref: partId(name) };
  };
  for (const [pointer, part] of definitions) parts.set(pointer, mapParts(part, pointer, share));
  return { root: mapParts(top, "", share), parts };
}

/** A schema with its parts changed. Conditions (`if`, `anyOf`, names) are left alone: their errors are not reported. */
function mapParts(
  schema: JsonSchema,
  pointer: string,
  change: (part: JsonSchema, pointer: string) => JsonSchema,
): JsonSchema {
  const changed = (part: unknown, at: string): unknown =>
    part !== null && typeof part === "object" ? change(part as JsonSchema, `${pointer}/${at}`) : part;
  const entries = Object.entries(schema).map(([keyword, value]): [string, unknown] => {
    switch (keyword) {
      case "items":
      case "additionalProperties":
      case "then":
      case "else":
        return [keyword, changed(value, keyword)];
      case "allOf":
        return [keyword, (value as unknown[]).map((part, index) => changed(part, `allOf/${index}`))];
      case "properties": {
        const fields = Object.entries(value as object);
        const changedFields = fields.map(([name, part]) => [name, changed(part, `properties/${name}`)]);
        return [keyword, Object.fromEntries(changedFields)];
      }
      default:
        return [keyword, value];
    }
  });
  return Object.fromEntries(entries);
}
