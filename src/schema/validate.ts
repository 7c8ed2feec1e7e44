// The compiled form of the published JSON Schema, with types.
import type { BalancesFile } from "./file.ts";
import compiled from "./validate.generated.js";

/** One error of the JSON Schema validator. */
export interface SchemaError {
  /** JSON pointer to the offending value. */
  readonly instancePath: string;
  /** JSON pointer into the schema, which names the rule. */
  readonly schemaPath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
}

export type SchemaResult = { ok: true; file: BalancesFile } | { ok: false; errors: readonly SchemaError[] };

/** Checks parsed YAML or JSON against `schema/balances.schema.json` and collects every error. */
export function validateFile(parsed: unknown): SchemaResult {
  if (compiled(parsed)) return { ok: true, file: parsed as BalancesFile };
  return { ok: false, errors: compiled.errors ?? [] };
}
