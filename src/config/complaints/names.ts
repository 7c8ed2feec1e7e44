// Explains unknown and missing fields.
import { TEMPLATE_NAME_PATTERN } from "../../schema/index.ts";
import { didYouMean, printable, quoted } from "../../text/index.ts";
import { exampleOf, type FieldSchema, homeOf, schemaAt } from "../yaml/schema-at.ts";
import { type Explanation, explanation } from "./explanation.ts";
import { FIELD_SYNONYMS } from "./words.ts";

/** @param owner the schema of the object that has the field */
export function unknownField(
  name: string,
  owner: FieldSchema,
): { explanation: Explanation; suggestion: string | undefined } {
  const fields = Object.keys(owner.properties ?? {});
  const kind = kindOf(fields);
  const hints = kind === undefined ? {} : OWN_HINTS[kind];
  if (Object.hasOwn(hints, name)) {
    const own = hints[name] as string;
    const said = explanation("unknown-field", `there is no field \`${printable(name)}\``, own);
    return { explanation: said, suggestion: undefined };
  }
  const known = kind === "entry" ? [...fields, "template"] : fields;
  const home = kind === "map" ? undefined : homeOf(name);
  const glued = gluedTo(name, known);
  const suggestion = home ? undefined : (glued?.field ?? didYouMean(name, known, FIELD_SYNONYMS));
  const hint = home
    ? `\`${name}\` belongs ${home}`
    : glued
      ? `write a space after the colon: \`${glued.field}: ${printable(glued.value)}\``
      : suggestion
        ? `did you mean \`${suggestion}\`?`
        : `the fields here are ${fields.map((field) => `\`${field}\``).join(", ")}`;
  return {
    explanation: explanation("unknown-field", `there is no field \`${printable(name)}\``, hint),
    suggestion,
  };
}

/** What has fields of its own beside those of an entry, told by one that nothing else has. */
function kindOf(fields: readonly string[]): "entry" | "grant" | "template" | "phase" | "map" | undefined {
  const has = (name: string): boolean => fields.includes(name);
  if (has("ends_at")) return "phase";
  if (has("when_they_leave")) return "grant";
  if (has("parameters")) return "template";
  if (has("customer_id")) return has("id") ? "entry" : "map";
  return undefined;
}

const IN_GRANT = "it belongs in an entry of `grants`";
const IN_TARGET = (name: string): string => `it belongs in \`to\`: \`to: { ${name}: … }\``;
const BESIDE_PHASES = "it belongs in the entry, beside `phases`";

/** What is said of fields that belong elsewhere, by where they stand. */
const OWN_HINTS: Readonly<Record<NonNullable<ReturnType<typeof kindOf>>, Readonly<Record<string, string>>>> =
  {
    entry: {
      to: IN_GRANT,
      when_they_leave: IN_GRANT,
      with: "it goes with `template: …`, which is not there",
    },
    grant: {
      customer_id: "the customers are written in `to`: `to: { customers: [acme] }`",
      customers: IN_TARGET("customers"),
      csv: IN_TARGET("csv"),
      autumn: IN_TARGET("autumn"),
      where: IN_TARGET("csv: …, where"),
      map: IN_TARGET("csv: …, map"),
    },
    template: {
      customer_id: "the entry that uses the template has it",
      template: "a template cannot use another one: write its fields here",
      with: "a template cannot use another one: write its fields here",
    },
    phase: {
      expires_at: "did you mean `ends_at`?",
      next_reset_at: "remove it: a phase has no first reset of its own",
      ...Object.fromEntries(
        [
          "customer_id",
          "feature_id",
          "entity_id",
          "id",
          "adopt",
          "protected",
          "reason",
          "ticket",
          "owner",
          "gaps",
        ].map((name) => [name, BESIDE_PHASES]),
      ),
    },
    map: {},
  };

/**
 * Explains a name that a file gives to a template, a parameter or a feature with a limit.
 * @param owner the field that has the name
 * @param schemaPath of the error
 */
export function badName(name: string, owner: string, schemaPath: string): Explanation {
  const { pattern } = schemaAt(schemaPath.replace(/\/propertyNames$/, "/propertyNames/pattern"));
  const message = `\`${printable(owner)}\` cannot have the name ${quoted(name)}`;
  const hint =
    pattern === TEMPLATE_NAME_PATTERN
      ? "begin it with a letter, and go on with up to 63 letters, digits, _ and -"
      : "write an id, in one line and without spaces around it";
  return explanation("bad-id", message, hint);
}

/** `feature_id:exports` is one name: YAML wants a space after the colon. */
function gluedTo(name: string, known: readonly string[]): { field: string; value: string } | undefined {
  const colon = name.indexOf(":");
  const field = name.slice(0, colon);
  return colon > 0 && known.includes(field) ? { field, value: name.slice(colon + 1) } : undefined;
}

/** @param owner the schema of the object that lacks the field */
export function missingField(name: string, owner: FieldSchema): Explanation {
  const example = exampleOf(owner.properties?.[name]);
  const hint = example
    ? `add it, for example \`${name}: ${example}\``
    : `add \`${name}:\` with an entry for each balance`;
  return explanation("missing-field", `\`${name}\` is missing`, hint);
}
