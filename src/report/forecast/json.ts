// What customers will have, as a document for machines.
import { forecastDocument, type JsonDocument } from "../../document/index.ts";
import type { ForecastReport } from "./words.ts";

/** What `forecast --format json` prints. */
export const forecastJson = ({ namespace, forecast }: ForecastReport): JsonDocument =>
  forecastDocument.write({
    namespace,
    from: forecast.from,
    until: forecast.until,
    usageIsKnown: false,
    entriesOver: forecast.over,
    months: forecast.months,
    events: forecast.events.map(({ at, kind, entry, units }) => ({ ...entry, at, event: kind, units })),
    balances: forecast.holdings,
  }) as JsonDocument;
