// The Terraform schema of a balance, derived from its one definition in src/schema.
import { balanceFields, type Field, type Fields } from "../schema/index.ts";
import type { Attribute, Attributes, Schema } from "./protocol/index.ts";

/** `id` and `adopt` of a file are `balance_id` and `terraform import` here; the alias is not needed twice. */
const LEFT_OUT = new Set(["id", "adopt", "included_grant"]);

/** Attributes whose change destroys and creates: they are what a balance is known by. */
export const IDENTITY = ["customer_id", "feature_id", "entity_id", "balance_id"] as const;

function attributeOf(field: Field): Attribute {
  const options = {
    description: describe(field),
    ...(field.required ? { required: true } : { optional: true }),
  };
  switch (field.type) {
    case "object":
      return { ...options, nested: "single", attributes: attributesOf(field.fields) };
    case "boolean":
      return { ...options, type: "bool" };
    case "number":
    case "integer":
      return { ...options, type: "number" };
    default:
      return { ...options, type: "string" };
  }
}

function describe(field: Field): string {
  const values = field.type === "string" && field.enum ? ` One of ${field.enum.join(", ")}.` : "";
  const otherwise = field.default === undefined ? "" : ` Default: ${field.default}.`;
  return `${field.description}${values}${otherwise}`;
}

function attributesOf(fields: Fields): Attributes {
  const kept = Object.entries(fields).filter(([name]) => !LEFT_OUT.has(name));
  return Object.fromEntries(kept.map(([name, field]) => [name, attributeOf(field)]));
}

export const balanceSchema: Schema = {
  version: 0,
  description:
    "A balance of an Autumn customer. It is granted once, whatever happens on the way; changing it keeps what has " +
    "been used and when it resets.",
  attributes: {
    ...attributesOf(balanceFields),
    balance_id: {
      type: "string",
      optional: true,
      computed: true,
      description:
        "The name of the balance, unique among the customer's. Default: the feature's id, followed by `@` and the " +
        "entity's id if there is one. Changing it grants another balance.",
    },
    id: {
      type: "string",
      computed: true,
      description: "`customer_id/balance_id`, as `terraform import` takes it.",
    },
    remote_id: {
      type: "string",
      computed: true,
      description:
        "The balance_id in Autumn: `<namespace>:<balance_id>`, with `~2`, `~3` … once it has been replaced.",
    },
  },
};
