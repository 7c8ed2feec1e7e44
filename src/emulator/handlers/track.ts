// balances.track: usage, which reads show at once and the database stores a moment later.
import { type Call, findEntity, findFeature, NeverAnswers } from "../call.ts";
import { deduct, type Share } from "../deduct.ts";
import { ApiError, invalidInputs } from "../errors.ts";
import { idMap, type PublicBalance, presentBalances, presentReset } from "../present.ts";
import { keepStored } from "../rows.ts";
import { subjectRows } from "../select.ts";
import type { Customer, Entity, Feature, Row } from "../types.ts";

export function trackUsage(call: Call) {
  const { fields, store } = call;
  const customerId = fields.string("customer_id");
  const featureId = fields.string("feature_id");
  const entityId = fields.optionalString("entity_id");
  const value = fields.optionalNumber("value") ?? 1;
  const rejecting = fields.optionalChoice("overage_behavior", ["cap", "overflow", "reject"]) === "reject";
  if (customerId === "") throw invalidInputs("customer_id: must not be empty");
  const feature = findFeature(call, featureId);
  // Tracking creates the customer when there is none
  const customer = store.customer(customerId) ?? store.addCustomer({ id: customerId }, call.now());
  if (store.hangs(customer)) throw new NeverAnswers();
  store.settle(customer, call.now());
  const entity = entityId === undefined ? null : findEntity(customer, entityId);

  const costs = creditCosts(call, feature);
  const rows = subjectRows(customer, entity, call.now()).filter((row) => costs.has(row.featureId));
  const cost = (row: Row) => costs.get(row.featureId) ?? 1;
  if (rejecting) refuseWhatDoesNotFit(rows, cost, feature, value);
  const dueAt = call.now() + call.settings.storeDelayMs;
  const { shares } = deduct(rows, value, {
    now: call.now(),
    overage: "cap",
    cost,
    ...(call.settings.storeDelayMs > 0 ? { beforeChange: (row: Row) => keepStored(row, dueAt) } : {}),
  });
  store.changed();
  return trackAnswer(call, { customer, entity, feature, value, rows, shares });
}

/** The feature itself at cost 1, and every credit system that pays for it. */
function creditCosts(call: Call, feature: Feature): Map<string, number> {
  const costs = new Map([[feature.id, 1]]);
  for (const system of call.store.features.values()) {
    const entry = system.creditSchema.find((candidate) => candidate.metered_feature_id === feature.id);
    if (system.type === "credit_system" && entry) costs.set(system.id, entry.credit_cost);
  }
  return costs;
}

function refuseWhatDoesNotFit(
  rows: Row[],
  cost: (row: Row) => number,
  feature: Feature,
  value: number,
): void {
  const available = rows.reduce(
    (total, row) => total + (row.unlimited ? Number.POSITIVE_INFINITY : Math.max(0, row.balance) / cost(row)),
    0,
  );
  if (available < value) {
    throw new ApiError(400, "insufficient_balance", `Insufficient balance for feature ${feature.id}`);
  }
}

interface Tracked {
  readonly customer: Customer;
  readonly entity: Entity | null;
  readonly feature: Feature;
  readonly value: number;
  readonly rows: Row[];
  readonly shares: Share[];
}

function trackAnswer(call: Call, tracked: Tracked) {
  const { customer, entity, feature, value, rows, shares } = tracked;
  const shown = presentBalances(rows, [], call.now());
  const balances = idMap<PublicBalance | null>();
  for (const id of new Set([feature.id, ...shares.map((share) => share.row.featureId)])) {
    balances[id] = shown[id] ?? null;
  }
  return {
    customer_id: customer.id,
    ...(entity ? { entity_id: entity.id } : {}),
    value,
    balance: shown[feature.id] ?? null,
    ...(Object.keys(balances).length > 1 ? { balances } : {}),
    deductions: shares.map(({ row, value: taken }) => ({
      balance_id: row.externalId ?? row.id,
      feature_id: row.featureId,
      plan_id: row.planId,
      reset: presentReset(row),
      value: taken,
    })),
  };
}
