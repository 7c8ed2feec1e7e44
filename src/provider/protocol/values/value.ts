// Terraform's values as plain TypeScript values.
import type { CtyNumber } from "./number.ts";
import type { CtyType } from "./type.ts";

/** Stands for a value that will only be known after apply. */
export const UNKNOWN: unique symbol = Symbol("unknown until apply");
export type Unknown = typeof UNKNOWN;

/** A value of the type `dynamic`, which says itself which type it has. */
export class TypedValue {
  constructor(
    readonly type: CtyType,
    readonly value: CtyValue,
  ) {}
}

/** An object or a map. What is decoded has no prototype, so that every key is only a key. */
export interface CtyObject {
  readonly [key: string]: CtyValue;
}

/** Lists, sets and tuples are arrays; a set's order means nothing. */
export type CtyValue =
  | string
  | boolean
  | CtyNumber
  | null
  | Unknown
  | TypedValue
  | readonly CtyValue[]
  | CtyObject;

/** One step from a value into it: an attribute, a place in a list, or a key of a map. */
export type PathStep = string | number | { readonly key: string };
export type Path = readonly PathStep[];

/** A value does not have the type it should have, at `path`. */
export class ValueError extends Error {
  override readonly name = "ValueError";

  constructor(
    message: string,
    readonly path: Path,
  ) {
    super(message);
  }
}

/** For messages: `reset.interval`, `tags["a"]`, `list[0]`. */
export function showPath(path: Path): string {
  const steps = path.map((step) => {
    if (typeof step === "string") return `.${step}`;
    return typeof step === "number" ? `[${step}]` : `[${JSON.stringify(step.key)}]`;
  });
  return steps.join("").replace(/^\./, "");
}
