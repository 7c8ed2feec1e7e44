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
 * @example
 * entryProblems({ customer_id: "acme" }); // [{ code: "missing-field", message: "`feature_id` is missing", … }]
 */
export function entryProblems(entry: unknown): EntryIssue[] {
  const file = { version: 1, namespace: "entry", balances: [entry] };
  const checked = validateFile(file);
  const problems = checked.ok
    ? clashes([{ balance: desiredBalance(entry as BalanceEntry), pointer: "/balances/0" }], undefined)
    : explain(checked.errors, file);
  return problems.map((problem) => ({
    ...problem,
    pointer: (problem.pointer ?? "").slice("/balances/0".length),
  }));
}
