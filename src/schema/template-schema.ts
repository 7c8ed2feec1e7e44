// Templates in the published JSON Schema. They have the fields of a balance, but any value may be a text with
// `${parameter}`; the result is checked once it is expanded.
import { entryFields, ID_PATTERN } from "./balance.ts";
import type { Field, Fields } from "./field.ts";
import { MAPPED_FIELDS, TEMPLATE_NAME_PATTERN } from "./file.ts";
import { fieldSchema, type JsonSchema } from "./json-schema-parts.ts";

/** A text that holds a parameter. */
const HAS_PARAMETER = { type: "string", pattern: "\\$\\{" };

/** Text, a number, true or false. */
const parameterValue = { not: { anyOf: [{ type: "object" }, { type: "array" }, { type: "null" }] } };

/** The fields with which an entry of `balances:` names a template. */
const uses = {
  template: {
    type: "string",
    pattern: TEMPLATE_NAME_PATTERN,
    description:
      "The template that the entry uses. Fields of the entry itself replace those of the template.",
    examples: ["welcome"],
  },
  with: {
    type: "object",
    propertyNames: { pattern: TEMPLATE_NAME_PATTERN },
    additionalProperties: parameterValue,
    description: "Values of the template's parameters.",
    examples: [{ seats: 25 }],
  },
};

/** A field, or a text with a parameter. Its required fields are only required after expansion. */
function open(field: Field): JsonSchema {
  const { description, examples } = field;
  const openObject = (fields: Fields): JsonSchema => ({
    type: "object",
    properties: openAll(fields),
    additionalProperties: false,
  });
  const innerOf = (): JsonSchema => {
    if (field.type === "object") return openObject(field.fields);
    if (field.type === "list") return { ...fieldSchema(field), items: openObject(field.fields) };
    return fieldSchema(field);
  };
  const inner = innerOf();
  return { description, ...(examples ? { examples } : {}), if: HAS_PARAMETER, else: inner };
}

const openAll = (fields: Fields): JsonSchema =>
  Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, open(field)]));

function closed(fields: Fields): JsonSchema {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, fieldSchema(field)]));
}

/** The `#/$defs` for templates and for entries that name them. */
export function templateDefinitions(): { readonly [name: string]: JsonSchema } {
  const { customer_id: customer, ...others } = entryFields;
  return {
    template: {
      title: "Template",
      description: "A balance, or several under `balances`, that entries can use by name.",
      type: "object",
      additionalProperties: false,
      properties: {
        parameters: {
          type: "object",
          propertyNames: { pattern: TEMPLATE_NAME_PATTERN },
          additionalProperties: {
            type: "object",
            additionalProperties: false,
            properties: {
              description: { type: "string", description: "What the parameter is for." },
              default: { ...parameterValue, description: "The value if an entry gives none." },
            },
          },
          description: `Values that entries can give in \`with\`; \`\${name}\` stands for the value.`,
          examples: [{ seats: {}, credits: { default: 500 } }],
        },
        balances: {
          type: "array",
          items: { type: "object", properties: openAll(others), additionalProperties: false },
          description: "Several balances; an entry that uses the template stands for all of them.",
        },
        ...openAll(others),
      },
    },
    templated: {
      title: "Balances of a template",
      description: "The balance or balances of a template, for one customer.",
      type: "object",
      required: ["customer_id", "template"],
      properties: { ...closed({ customer_id: customer, ...others }), ...uses },
      additionalProperties: false,
    },
    grant: {
      title: "Grant",
      description: "A balance that is given once to each customer of a group, under one name.",
      type: "object",
      required: ["to"],
      properties: {
        to: target(),
        when_they_leave: {
          enum: ["keep", "end"],
          default: "keep",
          description:
            "What happens to the balance of a customer who leaves the group. `keep`: it stays as it is. `end`: it ends, and its usage stays known, so that it is not granted anew to a customer who comes back.",
          examples: ["keep"],
        },
        ...closed(withoutAdopt(others)),
        ...uses,
      },
      additionalProperties: false,
    },
  };
}

function withoutAdopt(fields: Fields): Fields {
  const { adopt: _, ...kept } = fields;
  return kept;
}

const customerId = { type: "string", pattern: ID_PATTERN };

/** A value, or a list of values, of which one is enough. */
const oneOrSeveral = (value: JsonSchema): JsonSchema => ({
  if: { type: "array" },
  // biome-ignore lint/suspicious/noThenProperty: a JSON Schema keyword
  then: { type: "array", minItems: 1, items: value },
  else: value,
});

function target(): JsonSchema {
  return {
    type: "object",
    additionalProperties: false,
    description: "Who belongs to the group: one of `customers`, `csv` and `autumn`.",
    examples: [{ csv: "customers.csv" }],
    properties: {
      customers: { type: "array", items: customerId, description: "Customer ids.", examples: [["acme"]] },
      csv: {
        type: "string",
        pattern: "^[^\\p{Cc}]+$",
        description: "The path of a CSV file with a header, relative to this file and within the checkout.",
        examples: ["customers.csv"],
      },
      where: {
        type: "object",
        additionalProperties: oneOrSeveral(parameterValue),
        description:
          "For `csv`: the values that a row must have to count, by column name. Of several values, one is enough.",
        examples: [{ plan: "pro" }],
      },
      map: {
        type: "object",
        additionalProperties: false,
        properties: Object.fromEntries(
          MAPPED_FIELDS.map((field) => [
            field,
            { type: "string", description: `The column that holds \`${field}\`.` },
          ]),
        ),
        description:
          "For `csv`: column names, by the field that they hold. By default, `customer_id` is in the column of that name.",
        examples: [{ customer_id: "Customer" }],
      },
      autumn: {
        type: "object",
        additionalProperties: false,
        description:
          "Customers that Autumn has when a plan is made and that meet every condition given here.",
        examples: [{ plan: "pro", status: "active" }],
        properties: {
          plan: {
            ...oneOrSeveral(customerId),
            description: "The id of a plan that the customer has; of several, one is enough.",
          },
          status: {
            enum: ["active", "scheduled"],
            description: "The status that the plan must have; by default, either.",
          },
          search: {
            type: "string",
            pattern: "\\S",
            description: "A part of the customer's id, name or email, in any case.",
          },
        },
      },
    },
  };
}
