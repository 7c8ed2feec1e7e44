// features.list and features.create.
import type { Call } from "../call.ts";
import { ApiError, invalidInputs } from "../errors.ts";
import { Fields } from "../fields.ts";
import type { CreditCost, Feature } from "../types.ts";

const FEATURE_TYPES = ["metered", "boolean", "credit_system"] as const;

export function listFeatures(call: Call) {
  return { list: [...call.store.features.values()].map(presentFeature) };
}

export function createFeature(call: Call) {
  const feature = readFeature(
    call.fields,
    call.now(),
    call.store.newId("fe_", call.store.nextSeq(), call.now()),
  );
  if (call.store.features.has(feature.id)) {
    throw new ApiError(409, "feature_already_exists", `Feature ${feature.id} already exists`);
  }
  call.store.features.set(feature.id, feature);
  call.store.changed();
  return presentFeature(feature);
}

/** Reads a feature's description; `id` and `feature_id` both name it. */
export function readFeature(fields: Fields, now: number, internalId: string): Feature {
  const id = fields.optionalString("feature_id") ?? fields.string("id");
  if (id === "") throw invalidInputs(`${fields.path("feature_id")}: must not be empty`);
  const type = fields.choice("type", FEATURE_TYPES);
  return {
    id,
    internalId,
    name: fields.optionalString("name") ?? id,
    type,
    consumable: fields.optionalBoolean("consumable") ?? type !== "boolean",
    archived: fields.optionalBoolean("archived") ?? false,
    creditSchema: readCreditSchema(fields, type),
    createdAt: now,
  };
}

function readCreditSchema(fields: Fields, type: Feature["type"]): CreditCost[] {
  const schema = fields.optionalArray("credit_schema") ?? [];
  if (type === "credit_system" && schema.length === 0) {
    throw invalidInputs(`${fields.path("credit_schema")}: a credit system needs at least one feature`);
  }
  return schema.map((entry, index) => {
    const item = new Fields(entry, `${fields.path("credit_schema")}[${index}]`);
    return {
      metered_feature_id: item.string("metered_feature_id"),
      credit_cost: item.optionalNumber("credit_cost") ?? 1,
    };
  });
}

export function presentFeature(feature: Feature) {
  return {
    id: feature.id,
    name: feature.name,
    type: feature.type,
    consumable: feature.consumable,
    archived: feature.archived,
    ...(feature.type === "credit_system" ? { credit_schema: feature.creditSchema } : {}),
  };
}
