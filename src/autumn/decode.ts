// Decodes answers into their wire shapes, one function for each route.
import { Reader } from "./reader.ts";
import { breakdownOf, limitedOf, rolloverOf, rowOf } from "./rows.ts";
import type { Page, WireCustomer, WireEntity, WireFeature, WireListedRow, WireRawRow } from "./wire.ts";

/** Decodes the answer of a write. Anything but success leaves it open whether it happened. */
export function readSuccess(answer: unknown, call: string): void {
  const reader = new Reader(call);
  if (reader.object(answer, "the answer").success !== true) reader.fail("success is not true");
}

export function readFeatures(answer: unknown): WireFeature[] {
  const reader = new Reader("features.list");
  return reader.list(reader.object(answer, "the answer").list, "list").map((value) => {
    const feature = reader.object(value, "a feature");
    return {
      id: reader.text(feature.id, "id"),
      type: typeOf(reader.text(feature.type, "type")),
      consumable: reader.flag(feature.consumable, "consumable") ?? true,
      archived: reader.flag(feature.archived, "archived") ?? false,
    };
  });
}

/** The server may add types, as it did with `ai_credit_system`. A new one must not stop work on all other features. */
function typeOf(type: string): WireFeature["type"] {
  return type === "metered" || type === "boolean" ? type : "credit_system";
}

/** @param answer `undefined` for a customer that is not there */
export function readCustomer(answer: unknown): WireCustomer | undefined {
  return answer === undefined ? undefined : customerOf(new Reader("customers.get"), answer);
}

function customerOf(reader: Reader, answer: unknown): WireCustomer {
  const customer = reader.object(answer, "a customer");
  const flags = reader.object(customer.flags ?? {}, "flags");
  return {
    id: reader.text(customer.id, "id"),
    rows: breakdownOf(reader, customer.balances),
    hasBalances: Object.keys(reader.object(customer.balances ?? {}, "balances")).length > 0,
    flags: Object.keys(flags),
    granted_flags: Object.values(flags).flatMap(grantedFlag),
    limited: limitedOf(reader, customer.billing_controls),
  };
}

/** The id of a flag's row, if no plan has turned the flag on. Older servers may tell less of flags. */
function grantedFlag(flag: unknown): (string | null)[] {
  const { id, plan_id: plan } = (flag ?? {}) as { id?: unknown; plan_id?: unknown };
  return plan === null ? [typeof id === "string" ? id : null] : [];
}

/** What customers are filtered by, besides their balances. */
function aboutOf(reader: Reader, answer: unknown): Required<Pick<WireCustomer, "name" | "email" | "plans">> {
  const { name, email, subscriptions } = reader.object(answer, "a customer");
  const plans = (list: unknown): { id: string; status: string }[] =>
    reader.list(list, "subscriptions").map((value) => {
      const plan = reader.object(value, "a subscription");
      return { id: reader.text(plan.plan_id, "plan_id"), status: reader.text(plan.status, "status") };
    });
  return {
    name: typeof name === "string" ? name : null,
    email: typeof email === "string" ? email : null,
    plans: subscriptions === undefined ? null : plans(subscriptions),
  };
}

export function readCustomers(answer: unknown): Page<WireCustomer> {
  const reader = new Reader("customers.list");
  const page = reader.object(answer, "the answer");
  // Without it, the server might page in another way, and customers would be missed.
  if (page.next_cursor === undefined) reader.fail("next_cursor is missing");
  return {
    // A customer without an id cannot be named in a file, so it is skipped.
    list: reader
      .list(page.list, "list")
      .filter((value) => reader.object(value, "a customer").id != null)
      .map((value) => ({ ...customerOf(reader, value), ...aboutOf(reader, value) })),
    next: reader.textOrNull(page.next_cursor, "next_cursor"),
  };
}

/** @param answer `undefined` for an entity that is not there */
export function readEntity(answer: unknown): WireEntity | undefined {
  return answer === undefined ? undefined : entityOf(new Reader("entities.get"), answer);
}

function entityOf(reader: Reader, answer: unknown): WireEntity {
  const entity = reader.object(answer, "an entity");
  return {
    id: reader.text(entity.id, "id"),
    feature_id: reader.textOrNull(entity.feature_id, "feature_id"),
    rows: breakdownOf(reader, entity.balances),
    limited: limitedOf(reader, entity.billing_controls),
  };
}

export function readEntities(answer: unknown): Page<WireEntity> {
  const reader = new Reader("entities.list");
  const page = reader.object(answer, "the answer");
  if (page.next_cursor === undefined) reader.fail("next_cursor is missing");
  return {
    list: reader
      .list(page.list, "list")
      .filter((value) => reader.object(value, "an entity").id != null)
      .map((value) => entityOf(reader, value)),
    next: reader.textOrNull(page.next_cursor, "next_cursor"),
  };
}

export function readListedRows(answer: unknown): Page<WireListedRow> {
  const reader = new Reader("balances.list");
  const page = reader.object(answer, "the answer");
  const list = reader.list(page.list, "list").map((value): WireListedRow => {
    const row = reader.object(value, "a row");
    return {
      ...rowOf(reader, row),
      customer_id: reader.text(row.customer_id, "customer_id"),
      entity_id: reader.textOrNull(row.entity_id, "entity_id"),
      created_at: reader.numberOrNull(row.created_at, "created_at"),
    };
  });
  // Pages may be short, even empty, while there are more (balances.list, documented).
  const hasMore = reader.flag(page.has_more, "has_more") ?? reader.fail("has_more is missing");
  return { list, next: hasMore ? reader.text(page.next_cursor, "next_cursor") : null };
}

/** @param answer `undefined` for a customer that is not there */
export function readRawRows(answer: unknown): WireRawRow[] | undefined {
  if (answer === undefined) return undefined;
  const reader = new Reader("balances/list");
  return reader.list(reader.object(answer, "the answer").balances, "balances").map((value) => {
    const row = reader.object(value, "a row");
    const entitlement = reader.object(row.entitlement, "entitlement");
    return {
      id: reader.textOrNull(row.id, "id"),
      external_id: reader.textOrNull(row.external_id, "external_id"),
      customer_id: reader.text(row.customer_id, "customer_id"),
      feature_id: reader.text(row.feature_id, "feature_id"),
      internal_entity_id: reader.textOrNull(row.internal_entity_id, "internal_entity_id"),
      unlimited: reader.flag(row.unlimited, "unlimited") ?? null,
      balance: reader.numberOrNull(row.balance, "balance") ?? 0,
      adjustment: reader.numberOrNull(row.adjustment, "adjustment") ?? 0,
      next_reset_at: reader.numberOrNull(row.next_reset_at, "next_reset_at"),
      expires_at: reader.numberOrNull(row.expires_at, "expires_at"),
      created_at: reader.numberOrNull(row.created_at, "created_at"),
      allowance: reader.numberOrNull(entitlement.allowance, "allowance") ?? 0,
      interval: reader.textOrNull(entitlement.interval, "interval") ?? "lifetime",
      interval_count: reader.numberOrNull(entitlement.interval_count, "interval_count") ?? 1,
      rollover: rolloverOf(reader, entitlement.rollover),
    };
  });
}
