// What is wrong with one entry that was not written in a file, such as the arguments of a construct.
import { type BalanceEntry, desiredBalance, type Problem, validateFile } from "../schema/index.ts";
import { clashes } from "./clashes.ts";
import { explain } from "./explain.ts";

/** A problem without a place; `pointer` is counted from the entry (`/reset/interval`). */
export type EntryIssue = Omit<Problem, "place" | "pointer"> & { readonly pointer: string };

/**
 * Checks one entry as if it stood alone in a balances file.
 *
 * @param entry in the API's snake_case
 * @param unknown fields whose value, or a part of it, is not known yet: they are given the benefit of the doubt
 * @example
 * entryProblems({ customer_id: "acme" }); // [{ code: "missing-field", message: "`feature_id` is missing", … }]
 */
export function entryProblems(entry: unknown, unknown: ReadonlySet<string> = new Set()): EntryIssue[] {
  const assumed = unknown.size > 0 ? assuming(entry as Readonly<Record<string, unknown>>, unknown) : entry;
  const file = { version: 1, namespace: "entry", balances: [assumed] };
  const checked = validateFile(file);
  const problems = checked.ok
    ? clashes([{ balance: desiredBalance(assumed as BalanceEntry), pointer: "/balances/0" }], undefined)
    : explain(checked.errors, file);
  return problems.map((problem) => ({
    ...problem,
    pointer: (problem.pointer ?? "").slice("/balances/0".length),
  }));
}

/** The entry without what is not known, but as if what the rest of it needs were there. */
function assuming(
  entry: Readonly<Record<string, unknown>>,
  unknown: ReadonlySet<string>,
): Record<string, unknown> {
  const known = Object.fromEntries(Object.entries(entry).filter(([name]) => !unknown.has(name)));
  for (const name of ["customer_id", "feature_id"]) if (unknown.has(name)) known[name] = "unknown";
  const needsReset = known.rollover !== undefined || known.next_reset_at !== undefined;
  if (unknown.has("reset") && needsReset) known.reset = { interval: "month" };
  return known;
}
