// One description of a type, for three uses: to write a value as JSON, to read it again, and as JSON Schema. Names are
// camelCase in values and snake_case in JSON, in the order of the description.
import type { JsonSchema } from "../schema/index.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
export type JsonDocument = { readonly [name: string]: Json };
/** Named schemas that others refer to. */
export type Definitions = Map<string, JsonSchema>;

/** The JSON is not what was written. The message is the path to the wrong value. */
export class DamageError extends Error {
  override readonly name = "DamageError";
}

interface Uses<T> {
  readonly write: (value: T) => Json;
  /** @throws DamageError for any other value */
  readonly read: (json: unknown, path: string) => T;
  readonly schema: (definitions: Definitions) => JsonSchema;
  /** How a record writes a field that is `undefined`; such a field need not be there when it is read. */
  readonly absent?: "left-out" | "null";
  /** Whether a record omits a field with this value. */
  readonly leftOutIf?: (value: T) => boolean;
  /** The value of a missing field, which was added after documents had been written. */
  readonly before?: { readonly value: T };
}

export interface Codec<T> extends Uses<T> {
  /** The same codec, with a description in its schema. */
  readonly describe: (description: string) => Codec<T>;
}

export function codec<T>(uses: Uses<T>): Codec<T> {
  const describe = (description: string): Codec<T> =>
    codec({ ...uses, schema: (definitions) => ({ ...uses.schema(definitions), description }) });
  return { ...uses, describe };
}

function damaged(path: string): never {
  throw new DamageError(path);
}

/** A value that is its own JSON. */
export const plain = <T extends Json>(isOne: (json: unknown) => json is T, schema: JsonSchema): Codec<T> =>
  codec<T>({
    write: (value) => value,
    read: (json, path) => (isOne(json) ? json : damaged(path)),
    schema: () => schema,
  });

export const text = plain((json) => typeof json === "string", { type: "string" });
export const flag = plain((json) => typeof json === "boolean", { type: "boolean" });

export const count = counting(0);
/** A line, a column or an index, from 1. */
export const ordinal = counting(1);

function counting(minimum: number): Codec<number> {
  const isOne = (json: unknown): json is number => Number.isInteger(json) && (json as number) >= minimum;
  return plain(isOne, { type: "integer", minimum });
}

/** A number as JSON has it: NaN, which sums of amounts can reach, becomes 0, and infinity the largest number. */
export function finite(n: number): number {
  if (Number.isFinite(n)) return n + 0;
  return Number.isNaN(n) ? 0 : Math.sign(n) * Number.MAX_VALUE;
}

export const amount = number({});
/** An amount that is not below 0. */
export const size = number({ minimum: 0 });

function number(limit: { readonly minimum?: number }): Codec<number> {
  const { minimum = Number.NEGATIVE_INFINITY } = limit;
  return codec({
    write: finite,
    read: (json, path) => (typeof json === "number" && json >= minimum ? json : damaged(path)),
    schema: () => ({ type: "number", ...limit }),
  });
}

const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{3})?Z$/;

/** RFC 3339 of a moment in ms since 1970; the number itself beyond the years 0 to 9999. */
export function writtenInstant(ms: number): string | number {
  const inRange = ms >= -62_167_219_200_000 && ms <= 253_402_300_799_999;
  return inRange ? new Date(ms).toISOString().replace(".000Z", "Z") : finite(ms);
}

/** ms since 1970. */
export const instant: Codec<number> = named(
  "instant",
  codec({
    write: writtenInstant,
    read: (json, path) => {
      const ms = typeof json === "string" && RFC_3339.test(json) ? Date.parse(json) : json;
      return typeof ms === "number" && !Number.isNaN(ms) ? ms : damaged(path);
    },
    schema: () => ({
      anyOf: [
        { type: "string", pattern: RFC_3339.source },
        { type: "number", description: "ms since 1970, of a moment that RFC 3339 cannot write." },
      ],
      description: "RFC 3339 in UTC.",
    }),
  }),
);

/** A value that only people and other programs interpret. */
export const anything: Codec<unknown> = codec<unknown>({
  write: (value) => {
    const said = JSON.stringify(value);
    return said === undefined ? null : (JSON.parse(said) as Json);
  },
  read: (json, path) => (json === undefined ? damaged(path) : json),
  schema: () => ({}),
});

export const oneOf = <const T extends string>(values: readonly T[]): Codec<T> =>
  codec<T>({
    write: (value) => value,
    read: (json, path) => values.find((one) => one === json) ?? damaged(path),
    schema: () => ({ enum: [...values] }),
  });

/** The only value that a field can have if it is there. */
export const only = <const T extends string | boolean>(value: T): Codec<T> =>
  codec<T>({
    write: () => value,
    read: (json, path) => (json === value ? value : damaged(path)),
    schema: () => ({ const: value }),
  });

/** A fixed text. It is checked when it is read, and not part of the value. */
export const constant = (value: string): Codec<undefined> =>
  codec<undefined>({
    write: () => value,
    read: (json, path) => (json === value ? undefined : damaged(path)),
    schema: () => ({ const: value }),
  });

export const nullable = <T>(inner: Codec<T>): Codec<T | null> =>
  codec<T | null>({
    write: (value) => (value === null ? null : inner.write(value)),
    read: (json, path) => (json === null ? null : inner.read(json, path)),
    schema: (definitions) => ({ anyOf: [inner.schema(definitions), { type: "null" }] }),
  });

/** A record field that is omitted when it is `undefined`. */
export const leftOut = <T>(inner: Codec<T>): Codec<T | undefined> =>
  codec<T | undefined>({
    read: inner.read,
    schema: inner.schema,
    write: (value) => (value === undefined ? null : inner.write(value)),
    absent: "left-out",
  });

