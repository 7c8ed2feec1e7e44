// A hash of what a change was made from, to compare with what it would be made from now. Pure.
//
// Usage is not part of it, as customers go on using what they have; nor is what only some reads show, as the same row
// may be read another way next time.
import { createHash } from "node:crypto";
import { termsOf } from "../../schema/index.ts";
import { nameOf, type Row, settled } from "../row.ts";
import type { Change } from "../types.ts";

/**
 * Equal for two changes that do the same to the same rows.
 * @param now ms since 1970: a cycle that has ended since the rows were read makes no difference
 */
export function fingerprintOf(change: Change, now: number): string {
  const { desired, row, retires, reasons, fields } = change;
  const content = {
    kind: change.kind,
    customerId: change.customerId,
    featureId: change.featureId,
    key: change.key,
    balanceId: change.balanceId,
    creates: change.creates,
    createsCustomer: change.createsCustomer,
    desired: desired && termsOf(desired),
    reasons: reasons.map(({ code }) => code),
    fields,
    row: row && partsOf(row, now),
    retires: retires.map((one) => JSON.stringify(sorted(partsOf(one, now)))).sort(),
  };
  return createHash("sha256")
    .update(JSON.stringify(sorted(content)))
    .digest("base64url");
}

function partsOf(stored: Row, now: number) {
  const row = settled(stored, now);
  const { customerId, featureId, boolean, unlimited, grant, reset, resetsAt, expiresAt } = row;
  return { name: nameOf(row), customerId, featureId, boolean, unlimited, grant, reset, resetsAt, expiresAt };
}

/** The value with the fields of every object in a fixed order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([name, inner]) => [name, sorted(inner)]);
}
