// balances.track: usage, which reads show at once and the database stores a moment later.
import { type Call, findEntity, findFeature, NeverAnswers, settle } from "../call.ts";
import { creditCosts, limitsOn } from "../costs.ts";
import { deduct, type Share } from "../deduct.ts";
import { ApiError, invalidInputs } from "../errors.ts";
import { idMap, type PublicBalance, presentBalances, presentReset } from "../present.ts";
import { keepUntilStored } from "../rows.ts";
import { subjectRows } from "../select.ts";
import type { Customer, Entity, Feature, Row } from "../types.ts";
import type { LimitedUsage } from "../usage-limits.ts";

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
  settle(call, customer, "read");
  const entity = entityId === undefined ? null : findEntity(customer, entityId);

  call.races?.refuseChangingView(customer);

  const costs = creditCosts(call, feature.id);
  const rows = subjectRows(customer, entity, call.now()).filter(
    (row) => costs.has(row.featureId) && row.featureType !== "boolean",
  );
  const cost = (row: Row) => costs.get(row.featureId) ?? 1;
  const limits = limitsOn(call, { customer, entity }, costs.keys(), true);
  const gate = rows.some((row) => row.unlimited) ? undefined : limits;
  if (rejecting) refuseWhatDoesNotFit(rows, cost, feature, value, gate);
  const { storeDelayMs } = call.settings;
  const { shares } = deduct(rows, value, {
    now: call.now(),
    overage: rejecting ? "reject" : "cap",
    cost,
    gate,
    beforeChange: (row) => keepUntilStored(row, storeDelayMs, call.now()),
  });
  gate?.count(call.now() + storeDelayMs);
  store.changed();
  return trackAnswer(call, { customer, entity, feature, value, rows, shares });
}

function refuseWhatDoesNotFit(
  rows: Row[],
  cost: (row: Row) => number,
  feature: Feature,
  value: number,
  gate: LimitedUsage | undefined,
): void {
  const fits = rows.reduce(
    (total, row) => total + (row.unlimited ? Number.POSITIVE_INFINITY : Math.max(0, row.balance) / cost(row)),
    0,
  );
  if (Math.min(fits, gate?.available(null, 1) ?? fits) < value) {
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
