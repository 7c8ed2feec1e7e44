// What a provider has to say to the user: errors and warnings, each at its place in the configuration.
import type { Path } from "../values/value.ts";

export interface Diagnostic {
  readonly severity: "error" | "warning";
  /** One line. */
  readonly summary: string;
  /** What the user can do; may have several paragraphs. */
  readonly detail?: string | undefined;
  /** Where in the object: `["reset", "interval"]`, `["tags", { key: "a" }]`, `["list", 0]`. */
  readonly path?: Path | undefined;
}

/** Something is wrong, and nothing was changed: throw it from any operation. */
export class DiagnosticError extends Error {
  override readonly name = "DiagnosticError";
  readonly diagnostics: readonly Diagnostic[];

  /**
   * @example
   * throw new DiagnosticError("No such customer", { detail: "Create it first.", path: ["customer_id"] });
   */
  constructor(
    summary: string,
    options: { readonly detail?: string; readonly path?: Path; readonly cause?: unknown } = {},
  ) {
    super(summary, options.cause === undefined ? undefined : { cause: options.cause });
    this.diagnostics = [{ severity: "error", summary, detail: options.detail, path: options.path }];
  }
}

/** What a provider function found wrong with its arguments. */
export class FunctionError extends Error {
  override readonly name = "FunctionError";

  /** @param argument the place of the argument that is wrong, from 0 */
  constructor(
    text: string,
    readonly argument?: number,
  ) {
    super(text);
  }
}
