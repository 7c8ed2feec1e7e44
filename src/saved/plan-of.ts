// JSON → a plan: the way back from `planJson`.
import type { Change, FieldChange, Plan, Reason } from "../reconcile/index.ts";
import type { Fields } from "./fields.ts";
import { desiredOf, limitsOf, policyOf, problemOf, refusalOf, rowOf } from "./plan-parts.ts";

/** @throws DamageError when it is none */
export function planOf(json: Fields): Plan {
  const base = json.maybe("base", (name) => json.fields(name));
  const shard = json.maybe("shard", (name) => json.fields(name));
  const leftOut = json.has("left_out") ? json.maybe("left_out", (name) => json.fields(name)) : null;
  const estimate = json.fields("estimate");
  return {
    namespace: json.text("namespace"),
    retire: json.oneOf("retire", ["end", "delete"]),
    environment: json.maybe("environment", (name) => json.oneOf(name, ["sandbox", "live"])),
    baseUrl: json.text("base_url"),
    madeAt: json.instant("made_at"),
    base: base && { name: base.text("name") },
    scope: json.oneOf("scope", ["organisation", "customers"]),
    shard: shard && { index: shard.number("index"), count: shard.number("count") },
    leftOut: leftOut && { customers: leftOut.number("customers"), balances: leftOut.number("balances") },
    customers: json.number("customers"),
    ownedRows: json.number("owned_rows"),
    changes: json.list("changes", changeOf),
    unchanged: json.number("unchanged"),
    leftOver: json.list("left_over", (one) => ({
      customerId: one.text("customer_id"),
      key: one.text("key"),
      row: rowOf(one.fields("row")),
      isPending: one.flag("is_pending"),
    })),
    totals: json.list("totals", (one) => ({
      featureId: one.text("feature_id"),
      per: one.text("per"),
      added: one.number("added"),
      taken: one.number("taken"),
    })),
    warnings: json.list("warnings", problemOf),
    limits: limitsOf(json.fields("limits")),
    lifted: json.list("lifted", refusalOf),
    estimate: { calls: estimate.number("calls"), ms: estimate.number("ms") },
    policy: json.maybe("policy", (name) => policyOf(json.fields(name))),
  };
}

const KINDS = ["create", "update", "replace", "delete", "blocked"] as const;

const FIELD_NAMES: readonly FieldChange["field"][] = [
  "included",
  "unlimited",
  "reset",
  "expires_at",
  "rollover",
  "feature_id",
  "entity_id",
];

function changeOf(json: Fields): Change {
  return {
    kind: json.oneOf("kind", KINDS),
    customerId: json.text("customer_id"),
    featureId: json.text("feature_id"),
    entityId: json.maybe("entity_id", (name) => json.text(name)),
    key: json.text("key"),
    balanceId: json.text("balance_id"),
    desired: json.maybe("desired", (name) => desiredOf(json.fields(name))),
    row: json.maybe("row", (name) => rowOf(json.fields(name))),
    retires: json.list("retires", rowOf),
    creates: json.flag("creates"),
    fields: json.list("fields", (one) => ({
      field: one.oneOf("field", FIELD_NAMES),
      from: one.anything("from"),
      to: one.anything("to"),
    })),
    reasons: json.list("reasons", (one) => ({
      code: one.text("code") as Reason["code"],
      text: one.text("text"),
    })),
    carries: json.number("carries"),
    granted: json.number("granted"),
    unblocksAt: json.maybe("unblocks_at", (name) => json.instant(name)),
    createsCustomer: json.flag("creates_customer"),
    isPending: json.flag("is_pending"),
    resetsAt: json.maybe("resets_at", (name) => json.instant(name)),
    meanwhile: json.maybe("meanwhile", (name) => json.number(name)),
  };
}
