// From a schema, written `as const satisfies Schema`, the TypeScript types of its objects, so that a provider that
// forgets that a value may be null, or not known yet, does not compile.
import type { CtyNumber } from "../values/number.ts";
import type { CtyType } from "../values/type.ts";
import type { CtyValue, TypedValue, Unknown } from "../values/value.ts";
import type { Attribute, Attributes, Schema } from "./schema.ts";

/** A value of a type. `U` is `Unknown` where values may not be known yet, `never` where all are. */
export type ValueOf<T, U = never> = CtyType extends T
  ? CtyValue
  : T extends "string"
    ? string
    : T extends "number"
      ? CtyNumber
      : T extends "bool"
        ? boolean
        : T extends "dynamic"
          ? TypedValue
          : T extends readonly ["list" | "set", infer Of]
            ? readonly (ValueOf<Of, U> | null | U)[]
            : T extends readonly ["map", infer Of]
              ? { readonly [key: string]: ValueOf<Of, U> | null | U }
              : T extends readonly ["object", infer Of]
                ? { readonly [Name in keyof Of]: ValueOf<Of[Name], U> | null | U }
                : T extends readonly ["tuple", infer Of]
                  ? { readonly [Place in keyof Of]: ValueOf<Of[Place], U> | null | U }
                  : never;

/** The value of an attribute, when it is neither null nor unknown. */
type AttributeValue<A, U> = Attribute extends A
  ? CtyValue
  : A extends { readonly nested: infer Nesting; readonly attributes: infer Of extends Attributes }
    ? Nesting extends "single"
      ? ObjectOf<Of, U>
      : Nesting extends "map"
        ? { readonly [key: string]: ObjectOf<Of, U> | U }
        : readonly (ObjectOf<Of, U> | U)[]
    : A extends { readonly type: infer T }
      ? ValueOf<T, U>
      : never;

type Nullable<A> = A extends { readonly required: true } ? never : null;

type ObjectOf<As extends Attributes, U> = {
  readonly [Name in keyof As]: AttributeValue<As[Name], U> | Nullable<As[Name]> | U;
};

/** An object in a state: everything is known. */
export type State<S extends Schema> = ObjectOf<S["attributes"], never>;

/** An object in a configuration or a plan: whatever is computed elsewhere may not be known yet. */
export type Planned<S extends Schema> = ObjectOf<S["attributes"], Unknown>;
