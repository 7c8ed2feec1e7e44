// What a customer has and why, for people at a terminal.
import type { ExplainedFeature, ExplainedRow } from "../../explain/index.ts";
import { gitLine } from "../history/git.ts";
import { toSecond } from "../history/words.ts";
import { type Palette, palette } from "../text/palette.ts";
import { textPen } from "../text/pen.ts";
import { problemLines } from "../text/problem.ts";
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
export function explainText(report: ExplainReport, options: { readonly colours?: boolean } = {}): string {
  const paint = palette(options.colours ?? false);
  const sections = [
    [
      paint.bold(`Customer ${textPen.id(report.customerId)} has ${contents(report)}`),
      paint.dim(whereLine(report)),
      paint.dim(gitLine(report.git)),
    ],
    ...report.features.map((feature) => featureLines(feature, paint)),
    ...report.problems.map((problem) => problemLines(problem, "warning", paint)),
    notes(report),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function whereLine({ namespace, environment, baseUrl, madeAt }: ExplainReport): string {
  const where = environment === null ? textPen.id(baseUrl) : `${textPen.id(baseUrl)} (${environment})`;
  return `namespace ${textPen.id(namespace)} at ${where}, ${toSecond(madeAt)}`;
}

function featureLines(feature: ExplainedFeature, paint: Palette): string[] {
  const { featureId, rows, pending, isOnByPlan, isUnlimited } = feature;
  return [
    `${paint.bold(textPen.id(featureId))}: ${featureTotal(feature)}`,
    ...(isOnByPlan ? ["     on by a plan, or by another grant that is not shown"] : []),
    ...rows.flatMap((row) => rowLines(row, isUnlimited, paint)),
    ...pending.flatMap((change) => {
      const [first, ...more] = pendingLines(change, textPen);
      return [`  ${paint.green("+")}  ${first}`, ...more.map((line) => paint.dim(`       ${line}`))];
    }),
  ];
}

function rowLines(one: ExplainedRow, isEndless: boolean, paint: Palette): string[] {
  const sign = one.use === null ? (one.isHistory ? "–" : " ") : String(one.use);
  const title = one.isHistory ? paint.dim(rowTitle(one, textPen)) : paint.bold(rowTitle(one, textPen));
  return [
    `${sign.padStart(3)}  ${title}  ${rowHolds(one)}`,
    ...rowDetails(one, isEndless, textPen).map((line) => paint.dim(`       ${line}`)),
  ];
}
