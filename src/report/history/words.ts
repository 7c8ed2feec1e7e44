// The words of a history that text and tables share.
import { changedFields, type Disagreement } from "../../history/index.ts";
import type { Row } from "../../reconcile/index.ts";
import { type DesiredBalance, defaultKey, inPhases } from "../../schema/index.ts";
import { declared, valueText } from "../change-words.ts";
import { textPen } from "../text/pen.ts";
import { cycleOf, moment, units } from "../words.ts";

/** `included 50,000 → 80,000, expires_at never → 2027-01-31T00:00:00Z`. */
export const changesText = (before: DesiredBalance, after: DesiredBalance): string =>
  changedFields(before, after)
    .map(({ field, from, to }) =>
      field === "phases"
        ? `${grants(before)} → ${grants(after)}`
        : `${field} ${valueText(field, from, textPen)} → ${valueText(field, to, textPen)}`,
    )
    .join(", ");

/** What an entry grants, phase by phase: `1,000 a month, ends 2027-01-01T00:00:00Z, then 2,000 a month`. */
export const grants = (entry: DesiredBalance): string => inPhases(entry).map(declared).join(", then ");

/** `api_calls~2`, `launch-bonus (api_calls)`: the balance and its generation. */
export function rowName({ key, generation, row }: Pick<Disagreement, "key" | "generation" | "row">): string {
  const plain = defaultKey(row.featureId, row.entityId ?? null);
  const name = textPen.id(generation > 1 ? `${key}~${generation}` : key);
  const of = key === plain ? "" : ` (${textPen.id(plain)})`;
  const as = generation === 0 ? ` as ${textPen.id(row.balanceId ?? row.internalId ?? "")}` : "";
  return name + of + as;
}

/** `50,000 a month, 120 used`. */
export function heldBy({ boolean, unlimited, grant, usage, reset }: Row): string {
  if (boolean) return "on";
  return unlimited ? "unlimited" : `${units(grant)} ${cycleOf(reset)}, ${units(usage)} used`;
}

/** Milliseconds say nothing here, and without them all moments have the same length. */
export const toSecond = (ms: number): string => moment(Math.floor(ms / 1000) * 1000);
