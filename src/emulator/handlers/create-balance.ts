// balances.create.
import { type Call, changing, customerOrNewest, findFeature, namedEntity, settle } from "../call.ts";
import { invalidRequest } from "../errors.ts";
import { newRow, readGrant, refuseContradictions, refuseImpossibleTimes } from "../grants.ts";
import { presentFlags } from "../present.ts";
import { customerRows } from "../select.ts";
import type { Customer } from "../types.ts";

/** Between the check that a balance_id is free and the insert, other requests get their turn. */
const CHECK_TO_INSERT_MS = 1;

export async function createBalance(call: Call) {
  const { fields, store } = call;
  const customerId = fields.string("customer_id");
  const featureId = fields.string("feature_id");
  fields.optionalString("entity_id");
  const request = readGrant(fields);
  // The feature is looked up before the customer (scenario create-unknown-names)
  const feature = findFeature(call, featureId);
  const customer = customerOrNewest(call, customerId);
  const entity = namedEntity(call, customer);
  if (!store.hangs(customer)) settle(call, customer, "look");

  refuseContradictions(request, feature);
  if (feature.type === "boolean" && feature.id in presentFlags(customerRows(customer, entity, call.now()))) {
    throw invalidRequest(
      `A boolean entitlement ${feature.id} already exists for customer ${customer.id}`,
      409,
    );
  }
  if (entity?.featureId === feature.id) {
    throw invalidRequest("Cannot give an entity a balance of its own feature type");
  }
  refuseImpossibleTimes(request, feature, call.now());
  if (request.balanceId) refuseTaken(customer, request.balanceId);

  // The check above is no constraint: creates that cross all pass it (scenario parallel-same-id)
  await changing(call, customer, async () => {
    await call.sleep(CHECK_TO_INSERT_MS);
    const internalEntityId = entity?.internalId ?? null;
    store.addRow(customer, newRow(request, { feature, internalEntityId, planId: null, now: call.now() }));
    // Dropping the customer's cache loses what it had not stored (scenario create-drops-unsynced-usage)
    store.dropUsage(customer);
  });
  return { success: true };
}

/** An id is taken by any row of the customer, drained and expired ones too (scenario read-drained). */
export function refuseTaken(customer: Customer, balanceId: string): void {
  if (customer.rows.some((row) => row.externalId === balanceId)) {
    throw invalidRequest(`balance_id '${balanceId}' is already in use for this customer`, 409);
  }
}
