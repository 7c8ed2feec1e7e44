// How a provider describes what can be configured.
import type { CtyType } from "../values/type.ts";

interface AttributeOptions {
  /** Markdown. */
  readonly description?: string;
  /** The configuration must set it. */
  readonly required?: boolean;
  /** The configuration may set it. */
  readonly optional?: boolean;
  /** The provider may set it, where the configuration doesn't. */
  readonly computed?: boolean;
  /** Never shown in a plan. It is stored in the state nevertheless. */
  readonly sensitive?: boolean;
  readonly deprecated?: boolean;
  /** Only in the configuration: never in a plan or a state. Needs Terraform 1.11. */
  readonly writeOnly?: boolean;
}

/** An attribute that holds a value of a type. */
export interface ValueAttribute extends AttributeOptions {
  readonly type: CtyType;
}

/** An attribute that holds an object, or a list, set or map of objects, whose attributes have options too. */
export interface NestedAttribute extends AttributeOptions {
  readonly nested: "single" | "list" | "set" | "map";
  readonly attributes: Attributes;
}

export type Attribute = ValueAttribute | NestedAttribute;

export interface Attributes {
  readonly [name: string]: Attribute;
}

/** The schema of a provider's configuration, of a resource or of a data source. */
export interface Schema {
  /** Raise it when older states must be rewritten, and give the resource an upgrader. 0 by default. */
  readonly version?: number;
  /** Markdown. */
  readonly description?: string;
  readonly deprecated?: boolean;
  readonly attributes: Attributes;
}

const known = new WeakMap<Attributes, CtyType>();

/** The type of the objects that a schema describes. */
export const typeOfSchema = (schema: Schema): CtyType => typeOfAttributes(schema.attributes);

function typeOfAttributes(attributes: Attributes): CtyType {
  const before = known.get(attributes);
  if (before !== undefined) return before;
  const types: Record<string, CtyType> = Object.create(null);
  for (const [name, attribute] of Object.entries(attributes)) types[name] = typeOfAttribute(attribute);
  const type: CtyType = ["object", types];
  known.set(attributes, type);
  return type;
}

function typeOfAttribute(attribute: Attribute): CtyType {
  if (!("nested" in attribute)) return attribute.type;
  const object = typeOfAttributes(attribute.attributes);
  return attribute.nested === "single" ? object : [attribute.nested, object];
}
