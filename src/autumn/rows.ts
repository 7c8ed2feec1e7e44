// Decodes what the answers of several routes share: rows, resets and rollovers.
import type { Reader } from "./reader.ts";
import type { WireReset, WireRollover, WireRow } from "./wire.ts";

/** Significant digits that the server keeps of an amount. */
const DIGITS = 15;

/** @param featureId if the row does not contain it */
export function rowOf(reader: Reader, value: unknown, featureId?: string): WireRow {
  const row = reader.object(value, "a row");
  return {
    id: reader.text(row.id, "id"),
    feature_id: featureId ?? reader.text(row.feature_id, "feature_id"),
    plan_id: reader.textOrNull(row.plan_id, "plan_id"),
    included_grant: reader.numberOrNull(row.included_grant, "included_grant") ?? 0,
    remaining: reader.numberOrNull(row.remaining, "remaining") ?? 0,
    usage: reader.numberOrNull(row.usage, "usage") ?? 0,
    unlimited: reader.flag(row.unlimited, "unlimited") ?? false,
    reset: resetOf(reader, row.reset),
    expires_at: reader.numberOrNull(row.expires_at, "expires_at"),
    paid: (reader.numberOrNull(row.prepaid_grant, "prepaid_grant") ?? 0) > 0 || row.price != null,
    rolled_over: rolledOver(reader, row.rollovers),
  };
}

/** Rows without a rollover leave the list out, and so do older servers. */
function rolledOver(reader: Reader, value: unknown): number {
  const rollovers = value == null ? [] : reader.list(value, "rollovers");
  const sum = rollovers.reduce<number>(
    (sum, rollover) =>
      sum + (reader.numberOrNull(reader.object(rollover, "a rollover").balance, "balance") ?? 0),
    0,
  );
  // The server computes in decimals: without this, 0.1 and 0.2 would make 0.30000000000000004.
  return Number(sum.toPrecision(DIGITS));
}

/** Features with an enabled limit in `billing_controls.usage_limits`. */
export function limitedOf(reader: Reader, value: unknown): string[] {
  if (value === null || value === undefined) return [];
  const { usage_limits: limits } = reader.object(value, "billing_controls");
  return reader.list(limits ?? [], "usage_limits").flatMap((one) => {
    const limit = reader.object(one, "a usage limit");
    const isOn = reader.flag(limit.enabled, "enabled") ?? true;
    return isOn ? [reader.text(limit.feature_id, "feature_id")] : [];
  });
}

/** The rows below `balances.<feature>.breakdown` of a customer or an entity. */
export function breakdownOf(reader: Reader, value: unknown): WireRow[] {
  const balances = reader.object(value ?? {}, "balances");
  return Object.entries(balances).flatMap(([featureId, balance]) => {
    const { breakdown, rollovers } = reader.object(balance, "a balance");
    // Rolled-over units are given per feature, as a sum over those of its rows that reset.
    const rolled = rolledOver(reader, rollovers);
    return reader.list(breakdown ?? [], "breakdown").map((value) => {
      const row = rowOf(reader, value, featureId);
      return row.reset?.resets_at == null ? row : { ...row, rolled_over: row.rolled_over || rolled };
    });
  });
}

export function rolloverOf(reader: Reader, value: unknown): WireRollover | null {
  if (value === null || value === undefined) return null;
  const rollover = reader.object(value, "rollover");
  return {
    max: reader.numberOrNull(rollover.max, "rollover.max"),
    max_percentage: reader.numberOrNull(rollover.max_percentage, "rollover.max_percentage"),
    length: reader.numberOrNull(rollover.length, "rollover.length") ?? 1,
    duration: rollover.duration === "forever" ? "forever" : "month",
  };
}

function resetOf(reader: Reader, value: unknown): WireReset | null {
  if (value === null || value === undefined) return null;
  const reset = reader.object(value, "reset");
  return {
    interval: reader.text(reset.interval, "reset.interval"),
    interval_count: reader.numberOrNull(reset.interval_count, "reset.interval_count") ?? 1,
    resets_at: reader.numberOrNull(reset.resets_at, "reset.resets_at"),
  };
}
