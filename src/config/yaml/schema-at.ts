// Reads the published JSON Schema, so that complaints quote its rules instead of repeating them.
import { balancesFileSchema } from "../../schema/index.ts";
import { pointerParts, valueAt } from "./pointer.ts";

/** The part of JSON Schema that the definition of a balance uses. */
export interface FieldSchema {
  readonly type?: "string" | "number" | "integer" | "boolean" | "object" | "array";
  readonly const?: unknown;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly FieldSchema[];
  readonly not?: FieldSchema;
  readonly pattern?: string;
  readonly maxItems?: number;
  readonly items?: FieldSchema;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, FieldSchema>>;
  readonly required?: readonly string[];
  readonly examples?: readonly unknown[];
}

let schema: unknown;

/** The schema of the value at a validation error with this `schemaPath` (`#/…/keyword`). */
export function schemaAt(schemaPath: string): FieldSchema {
  schema ??= balancesFileSchema();
  // Such as `%24schema`: the path is a part of a URL.
  const owner = decodeURIComponent(schemaPath.slice(1)).replace(/\/anyOf(\/.*)?$|\/[^/]*$/, "");
  return (valueAt(schema, owner) ?? {}) as FieldSchema;
}

/** Where in a file a field of this name belongs: "in `reset`". */
export function homeOf(name: string): string | undefined {
  const top = schemaAt("#/type");
  const entry = schemaAt("#/$defs/balance/type");
  const has = (owner: FieldSchema | undefined) => Object.hasOwn(owner?.properties ?? {}, name);
  if (has(top)) return "at the top of the file";
  if (has(entry)) return "in an entry of `balances`";
  for (const owner of [top, entry]) {
    const inside = Object.keys(owner.properties ?? {}).find((field) => has(owner.properties?.[field]));
    if (inside) return `in \`${inside}\``;
  }
  return undefined;
}

/** An example of a valid value, as it is written in a file. */
export function exampleOf(field: FieldSchema | undefined): string | undefined {
  const example = field?.examples?.[0] ?? field?.const ?? field?.enum?.[0];
  return example === undefined ? undefined : inYaml(example);
}

function inYaml(value: unknown): string {
  if (value === null || typeof value !== "object") return String(value);
  const fields = Object.entries(value).map(([name, inner]) => `${name}: ${inYaml(inner)}`);
  return `{ ${fields.join(", ")} }`;
}

/** The name of a field in messages, from the entry or the top of the file: `reset.interval`. */
export function fieldName(pointer: string): string {
  const parts = pointerParts(pointer);
  return (parts[0] === "balances" && parts.length > 2 ? parts.slice(2) : parts).join(".");
}
