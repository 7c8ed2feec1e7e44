// A problem without its place.
import type { Problem } from "../../schema/index.ts";
import type { Spelling } from "../yaml/places.ts";
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
  /** What keeps it from being read as what it looks like; quotes when left out. */
  readonly spelling?: Spelling | undefined;
  /** Whether the field may be left out. */
  readonly isOptional?: boolean;
}

/** What to leave out for a text to be read as what it looks like, behind "write …". */
export const bare = ({ spelling = "quoted" }: Pick<WrongValue, "spelling">): string =>
  ({
    quoted: ", without quotes",
    tagged: ", without the tag",
    block: ", in the line of its name",
    filled: ", in place of a text that holds a parameter",
    cell: "",
  })[spelling];

/** Whether it is an item of a list, which has a number in place of a name. */
export const isItem = (name: string): boolean => /(?:^|\.)\d+$/.test(name);

/** How a text is written as this value: behind the name of its field, or as an item of a list. */
export const assigned = (name: string, text: string): string =>
  isItem(name) ? text : `${name.slice(name.lastIndexOf(".") + 1)}: ${text}`;

export const explanation = (code: string, message: string, hint?: string): Explanation => ({
  code,
  message,
  ...(hint === undefined ? {} : { hint }),
});
