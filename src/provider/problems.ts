// What the engine finds wrong, as Terraform shows it.
import type { Problem } from "../schema/index.ts";
import { DiagnosticError } from "./protocol/index.ts";

const sentence = (text: string): string => `${text[0]?.toUpperCase() ?? ""}${text.slice(1)}`;

/** Codes of problems that are about one attribute. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  "unknown-feature": "feature_id",
  "boolean-feature": "feature_id",
  "no-grant": "included",
  "feature-does-not-reset": "reset",
  "unknown-customer": "customer_id",
  customer_not_found: "customer_id",
  "unknown-entity": "entity_id",
  entity_not_found: "entity_id",
  "feature-of-the-entity": "entity_id",
};

/** An error for Terraform that says everything that is wrong. */
export function problemsError(problems: readonly Problem[]): DiagnosticError {
  const [first, ...rest] = problems;
  const details = [
    ...(first?.hint ? [`${sentence(first.hint)}.`] : []),
    ...rest.map(({ message, hint }) => `${sentence(message)}.${hint ? ` ${sentence(hint)}.` : ""}`),
  ];
  const attribute = ATTRIBUTES[first?.code ?? ""];
  return new DiagnosticError(sentence(first?.message ?? "Something is wrong"), {
    ...(details.length > 0 ? { detail: details.join("\n") } : {}),
    ...(attribute ? { path: [attribute] } : {}),
  });
}
