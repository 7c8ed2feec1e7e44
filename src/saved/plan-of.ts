// JSON → a plan: the way back from `planJson`.
import type { Change, Few, FieldChange, GroupReport, Plan, Reason, Scheduled } from "../reconcile/index.ts";
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
    scheduled: json.has("scheduled") ? json.list("scheduled", scheduledOf) : [],
    totals: json.list("totals", (one) => ({
      featureId: one.text("feature_id"),
      per: one.text("per"),
      added: one.number("added"),
      taken: one.number("taken"),
    })),
    ...(json.has("groups") ? { groups: json.list("groups", groupOf) } : {}),
    warnings: json.list("warnings", problemOf),
    limits: limitsOf(json.fields("limits")),
    lifted: json.list("lifted", refusalOf),
    estimate: { calls: estimate.number("calls"), ms: estimate.number("ms") },
    policy: json.maybe("policy", (name) => policyOf(json.fields(name))),
  };
}

function scheduledOf(json: Fields): Scheduled {
  const desired = desiredOf(json.fields("desired"));
  const { featureId, entityId } = desired;
  const [customerId, key] = [json.text("customer_id"), json.text("key")];
  return { customerId, key, featureId, entityId, startsAt: json.instant("starts_at"), desired };
}

function groupOf(json: Fields): GroupReport {
  const few = (name: string): Few => {
    const of = json.fields(name);
    return { customers: of.number("customers"), first: of.texts("first") };
  };
  return {
    name: json.text("name"),
    source: json.oneOf("source", ["customers", "csv", "autumn"]),
    whenTheyLeave: json.oneOf("when_they_leave", ["keep", "end"]),
    customers: json.maybe("customers", (name) => json.number(name)),
    since: json.oneOf("since", ["base", "rows"]),
    members: json.number("members"),
    creates: json.number("creates"),
    enters: few("enters"),
    leaves: few("leaves"),
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
    ...(json.has("was_protected") ? { wasProtected: true } : {}),
    resetsAt: json.maybe("resets_at", (name) => json.instant(name)),
    meanwhile: json.maybe("meanwhile", (name) => json.number(name)),
  };
}
