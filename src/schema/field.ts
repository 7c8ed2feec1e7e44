// The vocabulary that describes a balance: small enough to derive JSON Schema, TypeScript types and a Terraform schema
// from it.

interface Described {
  /** One or two sentences for the person who writes the field. */
  readonly description: string;
  readonly required?: boolean;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
}

export interface StringField extends Described {
  readonly type: "string";
  readonly pattern?: string;
  readonly enum?: readonly string[];
}

export interface NumberField extends Described {
  readonly type: "number" | "integer";
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
}

/** A moment: RFC 3339 text, or whole ms since 1970. */
export interface InstantField extends Described {
  readonly type: "instant";
}

export interface BooleanField extends Described {
  readonly type: "boolean";
}

export interface ObjectField extends Described {
  readonly type: "object";
  readonly fields: Fields;
}

/** A list of at least one object, all with the same fields. */
export interface ListField extends Described {
  readonly type: "list";
  readonly maxItems: number;
  readonly fields: Fields;
}

export type Field = StringField | NumberField | InstantField | BooleanField | ObjectField | ListField;
export type Fields = { readonly [name: string]: Field };

/** The TypeScript type of a field as a person writes it. */
export type Written<F extends Field> = F extends { readonly enum: readonly (infer E)[] }
  ? E
  : F extends StringField
    ? string
    : F extends NumberField
      ? number
      : F extends InstantField
        ? string | number
        : F extends BooleanField
          ? boolean
          : F extends ObjectField
            ? WrittenObject<F["fields"]>
            : F extends ListField
              ? WrittenObject<F["fields"]>[]
              : never;

type RequiredNames<T extends Fields> = {
  [K in keyof T]: T[K] extends { readonly required: true } ? K : never;
}[keyof T];

/** The TypeScript type of an object described by `T`, with its optional fields optional. */
export type WrittenObject<T extends Fields> = { -readonly [K in RequiredNames<T>]: Written<T[K]> } & {
  -readonly [K in Exclude<keyof T, RequiredNames<T>>]?: Written<T[K]>;
};
