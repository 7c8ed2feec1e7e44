// The public part of this room: documents for machines, in the API's snake_case, complete and always in the same order;
// and saved plans, which are read again. One description of each gives its JSON and its JSON Schema. Pure.

export { type Json, type JsonDocument, writtenInstant } from "./codec.ts";
export { type DriftLog, driftJson } from "./drift.ts";
export { explainDocument } from "./explain.ts";
export { forecastDocument } from "./forecast.ts";
export { type HistoryDocumentEvent, historyDocument } from "./history.ts";
export {
  doctorDocument,
  errorJson,
  importDocument,
  setupDocument,
  type Validation,
  validationJson,
} from "./others.ts";
export { type ApplyStatus, applyJson, planJson } from "./plan.ts";
export {
  ForeignPlanError,
  kindOfDocument,
  readSavedPlan,
  showSavedPlan,
  type Trust,
} from "./read-saved-plan.ts";
export { claimKeyOf, lifetimeOf, type SavedPlan } from "./saved-plan.ts";
export { documentSchemas } from "./schema.ts";
export { jsonText } from "./text.ts";
export { MAX_LENGTH, savedPlanText } from "./write-saved-plan.ts";
