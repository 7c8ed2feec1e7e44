// GET balances/list: the rows of a customer as the database holds them, without those of plans and purchases.
import { type Call, lookAtCustomer } from "../call.ts";
import { invalidInputs } from "../errors.ts";
import { isPaid, storedView } from "../rows.ts";
import type { Customer, Row } from "../types.ts";
import { presentFeature } from "./features.ts";

/** The one complete read of a customer: drained, expired, unlimited, entity and boolean rows are all in it. */
export function listRawBalances(call: Call) {
  const id = call.query.get("customer_id");
  if (id === null) throw invalidInputs("customer_id: expected string, received undefined");
  const customer = lookAtCustomer(call, id);
  return {
    balances: customer.rows
      // What was bought belongs to a product, though public reads show no plan with it
      .filter((row) => row.planId === null && !isPaid(row))
      .map((row) => rawRow(call, customer, storedView(row))),
  };
}

function rawRow(call: Call, customer: Customer, row: Row) {
  const feature = call.store.features.get(row.featureId);
  const entitlementId = row.id.replace("cus_ent_", "ent_");
  return {
    id: row.id,
    customer_product_id: null,
    entitlement_id: entitlementId,
    internal_customer_id: customer.internalId,
    internal_entity_id: row.internalEntityId,
    internal_feature_id: feature?.internalId ?? null,
    // A boolean row is neither limited nor unlimited (scenario create-boolean)
    unlimited: row.featureType === "boolean" ? null : row.unlimited,
    balance: row.balance,
    created_at: row.createdAt,
    next_reset_at: row.nextResetAt,
    usage_allowed: false,
    adjustment: row.adjustment,
    additional_balance: 0,
    entities: null,
    expires_at: row.expiresAt,
    cache_version: 0,
    customer_id: customer.id,
    feature_id: row.featureId,
    external_id: row.externalId,
    entitlement: {
      id: entitlementId,
      created_at: row.createdAt,
      internal_feature_id: feature?.internalId ?? null,
      internal_product_id: null,
      is_custom: true,
      allowance_type: row.unlimited ? "unlimited" : "fixed",
      allowance: row.unlimited ? null : row.allowance,
      interval: row.interval === "one_off" ? "lifetime" : row.interval,
      interval_count: row.intervalCount,
      carry_from_previous: false,
      entity_feature_id: null,
      feature_id: row.featureId,
      usage_limit: null,
      rollover: row.rollover,
      feature: feature ? presentFeature(feature) : null,
    },
    customer_product: null,
  };
}
