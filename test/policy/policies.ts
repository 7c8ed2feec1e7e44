// Policies, plans and everything that is wrong with a policy, for the tests.
import { type Judged, judge, parsePolicy } from "../../src/policy/index.ts";
import type { Change, PolicyVerdict } from "../../src/reconcile/index.ts";
import { ProblemsError } from "../../src/schema/index.ts";

export const NOW = Date.parse("2026-11-22T14:00:00Z");

/** A policy file with these rules, in JSON, which is YAML. */
export const policyOf = (...rules: readonly object[]): string => JSON.stringify({ version: 1, rules });

export const parsed = (text: string) =>
  parsePolicy(text, { name: "the policy", file: "autumn-balances.policy.yaml" });

/** `3:11 cel-error: …` for each problem. */
export function problemsIn(text: string): string[] {
  try {
    parsed(text);
    return [];
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error;
    return error.problems.map(
      ({ code, message, hint, place }) => `${place?.line}:${place?.column} ${code}: ${message} (${hint})`,
    );
  }
}

/** What a policy says of changes. */
export function verdictOf(
  text: string,
  changes: readonly Change[],
  more: Partial<Judged> & Partial<Pick<Judged["plan"], "environment" | "totals">> = {},
): PolicyVerdict {
  const { environment = "sandbox", totals = [], ...judged } = more;
  return judge(parsed(text), {
    plan: { namespace: "contracts", environment, changes, totals },
    balances: changes.flatMap(({ desired }) => desired ?? []),
    teams: [],
    fileOf: (file) => file,
    now: NOW,
    elapsed: () => 0,
    ...judged,
  });
}

/** `rule of key` for each finding. */
export const saidOf = (...args: Parameters<typeof verdictOf>): string[] =>
  verdictOf(...args).findings.map(({ rule, key }) => `${rule} of ${key ?? "the plan"}`);
