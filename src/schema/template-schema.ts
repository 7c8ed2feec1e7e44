// Templates in the published JSON Schema. Their fields are those of a balance, where any value may also be a text that
// holds `${parameter}`; what they come out as is checked once they are expanded.
import { balanceFields } from "./balance.ts";
import type { Field, Fields } from "./field.ts";
import { TEMPLATE_NAME_PATTERN } from "./file.ts";
import { fieldSchema, type JsonSchema } from "./json-schema-parts.ts";

/** A text that holds a parameter. */
const HAS_PARAMETER = { type: "string", pattern: "\\$\\{" };

/** Text, a number, true or false. */
const parameterValue = { not: { anyOf: [{ type: "object" }, { type: "array" }, { type: "null" }] } };

/** The fields that an entry of `balances:` has besides those of a balance, to name a template. */
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

/** A field, or a text that holds a parameter. What is required within it, the expanded balance has to have. */
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

/** `#/$defs` of templates and of the entries that name them. */
export function templateDefinitions(): { readonly [name: string]: JsonSchema } {
  const { customer_id: customer, ...others } = balanceFields;
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
  };
}
