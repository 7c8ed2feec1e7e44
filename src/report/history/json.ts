// What became of balances, as a document for machines, as schema/history.schema.json describes it.
import type { Commit, GitHistory } from "../../config/index.ts";
import {
  amount,
  anything,
  desired,
  FORMAT_VERSION,
  instant,
  type Json,
  type JsonDocument,
  nullable,
  reset,
} from "../../document/index.ts";
import {
  type CustomerTimeline,
  changedFields,
  type Disagreement,
  type EntryEvent,
  type HistoryEvent,
  type RowEvent,
} from "../../history/index.ts";
import { disagreementText } from "./git.ts";
import type { HistoryReport } from "./text.ts";

const when = nullable(instant);
const entry = nullable(desired);

/** What `history --format json` prints. */
export function historyJson(report: HistoryReport): JsonDocument {
  const events = report.timelines.flatMap((one) => one.events);
  const counted = (name: string): number => events.filter((event) => nameOf(event) === name).length;
  return {
    format_version: FORMAT_VERSION,
    kind: "history",
    namespace: report.namespace,
    environment: report.environment,
    base_url: report.baseUrl,
    made_at: when.write(report.madeAt),
    since: when.write(report.since),
    scope: report.scope,
    customers: report.customers,
    missing_customers: [...report.missing],
    git: gitJson(report.git),
    summary: {
      ended: counted("ended"),
      used_up: counted("used_up"),
      appeared: counted("appeared"),
      changed: counted("changed"),
      removed: counted("removed"),
      earlier: report.earlier,
      disagreements: report.disagreements.length,
    },
    timelines: report.timelines.map(timelineJson),
    disagreements: report.disagreements.map(disagreementJson),
  };
}

/** What happened, in the words of machines. */
export const nameOf = (event: HistoryEvent): string =>
  event.type === "row" ? event.ended.state : event.happened;

function gitJson(git: GitHistory): Json {
  if (git.kind === "none") return { status: "none", reason: git.reason };
  const { commits, since, isWhole, cut, wrong, absent } = git;
  return {
    status: "read",
    commits,
    since: when.write(since),
    is_whole: isWhole,
    cut,
    wrong_versions: wrong,
    absent_versions: absent,
  };
}

const timelineJson = ({ customerId, isMissing, events }: CustomerTimeline): Json => ({
  customer_id: customerId,
  exists: !isMissing,
  events: events.map((event) => (event.type === "row" ? rowEventJson(event) : entryEventJson(event))),
});

function rowEventJson({ at, ended }: RowEvent): Json {
  const { state, key, generation, row, replacedBy, idFreeAt } = ended;
  const isCounted = !row.boolean && !row.unlimited;
  return {
    event: state,
    at: when.write(at),
    key,
    generation,
    balance_id: row.balanceId,
    internal_id: row.internalId,
    feature_id: row.featureId,
    entity_id: row.entityId ?? null,
    entity_ref: row.entityRef,
    boolean: row.boolean,
    unlimited: row.unlimited,
    granted: isCounted ? amount.write(row.grant) : null,
    used: isCounted ? amount.write(row.usage) : null,
    reset: reset.write(row.reset),
    created_at: when.write(row.createdAt ?? null),
    replaced_by: replacedBy?.balanceId ?? null,
    id_free_at: when.write(idFreeAt),
  };
}

function entryEventJson({ at, key, happened, change }: EntryEvent): Json {
  const { before, after, commit } = change;
  const fields = before === null || after === null ? [] : changedFields(before, after);
  return {
    event: happened,
    at: when.write(at),
    key,
    commit: commit === null ? null : commitJson(commit),
    fields: fields.map(({ field, from, to }) => ({
      field,
      from: anything.write(from),
      to: anything.write(to),
    })),
    before: entry.write(before),
    after: entry.write(after),
  };
}

const commitJson = ({ id, at, author, subject }: Commit): Json => ({
  id,
  at: when.write(at),
  author,
  subject,
});

function disagreementJson(one: Disagreement): Json {
  const { code, customerId, key, generation, row, ended, isUncommitted } = one;
  return {
    code,
    text: disagreementText(one),
    customer_id: customerId,
    key,
    generation,
    balance_id: row.balanceId,
    feature_id: row.featureId,
    state: ended?.state ?? "live",
    granted: row.boolean || row.unlimited ? null : amount.write(row.grant),
    ended_at: ended?.state === "ended" ? when.write(ended.at) : null,
    is_uncommitted: isUncommitted,
  };
}
