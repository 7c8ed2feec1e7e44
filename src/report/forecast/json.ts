// What customers will have, as a document for machines, as schema/forecast.schema.json describes it.
import type { DesiredBalance } from "../../schema/index.ts";
import { FORMAT_VERSION } from "../json.ts";
import { amount, desiredJson, instant, type Json, type JsonDocument } from "../json-parts.ts";
import type { ForecastReport } from "./words.ts";

/** What `forecast --format json` prints. */
export const forecastJson = ({ namespace, forecast }: ForecastReport): JsonDocument => ({
  format_version: FORMAT_VERSION,
  kind: "forecast",
  namespace,
  from: instant(forecast.from),
  until: instant(forecast.until),
  usage_is_known: false,
  entries_over: forecast.over,
  months: forecast.months.map(({ month, featureId, units }) => ({
    month,
    feature_id: featureId,
    units: amount(units),
  })),
  events: forecast.events.map(({ at, kind, entry, units }) => ({
    at: instant(at),
    event: kind,
    ...named(entry),
    units: units === null ? null : amount(units),
  })),
  balances: forecast.holdings.map(({ entry, grantedAt, nextResetAt }) => ({
    granted_at: instant(grantedAt),
    next_reset_at: instant(nextResetAt),
    entry: desiredJson(entry),
  })),
});

const named = ({ customerId, featureId, entityId, key }: DesiredBalance): { [name: string]: Json } => ({
  customer_id: customerId,
  feature_id: featureId,
  entity_id: entityId,
  key,
});
