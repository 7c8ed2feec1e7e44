// Bytes from Terraform → values of a type. Whatever the bytes are, the end is a value or a ValueError.
import { Decoder, type ExtensionCodecType } from "@msgpack/msgpack";
import { type CtyNumber, numberFromDecimal, numberFromDouble } from "./number.ts";
import { type CtyType, nameOfType, parseCtyType } from "./type.ts";
import { type CtyObject, type CtyValue, type Path, TypedValue, UNKNOWN, ValueError } from "./value.ts";

const UNKNOWN_EXTENSION = 0;
/** An unknown value with a refinement (not null, a prefix…), which is not used here. */
const REFINED_UNKNOWN_EXTENSION = 12;

const extensionCodec: ExtensionCodecType<undefined> = {
  tryToEncode: () => null,
  decode: (_data, extension) => {
    if (extension === UNKNOWN_EXTENSION || extension === REFINED_UNKNOWN_EXTENSION) return UNKNOWN;
    throw new TypeError(`the msgpack extension ${extension} is unknown`);
  },
};

interface Reading {
  /** An attribute may be missing (null then), and there may be others (left out): for states of older schemas. */
  readonly lenient: boolean;
}

/** Decodes msgpack. Throws a ValueError. */
export function decodeMsgpack(bytes: Uint8Array, type: CtyType): CtyValue {
  const raw = parsed("msgpack", () => {
    // A declared length beyond the bytes that are there is false, but the decoder would reserve memory for it.
    const decoder = new Decoder({ useBigInt64: true, extensionCodec, maxArrayLength: bytes.length });
    return decoder.decode(bytes);
  });
  return whole(raw, type, { lenient: false });
}

/** Decodes JSON. Throws a ValueError. */
export function decodeJson(
  bytes: Uint8Array,
  type: CtyType,
  reading: Reading = { lenient: false },
): CtyValue {
  const raw = parsed("JSON", () => JSON.parse(withNumbersAsText(Buffer.from(bytes).toString("utf8"))));
  return whole(raw, type, reading);
}

function whole(raw: unknown, type: CtyType, reading: Reading): CtyValue {
  try {
    return shaped(raw, type, [], reading);
  } catch (error) {
    // Values of the type `dynamic` can be nested without limit, and the stack overflows.
    if (error instanceof RangeError) throw new ValueError("The value is nested too deeply.", []);
    throw error;
  }
}

function parsed(format: string, parse: () => unknown): unknown {
  try {
    return parse();
  } catch (error) {
    throw new ValueError(`The bytes are not valid ${format}: ${(error as Error).message}`, []);
  }
}

/** JSON.parse would round the numbers. Strings are matched only to be passed over. */
function withNumbersAsText(json: string): string {
  return json.replaceAll(/"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g, (token) =>
    token.startsWith('"') ? token : `"${token}"`,
  );
}

function shaped(raw: unknown, type: CtyType, path: Path, reading: Reading): CtyValue {
  if (raw === null || raw === undefined) return null;
  if (raw === UNKNOWN) return UNKNOWN;
  if (typeof type === "string") return primitive(raw, type, path, reading);
  switch (type[0]) {
    case "list":
    case "set":
      return arrayOf(raw, type, path).map((item, index) => shaped(item, type[1], [...path, index], reading));
    case "tuple":
      return tuple(raw, type[1], type, path, reading);
    case "map":
      return map(raw, type[1], type, path, reading);
    case "object":
      return object(raw, type[1], type, path, reading);
  }
}

function wrong(raw: unknown, type: CtyType, path: Path): ValueError {
  const got = Array.isArray(raw) ? "an array" : `a ${typeof raw}`;
  return new ValueError(`A ${nameOfType(type)} was expected, and ${got} came.`, path);
}

type Primitive = "string" | "number" | "bool" | "dynamic";

function primitive(raw: unknown, type: Primitive, path: Path, reading: Reading): CtyValue {
  if (type === "string" && typeof raw === "string") return raw;
  if (type === "bool" && typeof raw === "boolean") return raw;
  if (type === "number") return number(raw, path);
  if (type === "dynamic") return dynamic(raw, path, reading);
  throw wrong(raw, type, path);
}

function number(raw: unknown, path: Path): CtyNumber {
  try {
    if (typeof raw === "string") return numberFromDecimal(raw);
    if (typeof raw === "number") return numberFromDouble(raw);
    if (typeof raw === "bigint") return numberFromDecimal(String(raw));
  } catch (error) {
    throw new ValueError((error as Error).message, path);
  }
  throw wrong(raw, "number", path);
}

/** In msgpack a pair of the type (as JSON) and the value; in JSON an object of the two. */
function dynamic(raw: unknown, path: Path, reading: Reading): TypedValue {
  let type: unknown;
  let value: unknown;
  if (Array.isArray(raw) && raw.length === 2 && raw[0] instanceof Uint8Array) {
    type = parsed("JSON", () => JSON.parse(Buffer.from(raw[0] as Uint8Array).toString("utf8")));
    value = raw[1];
  } else if (isRecord(raw) && Object.hasOwn(raw, "type") && Object.hasOwn(raw, "value")) {
    type = raw.type;
    value = raw.value;
  } else throw wrong(raw, "dynamic", path);
  try {
    type = parseCtyType(type);
  } catch (error) {
    throw new ValueError((error as Error).message, path);
  }
  return new TypedValue(type as CtyType, shaped(value, type as CtyType, path, reading));
}

const isRecord = (raw: unknown): raw is Record<string, unknown> =>
  typeof raw === "object" && raw !== null && !Array.isArray(raw) && !(raw instanceof Uint8Array);

function arrayOf(raw: unknown, type: CtyType, path: Path): readonly unknown[] {
  if (!Array.isArray(raw)) throw wrong(raw, type, path);
  return raw;
}

function tuple(
  raw: unknown,
  types: readonly CtyType[],
  type: CtyType,
  path: Path,
  reading: Reading,
): CtyValue {
  const items = arrayOf(raw, type, path);
  if (items.length !== types.length)
    throw new ValueError(`${types.length} elements were expected, and ${items.length} came.`, path);
  return types.map((element, index) => shaped(items[index], element, [...path, index], reading));
}

function map(raw: unknown, of: CtyType, type: CtyType, path: Path, reading: Reading): CtyObject {
  if (!isRecord(raw)) throw wrong(raw, type, path);
  const values: Record<string, CtyValue> = Object.create(null);
  for (const key of Object.keys(raw)) values[key] = shaped(raw[key], of, [...path, { key }], reading);
  return values;
}

function object(
  raw: unknown,
  attributes: { readonly [name: string]: CtyType },
  type: CtyType,
  path: Path,
  reading: Reading,
): CtyObject {
  if (!isRecord(raw)) throw wrong(raw, type, path);
  const extra = Object.keys(raw).find((name) => !Object.hasOwn(attributes, name));
  if (extra !== undefined && !reading.lenient)
    throw new ValueError(`The attribute ${JSON.stringify(extra)} is not part of the schema.`, path);
  const values: Record<string, CtyValue> = Object.create(null);
  for (const [name, of] of Object.entries(attributes)) {
    const there = Object.hasOwn(raw, name);
    if (!there && !reading.lenient)
      throw new ValueError(`The attribute ${JSON.stringify(name)} is missing.`, path);
    values[name] = there ? shaped(raw[name], of, [...path, name], reading) : null;
  }
  return values;
}
