// Checks one entry that was not written in a file, such as the arguments of a construct.
import {
  type BalanceEntry,
  balanceFields,
  desiredBalance,
  type Fields,
  type Problem,
  validateFile,
} from "../schema/index.ts";
import { clashes } from "./clashes.ts";
import { complaintsOf } from "./complaints/complaints.ts";
import { isMapping, type Fields as Mapping } from "./mapping.ts";
import type { Spelled } from "./yaml/places.ts";

/** A problem without a place; `pointer` starts at the entry (`/reset/interval`). */
export type EntryIssue = Omit<Problem, "place" | "pointer"> & { readonly pointer: string };

/**
 * Checks one entry as if it stood alone in a balances file.
 *
 * @param entry in the API's snake_case
 * @param isUnknown whether a value is not known yet; such values are assumed to be valid
 * @param spelled how values were written before they became the entry's, by pointers that start at the entry
 * @example
 * entryProblems({ customer_id: "acme" }); // [{ code: "missing-field", message: "`feature_id` is missing", … }]
 */
export function entryProblems(
  entry: unknown,
  isUnknown: (value: unknown) => boolean = () => false,
  spelled?: Spelled,
): EntryIssue[] {
  const assumed = isMapping(entry) ? assuming(entry, isUnknown) : entry;
  const file = { version: 1, namespace: "entry", balances: [assumed] };
  const checked = validateFile(file);
  const problems = checked.ok
    ? clashes([{ balance: desiredBalance(assumed as BalanceEntry), pointer: "/balances/0" }], undefined)
    : complaintsOf(checked.errors, file, undefined, spelled && inFile(spelled));
  return problems.map((problem) => ({ ...problem, pointer: inEntry(problem.pointer ?? "") }));
}

const inEntry = (pointer: string): string => pointer.slice("/balances/0".length);

const inFile = ({ written, spelling }: Spelled): Spelled => ({
  written: (pointer) => written(inEntry(pointer)),
  spelling: (pointer) => spelling(inEntry(pointer)),
});

/** The entry without its unknown values, but with valid ones where the rest of it needs them. */
function assuming(entry: Mapping, isUnknown: (value: unknown) => boolean): Mapping {
  const known = withoutUnknown(entry, balanceFields, isUnknown);
  for (const name of ["customer_id", "feature_id"]) if (isUnknown(entry[name])) known[name] = "unknown";
  const { reset, rollover } = entry;
  const needsReset = rollover !== undefined || known.next_reset_at !== undefined;
  if (isUnknown(reset) && needsReset) known.reset = { interval: "month" };
  if (isMapping(reset) && isUnknown(reset.interval)) {
    // It may be one_off, the only interval that may go with an end.
    const { interval_count: _, ...rest } = known.reset as Mapping;
    known.reset =
      entry.expires_at === undefined
        ? { ...(known.reset as Mapping), interval: "month" }
        : { ...rest, interval: "one_off" };
  }
  if (isMapping(rollover) && isUnknown(rollover.duration)) {
    const written = known.rollover as Mapping;
    known.rollover = { ...written, duration: written.length === undefined ? "forever" : "month" };
  }
  return known;
}

/** Keeps a placeholder for an unknown value under an unknown field, so that the field name is still reported. */
function withoutUnknown(
  entry: Mapping,
  fields: Fields,
  isUnknown: (value: unknown) => boolean,
): Record<string, unknown> {
  const kept = Object.entries(entry).flatMap(([name, value]) => {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (isUnknown(value)) return field === undefined ? [[name, "unknown"] as const] : [];
    const within = field?.type === "object" && isMapping(value);
    return [[name, within ? withoutUnknown(value, field.fields, isUnknown) : value] as const];
  });
  return Object.fromEntries(kept);
}
