// Runs the cases of a policy: entries before and after, and the rules that are expected to apply.
import { type Change, minus, totalsOf } from "../reconcile/index.ts";
import {
  type BalanceEntry,
  type DesiredBalance,
  desiredAt,
  desiredBalance,
  type Problem,
  termsOf,
} from "../schema/index.ts";
import { judge } from "./judge.ts";
import type { Case, Policy } from "./policy.ts";

export interface CaseResult {
  readonly name: string;
  /** What is wrong; `undefined` when exactly the expected rules apply. */
  readonly problem?: Problem;
}

/** @param now ms since 1970, @param elapsed ms of a monotonic clock */
export const runCases = (policy: Policy, now: number, elapsed: () => number): CaseResult[] =>
  policy.cases.map((one) => runCase(policy, one, now, elapsed));

function runCase(policy: Policy, { written, place }: Case, now: number, elapsed: () => number): CaseResult {
  const file = written.file ?? "balances.yaml";
  const read = (entries: readonly BalanceEntry[] = []): DesiredBalance[] =>
    entries.map((entry) => desiredAt(desiredBalance(entry, { file, line: 1, column: 1 }), now));
  const balances = read(written.entries);
  const changes = changesBetween(read(written.was), balances);
  const plan = {
    namespace: "cases",
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

const nameOf = ({ customerId, key }: DesiredBalance): string => `${customerId}\u0000${key}`;

/** What a plan would change if the earlier entries had been applied and nothing was used. */
function changesBetween(was: readonly DesiredBalance[], is: readonly DesiredBalance[]): Change[] {
  const before = new Map(was.map((balance) => [nameOf(balance), balance]));
  const after = new Set(is.map(nameOf));
  const changed = is.flatMap((balance) => {
    const old = before.get(nameOf(balance));
    if (old === undefined) return changeOf("create", balance, null);
    return termsOf(old) === termsOf(balance) ? [] : changeOf("update", balance, old);
  });
  return [
    ...changed,
    ...was.filter((old) => !after.has(nameOf(old))).map((old) => changeOf("delete", null, old)),
  ];
}

function changeOf(kind: Change["kind"], desired: DesiredBalance | null, old: DesiredBalance | null): Change {
  const { customerId, featureId, entityId, key } = (desired ?? old) as DesiredBalance;
  return {
    kind,
    customerId,
    featureId,
    entityId,
    key,
    balanceId: `cases:${key}`,
    desired,
    row: old === null ? null : rowOf(old),
    retires: [],
    creates: kind === "create",
    fields: desired !== null && old !== null ? fieldsBetween(old, desired) : [],
    reasons: [],
    carries: 0,
    granted: minus(desired?.included ?? 0, old?.included ?? 0),
    unblocksAt: null,
    createsCustomer: false,
    isPending: false,
    resetsAt: null,
    meanwhile: null,
  };
}

const FIELDS = [
  ["included", "included"],
  ["unlimited", "unlimited"],
  ["reset", "reset"],
  ["expiresAt", "expires_at"],
  ["rollover", "rollover"],
  ["featureId", "feature_id"],
  ["entityId", "entity_id"],
] as const;

const fieldsBetween = (old: DesiredBalance, desired: DesiredBalance): Change["fields"] =>
  FIELDS.filter(([name]) => JSON.stringify(old[name]) !== JSON.stringify(desired[name])).map(
    ([name, field]) => ({
      field,
      from: old[name],
      to: desired[name],
    }),
  );

function rowOf(balance: DesiredBalance): Change["row"] {
  const grant = balance.included ?? 0;
  return {
    customerId: balance.customerId,
    featureId: balance.featureId,
    balanceId: `cases:${balance.key}`,
    internalId: null,
    planId: null,
    entityId: balance.entityId,
    entityRef: balance.entityId,
    boolean: balance.included === null && !balance.unlimited,
    unlimited: balance.unlimited,
    grant,
    creationGrant: grant,
    remaining: grant,
    usage: 0,
    rolledOver: 0,
    reset: balance.reset,
    resetsAt: null,
    expiresAt: balance.expiresAt,
    rollover: balance.rollover,
    paid: false,
    flaw: null,
    createdAt: undefined,
  };
}
