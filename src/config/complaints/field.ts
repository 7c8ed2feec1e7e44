// Explains what is wrong with one value, and what to write instead.

import { didYouMean, printable, quoted } from "../../text/index.ts";
import { yamlText } from "../entry-text.ts";
import { exampleOf } from "../yaml/schema-at.ts";
import { described } from "./described.ts";
import { assigned, bare, type Explanation, explanation, isItem, type WrongValue } from "./explanation.ts";
import { explainInstant } from "./instant.ts";
import { explainNumber } from "./number.ts";
import { explainText } from "./text.ts";
import { VALUE_SYNONYMS } from "./words.ts";

/** Why `value` does not satisfy `schema`, in one sentence. */
export function explainField(wrong: WrongValue): Explanation {
  const { value, schema } = wrong;
  if (value === null) return empty(wrong);
  if (schema.not) return explainScalar(wrong);
  if (schema.anyOf) return explainInstant(wrong);
  if ("const" in schema) return explainVersion(wrong);
  if (schema.enum) return explainChoice(wrong, schema.enum);
  switch (schema.type) {
    case "string":
      return explainText(wrong);
    case "boolean":
      return explainBoolean(wrong);
    case "object":
      return explainMapping(wrong);
    case "array":
      return explainList(wrong);
    default:
      return explainNumber(wrong);
  }
}

const subject = (name: string): string => (name === "" ? "the file" : `\`${printable(name)}\``);
const entryName = (name: string): string => (/^balances\.\d+$/.test(name) ? "this entry" : subject(name));

function empty({ name, schema, written, isOptional }: WrongValue): Explanation {
  const message = `${entryName(name)} is ${written ? `\`${printable(written)}\`` : "empty"}`;
  if (schema.type === "array")
    return explanation("empty", message, `write \`${name}: []\` if there are none`);
  if (name.startsWith("balances.")) return explanation("empty", message, "remove the `-`");
  const example = exampleOf(schema);
  const value = example === undefined ? "give it a value" : `give it a value, for example \`${example}\``;
  const otherwise = isItem(name) ? ", or remove it" : isOptional === false ? "" : ", or remove the field";
  const asText =
    schema.type === "string" && written
      ? `; if that is the text, quote it: \`${assigned(name, quoted(written))}\``
      : "";
  return explanation("empty", message, `${value}${otherwise}${asText}`);
}

function explainScalar({ name, value, written }: WrongValue): Explanation {
  const message = `${subject(name)} is ${described(value, written)}, but must be text, a number, true or false`;
  return explanation("not-a-value", message, "write a single value");
}

function explainVersion({ name, value, schema, written }: WrongValue): Explanation {
  const known = String(schema.const);
  if (typeof value === "string" && value.trim() === known) {
    return explanation("unknown-version", `\`${name}\` is text`, `write ${known}, without quotes`);
  }
  const message = `\`${name}\` is ${described(value, written)}, but only version ${known} is known`;
  return explanation("unknown-version", message, `write \`${name}: ${known}\`, or update autumn-balances`);
}

function explainChoice(
  { name, value, schema, written }: WrongValue,
  choices: readonly string[],
): Explanation {
  const message = `${subject(name)} is ${described(value, written)}, but must be one of ${choices.join(", ")}`;
  const several =
    name.endsWith("interval") && typeof value === "string" ? severalOf(value, choices) : undefined;
  if (several !== undefined) return explanation("not-one-of", message, several);
  const meant = typeof value === "string" ? didYouMean(value, choices, VALUE_SYNONYMS) : undefined;
  return explanation(
    "not-one-of",
    message,
    meant ? `did you mean ${meant}?` : `write for example ${exampleOf(schema)}`,
  );
}

/** `3 months` and `30d` are two fields; a hint of one would lose the number. */
function severalOf(value: string, choices: readonly string[]): string | undefined {
  const [, number, unit = ""] = /^(?:every )?(\d{1,4})[ _-]?([a-z_-]+)$/i.exec(value.trim()) ?? [];
  const count = Number(number);
  if (number === undefined || count < 2 || count > 1000) return undefined;
  const interval = didYouMean(unit, choices, VALUE_SYNONYMS);
  return interval && `write \`interval: ${interval}\` and \`interval_count: ${count}\``;
}

const BOOLEANS: Readonly<Record<string, boolean>> = {
  0: false,
  1: true,
  n: false,
  no: false,
  off: false,
  on: true,
  y: true,
  yes: true,
  false: false,
  true: true,
};

function explainBoolean(wrong: WrongValue): Explanation {
  const { name, value, written } = wrong;
  const word = String(value).trim().toLowerCase();
  const meant = typeof value !== "object" && Object.hasOwn(BOOLEANS, word) ? BOOLEANS[word] : undefined;
  const message = `${subject(name)} is ${described(value, written)}, but must be true or false`;
  const quotes = String(value) === String(meant) ? bare(wrong) : "";
  return explanation(
    "not-a-boolean",
    message,
    meant === undefined ? "write true or false" : `write ${meant}${quotes}`,
  );
}

function explainMapping({ name, value, schema, written }: WrongValue): Explanation {
  const message = `${entryName(name)} is ${described(value, written)}, but must be a mapping of fields`;
  if (name === "") {
    const hint = "start it with `version: 1` and `namespace: …`; the entries go under `balances:`";
    return explanation("not-a-mapping", message, hint);
  }
  if (isBlock(value)) return explanation("not-a-mapping", message, hintForBlock(name));
  const [field = ""] = schema.required ?? [];
  const choices = schema.properties?.[field]?.enum;
  const meant = choices && typeof value === "string" ? didYouMean(value, choices, VALUE_SYNONYMS) : undefined;
  const example = meant ? `{ ${field}: ${meant} }` : exampleOf(schema);
  if (name.startsWith("balances.")) {
    return explanation(
      "not-a-mapping",
      message,
      "for example `- { customer_id: acme, feature_id: api_calls }`",
    );
  }
  if (example === undefined) {
    const fields = Object.keys(schema.properties ?? {}).map((one) => `\`${one}\``);
    return explanation("not-a-mapping", message, `write fields below it; there are ${fields.join(", ")}`);
  }
  return explanation("not-a-mapping", message, `write \`${assigned(name, example)}\``);
}

function explainList({ name, value, schema, written }: WrongValue): Explanation {
  if (Array.isArray(value)) {
    if (value.length === 0)
      return explanation("empty", `${subject(name)} is empty`, "write at least one, or remove the field");
    const most = schema.maxItems;
    return explanation(
      "too-long",
      `${subject(name)} has ${value.length} items, but may have ${most}`,
      "write fewer",
    );
  }
  const message = `${subject(name)} is ${described(value, written)}, but must be a list`;
  return explanation(
    "not-a-list",
    message,
    isBlock(value)
      ? hintForBlock(name)
      : schema.items?.type === "string" && (typeof value === "string" || typeof value === "number")
        ? `write it as a list: \`${assigned(name, `[${yamlText(String(value))}]`)}\``
        : "start every entry with `- `",
  );
}

/** Whether it is a text with a line break, as `|` and `>` make it. */
const isBlock = (value: unknown): boolean => typeof value === "string" && /[\r\n]/.test(value);

function hintForBlock(name: string): string {
  const where = name.startsWith("balances.") ? "" : ` after \`${name.slice(name.lastIndexOf(".") + 1)}:\``;
  return `remove the \`|\` or \`>\`${where}, which makes it text`;
}
