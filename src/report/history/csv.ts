// What became of balances, as a table for spreadsheets: a line for each event, and for each balance that lives and that
// no commit explains.

import { writtenInstant } from "../../document/index.ts";
import type { Disagreement, EntryEvent, RowEvent } from "../../history/index.ts";
import type { Row } from "../../reconcile/index.ts";
import type { DesiredBalance, Reset } from "../../schema/index.ts";
import { type Cell, csv } from "../csv.ts";
import { disagreementText } from "./git.ts";
import type { HistoryReport } from "./text.ts";
import { changesText } from "./words.ts";

const COLUMNS = [
  "at",
  "event",
  "customer_id",
  "entity_id",
  "feature_id",
  "key",
  "generation",
  "balance_id",
  "granted",
  "used",
  "interval",
  "interval_count",
  "created_at",
  "replaced_by",
  "id_free_at",
  "changes",
  "commit",
  "author",
  "subject",
  "disagreement",
] as const;

type Line = Partial<Record<(typeof COLUMNS)[number], Cell>>;

/** What `history --format csv` prints. */
export function historyCsv({ timelines, disagreements }: HistoryReport): string {
  const byRow = new Map(disagreements.map((one) => [one.row, one]));
  const events = timelines.flatMap((one) => one.events);
  const lines = [
    ...events.map((event) => (event.type === "row" ? rowLine(event, byRow) : entryLine(event))),
    ...disagreements.filter(({ ended }) => ended === null).map(liveLine),
  ];
  return csv(
    COLUMNS,
    lines.map((line) => COLUMNS.map((column) => line[column] ?? null)),
  );
}

function rowLine({ at, ended }: RowEvent, byRow: ReadonlyMap<Row, Disagreement>): Line {
  const disagreement = byRow.get(ended.row);
  return {
    at: when(at),
    event: ended.state,
    ...ofRow(ended),
    replaced_by: ended.replacedBy?.balanceId ?? null,
    id_free_at: when(ended.idFreeAt),
    disagreement: disagreement === undefined ? null : disagreementText(disagreement),
  };
}

const liveLine = (one: Disagreement): Line => ({
  event: "live",
  ...ofRow(one),
  disagreement: disagreementText(one),
});

function ofRow({
  customerId,
  key,
  generation,
  row,
}: Pick<Disagreement, "customerId" | "key" | "generation" | "row">): Line {
  const isCounted = !row.boolean && !row.unlimited;
  return {
    customer_id: customerId,
    entity_id: row.entityId ?? row.entityRef,
    feature_id: row.featureId,
    key,
    generation,
    balance_id: row.balanceId ?? row.internalId,
    granted: isCounted ? row.grant : row.boolean ? "on" : "unlimited",
    used: isCounted ? row.usage : null,
    ...cycleOf(row.reset),
    created_at: when(row.createdAt ?? null),
  };
}

function entryLine({ at, customerId, key, happened, change }: EntryEvent): Line {
  const { before, after, commit } = change;
  const entry = (after ?? before) as DesiredBalance;
  return {
    at: when(at),
    event: happened,
    customer_id: customerId,
    entity_id: entry.entityId,
    feature_id: entry.featureId,
    key,
    granted: entry.included ?? (entry.unlimited ? "unlimited" : "on"),
    ...cycleOf(entry.reset),
    changes: before === null || after === null ? null : changesText(before, after),
    commit: commit?.id ?? null,
    author: commit?.author ?? null,
    subject: commit?.subject ?? null,
  };
}

const cycleOf = (reset: Reset | null): Line => ({
  interval: reset?.interval ?? "one_off",
  interval_count: reset?.intervalCount ?? 1,
});

const when = (ms: number | null): Cell => (ms === null ? null : writtenInstant(ms));
