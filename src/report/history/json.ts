// What became of balances, as a document for machines.
import type { GitHistory } from "../../config/index.ts";
import { type HistoryDocumentEvent, historyDocument, type JsonDocument } from "../../document/index.ts";
import {
  changedFields,
  type Disagreement,
  type EntryEvent,
  type HistoryEvent,
  type RowEvent,
} from "../../history/index.ts";
import type { Row } from "../../reconcile/index.ts";
import { disagreementText } from "./git.ts";
import type { HistoryReport } from "./text.ts";

/** What `history --format json` prints. */
export function historyJson(report: HistoryReport): JsonDocument {
  const names = report.timelines.flatMap((one) => one.events.map(nameOf));
  const counted = (name: EventName): number => names.filter((one) => one === name).length;
  return historyDocument.write({
    ...report,
    missingCustomers: report.missing,
    git: gitOf(report.git),
    summary: {
      ended: counted("ended"),
      usedUp: counted("used_up"),
      appeared: counted("appeared"),
      changed: counted("changed"),
      removed: counted("removed"),
      earlier: report.earlier,
      disagreements: report.disagreements.length,
    },
    timelines: report.timelines.map(({ customerId, isMissing, events }) => ({
      customerId,
      exists: !isMissing,
      events: events.map((event) => (event.type === "row" ? rowEventOf(event) : entryEventOf(event))),
    })),
    disagreements: report.disagreements.map(disagreementOf),
  }) as JsonDocument;
}

type EventName = HistoryDocumentEvent["event"];

/** What happened, by its name in JSON and CSV. */
export const nameOf = (event: HistoryEvent): EventName =>
  event.type === "row" ? event.ended.state : event.happened;

const gitOf = (git: GitHistory) =>
  git.kind === "none"
    ? { status: "none" as const, reason: git.reason }
    : { ...git, status: "read" as const, wrongVersions: git.wrong, absentVersions: git.absent };

/** `null` for what has no units. */
const unitsOf = ({ boolean, unlimited }: Row, units: number): number | null =>
  boolean || unlimited ? null : units;

function rowEventOf({ at, ended }: RowEvent): HistoryDocumentEvent {
  const { state, key, generation, row, replacedBy, idFreeAt } = ended;
  return {
    ...row,
    event: state,
    at,
    key,
    generation,
    entityId: row.entityId ?? null,
    granted: unitsOf(row, row.grant),
    used: unitsOf(row, row.usage),
    createdAt: row.createdAt ?? null,
    replacedBy: replacedBy?.balanceId ?? null,
    idFreeAt,
  };
}

function entryEventOf({ at, key, happened, change }: EntryEvent): HistoryDocumentEvent {
  const { before, after, commit } = change;
  const fields = before === null || after === null ? [] : changedFields(before, after);
  return { event: happened, at, key, commit, fields, before, after };
}

const disagreementOf = (one: Disagreement) => ({
  ...one,
  text: disagreementText(one),
  balanceId: one.row.balanceId,
  featureId: one.row.featureId,
  state: one.ended?.state ?? ("live" as const),
  granted: unitsOf(one.row, one.row.grant),
  endedAt: one.ended?.state === "ended" ? one.ended.at : null,
});
