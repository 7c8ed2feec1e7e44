// Balances that are there, as a spreadsheet: with all that is known of them, or with the columns of a mapping file, so
// that what comes out can be imported again.
import { nameOf, parseRemoteId, type Row } from "../reconcile/index.ts";
import { msToInstant } from "../schema/index.ts";
import { type Cell, csv } from "./csv.ts";

const instant = (ms: number | null): Cell => (ms === null ? null : msToInstant(ms));

/** Columns by name, in their order. */
function columnsOf(namespace: string): Readonly<Record<string, (row: Row) => Cell>> {
  return {
    customer_id: (row) => row.customerId,
    feature_id: (row) => row.featureId,
    entity_id: (row) => row.entityId ?? null,
    id: (row) => parseRemoteId(namespace, row.balanceId ?? "")?.key ?? null,
    included: (row) => (row.unlimited || row.boolean ? null : row.grant),
    unlimited: (row) => (row.unlimited ? "true" : null),
    used: (row) => (row.boolean ? null : row.usage),
    remaining: (row) => (row.unlimited || row.boolean ? null : row.remaining),
    reset: (row) => row.reset?.interval ?? null,
    reset_count: (row) => row.reset?.intervalCount ?? null,
    next_reset_at: (row) => instant(row.resetsAt),
    expires_at: (row) => instant(row.expiresAt),
    balance_id: nameOf,
  };
}

/** @param names column names, by field; columns of unknown fields stay empty. All fields when left out */
export function balancesCsv(
  rows: readonly Row[],
  namespace: string,
  names?: ReadonlyMap<string, string>,
): string {
  const known = columnsOf(namespace);
  const fields = names === undefined ? Object.keys(known) : [...names.keys()];
  const header = fields.map((field) => names?.get(field) ?? field);
  return csv(
    header,
    rows.map((row) =>
      fields.map((field) => (Object.hasOwn(known, field) ? (known[field]?.(row) ?? null) : null)),
    ),
  );
}
