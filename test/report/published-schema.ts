// The published schemas of the JSON documents: as they are, and closed, so that a field they do not describe fails.
import { readFileSync } from "node:fs";
import Ajv2020, { type ValidateFunction } from "ajv/dist/2020.js";

function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (schema === null || typeof schema !== "object") return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([keyword, value]) => [keyword, closed(value)]));
  const isObject = copy.type === "object" && "properties" in copy && !("additionalProperties" in copy);
  return isObject ? { ...copy, unevaluatedProperties: false } : copy;
}

const compile = (schema: object): ValidateFunction =>
  new Ajv2020.default({ strict: true, allErrors: true }).compile(schema);

/** `validates` is what any reader may rely on; `describes` is the same, and no field more. */
export function published(name: string): { validates: ValidateFunction; describes: ValidateFunction } {
  const file = new URL(`../../schema/${name}.schema.json`, import.meta.url);
  const schema = JSON.parse(readFileSync(file, "utf8"));
  return { validates: compile(schema), describes: compile(closed(schema) as object) };
}

export const { validates, describes } = published("plan");
