// features.update, as far as it archives, and features.delete (docs and public source; not recorded).
import { type Call, findFeature } from "../call.ts";
import { invalidRequest } from "../errors.ts";
import { presentFeature } from "./features.ts";

export function updateFeature(call: Call) {
  const { fields, store } = call;
  const feature = findFeature(call, fields.string("feature_id"));
  const updated = {
    ...feature,
    name: fields.optionalString("name") ?? feature.name,
    archived: fields.optionalBoolean("archived") ?? feature.archived,
  };
  store.features.set(feature.id, updated);
  store.changed();
  return presentFeature(updated);
}

/** A feature that a credit system or a balance is made of cannot be deleted, only archived. */
export function deleteFeature(call: Call) {
  const { fields, store } = call;
  const { id } = findFeature(call, fields.string("feature_id"));
  const system = [...store.features.values()].find(({ creditSchema }) =>
    creditSchema.some((cost) => cost.metered_feature_id === id),
  );
  if (system) throw invalidRequest(`Feature ${id} is used by credit system ${system.id}`);
  const isHeld = store
    .customers()
    .some(({ rows, entities }) => [...rows, ...entities].some(({ featureId }) => featureId === id));
  if (isHeld) throw invalidRequest(`Feature ${id} is in use. Archive it instead`);
  store.features.delete(id);
  store.changed();
  return { success: true };
}
