// What there is before a storm: rows that somebody else has granted, limits of usage, and a credit system.
import type { World } from "../reconcile/world.ts";
import { CUSTOMER } from "./file.ts";
import { BY_HAND, type FeatureId, GRANTS, type StormKind } from "./kinds.ts";
import type { Random } from "./random.ts";

export interface Before {
  readonly kind: StormKind | undefined;
  /** Features that customers use. */
  readonly features: readonly FeatureId[];
  readonly entity: string | null;
  /** Whether usage of one feature is limited. */
  readonly isLimited: boolean;
}

/** Storage may be held by an entity. */
export const ofEntity = (feature: FeatureId, entity: string | null): object =>
  feature === "storage" && entity !== null ? { entity_id: entity } : {};

export async function prepare(
  world: World,
  random: Random,
  { kind, features, entity, isLimited }: Before,
): Promise<void> {
  await world.grantByHand(CUSTOMER, "credits", { balance_id: "somebody:else", included_grant: 77 });
  if (isLimited) {
    const usage_limits = [{ feature_id: "api_calls", enabled: true, limit: 160, interval: "month" }];
    await world.call("customers.update", { customer_id: CUSTOMER, billing_controls: { usage_limits } });
  }
  if (kind === "credits") {
    const credit_schema = [
      { metered_feature_id: "api_calls", credit_cost: 2 },
      { metered_feature_id: "storage", credit_cost: 0.5 },
    ];
    world.emulator.seed({ features: [{ id: "ai_credits", type: "credit_system", credit_schema }] });
  }
  if (kind !== "adopt") return;
  for (const feature of features) {
    await world.grantByHand(CUSTOMER, feature, {
      balance_id: BY_HAND + feature,
      included_grant: random.pick(GRANTS),
      ...(random.chance(0.5) ? { reset: { interval: "month" } } : {}),
      ...ofEntity(feature, entity),
    });
  }
}
