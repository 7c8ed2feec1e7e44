// balances.delete.
import { exact, sum } from "../amounts.ts";
import { type Call, changing, customerOrNewest, namedEntity, settle } from "../call.ts";
import { deduct } from "../deduct.ts";
import { invalidRequest } from "../errors.ts";
import { INTERVALS } from "../intervals.ts";
import { isPaid, storedView, usageOf } from "../rows.ts";
import { customerRows, matching } from "../select.ts";
import type { Customer, Entity, Row } from "../types.ts";

/**
 * Removes every row the body names: without `balance_id` all rows of the feature, entities' included
 * (scenario delete-by-feature), without `feature_id` all rows of the customer.
 */
export async function deleteBalance(call: Call) {
  const { fields, store } = call;
  const customerId = fields.string("customer_id");
  fields.optionalString("entity_id");
  const featureId = fields.optionalString("feature_id");
  const target = {
    featureId,
    balanceId: fields.optionalString("balance_id") || undefined,
    rowId: fields.optionalString("customer_entitlement_id"),
    interval: fields.optionalChoice("interval", INTERVALS),
  };
  const recalculate = fields.optionalBoolean("recalculate_balances") === true;
  if (recalculate && featureId === undefined) {
    throw invalidRequest("feature_id is required when recalculate_balances is true");
  }
  const customer = customerOrNewest(call, customerId);
  const entity = namedEntity(call, customer);
  if (!store.hangs(customer)) settle(call, customer, "look");

  // It looks at what is stored: a row drained in the cache only can still be deleted
  const rows = matching(storedRows(customer, entity, call.now()), target);
  if (rows.length === 0) {
    throw invalidRequest(`Balance not found for feature ${featureId} and customer ${customerId}`, 404);
  }
  if (rows.some(isPaid)) throw invalidRequest(`Cannot delete paid balance for feature ${featureId}`, 409);
  await changing(call, customer, () => {
    // Dropping the customer's cache loses what it had not stored (scenario create-drops-unsynced-usage)
    store.dropUsage(customer);
    if (recalculate) recalculateUsage(call, customer, entity, rows);
    else store.removeRows(customer, rows);
  });
  return { success: true };
}

/** The rows as stored, found by what the database holds of them. */
function storedRows(customer: Customer, entity: Entity | null, now: number): Row[] {
  const views = new Map(customer.rows.map((row) => [storedView(row), row]));
  return customerRows({ ...customer, rows: [...views.keys()] }, entity, now).flatMap(
    (view) => views.get(view) ?? [],
  );
}

/**
 * Deletes rows and keeps their usage (scenario delete-moving-usage): the feature's other rows take it, the
 * first may go below zero. When no other row is left, the first deleted row stays under its id as the
 * carrier of an overage: nothing granted, the usage as a negative balance, no reset.
 */
function recalculateUsage(call: Call, customer: Customer, entity: Entity | null, rows: Row[]): void {
  const { store } = call;
  const now = call.now();
  const usage = sum(rows.map(usageOf));
  const [carrier] = rows;
  const others = matching(customerRows(customer, entity, now), { featureId: carrier?.featureId }).filter(
    (row) => !rows.includes(row),
  );
  if (usage <= 0 || others.length > 0 || !carrier) {
    store.removeRows(customer, rows);
    deduct(others, usage, { now, overage: "allow" });
    return;
  }
  carrier.balance = exact(-usage);
  carrier.adjustment = exact(-carrier.allowance - carrier.prepaidGrant);
  carrier.nextResetAt = null;
  store.removeRows(
    customer,
    rows.filter((row) => row !== carrier),
  );
}
