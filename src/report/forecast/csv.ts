// What customers will have, as a table for spreadsheets: a line for each thing that happens, or with --at for each
// balance that there is then.

import { writtenInstant } from "../../document/index.ts";
import type { DesiredBalance } from "../../schema/index.ts";
import { type Cell, csv } from "../csv.ts";
import type { ForecastReport } from "./words.ts";

const when = (ms: number | null): string | number | null => (ms === null ? null : writtenInstant(ms));

const ENTRY = [
  "customer_id",
  "entity_id",
  "feature_id",
  "key",
  "units",
  "interval",
  "interval_count",
] as const;

/** What `forecast --format csv` prints. */
export function forecastCsv({ forecast, isMoment }: ForecastReport): string {
  if (isMoment)
    return csv(
      [...ENTRY, "granted_at", "next_reset_at", "expires_at"],
      forecast.holdings.map(({ entry, grantedAt, nextResetAt }) => [
        ...entryCells(entry),
        when(grantedAt),
        when(nextResetAt),
        when(entry.expiresAt),
      ]),
    );
  return csv(
    ["at", "event", ...ENTRY],
    forecast.events.map(({ at, kind, entry }) => [when(at), kind, ...entryCells(entry)]),
  );
}

const entryCells = (entry: DesiredBalance): Cell[] => [
  entry.customerId,
  entry.entityId,
  entry.featureId,
  entry.key,
  entry.included ?? (entry.unlimited ? "unlimited" : "on"),
  entry.reset?.interval ?? "one_off",
  entry.reset?.intervalCount ?? 1,
];
