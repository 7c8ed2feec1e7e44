export { ask } from "./ask.ts";
export { type Connection, connect } from "./connection.ts";
export { type Applied, endWithout, execute, showPlan } from "./execute.ts";
export { EXIT, type ExitCode } from "./exit-codes.ts";
export { problemsOf, RefusedError, reportFailure } from "./failure.ts";
export { type ForecastOptions, forecastOptions } from "./forecast-options.ts";
export { gitHistoryOf } from "./git-history.ts";
export {
  type ExplainOptions,
  explainOptions,
  type HistoryOptions,
  historyOptions,
} from "./history-options.ts";
export { finishingWhenInterrupted, untilInterrupted } from "./interruption.ts";
export { when } from "./moments.ts";
export { namespaceOf } from "./namespace.ts";
export {
  type ApplyOptions,
  applyOptions,
  approvalOptions,
  type DoctorOptions,
  type DriftOptions,
  doctorOptions,
  driftOptions,
  driftShowOptions,
  type EmulatorVerbOptions,
  type ExportOptions,
  exportOptions,
  type ImportOptions,
  importOptions,
  number,
  outputOptions,
  type PlanOptions,
  refuseBlanks,
  type SessionOptions,
  SHOWN_CHANGES,
  type ShowOptions,
  sessionOptions,
  showOptions,
} from "./options.ts";
export { kindOfFile, readPlanFile, writePlanFile } from "./plan-file.ts";
export { loadPolicy, POLICY_FILE } from "./policy.ts";
export { printPlan } from "./print-plan.ts";
export { doctorProgress, importProgress, Progress } from "./progress.ts";
export { fromRoot, placedFromRoot, repositoryRoot } from "./repository-root.ts";
export { membersFrom, openSession, requestOf, type Session, whileReading } from "./session.ts";
export { suggestion } from "./suggestion.ts";
export { lookAround } from "./surroundings.ts";
export { type LogLevel, type OutputOptions, Terminal, VALIDATE_FORMATS } from "./terminal.ts";
export { VERSION } from "./version.ts";
export { replaceFile, unwritable } from "./write-file.ts";
