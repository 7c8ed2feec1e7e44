// What customers will have, as a document for machines, as schema/forecast.schema.json describes it.

import {
  amount,
  desired,
  FORMAT_VERSION,
  instant,
  type Json,
  type JsonDocument,
  nullable,
} from "../../document/index.ts";
import type { DesiredBalance } from "../../schema/index.ts";
import type { ForecastReport } from "./words.ts";

const when = nullable(instant);

/** What `forecast --format json` prints. */
export const forecastJson = ({ namespace, forecast }: ForecastReport): JsonDocument => ({
  format_version: FORMAT_VERSION,
  kind: "forecast",
  namespace,
  from: when.write(forecast.from),
  until: when.write(forecast.until),
  usage_is_known: false,
  entries_over: forecast.over,
  months: forecast.months.map(({ month, featureId, units }) => ({
    month,
    feature_id: featureId,
    units: amount.write(units),
  })),
  events: forecast.events.map(({ at, kind, entry, units }) => ({
    at: when.write(at),
    event: kind,
    ...named(entry),
    units: units === null ? null : amount.write(units),
  })),
  balances: forecast.holdings.map(({ entry, grantedAt, nextResetAt }) => ({
    granted_at: when.write(grantedAt),
    next_reset_at: when.write(nextResetAt),
    entry: desired.write(entry),
  })),
});

const named = ({ customerId, featureId, entityId, key }: DesiredBalance): { [name: string]: Json } => ({
  customer_id: customerId,
  feature_id: featureId,
  entity_id: entityId,
  key,
});
