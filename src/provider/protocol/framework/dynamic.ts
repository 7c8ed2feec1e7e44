// Values as Terraform's messages.
import { decodeJson, decodeMsgpack } from "../values/decode.ts";
import { encodeMsgpack } from "../values/encode.ts";
import type { CtyType } from "../values/type.ts";
import { type CtyObject, type CtyValue, UNKNOWN, ValueError } from "../values/value.ts";
import type { DynamicValue } from "../wire/tfplugin6.generated.ts";
import { type Schema, typeOfSchema } from "./schema.ts";

const NOTHING = Buffer.alloc(0);

/** Reads a value. One that is not there is null. Throws a ValueError. */
export function fromDynamic(dynamic: DynamicValue | undefined, type: CtyType): CtyValue {
  if (dynamic === undefined) return null;
  if (dynamic.msgpack.length > 0) return decodeMsgpack(dynamic.msgpack, type);
  return dynamic.json.length > 0 ? decodeJson(dynamic.json, type) : null;
}

/** Reads the object of a schema, or null. Throws a ValueError. */
export function objectFromDynamic(dynamic: DynamicValue | undefined, schema: Schema): CtyObject | null {
  const object = fromDynamic(dynamic, typeOfSchema(schema));
  if (object === UNKNOWN) throw new ValueError("An object was expected, and it is unknown as a whole.", []);
  // The type is an object's, so that this is all it can be.
  return object as CtyObject | null;
}

/** Writes a value. Throws a ValueError when it does not have the type. */
export const toDynamic = (value: unknown, type: CtyType): DynamicValue => ({
  msgpack: encodeMsgpack(value, type),
  json: NOTHING,
});

/** Writes the object of a schema. Throws a ValueError when it does not fit. */
export const objectToDynamic = (value: unknown, schema: Schema): DynamicValue =>
  toDynamic(value, typeOfSchema(schema));
