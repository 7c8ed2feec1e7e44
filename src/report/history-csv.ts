// What became of balances, as a table for spreadsheets: a line for each event.
import type { HistoryEvent } from "../history/index.ts";
import { type Cell, csv } from "./csv.ts";
import type { HistoryReport } from "./history.ts";
import { instant } from "./json-parts.ts";

/** The columns by name, and what is in them. */
const COLUMNS: Readonly<Record<string, (event: HistoryEvent) => Cell>> = {
  at: ({ at }) => instant(at),
  event: ({ state }) => state,
  customer_id: ({ customerId }) => customerId,
  entity_id: ({ row }) => row.entityId ?? row.entityRef,
  feature_id: ({ row }) => row.featureId,
  key: ({ key }) => key,
  generation: ({ generation }) => generation,
  balance_id: ({ row }) => row.balanceId ?? row.internalId,
  granted: ({ row }) => (row.boolean ? "on" : row.unlimited ? "unlimited" : row.grant),
  used: ({ row }) => (row.boolean || row.unlimited ? null : row.usage),
  interval: ({ row }) => row.reset?.interval ?? "one_off",
  interval_count: ({ row }) => row.reset?.intervalCount ?? 1,
  created_at: ({ row }) => instant(row.createdAt ?? null),
  replaced_by: ({ replacedBy }) => replacedBy?.balanceId ?? null,
  id_free_at: ({ idFreeAt }) => instant(idFreeAt),
};

/** What `history --format csv` prints. */
export function historyCsv({ timelines }: HistoryReport): string {
  const columns = Object.entries(COLUMNS);
  const rows = timelines.flatMap(({ events }) =>
    events.map((event) => columns.map(([, cellOf]) => cellOf(event))),
  );
  return csv(
    columns.map(([name]) => name),
    rows,
  );
}
