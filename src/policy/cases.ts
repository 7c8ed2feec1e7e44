// Runs the cases of a policy: entries before and after, and the rules that are expected to apply.
import { addCycles, type Change, changesOf, type Row, totalsOf } from "../reconcile/index.ts";
import {
  type BalanceEntry,
  type DesiredBalance,
  desiredAt,
  desiredBalance,
  type Problem,
} from "../schema/index.ts";
import { judge } from "./judge.ts";
import type { Case, Policy } from "./policy.ts";

export interface CaseResult {
  readonly name: string;
  /** What is wrong; `undefined` when exactly the expected rules apply. */
  readonly problem?: Problem;
}

/** The owner of the balances of a case. */
const NAMESPACE = "cases";

/** @param now ms since 1970, @param elapsed ms of a monotonic clock */
export const runCases = (policy: Policy, now: number, elapsed: () => number): CaseResult[] =>
  policy.cases.map((one) => runCase(policy, one, now, elapsed));

function runCase(policy: Policy, { written, place }: Case, now: number, elapsed: () => number): CaseResult {
  const file = written.file ?? "balances.yaml";
  const read = (entries: readonly BalanceEntry[] = []): DesiredBalance[] =>
    entries.map((entry) => desiredAt(desiredBalance(entry, { file, line: 1, column: 1 }), now));
  const balances = read(written.entries);
  const changes = changesBetween(read(written.was), balances, now);
  const plan = {
    namespace: NAMESPACE,
    environment: written.environment ?? ("sandbox" as const),
    changes,
    totals: totalsOf(changes),
  };
  const teams = written.teams ?? [];
  const { findings } = judge(policy, { plan, balances, teams, fileOf: (path) => path, now, elapsed });
  const said = [...new Set(findings.map(({ rule }) => rule))].sort();
  const expected = [...new Set(written.expect)].sort();
  if (said.join("\n") === expected.join("\n")) return { name: written.name };
  const list = (names: readonly string[]): string => (names.length === 0 ? "no rule" : names.join(", "));
  return {
    name: written.name,
    problem: {
      code: "case-failed",
      message: `${written.name}: expected was ${list(expected)}, but ${list(said)} had something to say`,
      hint: "change the rule, or what the case expects",
      ...(place === undefined ? {} : { place }),
    },
  };
}

/** What a plan would change if the earlier entries had been applied and nothing was used. */
function changesBetween(
  was: readonly DesiredBalance[],
  is: readonly DesiredBalance[],
  now: number,
): Change[] {
  const flags = new Set([...was, ...is].filter(isFlag).map(({ featureId }) => featureId));
  const rows = new Map<string, Row[]>();
  for (const balance of was.filter(({ startsAt }) => startsAt === undefined || startsAt <= now))
    rows.set(balance.customerId, [...(rows.get(balance.customerId) ?? []), rowOf(balance, now)]);
  const isBoolean = (featureId: string): boolean => flags.has(featureId);
  const { declared, undeclared } = changesOf(is, rows, { namespace: NAMESPACE, now, isBoolean });
  return [...declared.filter(({ kind }) => kind !== "none"), ...undeclared];
}

const isFlag = ({ included, unlimited }: DesiredBalance): boolean => included === null && !unlimited;

function rowOf(balance: DesiredBalance, now: number): Row {
  const grant = balance.included ?? 0;
  return {
    customerId: balance.customerId,
    featureId: balance.featureId,
    balanceId: `${NAMESPACE}:${balance.key}`,
    internalId: null,
    planId: null,
    entityId: balance.entityId,
    entityRef: balance.entityId,
    boolean: isFlag(balance),
    unlimited: balance.unlimited,
    grant,
    creationGrant: grant,
    remaining: grant,
    usage: 0,
    rolledOver: 0,
    reset: balance.reset,
    resetsAt: balance.reset === null ? null : addCycles(now, balance.reset, 1),
    expiresAt: balance.expiresAt,
    rollover: balance.rollover,
    paid: false,
    flaw: null,
    createdAt: now,
  };
}
