// Terraform's plugin protocol 6 from Node: describe a provider as a plain object and serve it. Nothing in here
// knows what a balance is.
export { type Diagnostic, DiagnosticError, FunctionError } from "./framework/diagnostics.ts";
export type { Planned, State, ValueOf } from "./framework/infer.ts";
export { planWithUnknowns } from "./framework/plan.ts";
export type * from "./framework/provider.ts";
export type {
  Attribute,
  Attributes,
  NestedAttribute,
  Schema,
  ValueAttribute,
} from "./framework/schema.ts";
export { serveProvider } from "./process/serve.ts";
export { sameValue } from "./values/equal.ts";
export { type CtyNumber, ExactDecimal, numberFromDecimal, sameNumber } from "./values/number.ts";
export type { CtyType } from "./values/type.ts";
export {
  type CtyObject,
  type CtyValue,
  type Path,
  type PathStep,
  TypedValue,
  UNKNOWN,
  type Unknown,
} from "./values/value.ts";
