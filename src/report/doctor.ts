// What `doctor` found, for people and for machines: the facts of a server, and the checks of a setup.
import { type Check, type Examination, type FactResult, type LeftOver, PROMISES } from "../doctor/index.ts";
import { doctorDocument, type JsonDocument, setupDocument } from "../document/index.ts";
import { brief, MESSAGE_LENGTH, visible } from "../text/index.ts";
import { type Palette, palette } from "./text/palette.ts";
import { count, units } from "./words.ts";

export interface DoctorReport {
  readonly baseUrl: string;
  readonly toolVersion: string;
  readonly apiVersion: string;
  readonly examination: Examination;
}

interface DoctorTextOptions {
  readonly colours?: boolean;
  /** Tell what was seen also where a fact holds. */
  readonly full?: boolean;
}

const VERDICTS: Readonly<
  Record<FactResult["verdict"], { readonly word: string; readonly paint: keyof Palette }>
> = {
  holds: { word: "holds", paint: "green" },
  does_not_hold: { word: "differs", paint: "red" },
  not_tried: { word: "not tried", paint: "yellow" },
};
const WORD_WIDTH = 10;
const INDENT = " ".repeat(WORD_WIDTH + 3);

/** The facts, group by group; ends with a line break. */
export function doctorText(report: DoctorReport, options: DoctorTextOptions = {}): string {
  const paint = palette(options.colours ?? false);
  const { results, leftOver } = report.examination;
  const groups = [...new Set(results.map(({ group }) => group))];
  const sections = [
    [paint.bold(headline(report)), paint.dim(whereLine(report))],
    ...groups.map((group) => [
      group,
      ...results
        .filter((result) => result.group === group)
        .flatMap((result) => factLines(result, options.full === true, paint)),
    ]),
    leftOverLines(leftOver),
  ];
  return asText(sections);
}

function headline({ examination: { results, interrupted } }: DoctorReport): string {
  const counted = (verdict: FactResult["verdict"]): number =>
    results.filter((result) => result.verdict === verdict).length;
  const untried = counted("not_tried");
  const differing = results.filter(({ verdict }) => verdict === "does_not_hold").map(({ fact }) => fact.id);
  const first = interrupted
    ? `Stopped: ${units(counted("holds"))} of ${count(results.length, "fact")} were seen to hold`
    : `${units(counted("holds"))} of ${count(results.length, "fact")} hold`;
  const rest = [
    ...(differing.length === 0 ? [] : [`not so: ${differing.join(", ")}`]),
    ...(untried === 0 ? [] : [`${units(untried)} not tried`]),
  ];
  return `${[first, ...rest].join("; ")}.`;
}

function whereLine({ baseUrl, toolVersion, apiVersion, examination: { name } }: DoctorReport): string {
  return `${brief(baseUrl)} (sandbox), autumn-balances ${toolVersion}, API ${apiVersion}, tried under the name ${name}`;
}

function factLines({ fact, verdict, seen, variant }: FactResult, full: boolean, paint: Palette): string[] {
  const { word, paint: colour } = VERDICTS[verdict];
  const line = `  ${paint[colour](word.padEnd(WORD_WIDTH))} ${paint.bold(fact.id)}: ${fact.expected}`;
  const shown = brief(seen, MESSAGE_LENGTH);
  if (verdict === "not_tried") return [line, `${INDENT}${shown}`];
  const which = variant === null ? [] : [`${INDENT}here: ${variant}`];
  if (verdict === "holds") return [line, ...(full ? [`${INDENT}seen: ${shown}`] : []), ...which];
  return [
    line,
    `${INDENT}seen: ${shown}`,
    `${INDENT}weaker here: ${PROMISES[fact.promise]}`,
    `${INDENT}${fact.otherwise}`,
  ];
}

/** What could not be removed; nothing when everything was. */
export function leftOverText(leftOver: readonly LeftOver[]): string {
  return asText([leftOverLines(leftOver)]);
}

function leftOverLines(leftOver: readonly LeftOver[]): string[] {
  if (leftOver.length === 0) return [];
  return [
    `${count(leftOver.length, "thing")} that this made could not be removed from the sandbox:`,
    ...leftOver.map(({ kind, id, why }) => `  ${kind} ${brief(id)}: ${brief(why, MESSAGE_LENGTH)}`),
  ];
}

/** What `doctor --format json` prints. */
export function doctorJson({ examination, ...report }: DoctorReport): JsonDocument {
  const { results } = examination;
  const counted = (verdict: FactResult["verdict"]): number =>
    results.filter((result) => result.verdict === verdict).length;
  const json = doctorDocument.write({
    ...report,
    ...examination,
    summary: {
      holds: counted("holds"),
      doesNotHold: counted("does_not_hold"),
      notTried: counted("not_tried"),
    },
    facts: results.map(({ fact, notTried, ...result }) => ({
      ...fact,
      ...result,
      notTriedBecause: notTried,
    })),
  });
  return json as JsonDocument;
}

const STATUSES: Readonly<Record<Check["status"], keyof Palette>> = {
  ok: "green",
  warning: "yellow",
  problem: "red",
};

/** The checks of a setup, one a line; ends with a line break. */
export function setupText(checks: readonly Check[], options: { readonly colours?: boolean } = {}): string {
  const paint = palette(options.colours ?? false);
  const width = Math.max(...checks.map(({ id }) => id.length));
  const lines = checks.flatMap(({ id, status, says, hint }) => [
    `${paint[STATUSES[status]](status.padEnd(7))} ${visible(id).padEnd(width)}  ${brief(says, MESSAGE_LENGTH)}`,
    ...(hint === null ? [] : [`${" ".repeat(8)}${" ".repeat(width)}  hint: ${brief(hint, MESSAGE_LENGTH)}`]),
  ]);
  return asText([[paint.bold(setupHeadline(checks))], lines]);
}

function setupHeadline(checks: readonly Check[]): string {
  const problems = checks.filter(({ status }) => status === "problem").length;
  const warnings = checks.filter(({ status }) => status === "warning").length;
  if (problems + warnings === 0) return "Nothing in the way on this machine.";
  const found = [
    ...(problems === 0 ? [] : [count(problems, "problem")]),
    ...(warnings === 0 ? [] : [count(warnings, "warning")]),
  ];
  return `${found.join(", ")}.`;
}

/** What `doctor --offline --format json` prints. */
export function setupJson(checks: readonly Check[], toolVersion: string): JsonDocument {
  const counted = (status: Check["status"]): number =>
    checks.filter((check) => check.status === status).length;
  const summary = { ok: counted("ok"), warning: counted("warning"), problem: counted("problem") };
  return setupDocument.write({ toolVersion, summary, checks }) as JsonDocument;
}

function asText(sections: readonly (readonly string[])[]): string {
  const filled = sections.filter((lines) => lines.length > 0).map((lines) => lines.join("\n"));
  return filled.length === 0 ? "" : `${filled.join("\n\n")}\n`;
}
