// A row as the entry that would declare it. Pure.
import { type BalanceEntry, defaultKey, EARLIEST_MS, LATEST_MS, msToInstant } from "../../schema/index.ts";
import type { Row } from "../row.ts";
import { writtenReset, writtenRollover } from "../transitions/compare.ts";

/** The suffix of successors; a key may not end like that. */
const LIKE_A_GENERATION = /~(\d+)$/;

/**
 * @param key the name of the balance among those of its customer
 * @param adopt the balance_id of a row that is not of the namespace
 */
export function entryOfRow(row: Row, key: string, adopt: string | null): BalanceEntry {
  const { customerId, featureId, entityId, boolean, unlimited, grant, expiresAt } = row;
  const reset = writtenReset(row.reset);
  const rollover = writtenRollover(row.rollover ?? null);
  const entry = {
    customer_id: customerId,
    feature_id: featureId,
    ...(entityId == null ? {} : { entity_id: entityId }),
    ...(key === plainKey(row) ? {} : { id: key }),
    ...(unlimited ? { unlimited } : boolean ? {} : { included: grant }),
    ...(reset === null ? {} : { reset }),
    ...(expiresAt === null ? {} : { expires_at: writtenMoment(expiresAt) }),
    ...(rollover === null ? {} : { rollover }),
    ...(adopt === null ? {} : { adopt }),
  };
  return entry as BalanceEntry;
}

/** The key of an entry without an `id`; `undefined` if it needs one. */
function plainKey({ featureId, entityId }: Row): string | undefined {
  const key = defaultKey(featureId, entityId ?? null);
  return LIKE_A_GENERATION.test(key) ? undefined : key;
}

/** A moment too far away to be written as text is left to the schema to refuse. */
const writtenMoment = (ms: number): string | number =>
  ms >= EARLIEST_MS && ms <= LATEST_MS ? msToInstant(ms) : ms;

/**
 * A key for a row that is not of the namespace: its own name if free, else that of its feature, with a number if taken.
 * @param given its balance_id, without the namespace it may have had
 * @param isFree whether a name is a valid `id` that is not in use
 */
export function keyFor(row: Row, given: string | null, isFree: (key: string) => boolean): string {
  if (given !== null && isFree(given)) return given;
  const base = defaultKey(row.featureId, row.entityId ?? null).replace(LIKE_A_GENERATION, "-$1");
  if (isFree(base)) return base;
  for (let n = 2; ; n++) {
    const key = `${base}-${n}`;
    if (isFree(key)) return key;
  }
}
