// Schemas and functions as Terraform's messages.
import type { CtyType } from "../values/type.ts";
import {
  Schema_Object_NestingMode as NestingMode,
  StringKind,
  type Schema_Attribute as WireAttribute,
  type FunctionMessage as WireFunction,
  type Function_Parameter as WireParameter,
  type Schema as WireSchema,
} from "../wire/tfplugin6.generated.ts";
import type { FunctionParameter, ProviderFunction } from "./provider.ts";
import type { Attribute, Attributes, Schema } from "./schema.ts";

const NESTING = {
  single: NestingMode.SINGLE,
  list: NestingMode.LIST,
  set: NestingMode.SET,
  map: NestingMode.MAP,
} as const;

const NO_TYPE = Buffer.alloc(0);
const typeJson = (type: CtyType): Buffer => Buffer.from(JSON.stringify(type), "utf8");

/** A schema as Terraform's message. */
export function schemaOnWire(schema: Schema): WireSchema {
  const version = schema.version ?? 0;
  return {
    version,
    block: {
      version,
      attributes: attributesOnWire(schema.attributes),
      description: schema.description ?? "",
      descriptionKind: StringKind.MARKDOWN,
      deprecated: schema.deprecated ?? false,
    },
  };
}

function attributesOnWire(attributes: Attributes): WireAttribute[] {
  return Object.entries(attributes).map(([name, attribute]) => ({
    name,
    ...shapeOf(attribute),
    description: attribute.description ?? "",
    descriptionKind: StringKind.MARKDOWN,
    required: attribute.required ?? false,
    optional: attribute.optional ?? false,
    computed: attribute.computed ?? false,
    sensitive: attribute.sensitive ?? false,
    deprecated: attribute.deprecated ?? false,
    writeOnly: attribute.writeOnly ?? false,
  }));
}

function shapeOf(attribute: Attribute): Pick<WireAttribute, "type" | "nestedType"> {
  if (!("nested" in attribute)) return { type: typeJson(attribute.type) };
  const nestedType = {
    attributes: attributesOnWire(attribute.attributes),
    nesting: NESTING[attribute.nested],
  };
  return { type: NO_TYPE, nestedType };
}

/** A function's signature as Terraform's message. */
export function functionOnWire(described: ProviderFunction): WireFunction {
  return {
    parameters: described.parameters.map(parameterOnWire),
    ...(described.variadic && { variadicParameter: parameterOnWire(described.variadic) }),
    return: { type: typeJson(described.returns) },
    summary: described.summary,
    description: described.description ?? "",
    descriptionKind: StringKind.MARKDOWN,
  };
}

const parameterOnWire = (parameter: FunctionParameter): WireParameter => ({
  name: parameter.name,
  type: typeJson(parameter.type),
  allowNullValue: parameter.allowNull ?? false,
  allowUnknownValues: parameter.allowUnknown ?? false,
  description: parameter.description ?? "",
  descriptionKind: StringKind.MARKDOWN,
});
