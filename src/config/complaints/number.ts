// Explains what is wrong with a number: it is text (`50_000`, `"5"`, `50k`), or out of range.

import { printable } from "../../text/index.ts";
import { exampleOf, type FieldSchema } from "../yaml/schema-at.ts";
import { described } from "./described.ts";
import { type Explanation, explanation, type WrongValue } from "./explanation.ts";

export function explainNumber({ name, value, schema, written }: WrongValue): Explanation {
  const field = `\`${printable(name)}\``;
  const kind = schema.type === "integer" ? "a whole number" : "a number";
  const is = `${field} is ${described(value, written)}, but must be ${kind}`;
  if (typeof value !== "number") return explanation("not-a-number", is, hintForText(name, value, schema));
  return explanation("out-of-range", `${is}${bounds(value, schema)}`, hintForRange(name, value, schema));
}

function hintForText(name: string, value: unknown, schema: FieldSchema): string {
  const meant = typeof value === "string" ? numberIn(value) : undefined;
  if (meant !== undefined) return `write ${meant}${meant === value ? ", without quotes" : ""}`;
  const example = exampleOf(schema);
  return example ? `for example \`${name.slice(name.lastIndexOf(".") + 1)}: ${example}\`` : "write a number";
}

function bounds(value: number, { minimum, exclusiveMinimum, maximum }: FieldSchema): string {
  // The largest safe integer is a limit of the format: naming it in every message would only distract.
  const most =
    maximum !== undefined && (maximum < Number.MAX_SAFE_INTEGER || value > maximum) ? maximum : undefined;
  if (minimum !== undefined)
    return most === undefined ? ` of at least ${minimum}` : ` from ${minimum} to ${most}`;
  if (exclusiveMinimum !== undefined)
    return ` above ${exclusiveMinimum}${most === undefined ? "" : `, at most ${most}`}`;
  return most === undefined ? "" : ` of at most ${most}`;
}

function hintForRange(name: string, value: number, schema: FieldSchema): string {
  const { type, minimum, exclusiveMinimum, maximum } = schema;
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) {
    return name.startsWith("included")
      ? "to grant nothing, remove the entry"
      : "write more, or remove the field";
  }
  if (maximum === Number.MAX_SAFE_INTEGER)
    return "for no limit at all, leave it out and write `unlimited: true`";
  const whole = type === "integer" ? Math.round(value) : value;
  return `the closest that is allowed is ${Math.min(Math.max(whole, minimum ?? whole), maximum ?? whole)}`;
}

/** The number in a text such as `50_000`, `50,000`, `5 k` or `2M`. */
function numberIn(text: string): string | undefined {
  const match = /^([+-]?(?:\d{1,3}(?:[,'_ ]\d{3})+|[\d_]*\d)(?:\.\d+)?) ?([km]?)$/i.exec(
    text.trim().slice(0, 40),
  );
  if (!match?.[1]) return undefined;
  const digits = match[1].replace(/[_,' +]/g, "");
  const factor = { k: 1e3, m: 1e6 }[match[2]?.toLowerCase() ?? ""];
  // Without a factor, the digits stay as written: no rounding, no exponent.
  return factor === undefined ? digits : String(Math.round(Number(digits) * factor * 1e6) / 1e6);
}
