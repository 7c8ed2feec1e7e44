// Reports: a plan, an outcome or problems → text for people and JSON for machines. Pure functions; what is
// printed where, and in which colours, is the caller's business.
export {
  type ApplyStatus,
  applyJson,
  errorJson,
  jsonText,
  planJson,
  type Validation,
  validationJson,
} from "./json.ts";
export type { JsonDocument } from "./json-parts.ts";
export { outcomeText } from "./outcome-text.ts";
export { type PlanTextOptions, planText } from "./plan-text.ts";
export { problemsText, type Severity } from "./problem-text.ts";
export { brief, visible } from "./visible.ts";
export { count, duration, moment, units } from "./words.ts";
