// What a balance is created with: the body of balances.create, the rules between its fields, and the row
// that comes of it. Seeds use the same rules.
import { exact } from "./amounts.ts";
import { contradiction, invalidRequest } from "./errors.ts";
import { type Fields, isObject } from "./fields.ts";
import { addIntervals, INTERVALS } from "./intervals.ts";
import type { Feature, Interval, RolloverTerms, Row } from "./types.ts";

export interface GrantRequest {
  readonly grant: number | undefined;
  readonly unlimited: boolean | undefined;
  readonly reset: { readonly interval: Interval; readonly intervalCount: number } | undefined;
  readonly rollover: RolloverTerms | undefined;
  readonly expiresAt: number | undefined;
  readonly nextResetAt: number | undefined;
  readonly balanceId: string | undefined;
  /** Only in seeds: no call of this API makes a paid row. */
  readonly prepaidGrant?: number | undefined;
  readonly price?: Readonly<Record<string, unknown>> | undefined;
}

/** Reads the fields; wrong types are 400 invalid_inputs. */
export function readGrant(fields: Fields): GrantRequest {
  const reset = fields.optionalObject("reset");
  const rollover = fields.optionalObject("rollover");
  const request = {
    // `included`, the name of older versions, is not read any more (scenario create-older-names)
    grant: fields.optionalNumber("included_grant") ?? fields.optionalNumber("granted_balance"),
    unlimited: fields.optionalBoolean("unlimited"),
    reset: reset && {
      interval: reset.choice("interval", INTERVALS),
      intervalCount: reset.optionalNumber("interval_count") ?? 1,
    },
    rollover: rollover && readRollover(rollover),
    expiresAt: fields.optionalNumber("expires_at"),
    nextResetAt: fields.optionalNumber("next_reset_at"),
    balanceId: fields.optionalString("balance_id"),
  };
  return request;
}

function readRollover(fields: Fields): RolloverTerms {
  const max = fields.raw("max") === null ? null : (fields.optionalNumber("max") ?? null);
  const percentage = fields.raw("max_percentage") === null ? null : fields.optionalNumber("max_percentage");
  return {
    max,
    max_percentage: percentage ?? null,
    // Required even where it means nothing, as by the duration `forever`
    length: fields.number("length"),
    duration: fields.optionalChoice("duration", ["month", "forever"]) ?? "month",
  };
}

/** The contradictions that the real server answers with a 500 (scenario create-contradictions). */
export function refuseContradictions(request: GrantRequest, feature: Feature): void {
  const { grant, unlimited, reset } = request;
  if (feature.type === "boolean" && (grant !== undefined || unlimited || reset)) {
    throw contradiction("A boolean feature takes no included_grant, unlimited or reset");
  }
  if (feature.type !== "metered") return;
  if (grant === undefined && !unlimited) throw contradiction("Provide either included_grant or unlimited");
  if (grant !== undefined && unlimited) throw contradiction("Provide included_grant or unlimited, not both");
  if (unlimited && reset) throw contradiction("An unlimited balance cannot reset");
}

/** The rules between rollover, reset, next_reset_at and expires_at: 400 invalid_request. */
export function refuseImpossibleTimes(request: GrantRequest, feature: Feature, now: number): void {
  const { reset, rollover, expiresAt, nextResetAt } = request;
  const resets = reset !== undefined && reset.interval !== "one_off";
  if (isHeld(feature) && rollover) {
    throw invalidRequest("Rollover is not supported for continuous use features");
  }
  if (rollover && !reset) throw invalidRequest("Rollover cannot be provided for one-time balances");
  if (rollover && expiresAt && resets) {
    const boundary = addIntervals(now, reset.interval, reset.intervalCount);
    if (boundary > expiresAt) throw invalidRequest("expires_at occurs before the next rollover event");
  }
  if (nextResetAt !== undefined) {
    if (!reset) throw invalidRequest("next_reset_at requires a reset interval");
    if (nextResetAt <= now) throw invalidRequest("next_reset_at must be in the future");
    if (expiresAt !== undefined && nextResetAt >= expiresAt) {
      throw invalidRequest("next_reset_at must be before expires_at");
    }
  }
}

/** The row a request makes. */
export function newRow(
  request: GrantRequest,
  place: { feature: Feature; internalEntityId: string | null; planId: string | null; now: number },
): Omit<Row, "id" | "seq"> {
  const { feature, now } = place;
  // A non-consumable feature never resets (scenario create-seats), whatever dates and counts it was given
  const interval = isHeld(feature) ? "one_off" : (request.reset?.interval ?? "one_off");
  const unlimited = request.unlimited === true;
  const allowance = unlimited || feature.type === "boolean" ? 0 : (request.grant ?? 0);
  return {
    externalId: request.balanceId ?? null,
    featureId: feature.id,
    featureType: feature.type,
    consumable: feature.consumable,
    internalEntityId: place.internalEntityId,
    planId: place.planId,
    unlimited,
    allowance,
    interval,
    intervalCount: request.reset?.intervalCount ?? 1,
    rollover: request.rollover ?? null,
    balance: exact(allowance + (request.prepaidGrant ?? 0)),
    adjustment: 0,
    rollovers: [],
    nextResetAt: firstBoundary(request, interval, now),
    expiresAt: request.expiresAt ?? null,
    createdAt: now,
    prepaidGrant: request.prepaidGrant ?? 0,
    price: request.price ?? null,
    unstored: null,
  };
}

/** Held rather than used up, as seats are. */
function isHeld(feature: Feature): boolean {
  return feature.type === "metered" && !feature.consumable;
}

/**
 * When the row resets first. With `expires_at` and no `next_reset_at` it never does, whatever its interval
 * says (scenario create-expiring-and-resetting). A date that was given is kept even where nothing resets.
 */
function firstBoundary(request: GrantRequest, interval: Interval, now: number): number | null {
  if (request.nextResetAt !== undefined) return request.nextResetAt;
  if (interval === "one_off" || request.unlimited || request.expiresAt) return null;
  return addIntervals(now, interval, request.reset?.intervalCount ?? 1);
}

/** Plain JSON of a body's `metadata`; anything but an object counts as none. */
export function readMetadata(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}
