// Explains unknown and missing fields.
import { didYouMean, printable } from "../../text/index.ts";
import { exampleOf, type FieldSchema, homeOf } from "../yaml/schema-at.ts";
import { type Explanation, explanation } from "./explanation.ts";
import { FIELD_SYNONYMS } from "./words.ts";

/** @param owner the schema of the object that has the field */
export function unknownField(
  name: string,
  owner: FieldSchema,
): { explanation: Explanation; suggestion: string | undefined } {
  const known = Object.keys(owner.properties ?? {});
  const home = homeOf(name);
  const glued = gluedTo(name, known);
  const suggestion = home ? undefined : (glued?.field ?? didYouMean(name, known, FIELD_SYNONYMS));
  const hint = home
    ? `\`${name}\` belongs ${home}`
    : glued
      ? `write a space after the colon: \`${glued.field}: ${printable(glued.value)}\``
      : suggestion
        ? `did you mean \`${suggestion}\`?`
        : `the fields here are ${known.map((field) => `\`${field}\``).join(", ")}`;
  return {
    explanation: explanation("unknown-field", `there is no field \`${printable(name)}\``, hint),
    suggestion,
  };
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
