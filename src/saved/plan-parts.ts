// JSON → rows, entries and problems: the way back from what the reports write.
import type { Finding, PolicyVerdict, Refusal, Row } from "../reconcile/index.ts";
import {
  type DesiredBalance,
  INTERVALS,
  type Interval,
  type Limits,
  type Note,
  type Phase,
  type Problem,
  type Reset,
  type Rollover,
} from "../schema/index.ts";
import type { Fields } from "./fields.ts";

const CYCLES = INTERVALS.filter((interval): interval is Interval => interval !== "one_off");

export function desiredOf(json: Fields): DesiredBalance {
  const place = placeOf(json);
  return {
    customerId: json.text("customer_id"),
    featureId: json.text("feature_id"),
    entityId: json.maybe("entity_id", (name) => json.text(name)),
    included: json.maybe("included", (name) => json.number(name)),
    unlimited: json.flag("unlimited"),
    reset: resetOf(json),
    expiresAt: json.maybe("expires_at", (name) => json.instant(name)),
    rollover: rolloverOf(json),
    nextResetAt: json.maybe("next_reset_at", (name) => json.instant(name)),
    key: json.text("key"),
    adopt: json.maybe("adopt", (name) => json.text(name)),
    ...noteOf(json),
    ...(json.has("protected") ? { isProtected: true } : {}),
    ...(json.has("starts_at") ? { startsAt: json.instant("starts_at") } : {}),
    ...(json.has("phases") ? { phases: json.list("phases", phaseOf) } : {}),
    ...(json.has("gaps") ? { gapsAllowed: true } : {}),
    ...(place === undefined ? {} : { place }),
  };
}

const phaseOf = (json: Fields): Phase => ({
  startsAt: json.maybe("starts_at", (name) => json.instant(name)),
  endsAt: json.maybe("ends_at", (name) => json.instant(name)),
  included: json.maybe("included", (name) => json.number(name)),
  unlimited: json.flag("unlimited"),
  reset: resetOf(json),
  rollover: rolloverOf(json),
});

/** Written together, or not at all. */
function noteOf(json: Fields): { note?: Note } {
  if (!json.has("reason")) return {};
  const text = (name: string): string | null => json.maybe(name, (it) => json.text(it));
  return { note: { reason: text("reason"), ticket: text("ticket"), owner: text("owner") } };
}

export function rowOf(json: Fields): Row {
  return {
    customerId: json.text("customer_id"),
    featureId: json.text("feature_id"),
    balanceId: json.maybe("balance_id", (name) => json.text(name)),
    internalId: json.maybe("internal_id", (name) => json.text(name)),
    planId: json.maybe("plan_id", (name) => json.text(name)),
    entityId: json.has("entity_id") ? json.maybe("entity_id", (name) => json.text(name)) : undefined,
    entityRef: json.maybe("entity_ref", (name) => json.text(name)),
    boolean: json.flag("boolean"),
    unlimited: json.flag("unlimited"),
    grant: json.number("grant"),
    creationGrant: json.has("creation_grant") ? json.number("creation_grant") : undefined,
    remaining: json.number("remaining"),
    usage: json.number("usage"),
    rolledOver: json.number("rolled_over"),
    reset: resetOf(json),
    resetsAt: json.maybe("resets_at", (name) => json.instant(name)),
    expiresAt: json.maybe("expires_at", (name) => json.instant(name)),
    rollover: json.has("rollover") ? rolloverOf(json) : undefined,
    paid: json.flag("paid"),
    flaw: json.maybe("flaw", (name) => json.text(name)),
    createdAt: json.has("created_at") ? json.instant("created_at") : undefined,
  };
}

export function limitsOf(json: Fields): Limits {
  return {
    deletes: json.number("deletes"),
    deletePercent: json.number("delete_percent"),
    replaces: json.number("replaces"),
    replacePercent: json.number("replace_percent"),
    ...(json.has("group_percent") ? { groupPercent: json.number("group_percent") } : {}),
    granted: json.fields("granted").amounts(),
  };
}

export function problemOf(json: Fields): Problem {
  const hint = json.maybe("hint", (name) => json.text(name));
  const pointer = json.maybe("pointer", (name) => json.text(name));
  const place = placeOf(json);
  return {
    code: json.text("code"),
    message: json.text("message"),
    ...(hint === null ? {} : { hint }),
    ...(place === undefined ? {} : { place }),
    ...(pointer === null ? {} : { pointer }),
  };
}

export function refusalOf(json: Fields): Refusal {
  const customerId = json.maybe("customer_id", (name) => json.text(name));
  const key = json.maybe("key", (name) => json.text(name));
  const featureId = json.maybe("feature_id", (name) => json.text(name));
  return {
    ...problemOf(json),
    forcible: json.flag("forcible"),
    ...(customerId === null ? {} : { customerId }),
    ...(key === null ? {} : { key }),
    ...(featureId === null ? {} : { featureId }),
  };
}

export const policyOf = (json: Fields): PolicyVerdict => ({
  name: json.text("name"),
  approvals: json.texts("approvals"),
  findings: json.list("findings", findingOf),
});

function findingOf(json: Fields): Finding {
  const place = placeOf(json);
  return {
    rule: json.text("rule"),
    effect: json.oneOf("effect", ["deny", "warn", "approve"]),
    approver: json.maybe("approver", (name) => json.text(name)),
    message: json.text("message"),
    customerId: json.maybe("customer_id", (name) => json.text(name)),
    key: json.maybe("key", (name) => json.text(name)),
    ...(place === undefined ? {} : { place }),
  };
}

function placeOf(json: Fields): Problem["place"] {
  const place = json.maybe("place", (name) => json.fields(name));
  if (place === null) return undefined;
  return { file: place.text("file"), line: place.number("line"), column: place.number("column") };
}

function resetOf(json: Fields): Reset | null {
  const reset = json.maybe("reset", (name) => json.fields(name));
  if (reset === null) return null;
  return { interval: reset.oneOf("interval", CYCLES), intervalCount: reset.number("interval_count") };
}

function rolloverOf(json: Fields): Rollover | null {
  const rollover = json.maybe("rollover", (name) => json.fields(name));
  if (rollover === null) return null;
  return {
    max: rollover.maybe("max", (name) => rollover.number(name)),
    maxPercentage: rollover.maybe("max_percentage", (name) => rollover.number(name)),
    length: rollover.number("length"),
    duration: rollover.oneOf("duration", ["month", "forever"]),
  };
}
