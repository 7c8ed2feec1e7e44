// A complaint before it has a place.
import type { Problem } from "../../schema/index.ts";
import type { FieldSchema } from "../yaml/schema-at.ts";

export type Explanation = Pick<Problem, "code" | "message" | "hint">;

/** A value that is not what its schema asks for. */
export interface WrongValue {
  /** The field as messages call it, such as `reset.interval`; empty for the file itself. */
  readonly name: string;
  readonly value: unknown;
  readonly schema: FieldSchema;
  /** How the file spells the value. */
  readonly written?: string | undefined;
}

export const explanation = (code: string, message: string, hint?: string): Explanation => ({
  code,
  message,
  ...(hint === undefined ? {} : { hint }),
});
