// What customers will have, as a table for spreadsheets: a line for each thing that happens, or with --at for each
// balance that there is then.
import type { DesiredBalance } from "../../schema/index.ts";
import { type Cell, csv } from "../csv.ts";
import { instant } from "../json-parts.ts";
import type { ForecastReport } from "./words.ts";

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
        instant(grantedAt),
        instant(nextResetAt),
        instant(entry.expiresAt),
      ]),
    );
  return csv(
    ["at", "event", ...ENTRY],
    forecast.events.map(({ at, kind, entry }) => [instant(at), kind, ...entryCells(entry)]),
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
