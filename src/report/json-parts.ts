// The parts that JSON documents are made of: rows, entries, problems, amounts and moments.
import type { PolicyVerdict, Refusal, Row } from "../reconcile/index.ts";
import type { DesiredBalance, Limits, Phase, Problem, Reset, Rollover } from "../schema/index.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
export type JsonDocument = { readonly [name: string]: Json };

export function desiredJson(desired: DesiredBalance): Json {
  return {
    customer_id: desired.customerId,
    feature_id: desired.featureId,
    entity_id: desired.entityId,
    key: desired.key,
    included: amountOrNull(desired.included),
    unlimited: desired.unlimited,
    reset: resetJson(desired.reset),
    expires_at: instant(desired.expiresAt),
    rollover: rolloverJson(desired.rollover),
    next_reset_at: instant(desired.nextResetAt),
    adopt: desired.adopt,
    ...(desired.note === undefined ? {} : { ...desired.note }),
    ...(desired.isProtected ? { protected: true } : {}),
    ...(desired.startsAt === undefined ? {} : { starts_at: instant(desired.startsAt) }),
    ...(desired.phases === undefined ? {} : { phases: desired.phases.map(phaseJson) }),
    ...(desired.gapsAllowed ? { gaps: "allowed" } : {}),
    place: placeJson(desired.place),
  };
}

const phaseJson = (phase: Phase): Json => ({
  starts_at: instant(phase.startsAt),
  ends_at: instant(phase.endsAt),
  included: amountOrNull(phase.included),
  unlimited: phase.unlimited,
  reset: resetJson(phase.reset),
  rollover: rolloverJson(phase.rollover),
});

/** What a read did not tell (`undefined`) is left out; `null` says that there is none. */
export function rowJson(row: Row): Json {
  return {
    customer_id: row.customerId,
    feature_id: row.featureId,
    balance_id: row.balanceId,
    internal_id: row.internalId,
    plan_id: row.planId,
    ...(row.entityId === undefined ? {} : { entity_id: row.entityId }),
    entity_ref: row.entityRef,
    boolean: row.boolean,
    unlimited: row.unlimited,
    grant: amount(row.grant),
    ...(row.creationGrant === undefined ? {} : { creation_grant: amount(row.creationGrant) }),
    remaining: amount(row.remaining),
    usage: amount(row.usage),
    rolled_over: amount(row.rolledOver),
    reset: resetJson(row.reset),
    resets_at: instant(row.resetsAt),
    expires_at: instant(row.expiresAt),
    ...(row.rollover === undefined ? {} : { rollover: rolloverJson(row.rollover) }),
    paid: row.paid,
    flaw: row.flaw,
    ...(row.createdAt === undefined ? {} : { created_at: instant(row.createdAt) }),
  };
}

export function limitsJson(limits: Limits): Json {
  return {
    deletes: amount(limits.deletes),
    delete_percent: amount(limits.deletePercent),
    replaces: amount(limits.replaces),
    replace_percent: amount(limits.replacePercent),
    ...(limits.groupPercent === undefined ? {} : { group_percent: amount(limits.groupPercent) }),
    granted: Object.fromEntries(
      [...limits.granted]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([feature, units]) => [feature, amount(units)]),
    ),
  };
}

export function problemJson({ code, message, hint, place, pointer }: Problem): JsonDocument {
  return {
    code,
    message,
    hint: hint ?? null,
    place: placeJson(place),
    pointer: pointer ?? null,
  };
}

export const refusalJson = (refusal: Refusal): JsonDocument => ({
  ...problemJson(refusal),
  forcible: refusal.forcible,
  customer_id: refusal.customerId ?? null,
  key: refusal.key ?? null,
  feature_id: refusal.featureId ?? null,
});

export const policyJson = ({ name, approvals, findings }: PolicyVerdict): Json => ({
  name,
  approvals: [...approvals],
  findings: findings.map((finding) => ({
    rule: finding.rule,
    effect: finding.effect,
    approver: finding.approver,
    message: finding.message,
    customer_id: finding.customerId,
    key: finding.key,
    place: placeJson(finding.place),
  })),
});

function placeJson(place: Problem["place"]): Json {
  return place === undefined ? null : { file: place.file, line: place.line, column: place.column };
}

export function resetJson(reset: Reset | null): Json {
  return reset === null ? null : { interval: reset.interval, interval_count: amount(reset.intervalCount) };
}

function rolloverJson(rollover: Rollover | null): Json {
  if (rollover === null) return null;
  return {
    max: amountOrNull(rollover.max),
    max_percentage: amountOrNull(rollover.maxPercentage),
    length: amount(rollover.length),
    duration: rollover.duration,
  };
}

/** JSON knows neither NaN nor infinity, which sums of what a server stores could come to. */
export function amount(n: number): number {
  if (Number.isFinite(n)) return n + 0;
  return Number.isNaN(n) ? 0 : Math.sign(n) * Number.MAX_VALUE;
}

const amountOrNull = (n: number | null): number | null => (n === null ? null : amount(n));

/** RFC 3339; the amount of ms where a server stores a moment beyond the years 0 to 9999. */
export function instant(ms: number | null): string | number | null {
  if (ms === null) return null;
  const inRange = ms >= -62_167_219_200_000 && ms <= 253_402_300_799_999;
  return inRange ? new Date(ms).toISOString().replace(".000Z", "Z") : amount(ms);
}

export function anything(value: unknown): Json {
  const text = JSON.stringify(value);
  return text === undefined ? null : (JSON.parse(text) as Json);
}
