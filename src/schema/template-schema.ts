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
      "The template that the entry stands for. Fields that the entry gives itself replace those of the template.",
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
  const inner =
    field.type === "object"
      ? { type: "object", properties: openAll(field.fields), additionalProperties: false }
      : fieldSchema(field);
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
      description: "A balance, or several under `balances`, that entries can name.",
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
              description: { type: "string", description: "What it is for." },
              default: { ...parameterValue, description: "What it is where nobody says otherwise." },
            },
          },
          description: `What those who use the template can say by \`with\`; \`\${name}\` stands for it.`,
          examples: [{ seats: {}, credits: { default: 500 } }],
        },
        balances: {
          type: "array",
          items: { type: "object", properties: openAll(others), additionalProperties: false },
          description: "Several balances, all of which an entry that names the template stands for.",
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
      description: "A balance that each customer of a group is given, once, under one name.",
      type: "object",
      required: ["to"],
      properties: {
        to: target(),
        when_they_leave: {
          enum: ["keep", "end"],
          default: "keep",
          description:
            "What becomes of the balance of a customer who belongs to the group no longer. `keep`: it stays as it is. `end`: it ends, and what was used of it stays known, so that it is not granted anew to whoever comes back.",
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
  then: { type: "array", items: value },
  else: value,
});

function target(): JsonSchema {
  return {
    type: "object",
    additionalProperties: false,
    description: "Who belongs to the group: one of `customers`, `csv` and `autumn`.",
    examples: [{ csv: "customers.csv" }],
    properties: {
      customers: { type: "array", items: customerId, description: "Ids of customers.", examples: [["acme"]] },
      csv: {
        type: "string",
        pattern: "^[^\\p{Cc}]+$",
        description: "A CSV file with a header, by its path from this file on, within the checkout.",
        examples: ["customers.csv"],
      },
      where: {
        type: "object",
        additionalProperties: oneOrSeveral(parameterValue),
        description:
          "Of `csv`: what cells have to be for a row to count, by the names of columns. Of several values, one is enough.",
        examples: [{ plan: "pro" }],
      },
      map: {
        type: "object",
        additionalProperties: false,
        properties: Object.fromEntries(
          MAPPED_FIELDS.map((field) => [
            field,
            { type: "string", description: `The column that \`${field}\` is in.` },
          ]),
        ),
        description:
          "Of `csv`: the names of columns, by the fields that they stand for. Without it, `customer_id` is in the column of that name.",
        examples: [{ customer_id: "Customer" }],
      },
      autumn: {
        type: "object",
        additionalProperties: false,
        description:
          "Customers as Autumn knows them when a plan is made. Those belong that satisfy all that is given.",
        examples: [{ plan: "pro", status: "active" }],
        properties: {
          plan: {
            ...oneOrSeveral(customerId),
            description: "A plan that the customer has, by its id; of several, one is enough.",
          },
          status: {
            enum: ["active", "scheduled"],
            description: "What the plan has to be; either when left out.",
          },
          search: {
            type: "string",
            pattern: "\\S",
            description: "A part of the customer's id, name or email, whatever its case.",
          },
        },
      },
    },
  };
}
