// Which fields of an entry a commit changed. Pure.
import { writtenReset, writtenRollover } from "../reconcile/index.ts";
import { type DesiredBalance, msToInstant, type Phase } from "../schema/index.ts";

/** One field that differs. Values are as they would be written in a balances file; `null` if absent. */
export interface EntryField {
  readonly field: EntryFieldName;
  readonly from: unknown;
  readonly to: unknown;
}

export type EntryFieldName = keyof typeof WRITTEN;

const instant = (ms: number | null): string | null => (ms === null ? null : msToInstant(ms));

/** The fields that can change while the balance stays the same. */
const WRITTEN = {
  feature_id: (entry: DesiredBalance): unknown => entry.featureId,
  entity_id: (entry: DesiredBalance): unknown => entry.entityId,
  unlimited: (entry: DesiredBalance): unknown => entry.unlimited,
  included: (entry: DesiredBalance): unknown => entry.included,
  reset: (entry: DesiredBalance): unknown => writtenReset(entry.reset),
  expires_at: (entry: DesiredBalance): unknown => instant(entry.expiresAt),
  rollover: (entry: DesiredBalance): unknown => writtenRollover(entry.rollover),
  next_reset_at: (entry: DesiredBalance): unknown => instant(entry.nextResetAt),
  adopt: (entry: DesiredBalance): unknown => entry.adopt,
  starts_at: (entry: DesiredBalance): unknown => instant(entry.startsAt ?? null),
  phases: (entry: DesiredBalance): unknown => entry.phases?.map(writtenPhase) ?? null,
};

const writtenPhase = ({ startsAt, endsAt, included, unlimited, reset, rollover }: Phase) => ({
  ...(startsAt === null ? {} : { starts_at: msToInstant(startsAt) }),
  ...(endsAt === null ? {} : { ends_at: msToInstant(endsAt) }),
  ...(included === null ? {} : { included }),
  ...(unlimited ? { unlimited } : {}),
  ...(reset === null ? {} : { reset: writtenReset(reset) }),
  ...(rollover === null ? {} : { rollover: writtenRollover(rollover) }),
});

const NAMES = Object.keys(WRITTEN) as EntryFieldName[];

/** Fields that phases say instead of their entry, which has those of the first. */
const OF_PHASES: readonly EntryFieldName[] = ["unlimited", "included", "reset", "expires_at", "rollover"];

export function changedFields(before: DesiredBalance, after: DesiredBalance): EntryField[] {
  const isPhased = before.phases !== undefined || after.phases !== undefined;
  const names = isPhased ? NAMES.filter((name) => !OF_PHASES.includes(name)) : NAMES;
  return names.flatMap((field) => {
    const [from, to] = [WRITTEN[field](before), WRITTEN[field](after)];
    return JSON.stringify(from) === JSON.stringify(to) ? [] : [{ field, from, to }];
  });
}
