// A complaint before it has a place.
import type { Problem } from "../../schema/index.ts";
import type { Spelling } from "../yaml/places.ts";
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
  /** What keeps it from being read as what it looks like; quotes when left out. */
  readonly spelling?: Spelling | undefined;
  /** Whether the field may be left out. */
  readonly isOptional?: boolean;
}

/** What to leave out for a text to be read as what it looks like, behind "write …". */
export const bare = ({ spelling = "quoted" }: Pick<WrongValue, "spelling">): string =>
  ({ quoted: ", without quotes", tagged: ", without the tag", block: ", in the line of its name", cell: "" })[
    spelling
  ];

export const explanation = (code: string, message: string, hint?: string): Explanation => ({
  code,
  message,
  ...(hint === undefined ? {} : { hint }),
});
