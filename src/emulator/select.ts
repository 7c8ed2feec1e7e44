// Which rows a call finds, and in which order they are used up.
import { intervalLength } from "./intervals.ts";
import { isLive } from "./rows.ts";
import type { Customer, Entity, Interval, Row } from "./types.ts";

/** customers.get, entities.get, balances.update and balances.track see this many standalone rows. */
const SUBJECT_ROW_CAP = 200;
/** balances.delete and customers.list see this many. */
const CUSTOMER_ROW_CAP = 30;

/** Narrows a call to some rows of a feature. */
export interface RowTarget {
  readonly featureId?: string | undefined;
  readonly balanceId?: string | undefined;
  readonly rowId?: string | undefined;
  readonly interval?: Interval | undefined;
}

/**
 * The rows of a customer, or of an entity together with its customer's. The cap counts only rows that can
 * be found at all: drained and expired ones are left out before it is applied.
 */
export function subjectRows(customer: Customer, entity: Entity | null, now: number): Row[] {
  const rows = customer.rows.filter(
    (row) =>
      isLive(row, now) && (row.internalEntityId === null || row.internalEntityId === entity?.internalId),
  );
  return inOrder(capped(rows, SUBJECT_ROW_CAP, entity), entity);
}

/** Every row of a customer whatever its entity; with `entity`, the customer's own and that entity's. */
export function customerRows(customer: Customer, entity: Entity | null, now: number): Row[] {
  const rows = capped(
    customer.rows.filter((row) => isLive(row, now)),
    CUSTOMER_ROW_CAP,
    null,
  );
  return inOrder(
    entity
      ? rows.filter((row) => row.internalEntityId === null || row.internalEntityId === entity.internalId)
      : rows,
    entity,
  );
}

/** Keeps the newest standalone rows (an entity's own before its customer's) and all rows of plans. */
function capped(rows: Row[], cap: number, entity: Entity | null): Row[] {
  const standalone = rows.filter((row) => row.planId === null);
  if (standalone.length <= cap) return rows;
  const rank = (row: Row) => (entity && row.internalEntityId === entity.internalId ? 0 : 1);
  const kept = new Set(standalone.sort((a, b) => rank(a) - rank(b) || b.seq - a.seq).slice(0, cap));
  return rows.filter((row) => row.planId !== null || kept.has(row));
}

/** The rows a target names. A `balance_id` matches the internal id only of a row that was given none. */
export function matching(rows: Row[], target: RowTarget): Row[] {
  return rows.filter(
    (row) =>
      (target.featureId === undefined || row.featureId === target.featureId) &&
      (target.rowId === undefined || row.id === target.rowId) &&
      (target.interval === undefined || row.interval === target.interval) &&
      (target.balanceId === undefined || (row.externalId ?? row.id) === target.balanceId),
  );
}

/**
 * The order of use: the subject's own level first, metered before credit systems, unlimited first, what
 * resets before what does not, shorter intervals first, what ends sooner first, then the older row.
 */
function inOrder(rows: Row[], entity: Entity | null): Row[] {
  const level = (row: Row) => ((row.internalEntityId !== null) === (entity !== null) ? 0 : 1);
  return [...rows].sort(
    (a, b) =>
      level(a) - level(b) ||
      kindRank(a) - kindRank(b) ||
      Number(b.unlimited) - Number(a.unlimited) ||
      Number(a.nextResetAt === null) - Number(b.nextResetAt === null) ||
      compare(intervalLength(a.interval, a.intervalCount), intervalLength(b.interval, b.intervalCount)) ||
      compare(endOf(a), endOf(b)) ||
      a.createdAt - b.createdAt ||
      a.seq - b.seq,
  );
}

function kindRank(row: Row): number {
  if (row.featureType === "boolean") return 0;
  return row.featureType === "metered" ? 1 : 2;
}

function endOf(row: Row): number {
  return row.expiresAt ?? Number.POSITIVE_INFINITY;
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