/** A record field that is `null` in JSON when the value does not have it. */
export const orNull = <T>(inner: Codec<T>): Codec<T | undefined> =>
  codec<T | undefined>({ ...leftOut(inner), schema: nullable(inner).schema, absent: "null" });

/** A record field that older documents do not have. */
export const since = <T>(before: T, inner: Codec<T>): Codec<T> =>
  codec<T>({ ...inner, before: { value: before } });

export const list = <T>(item: Codec<T>): Codec<readonly T[]> =>
  codec<readonly T[]>({
    write: (values) => values.map(item.write),
    read: (json, path) =>
      Array.isArray(json) ? json.map((one, index) => item.read(one, `${path}[${index}]`)) : damaged(path),
    schema: (definitions) => ({ type: "array", items: item.schema(definitions) }),
  });

/** A list that a record omits when it is empty. */
export const listIfAny = <T>(item: Codec<T>): Codec<readonly T[]> =>
  codec<readonly T[]>({
    ...list(item),
    leftOutIf: (values) => values.length === 0,
    before: { value: [] },
  });

/** A value that is written as another one. */
export const converted = <T, W>(inner: Codec<W>, to: (value: T) => W, from: (written: W) => T): Codec<T> =>
  codec<T>({
    write: (value) => inner.write(to(value)),
    read: (json, path) => from(inner.read(json, path)),
    schema: inner.schema,
  });

/** One of two records, distinguished by the field `tag` (a name of one word): `ofFirst` are its values in the first. */
export const either = <
  K extends string,
  A extends { readonly [T in K]: string },
  B extends { readonly [T in K]: string },
>(
  tag: K,
  ofFirst: readonly A[K][],
  first: Codec<A>,
  second: Codec<B>,
): Codec<A | B> => {
  const isFirst = (value: unknown): boolean =>
    ofFirst.some((one) => one === (value as { [T in K]?: unknown } | null)?.[tag]);
  return codec<A | B>({
    write: (value) => (isFirst(value) ? first.write(value as A) : second.write(value as B)),
    read: (json, path) => (isFirst(json) ? first : second).read(json, path),
    schema: (definitions) => ({ oneOf: [first.schema(definitions), second.schema(definitions)] }),
  });
};

/** Values by arbitrary names, sorted by name when written. */
export const map = <T>(item: Codec<T>): Codec<ReadonlyMap<string, T>> =>
  codec<ReadonlyMap<string, T>>({
    write: (values) =>
      Object.fromEntries(
        [...values].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => [name, item.write(value)]),
      ),
    read: (json, path) =>
      new Map(
        Object.entries(objectOf(json, path)).map(([name, one]) => [name, item.read(one, `${path}.${name}`)]),
      ),
    schema: (definitions) => ({ type: "object", additionalProperties: item.schema(definitions) }),
  });

export type ValueOf<C> = C extends Codec<infer T> ? T : never;

export type RecordFields<T> = { readonly [K in keyof T]-?: Codec<T[K]> };

export function record<T extends object>(fields: RecordFields<T>): Codec<T> {
  const parts = Object.entries(fields as Readonly<Record<string, Codec<unknown>>>).map(([key, field]) => ({
    key,
    name: key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    field,
  }));
  return codec<T>({
    write: (value) => {
      const object = value as Readonly<Record<string, unknown>>;
      const json: Record<string, Json> = {};
      for (const { key, name, field } of parts) {
        if (field.leftOutIf?.(object[key]) === true) continue;
        if (object[key] !== undefined || field.absent === undefined) json[name] = field.write(object[key]);
        else if (field.absent === "null") json[name] = null;
      }
      return json;
    },
    read: (json, path) => {
      const object = objectOf(json, path);
      const value: Record<string, unknown> = {};
      for (const { key, name, field } of parts) {
        const one = fieldOf(object, name, field, path);
        if (one !== undefined) value[key] = one;
      }
      return value as T;
    },
    schema: (definitions) => ({
      type: "object",
      required: parts
        .filter(({ field }) => field.absent !== "left-out" && field.leftOutIf === undefined)
        .map(({ name }) => name),
      properties: Object.fromEntries(parts.map(({ name, field }) => [name, field.schema(definitions)])),
    }),
  });
}

function fieldOf(object: object, name: string, field: Codec<unknown>, path: string): unknown {
  if (!Object.hasOwn(object, name)) {
    if (field.absent === "left-out") return undefined;
    return field.before === undefined ? damaged(`${path}.${name}`) : field.before.value;
  }
  const json = (object as Readonly<Record<string, unknown>>)[name];
  return field.absent === "null" && json === null ? undefined : field.read(json, `${path}.${name}`);
}

function objectOf(json: unknown, path: string): object {
  return typeof json === "object" && json !== null && !Array.isArray(json) ? json : damaged(path);
}

/** Defined once in a schema, and referred to by name. */
export function named<T>(name: string, inner: Codec<T>): Codec<T> {
  return codec<T>({
    ...inner,
    schema: (definitions) => {
      if (!definitions.has(name)) {
        definitions.set(name, {});
        definitions.set(name, inner.schema(definitions));
      }
      return { $ref: `#/$defs/${name}` };
    },
  });
}

/** Changes when the meaning of existing fields changes; fields may be added within a version. */
export const FORMAT_VERSION = "1";

/** A record that starts with its format version and kind. */
export function documentOf<T extends object>(
  kind: string,
  description: string,
  fields: RecordFields<T>,
): Codec<T> {
  const formatVersion = constant(FORMAT_VERSION).describe(
    "Changes when something that is there changes its meaning; fields may be added within a version.",
  );
  const whole = record({ formatVersion, kind: constant(kind), ...fields } as RecordFields<T>);
  return named(kind, whole.describe(description));
}
