// Reports: a plan, an outcome or problems → text, Markdown and HTML for people, and what machines read. Pure functions; what is
// printed where, and in which colours, is the caller's business.

export { balancesCsv } from "./balances-csv.ts";
export { githubAnnotations } from "./ci/github-annotations.ts";
export { gitlabQuality } from "./ci/gitlab-quality.ts";
export { junit } from "./ci/junit.ts";
export { type SarifOptions, sarif } from "./ci/sarif.ts";
export { doctorJson, doctorText, leftOverText, setupJson, setupText } from "./doctor.ts";
export { explainJson } from "./explain/json.ts";
export { explainMarkdown } from "./explain/markdown.ts";
export { explainText } from "./explain/text.ts";
export type { ExplainReport } from "./explain/words.ts";
export { folded, forecastCalendar } from "./forecast/calendar.ts";
export { forecastCsv } from "./forecast/csv.ts";
export { forecastHtml } from "./forecast/html.ts";
export { forecastJson } from "./forecast/json.ts";
export { forecastText } from "./forecast/text.ts";
export type { ForecastReport } from "./forecast/words.ts";
export { historyCsv } from "./history/csv.ts";
export { historyJson } from "./history/json.ts";
export { type HistoryReport, historyText } from "./history/text.ts";
export { planHtml } from "./html/plan.ts";
export { type ImportReport, importJson, importText } from "./import.ts";
export { KINDS, tally } from "./kinds.ts";
export { COMMENT_LIMIT, LEAST_MARKDOWN } from "./markdown/length-limit.ts";
export { linkOrName, markdownPen } from "./markdown/pen.ts";
export { type PlanMarkdownOptions, planMarkdown } from "./markdown/plan.ts";
export { type ProblemsMarkdownOptions, problemsMarkdown } from "./markdown/problems.ts";
export { type TextMarkdownOptions, textMarkdown } from "./markdown/text.ts";
export { movedRefusals } from "./stale-plan.ts";
export { type DriftTextOptions, driftNotes, driftText } from "./text/drift.ts";
export { outcomeText } from "./text/outcome.ts";
export { type PlanTextOptions, planText } from "./text/plan.ts";
export { problemsText, type Severity } from "./text/problem.ts";
export { count, duration, moment, units } from "./words.ts";
