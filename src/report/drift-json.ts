// Drift as a document for machines, as schema/plan.schema.json describes it.
import { type Difference, type Drift, isWaiting, type Refusal } from "../reconcile/index.ts";
import { FORMAT_VERSION, planJson } from "./json.ts";
import { amount, anything, instant, type JsonDocument, rowJson } from "./json-parts.ts";
import { type DriftLog, logJson, whoJson } from "./who.ts";

/**
 * What `drift --format json` prints. `refusals` are what would keep the plan from being applied; `log` is what tells who did it, where that
 * was asked for.
 */
export function driftJson(drift: Drift, refusals: readonly Refusal[], log?: DriftLog): JsonDocument {
  const { plan, differences, hasDrifted, expiring, expiringWithin } = drift;
  const counted = (kind: Difference["kind"]): number =>
    differences.filter((one) => one.kind === kind && !isWaiting(one)).length;
  return {
    format_version: FORMAT_VERSION,
    kind: "drift",
    has_drift: hasDrifted,
    summary: {
      missing: counted("missing"),
      changed: counted("changed"),
      undeclared: counted("undeclared"),
      waiting: differences.filter(isWaiting).length,
      reverting: differences.filter(({ reverts }) => reverts !== null).length,
      expiring: expiring.length,
    },
    differences: differences.map((difference) => ({
      ...differenceJson(difference),
      ...(log === undefined ? {} : { who: whoJson(difference, log) }),
    })),
    ...(log === undefined ? {} : { log: logJson(log) }),
    expiring_within_ms: amount(expiringWithin),
    expiring: expiring.map(({ customerId, featureId, entityId, key, balanceId, row }) => ({
      customer_id: customerId,
      feature_id: featureId,
      entity_id: entityId,
      key,
      balance_id: balanceId,
      expires_at: instant(row?.expiresAt ?? null),
      row: row === null ? null : rowJson(row),
    })),
    plan: planJson(plan, refusals),
  };
}

function differenceJson({ kind, change, reverts }: Difference): JsonDocument {
  return {
    kind,
    customer_id: change.customerId,
    feature_id: change.featureId,
    entity_id: change.entityId,
    key: change.key,
    balance_id: change.balanceId,
    fields: change.fields.map(({ field, from, to }) => ({
      field,
      is: anything(from),
      declared: anything(to),
    })),
    reasons: change.reasons.map(({ code, text }) => ({ code, text })),
    reverts: reverts === null ? null : { to: amount(reverts.to), at: instant(reverts.at) },
    waits_until: instant(change.unblocksAt),
  };
}
