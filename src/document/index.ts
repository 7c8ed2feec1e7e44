// Documents: what machines read, in the API's snake_case, always in the same order, and complete; saved plans, which
// are read again. One description of each gives its JSON and its schema. Pure.

export {
  amount,
  anything,
  FORMAT_VERSION,
  instant,
  type Json,
  type JsonDocument,
  nullable,
  writtenInstant,
} from "./codec.ts";
export { type DriftLog, driftJson } from "./drift.ts";
export {
  doctorDocument,
  errorJson,
  importDocument,
  setupDocument,
  type Validation,
  validationJson,
} from "./others.ts";
export { desired, problem, reset, row } from "./parts.ts";
export { type ApplyStatus, applyJson, planJson } from "./plan.ts";
export {
  ForeignPlanError,
  kindOfDocument,
  readSavedPlan,
  showSavedPlan,
  type Trust,
} from "./read-saved-plan.ts";
export { claimKeyOf, lifetimeOf, type SavedPlan } from "./saved-plan.ts";
export { planSchema } from "./schema.ts";
export { jsonText } from "./text.ts";
export { MAX_LENGTH, savedPlanText } from "./write-saved-plan.ts";
