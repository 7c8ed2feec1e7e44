// POST balances.list: rows of the whole organisation, or of one customer or entity, page by page.
import { type Call, lookAtCustomer, NeverAnswers, settle } from "../call.ts";
import { encodeCursor, readCursor } from "../cursor.ts";
import { entityNotFound, invalidInputs } from "../errors.ts";
import { presentRollovers, presentRow } from "../present.ts";
import { isExpired, storedView } from "../rows.ts";
import type { Customer, Row } from "../types.ts";

const STATUSES = ["active", "expired"] as const;
type Status = (typeof STATUSES)[number];

interface Filter {
  readonly statuses: readonly Status[];
  readonly planId: string | null | undefined;
  readonly featureId: string | undefined;
  readonly internalEntityId: string | undefined;
}

/** After which row, or after which whole customer, a page starts. */
interface Position {
  readonly customer: number;
  readonly row: number | null;
}

/**
 * Customers newest first, and within one its rows newest first. One page walks a limited number of
 * customers, so a page can be short or even empty while `has_more` is true.
 */
export function listBalances(call: Call) {
  const { fields } = call;
  const limit = fields.integer("limit", 1, 200, 50);
  const customerId = fields.optionalString("customer_id");
  const entityId = fields.optionalString("entity_id");
  const filter = readFilter(call);
  if (entityId !== undefined && customerId === undefined)
    throw invalidInputs("entity_id requires customer_id");
  const customer = customerId === undefined ? undefined : lookAtCustomer(call, customerId);
  const entity = customer?.entities.find((candidate) => candidate.id === entityId);
  if (entityId !== undefined && !entity) throw entityNotFound(entityId);
  const after = readCursor(fields.optionalString("start_cursor"), readPosition);

  const walked = customer ? [customer] : customersFrom(call, after);
  const page = walked.slice(0, customer ? 1 : call.settings.listScanCap);
  const rows = rowsOf(call, page, { ...filter, internalEntityId: entity?.internalId }, after, limit + 1);
  const list = rows.slice(0, limit).map(({ owner, row }) => listRow(owner, row, call.now()));
  const last = rows.slice(0, limit).at(-1);
  if (rows.length > limit && last) {
    return { list, has_more: true, next_cursor: encodeCursor({ c: last.owner.seq, r: last.row.seq }) };
  }
  const boundary = page.at(-1);
  if (boundary && walked.length > page.length) {
    return { list, has_more: true, next_cursor: encodeCursor({ c: boundary.seq, r: null }) };
  }
  return { list, has_more: false, next_cursor: null };
}

function readFilter(call: Call): Filter {
  const { fields } = call;
  const statuses = fields.optionalArray("statuses")?.map((value, index) => {
    const status = STATUSES.find((candidate) => candidate === value);
    if (!status)
      throw invalidInputs(`statuses[${index}]: Invalid option: expected one of "active"|"expired"`);
    return status;
  });
  if (statuses?.length === 0) throw invalidInputs("statuses: expected at least one status");
  return {
    statuses: statuses ?? ["active"],
    planId: fields.raw("plan_id") === null ? null : fields.optionalString("plan_id"),
    featureId: fields.optionalString("feature_id"),
    internalEntityId: undefined,
  };
}

function readPosition(position: Readonly<Record<string, unknown>>): Position | undefined {
  const { c, r } = position;
  if (typeof c !== "number" || (typeof r !== "number" && r !== null)) return undefined;
  return { customer: c, row: r };
}

function customersFrom(call: Call, after: Position | undefined): Customer[] {
  return call.store
    .customers()
    .filter(
      (customer) =>
        !after || customer.seq < after.customer || (after.row !== null && customer.seq === after.customer),
    )
    .sort((a, b) => b.seq - a.seq);
}

/** Up to `count` rows after a position, read from what is stored. */
function rowsOf(
  call: Call,
  customers: Customer[],
  filter: Filter,
  after: Position | undefined,
  count: number,
) {
  const found: { owner: Customer; row: Row }[] = [];
  for (const owner of customers) {
    if (found.length >= count) break;
    if (call.store.hangs(owner)) throw new NeverAnswers();
    settle(call, owner, "look");
    const rows = owner.rows
      .filter((row) => after?.customer !== owner.seq || (after.row !== null && row.seq < after.row))
      .map(storedView)
      .filter((row) => passes(row, filter, call.now()))
      .sort((a, b) => b.seq - a.seq);
    for (const row of rows) found.push({ owner, row });
  }
  return found;
}

function passes(row: Row, filter: Filter, now: number): boolean {
  return (
    filter.statuses.includes(statusOf(row, now)) &&
    (filter.planId === undefined || row.planId === filter.planId) &&
    (filter.featureId === undefined || row.featureId === filter.featureId) &&
    (filter.internalEntityId === undefined || row.internalEntityId === filter.internalEntityId)
  );
}

/** A row of a plan lives as long as its plan; a standalone one until its expires_at. */
function statusOf(row: Row, now: number): Status {
  return row.planId === null && isExpired(row, now) ? "expired" : "active";
}

function listRow(owner: Customer, row: Row, now: number) {
  const entity = owner.entities.find((candidate) => candidate.internalId === row.internalEntityId);
  return {
    ...presentRow(row),
    feature_id: row.featureId,
    status: statusOf(row, now),
    rollovers: presentRollovers(row, now),
    customer_id: owner.id,
    entity_id: entity?.id ?? null,
    created_at: row.createdAt,
  };
}
