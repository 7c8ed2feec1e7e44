// Reports: a plan, an outcome or problems → text, Markdown and HTML for people, and what machines read. Pure functions; what is
// printed where, and in which colours, is the caller's business.

export { doctorJson, doctorText, leftOverText, setupJson, setupText } from "./doctor.ts";
export { driftJson } from "./drift-json.ts";
export { type DriftTextOptions, driftNotes, driftText } from "./drift-text.ts";
export { githubAnnotations } from "./github-annotations.ts";
export { gitlabQuality } from "./gitlab-quality.ts";
export { type HistoryReport, historyText } from "./history.ts";
export { historyCsv } from "./history-csv.ts";
export { historyJson } from "./history-json.ts";
export { type ImportReport, importJson, importText } from "./import.ts";
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
export { junit } from "./junit.ts";
export { COMMENT_LIMIT, LEAST_MARKDOWN } from "./markdown-room.ts";
export { outcomeText } from "./outcome-text.ts";
export { planHtml } from "./plan-html.ts";
export { type PlanMarkdownOptions, planMarkdown } from "./plan-markdown.ts";
export { type PlanTextOptions, planText } from "./plan-text.ts";
export { problemsText, type Severity } from "./problem-text.ts";
export { type ProblemsMarkdownOptions, problemsMarkdown } from "./problems-markdown.ts";
export { type SarifOptions, sarif } from "./sarif.ts";
export { type TextMarkdownOptions, textMarkdown } from "./text-markdown.ts";
export { count, duration, moment, units } from "./words.ts";
