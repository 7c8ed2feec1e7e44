// What a customer has and why, as Markdown for tickets and pull requests.
import type { ExplainedFeature, ExplainedRow } from "../../explain/index.ts";
import { toSecond } from "../history/words.ts";
import { markdownPen } from "../markdown/pen.ts";
import {
  contents,
  type ExplainReport,
  featureTotal,
  notes,
  pendingLines,
  rowDetails,
  rowHolds,
  rowTitle,
} from "./words.ts";

/** Ends with a line break. */
export function explainMarkdown(report: ExplainReport): string {
  const { customerId, namespace, environment, baseUrl, madeAt, features, problems } = report;
  const where = environment === null ? "" : ` (${environment})`;
  const sections = [
    `## Customer ${markdownPen.id(customerId)} has ${contents(report)}`,
    `Namespace ${markdownPen.id(namespace)} at ${markdownPen.id(baseUrl)}${where}, ${toSecond(madeAt)}`,
    ...features.map(featureSection),
    ...problems.map(({ message }) => `**Warning:** ${markdownPen.prose(message)}`),
    ...notes(report),
  ];
  return `${sections.join("\n\n")}\n`;
}

function featureSection(feature: ExplainedFeature): string {
  const { featureId, rows, pending, isOnByPlan, isUnlimited } = feature;
  const items = [
    ...(isOnByPlan ? ["- on by a plan, or by another grant that is not shown"] : []),
    ...rows.map((row) => rowItem(row, isUnlimited)),
    ...pending.map((change) => {
      const [first, ...more] = pendingLines(change, markdownPen);
      return [`- **to come**: ${first}`, ...more.map((line) => `  - ${line}`)].join("\n");
    }),
  ];
  return [`### ${markdownPen.id(featureId)}: ${featureTotal(feature)}`, items.join("\n")].join("\n\n");
}

function rowItem(one: ExplainedRow, isEndless: boolean): string {
  const place = one.use === null ? (one.isHistory ? "over" : "not used") : `used as no. ${one.use}`;
  return [
    `- ${rowTitle(one, markdownPen)}: ${rowHolds(one)} (${place})`,
    ...rowDetails(one, isEndless, markdownPen).map((line) => `  - ${line}`),
  ].join("\n");
}
