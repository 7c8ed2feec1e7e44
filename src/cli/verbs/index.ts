export { applyFiles } from "./apply.ts";
export { applySavedPlan } from "./apply-saved.ts";
export { readDrift } from "./drift.ts";
export { explainedReport } from "./explain.ts";
export { forecastReport } from "./forecast.ts";
export { savePlan } from "./plan.ts";
export { allRight, checkFiles } from "./validate.ts";
