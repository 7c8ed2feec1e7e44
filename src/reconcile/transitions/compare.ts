// Which fields of a row differ from what is declared, and whether an update can change them. Pure.
import { type DesiredBalance, msToInstant, type Reset, type Rollover } from "../../schema/index.ts";
import { sameAmount, units } from "../amounts.ts";
import type { Row } from "../row.ts";
import type { FieldChange, Reason } from "../types.ts";

export interface Differences {
  readonly fields: readonly FieldChange[];
  /** Why the row has to be replaced; `null` when an update is enough. */
  readonly replaces: Reason | null;
}

/** Whether the row is exactly what is declared. */
export function isAsDeclared(desired: DesiredBalance, row: Row): boolean {
  return (
    desired.featureId === row.featureId &&
    sameEntity(desired, row) &&
    desired.unlimited === row.unlimited &&
    sameGrant(desired, row) &&
    sameReset(desired.reset, row.reset) &&
    (row.reset === null || row.resetsAt !== null) &&
    desired.expiresAt === row.expiresAt &&
    sameRollover(desired.rollover, row.rollover)
  );
}

export function differences(desired: DesiredBalance, row: Row): Differences {
  const fields: FieldChange[] = [];
  let replaces: Reason | null = null;
  const differs = (field: FieldChange["field"], from: unknown, to: unknown, reason: Reason | null): void => {
    fields.push({ field, from, to });
    replaces ??= reason;
  };
  if (desired.featureId !== row.featureId) {
    differs("feature_id", row.featureId, desired.featureId, fixed("feature_id"));
  }
  if (!sameEntity(desired, row)) {
    differs("entity_id", row.entityId ?? row.entityRef, desired.entityId, fixed("entity_id"));
  }
  if (desired.unlimited !== row.unlimited) {
    differs("unlimited", row.unlimited, desired.unlimited, fixed("unlimited"));
    const from = row.unlimited ? null : row.grant;
    if (from !== desired.included) differs("included", from, desired.included, null);
  }
  if (!sameReset(desired.reset, row.reset)) {
    differs("reset", writtenReset(row.reset), writtenReset(desired.reset), fixed("reset"));
  } else if (row.reset !== null && row.resetsAt === null) {
    // Created with both an end and a reset (scenario create-expiring-and-resetting).
    replaces ??= { code: "never-resets", text: "it was stored without a next reset, so it never resets" };
  }
  if (!sameRollover(desired.rollover, row.rollover)) {
    differs(
      "rollover",
      writtenRollover(row.rollover ?? null),
      writtenRollover(desired.rollover),
      fixed("rollover"),
    );
  }
  if (!sameGrant(desired, row)) {
    const reason = grantReason(desired, row);
    if (!sameAmount(desired.included, row.grant)) differs("included", row.grant, desired.included, reason);
    else replaces ??= reason;
  }
  if (desired.expiresAt !== row.expiresAt) {
    // The API can move an end, but never clear it (scenario update-expiry).
    const reason = desired.expiresAt === null ? fixed("expires_at back to never") : null;
    differs("expires_at", writtenInstant(row.expiresAt), writtenInstant(desired.expiresAt), reason);
  }
  return { fields, replaces };
}

/** Reset, unlimited, rollover and renames are ignored by balances.update (scenario update-ignored-fields). */
const fixed = (field: string): Reason => ({
  code: "not-updatable",
  text: `the API cannot change ${field} of a balance that exists`,
});

/**
 * Why another grant needs another row; `null` when an update will do. An update is stored as an adjustment that
 * the next reset takes back (scenario reset-reverts-grant), so it lasts only on a row that does not reset, or
 * when it leads back to the grant given at creation.
 */
function grantReason(desired: DesiredBalance, row: Row): Reason | null {
  if (row.reset === null || isCreationGrant(desired, row)) return null;
  if (sameAmount(desired.included, row.grant)) {
    const text = `it reads ${units(row.grant)} now, but each reset goes back to the ${units(row.creationGrant ?? 0)} given at creation`;
    return { code: "reset-would-revert", text };
  }
  return {
    code: "changed-for-good",
    text: "each reset goes back to the grant given at creation, so an update would not last",
  };
}

function sameEntity(desired: DesiredBalance, row: Row): boolean {
  if (row.entityId !== undefined) return desired.entityId === row.entityId;
  return row.entityRef === null || desired.entityId !== null;
}

function sameGrant(desired: DesiredBalance, row: Row): boolean {
  if (row.boolean || row.unlimited || desired.unlimited) return true;
  if (!sameAmount(desired.included, row.grant)) return false;
  return row.reset === null || row.creationGrant === undefined || isCreationGrant(desired, row);
}

function isCreationGrant({ included }: DesiredBalance, { creationGrant }: Row): boolean {
  return creationGrant !== undefined && sameAmount(creationGrant, included);
}

export function sameReset(a: Reset | null, b: Reset | null): boolean {
  return (
    a === b || (a !== null && b !== null && a.interval === b.interval && a.intervalCount === b.intervalCount)
  );
}

function sameRollover(a: Rollover | null, b: Rollover | null | undefined): boolean {
  if (b === undefined || a === b) return true;
  if (a === null || b === null) return false;
  if (!sameAmount(a.max, b.max) || !sameAmount(a.maxPercentage, b.maxPercentage)) return false;
  return a.duration === b.duration && (a.duration === "forever" || a.length === b.length);
}

const writtenInstant = (ms: number | null): string | null => (ms === null ? null : msToInstant(ms));

export function writtenReset(reset: Reset | null): unknown {
  if (reset === null) return null;
  const { interval, intervalCount } = reset;
  return intervalCount === 1 ? { interval } : { interval, interval_count: intervalCount };
}

export function writtenRollover(rollover: Rollover | null): unknown {
  if (rollover === null) return null;
  return {
    ...(rollover.max === null ? {} : { max: rollover.max }),
    ...(rollover.maxPercentage === null ? {} : { max_percentage: rollover.maxPercentage }),
    ...(rollover.duration === "forever" ? {} : { length: rollover.length }),
    duration: rollover.duration,
  };
}
