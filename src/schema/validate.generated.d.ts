import type { SchemaError } from "./validate.ts";

declare const compiled: {
  (parsed: unknown): boolean;
  errors?: readonly SchemaError[] | null;
};
export default compiled;
