// Diagnostics as Terraform's messages, and anything that was thrown as diagnostics.
import { inspect } from "node:util";
import { visible, visibleLines } from "../../../text/index.ts";
import { type Path, showPath, ValueError } from "../values/value.ts";
import {
  type AttributePath,
  type AttributePath_Step,
  Diagnostic_Severity as Severity,
  type Diagnostic as WireDiagnostic,
} from "../wire/tfplugin6.generated.ts";
import { type Diagnostic, DiagnosticError } from "./diagnostics.ts";

/** A path as Terraform's message. */
export function pathOnWire(path: Path): AttributePath {
  return {
    steps: path.map((step): AttributePath_Step => {
      if (typeof step === "string") return { selector: { $case: "attributeName", value: step } };
      if (typeof step === "number") return { selector: { $case: "elementKeyInt", value: step } };
      return { selector: { $case: "elementKeyString", value: step.key } };
    }),
  };
}

/**
 * A diagnostic as Terraform's message. Terraform 1.11 finds the line of an attribute, but not of what is inside it: for
 * a longer path it shows the first line of the resource. So the path names only the attribute, and the detail says the
 * rest.
 */
export function diagnosticOnWire({ severity, summary, detail = "", path = [] }: Diagnostic): WireDiagnostic {
  const inside = path.length > 1 ? `At ${showPath(path)}.` : "";
  return {
    severity: severity === "error" ? Severity.ERROR : Severity.WARNING,
    // Terraform shows both as they are, and what they quote may come from anywhere.
    summary: visible(summary),
    detail: [detail, inside]
      .filter((part) => part !== "")
      .map(visibleLines)
      .join("\n\n"),
    ...(path.length > 0 && { attribute: pathOnWire(path.slice(0, 1)) }),
  };
}

/** What an operation threw, as diagnostics. What nobody expected is written to stderr with its stack too. */
export function diagnosticsOf(thrown: unknown, operation: string): readonly Diagnostic[] {
  if (thrown instanceof DiagnosticError) return thrown.diagnostics;
  if (thrown instanceof ValueError) {
    const summary = `${operation}: a value does not fit the schema`;
    return [{ severity: "error", summary, detail: thrown.message, path: thrown.path }];
  }
  if (thrown instanceof Error && thrown.name === "AbortError")
    return [{ severity: "error", summary: `${operation} was interrupted`, detail: thrown.message }];
  console.error(visibleLines(`${operation}: ${inspect(thrown)}`));
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const detail = `${message}\n\nThis is a mistake in the provider: please report it, with the log of TF_LOG=debug.`;
  return [{ severity: "error", summary: `${operation} failed unexpectedly`, detail }];
}
