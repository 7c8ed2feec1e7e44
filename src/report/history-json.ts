// What became of balances, as a document for machines, as schema/history.schema.json describes it.
import type { CustomerTimeline, HistoryEvent } from "../history/index.ts";
import type { HistoryReport } from "./history.ts";
import { FORMAT_VERSION } from "./json.ts";
import { amount, instant, type Json, type JsonDocument, resetJson } from "./json-parts.ts";

/** What `history --format json` prints. */
export function historyJson(report: HistoryReport): JsonDocument {
  const events = report.timelines.flatMap((one) => one.events);
  return {
    format_version: FORMAT_VERSION,
    kind: "history",
    namespace: report.namespace,
    environment: report.environment,
    base_url: report.baseUrl,
    made_at: instant(report.madeAt),
    since: instant(report.since),
    scope: report.scope,
    customers: report.customers,
    missing_customers: [...report.missing],
    summary: {
      ended: events.filter(({ state }) => state === "ended").length,
      used_up: events.filter(({ state }) => state === "used_up").length,
      earlier: report.earlier,
    },
    timelines: report.timelines.map(timelineJson),
  };
}

const timelineJson = ({ customerId, isMissing, events }: CustomerTimeline): Json => ({
  customer_id: customerId,
  exists: !isMissing,
  events: events.map(eventJson),
});

function eventJson({ state, at, key, generation, row, replacedBy, idFreeAt }: HistoryEvent): Json {
  const isCounted = !row.boolean && !row.unlimited;
  return {
    event: state,
    at: instant(at),
    key,
    generation,
    balance_id: row.balanceId,
    internal_id: row.internalId,
    feature_id: row.featureId,
    entity_id: row.entityId ?? null,
    entity_ref: row.entityRef,
    boolean: row.boolean,
    unlimited: row.unlimited,
    granted: isCounted ? amount(row.grant) : null,
    used: isCounted ? amount(row.usage) : null,
    reset: resetJson(row.reset),
    created_at: instant(row.createdAt ?? null),
    replaced_by: replacedBy?.balanceId ?? null,
    id_free_at: instant(idFreeAt),
  };
}
