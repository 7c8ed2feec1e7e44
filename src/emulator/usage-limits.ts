// billing_controls.usage_limits: how much of a feature may be used in one window of time, who may set it, and
// what counts. A window belongs to a feature and to the customer, or to one entity with a limit of its own.
import { exact } from "./amounts.ts";
import type { UsageGate } from "./deduct.ts";
import { Fields } from "./fields.ts";
import { INTERVALS, type Window, windowAround } from "./intervals.ts";
import { subjectRows } from "./select.ts";
import type { Customer, Entity, Feature, Row, UsageLimit, UsageWindow } from "./types.ts";

/** Whose limits apply, and what is known of features. */
export interface LimitScope {
  readonly customer: Customer;
  /** Set when the call is for an entity: its own limits come before those of its customer. */
  readonly entity: Entity | null;
  readonly features: ReadonlyMap<string, Feature>;
  readonly now: number;
}

/** Reads `usage_limits` of a body's `billing_controls`; undefined when it does not name them. */
export function readUsageLimits(fields: Fields): UsageLimit[] | undefined {
  const controls = fields.optionalObject("billing_controls");
  const limits = controls?.optionalArray("usage_limits");
  return limits?.map((value, index) => {
    const item = new Fields(value, `${controls?.path("usage_limits")}[${index}]`);
    return {
      feature_id: item.string("feature_id"),
      enabled: item.optionalBoolean("enabled") ?? true,
      limit: item.number("limit"),
      interval: item.choice("interval", INTERVALS),
    };
  });
}

/**
 * Limits as reads show them: those that are enabled with what counted so far.
 * @param empty whether the windows show as empty, whatever counted
 */
export function presentUsageLimits(scope: LimitScope, empty = false) {
  const own = scope.entity ? scope.entity.usageLimits : scope.customer.usageLimits;
  if (!own) return {};
  const source = scope.entity ? "entity" : "customer";
  return {
    usage_limits: own.map((limit) => ({
      ...limit,
      ...(limit.enabled ? { usage: empty ? 0 : usedNow(scope, limit) } : {}),
      source,
    })),
  };
}

/** What one limit leaves while an amount is drawn. */
interface Headroom {
  readonly limit: UsageLimit;
  /** A credit system's limit counts credits of its own rows; any other counts units, whatever pays for them. */
  readonly countsCredits: boolean;
  left: number;
  consumed: number;
}

/** Holds an amount back where usage limits do, and counts what passes. */
export class LimitedUsage implements UsageGate {
  readonly #scope: LimitScope;
  readonly #clamps: boolean;
  readonly #entries: Headroom[];

  /**
   * @param featureIds the feature that is used and the credit systems that pay for it
   * @param clamps whether amounts are held back, or only counted
   */
  constructor(scope: LimitScope, featureIds: Iterable<string>, clamps: boolean) {
    this.#scope = scope;
    this.#clamps = clamps;
    this.#entries = [];
    for (const id of featureIds) {
      const limit = limitOf(scope, id);
      if (!limit) continue;
      const left = Math.max(0, exact(limit.limit - usedNow(scope, limit)));
      const countsCredits = scope.features.get(id)?.type === "credit_system";
      this.#entries.push({ limit, countsCredits, left, consumed: 0 });
    }
  }

