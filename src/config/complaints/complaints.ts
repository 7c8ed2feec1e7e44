// Turns the validator's errors into one plain problem for each mistake, at the place where it is written.
import { balanceRules, type Problem, type SchemaError } from "../../schema/index.ts";
import { printable } from "../../text/index.ts";
import type { Places, Spelled } from "../yaml/places.ts";
import { pointerParts, pointerTo, valueAt } from "../yaml/pointer.ts";
import { fieldName, schemaAt } from "../yaml/schema-at.ts";
import type { Explanation } from "./explanation.ts";
import { explainField } from "./field.ts";
import { badName, missingField, unknownField } from "./names.ts";

/** Errors that only repeat another one: in branches of `if` or `anyOf`, and in patterns of names. */
const isEcho = ({ keyword, schemaPath }: SchemaError): boolean =>
  keyword === "if" || schemaPath.includes("/anyOf/") || schemaPath.includes("/propertyNames/");

/**
 * @param value what was validated
 * @param tree where it is written; without it the problems have no places
 * @param spelled how it is written, where no tree tells
 */
export function complaintsOf(
  errors: readonly SchemaError[],
  value: unknown,
  tree?: Places,
  spelled: Spelled | undefined = tree,
): Problem[] {
  const said = new Map<string, Problem>();
  const meant = new Set<string>();
  const say = (kind: string, pointer: string, explanation: Explanation, at: "name" | "value") => {
    const place = at === "name" ? tree?.placeOfName(pointer) : tree?.placeOfValue(pointer);
    const id = `${kind} ${pointer}`;
    if (!said.has(id)) said.set(id, { ...explanation, ...(place ? { place } : {}), pointer });
  };

  for (const error of errors) {
    const { instancePath, schemaPath, keyword, params } = error;
    if (isEcho(error) || tree?.hasComplaint(instancePath)) continue;
    if (keyword === "required") {
      const name = String(params.missingProperty);
      say(`missing ${name}`, instancePath, missingField(name, schemaAt(schemaPath)), "value");
    } else if (keyword === "additionalProperties") {
      const name = String(params.additionalProperty);
      if (tree?.hasNameComplaint(pointerTo(instancePath, name))) continue;
      const { explanation, suggestion } = unknownField(name, schemaAt(schemaPath));
      if (suggestion) meant.add(`missing ${suggestion} ${instancePath}`);
      say("unknown", pointerTo(instancePath, name), explanation, "name");
    } else if (keyword === "false schema") {
      say("rule", instancePath, brokenRule(schemaPath, instancePath), "name");
    } else if (keyword === "propertyNames") {
      const name = String(params.propertyName);
      say("value", pointerTo(instancePath, name), badName(name, fieldName(instancePath), schemaPath), "name");
    } else {
      const found = valueAt(value, instancePath);
      const written = spelled?.written(instancePath);
      const name = fieldName(instancePath);
      const explanation = explainField({
        name,
        value: found,
        written,
        spelling: spelled?.spelling(instancePath),
        isOptional: !isRequired(schemaPath),
        schema: schemaAt(schemaPath),
      });
      say("value", instancePath, explanation, found === null ? "name" : "value");
    }
  }
  // A misspelled field is not also a missing one, and one that is not there breaks no rule.
  for (const id of meant) said.delete(id);
  for (const id of said.keys()) if (id.startsWith("unknown ")) said.delete(id.replace("unknown", "rule"));
  return [...said.values()];
}

/** Whether the value that the error at this `schemaPath` is about is required. */
function isRequired(schemaPath: string): boolean {
  const [, owner, name] = /^(.*)\/properties\/([^/]+)\/[^/]+$/.exec(schemaPath) ?? [];
  return name !== undefined && schemaAt(`${owner}/type`).required?.includes(name) === true;
}

/** The message of rule n, for an error at `#/$defs/balance/allOf/<n>/then/…/false schema`. */
function brokenRule(schemaPath: string, pointer: string): Explanation {
  const index = Number(/\/allOf\/(\d+)\//.exec(schemaPath)?.[1]);
  const rule = balanceRules[index];
  const field = printable(pointerParts(pointer).at(-1) ?? "");
  if (!rule) return { code: "not-allowed", message: `\`${field}\` is not allowed here` };
  const fill = (text: string) => text.replaceAll("{field}", field);
  return { code: rule.id, message: fill(rule.message), hint: fill(rule.hint) };
}
