// Values of a type → the msgpack that Terraform reads. What does not fit the type is a ValueError with its path, so
// that a provider's bug is reported by its place and not by Terraform's "unexpected attribute count".
import { Encoder, ExtData } from "@msgpack/msgpack";
import { type CtyNumber, ExactDecimal, numberToWire } from "./number.ts";
import { type CtyType, nameOfType } from "./type.ts";
import { type Path, TypedValue, UNKNOWN, ValueError } from "./value.ts";

const UNKNOWN_ON_WIRE = new ExtData(0, Uint8Array.of(0));

/** Encodes msgpack. An attribute that is not there is null. Throws a ValueError. */
export function encodeMsgpack(value: unknown, type: CtyType): Buffer {
  const wire = onWire(value, type, []);
  const encoder = new Encoder({ useBigInt64: true, maxDepth: 1000 });
  const bytes = encoder.encodeSharedRef(wire);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function onWire(value: unknown, type: CtyType, path: Path): unknown {
  if (value === null || value === undefined) return null;
  if (value === UNKNOWN) return UNKNOWN_ON_WIRE;
  if (typeof type === "string") return primitive(value, type, path);
  switch (type[0]) {
    case "list":
    case "set":
      return arrayOf(value, type, path).map((item, index) => onWire(item, type[1], [...path, index]));
    case "tuple":
      return tuple(value, type[1], type, path);
    case "map":
      return map(value, type[1], type, path);
    case "object":
      return object(value, type[1], type, path);
  }
}

function wrong(value: unknown, type: CtyType, path: Path): ValueError {
  const got = Array.isArray(value) ? "an array" : `a ${typeof value}`;
  return new ValueError(`The schema says ${nameOfType(type)}, and the provider gave ${got}.`, path);
}

const isNumber = (value: unknown): value is CtyNumber =>
  typeof value === "number" || typeof value === "bigint" || value instanceof ExactDecimal;

function primitive(value: unknown, type: "string" | "number" | "bool" | "dynamic", path: Path): unknown {
  if (type === "string" && typeof value === "string") return value;
  if (type === "bool" && typeof value === "boolean") return value;
  if (type === "number" && isNumber(value)) {
    if (Number.isNaN(value)) throw new ValueError("NaN is not a number.", path);
    return numberToWire(value);
  }
  if (type === "dynamic" && value instanceof TypedValue)
    return [Buffer.from(JSON.stringify(value.type), "utf8"), onWire(value.value, value.type, path)];
  throw wrong(value, type, path);
}

function arrayOf(value: unknown, type: CtyType, path: Path): readonly unknown[] {
  if (!Array.isArray(value)) throw wrong(value, type, path);
  return value;
}

function tuple(value: unknown, types: readonly CtyType[], type: CtyType, path: Path): unknown {
  const items = arrayOf(value, type, path);
  if (items.length !== types.length)
    throw new ValueError(
      `The schema says ${types.length} elements, the provider gave ${items.length}.`,
      path,
    );
  return types.map((element, index) => onWire(items[index], element, [...path, index]));
}

function recordOf(value: unknown, type: CtyType, path: Path): Readonly<Record<string, unknown>> {
  const isRecord = typeof value === "object" && !Array.isArray(value) && !(value instanceof TypedValue);
  if (!isRecord || value instanceof ExactDecimal) throw wrong(value, type, path);
  return value as Readonly<Record<string, unknown>>;
}

function map(value: unknown, of: CtyType, type: CtyType, path: Path): unknown {
  const wire: Record<string, unknown> = Object.create(null);
  for (const [key, item] of Object.entries(recordOf(value, type, path)))
    wire[key] = onWire(item, of, [...path, { key }]);
  return wire;
}

function object(
  value: unknown,
  attributes: { readonly [name: string]: CtyType },
  type: CtyType,
  path: Path,
): unknown {
  const given = recordOf(value, type, path);
  const extra = Object.keys(given).find((name) => !Object.hasOwn(attributes, name));
  if (extra !== undefined)
    throw new ValueError(`The attribute ${JSON.stringify(extra)} is not part of the schema.`, path);
  const wire: Record<string, unknown> = Object.create(null);
  // Terraform counts the attributes: each must be there.
  for (const [name, of] of Object.entries(attributes))
    wire[name] = onWire(Object.hasOwn(given, name) ? given[name] : null, of, [...path, name]);
  return wire;
}
