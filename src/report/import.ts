// What an import found, for people and for machines: what is declared by it, what was before, and what is left out.

import { importDocument, type JsonDocument } from "../document/index.ts";
import type { LeftOut, Proposal, Row, Scope } from "../reconcile/index.ts";
import { desiredBalance, type Environment } from "../schema/index.ts";
import { brief, MESSAGE_LENGTH } from "../text/index.ts";
import { stored } from "./change-words.ts";
import { palette } from "./text/palette.ts";
import { count, units } from "./words.ts";

export interface ImportReport {
  readonly namespace: string;
  readonly environment: Environment | null;
  readonly baseUrl: string;
  readonly scope: Scope;
  /** Customers that were looked at. */
  readonly customers: number;
  /** The file that the entries are in now; `null` when none was to be written. */
  readonly file: string | null;
  readonly proposals: readonly Proposal[];
  readonly leftOut: readonly LeftOut[];
  /** Balances that were declared before. */
  readonly declared: number;
  /** Balances of plans that public reads show. */
  readonly ofPlans: number;
}

/** How many balances that are left out are listed. */
const LISTED = 20;

/** Everything but the entries themselves; ends with a line break. */
export function importText(report: ImportReport, options: { readonly colours?: boolean } = {}): string {
  const paint = palette(options.colours ?? false);
  const { proposals, leftOut } = report;
  const sections = [
    [paint.bold(headline(report)), paint.dim(whereLine(report)), ...otherLines(report)],
    leftOutSection(leftOut),
    leftOut.length === 0
      ? []
      : ["To declare one of them, write its entry yourself: the plan shows what that changes."],
    proposals.length === 0
      ? []
      : ["Nothing has been changed in Autumn, and a plan has nothing to do for them."],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function headline({ proposals, file }: ImportReport): string {
  if (proposals.length === 0) return "Nothing to import.";
  const customers = new Set(proposals.map(({ entry }) => entry.customer_id)).size;
  const adopted = proposals.filter(({ entry }) => entry.adopt !== undefined).length;
  const what = `${count(proposals.length, "balance")} of ${count(customers, "customer")}`;
  const adoptions = adopted === 0 ? "" : `, ${units(adopted)} adopted`;
  return `Imported${file === null ? "" : ` into ${brief(file)}`}: ${what}${adoptions}.`;
}

function whereLine({ namespace, environment, baseUrl, customers }: ImportReport): string {
  const where = environment === null ? brief(baseUrl) : `${brief(baseUrl)} (${environment})`;
  return `namespace ${brief(namespace)} at ${where}, ${count(customers, "customer")} looked at`;
}

function otherLines({ declared, ofPlans }: ImportReport): string[] {
  const have = (n: number, one: string, many: string): string =>
    `${count(n, "balance")} ${n === 1 ? one : many}`;
  return [
    ...(declared === 0 ? [] : [`${have(declared, "was", "were")} declared before.`]),
    ...(ofPlans === 0 ? [] : [`${have(ofPlans, "comes", "come")} from plans, which go on granting them.`]),
  ];
}

function leftOutSection(leftOut: readonly LeftOut[]): string[] {
  if (leftOut.length === 0) return [];
  const more = leftOut.length - LISTED;
  return [
    `Left out: ${count(leftOut.length, "balance")}`,
    ...leftOut.slice(0, LISTED).flatMap(leftOutLines),
    ...(more > 0 ? [`  … and ${units(more)} more; --format json lists all of them`] : []),
  ];
}

function leftOutLines({ row, text }: LeftOut): string[] {
  const where = `customer ${brief(row.customerId)}: ${rowName(row)}  ${stored(row)}`;
  return [`  ${where}`, `      because ${brief(text, MESSAGE_LENGTH)}`];
}

/** `bonus (api_calls)`: the balance_id, and what it is of. */
function rowName({ balanceId, internalId, featureId, entityId }: Row): string {
  const of = entityId == null ? featureId : `${featureId}@${entityId}`;
  const name = balanceId ?? internalId;
  return name === null ? brief(of) : `${brief(name)} (${brief(of)})`;
}

/** What `import --format json` prints. */
export function importJson(report: ImportReport): JsonDocument {
  const { proposals, leftOut, declared, ofPlans } = report;
  const json = importDocument.write({
    ...report,
    summary: {
      imported: proposals.length,
      adopted: proposals.filter(({ entry }) => entry.adopt !== undefined).length,
      declared,
      ofPlans,
      leftOut: leftOut.length,
    },
    balances: proposals.map(({ entry, row }) => ({ desired: desiredBalance(entry), row })),
  });
  return json as JsonDocument;
}
