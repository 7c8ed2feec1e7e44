import type { SchemaError } from "../schema/index.ts";

declare const compiled: {
  (parsed: unknown): boolean;
  errors?: readonly SchemaError[] | null;
};
export default compiled;
