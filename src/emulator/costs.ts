// Which features pay for one that is used, at what cost, and which usage limits hold for it.
import type { Call } from "./call.ts";
import type { Customer, Entity } from "./types.ts";
import { LimitedUsage } from "./usage-limits.ts";

/** The feature itself at cost 1, and every credit system that pays for it. */
export function creditCosts(call: Call, featureId: string): Map<string, number> {
  const costs = new Map([[featureId, 1]]);
  for (const system of call.store.features.values()) {
    const entry = system.creditSchema.find((candidate) => candidate.metered_feature_id === featureId);
    if (system.type === "credit_system" && entry) costs.set(system.id, entry.credit_cost);
  }
  return costs;
}

/** The usage limits on features, for a customer or one of its entities. */
export function limitsOn(
  call: Call,
  subject: { readonly customer: Customer; readonly entity: Entity | null },
  featureIds: Iterable<string>,
  clamps: boolean,
): LimitedUsage {
  const scope = { ...subject, features: call.store.features, now: call.now() };
  return new LimitedUsage(scope, featureIds, clamps);
}
