// A row as the entry that would declare it. Pure.
import { type BalanceEntry, defaultKey, EARLIEST_MS, LATEST_MS, msToInstant } from "../../schema/index.ts";
import type { Row } from "../row.ts";
import { writtenReset, writtenRollover } from "../transitions/compare.ts";

/** How successors are marked; a key may not end like that. */
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

/** The name that an entry has without an `id`; `undefined` where it needs one. */
function plainKey({ featureId, entityId }: Row): string | undefined {
  const key = defaultKey(featureId, entityId ?? null);
  return LIKE_A_GENERATION.test(key) ? undefined : key;
}

/** A moment that no text stands for is left to the schema to refuse. */
const writtenMoment = (ms: number): string | number =>
  ms >= EARLIEST_MS && ms <= LATEST_MS ? msToInstant(ms) : ms;

/**
 * A name for a row of others: the one it has, else that of its feature, with a number where that is taken.
 * @param given its balance_id, without the namespace it may have had
 * @param isFree whether a name may be an `id` and nothing else has it
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
