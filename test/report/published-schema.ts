// The published schema of the JSON documents: as it is, and closed, so that a field it does not describe fails.
import { readFileSync } from "node:fs";
import Ajv2020, { type ValidateFunction } from "ajv/dist/2020.js";

const published = JSON.parse(readFileSync(new URL("../../schema/plan.schema.json", import.meta.url), "utf8"));

export function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (schema === null || typeof schema !== "object") return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([keyword, value]) => [keyword, closed(value)]));
  const isObject = copy.type === "object" && "properties" in copy && !("additionalProperties" in copy);
  return isObject ? { ...copy, unevaluatedProperties: false } : copy;
}

export const compile = (schema: object): ValidateFunction =>
  new Ajv2020.default({ strict: true, allErrors: true }).compile(schema);

/** What any reader may rely on. */
export const validates = compile(published);
/** The same, and no field more. */
export const describes = compile(closed(published) as object);