  available(featureId: string | null, cost: number): number {
    if (!this.#clamps) return Number.POSITIVE_INFINITY;
    let units = Number.POSITIVE_INFINITY;
    for (const { limit, countsCredits, left } of this.#entries) {
      if (!countsCredits) units = Math.min(units, left);
      else if (limit.feature_id === featureId) units = Math.min(units, exact(left / cost));
    }
    return units;
  }

  consume(featureId: string | null, units: number, cost: number): void {
    for (const entry of this.#entries) {
      if (entry.countsCredits && entry.limit.feature_id !== featureId) continue;
      const amount = exact(entry.countsCredits ? units * cost : units);
      entry.left = Math.max(0, exact(entry.left - amount));
      entry.consumed = exact(entry.consumed + amount);
    }
  }

  /** Writes what was consumed to the windows; the database has it from `dueAt` on. */
  count(dueAt: number): void {
    for (const { limit, consumed } of this.#entries) {
      if (consumed > 0) countIn(this.#scope, limit, consumed, dueAt);
    }
  }
}

/** Forgets what was counted and not stored yet, as usage is forgotten. */
export function dropUnstoredWindows(customer: Customer): void {
  for (const window of customer.usageWindows) {
    if (!window.unstored) continue;
    window.used = window.unstored.used;
    window.unstored = null;
  }
}

/** The limit that applies to a feature: the entity's own before the customer's; none when it is disabled. */
function limitOf(scope: LimitScope, featureId: string): UsageLimit | undefined {
  const names = (limit: UsageLimit) => limit.feature_id === featureId;
  const limit = scope.entity?.usageLimits?.find(names) ?? scope.customer.usageLimits?.find(names);
  return limit?.enabled ? limit : undefined;
}

function ownerOf(scope: LimitScope, limit: UsageLimit): Entity | null {
  return scope.entity?.usageLimits?.includes(limit) ? scope.entity : null;
}

/** A count lives as long as its window: it is 0 once the window has closed or moved. */
function usedNow(scope: LimitScope, limit: UsageLimit): number {
  const window = windowOf(scope, limit);
  return window && isCurrent(window, boundsOf(scope, limit)) ? window.used : 0;
}

function countIn(scope: LimitScope, limit: UsageLimit, amount: number, dueAt: number): void {
  const bounds = boundsOf(scope, limit);
  let window = windowOf(scope, limit);
  if (!window) {
    window = {
      featureId: limit.feature_id,
      internalEntityId: ownerOf(scope, limit)?.internalId ?? null,
      ...bounds,
      used: 0,
      unstored: null,
    };
    scope.customer.usageWindows.push(window);
  } else if (!isCurrent(window, bounds)) {
    Object.assign(window, bounds, { used: 0, unstored: null });
  }
  if (dueAt > scope.now) window.unstored ??= { dueAt, used: window.used };
  window.used = exact(window.used + amount);
}

function windowOf(scope: LimitScope, limit: UsageLimit): UsageWindow | undefined {
  const owner = ownerOf(scope, limit)?.internalId ?? null;
  return scope.customer.usageWindows.find(
    (window) => window.featureId === limit.feature_id && window.internalEntityId === owner,
  );
}

function isCurrent(window: UsageWindow, bounds: Window): boolean {
  return window.startsAt === bounds.startsAt && window.endsAt === bounds.endsAt;
}

/**
 * A window keeps step with the resets of the feature's oldest row, or else with the calendar in UTC. So a row
 * that is created or deleted can move it, and its count is then shown as 0.
 */
function boundsOf(scope: LimitScope, limit: UsageLimit): Window {
  const anchor = anchorOf(scope, limit)?.nextResetAt ?? null;
  return windowAround(scope.now, limit.interval, anchor);
}

function anchorOf(scope: LimitScope, limit: UsageLimit): Row | undefined {
  const { customer, features, now } = scope;
  const owner = ownerOf(scope, limit);
  const seen = subjectRows(customer, owner, now);
  const paying = [...features.values()].filter((feature) =>
    feature.creditSchema.some((cost) => cost.metered_feature_id === limit.feature_id),
  );
  for (const ids of [[limit.feature_id], paying.map((feature) => feature.id)]) {
    const rows = seen.filter((row) => ids.includes(row.featureId));
    const own = rows.filter((row) => row.internalEntityId !== null);
    const [first] = (own.length > 0 ? own : rows).sort(byAge);
    if (first) return first;
  }
  return undefined;
}

/** Rows of plans before standalone ones, then the older first. */
function byAge(a: Row, b: Row): number {
  return Number(a.planId === null) - Number(b.planId === null) || a.createdAt - b.createdAt || a.seq - b.seq;
}
