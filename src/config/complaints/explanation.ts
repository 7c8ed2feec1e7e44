// A problem without its place.
import type { Problem } from "../../schema/index.ts";
import type { FieldSchema } from "../yaml/schema-at.ts";

export type Explanation = Pick<Problem, "code" | "message" | "hint">;

/** A value that does not satisfy its schema. */
export interface WrongValue {
  /** The name of the field in messages, such as `reset.interval`; empty for the file itself. */
  readonly name: string;
  readonly value: unknown;
  readonly schema: FieldSchema;
  /** How the value is spelled in the file. */
  readonly written?: string | undefined;
}

export const explanation = (code: string, message: string, hint?: string): Explanation => ({
  code,
  message,
  ...(hint === undefined ? {} : { hint }),
});
