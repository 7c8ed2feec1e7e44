// Proposes entries for what customers have been granted already. Each is made from a row and then planned: it is
// proposed only if nothing is to be done for it, so that an import never grants, cuts or replaces anything. Pure.
import type { BalanceEntry, DesiredBalance } from "../../schema/index.ts";
import { compareText } from "../../text/index.ts";
import { groupBy } from "../group.ts";
import { parseRemoteId } from "../remote-id.ts";
import { nameOf, type Row, settled, stateOf } from "../row.ts";
import { type Generation, matchRows, type Undeclared } from "../transitions/match.ts";
import type { Change } from "../types.ts";
import {
  type Candidate,
  type CandidateContext,
  foreignCandidate,
  type LeftOut,
  ownCandidate,
} from "./candidate.ts";
import { changesOf } from "./changes.ts";

export interface ProposeContext extends CandidateContext {
  /** The entries that exist already. */
  readonly balances: readonly DesiredBalance[];
}

/** An entry and the row that it declares. */
export interface Proposal {
  readonly entry: BalanceEntry;
  readonly row: Row;
}

export interface Proposals {
  /** By customer; within one, those of the namespace first. */
  readonly proposals: readonly Proposal[];
  readonly leftOut: readonly LeftOut[];
  /** Rows that entries declare already. */
  readonly declared: number;
}

/** @param stored every standalone row of the customers, as far as there are reads that show it */
export function proposeEntries(
  stored: ReadonlyMap<string, readonly Row[]>,
  context: ProposeContext,
): Proposals {
  const { balances, namespace, now } = context;
  const rows = new Map<string, readonly Row[]>();
  for (const [customerId, list] of [...stored].sort(([a], [b]) => compareText(a, b))) {
    rows.set(
      customerId,
      list.map((row) => settled(row, now)),
    );
  }
  const match = matchRows(balances, rows, namespace);
  const declared = new Set(match.declared.flat().map(({ row }) => row));
  const entriesOf = groupBy(balances, ({ customerId }) => customerId);
  const ownOf = groupBy(match.undeclared, ({ customerId }) => customerId);

  const candidates: Candidate[] = [];
  const leftOut: LeftOut[] = [];
  for (const [customerId, ofCustomer] of rows) {
    const taken = new Set((entriesOf.get(customerId) ?? []).map(({ key }) => key));
    const others: Row[] = [];
    for (const row of ofCustomer) {
      const own = parseRemoteId(namespace, row.balanceId);
      // Also keys of rows that are left out: another's row under the same key would look like a replacement of these.
      if (own) taken.add(own.key);
      else if (!declared.has(row)) others.push(row);
    }
    const ofOthers = generationsOf(others, context.adoptNamespaces);
    const own = (ownOf.get(customerId) ?? []).sort((a, b) => compareText(a.key, b.key));
    const verdicts = [
      ...own.map((undeclared) => ownCandidate(undeclared.key, currentFirst(undeclared, now), context)),
      ...byName(others).map((named) => foreignCandidate(named, taken, context, ofOthers.get(named[0]))),
    ];
    for (const verdict of verdicts) {
      if ("entry" in verdict) candidates.push(verdict);
      else leftOut.push(...verdict);
    }
  }
  const { kept, refused } = planned(candidates, rows, context);
  return {
    proposals: kept.map(({ entry, row }) => ({ entry, row })),
    leftOut: [...leftOut, ...refused].sort((a, b) => byCustomerAndName(a.row, b.row)),
    declared: declared.size,
  };
}

/** The candidates for which a plan has nothing to do. */
function planned(
  candidates: readonly Candidate[],
  rows: ReadonlyMap<string, readonly Row[]>,
  { balances, namespace, now, features }: ProposeContext,
): { kept: readonly Candidate[]; refused: readonly LeftOut[] } {
  const isBoolean = (featureId: string): boolean => features.get(featureId)?.type === "boolean";
  const refused: LeftOut[] = [];
  let kept = candidates;
  // Removing one candidate can change what is planned for another.
  for (let before = -1; before !== refused.length; ) {
    before = refused.length;
    const all = [...balances, ...kept.map(({ desired }) => desired)];
    const { declared } = changesOf(all, rows, { namespace, now, isBoolean });
    kept = kept.filter((candidate, n) => {
      const change = declared[balances.length + n];
      if (change?.kind === "none" && change.row !== null) return true;
      refused.push(...candidate.rows.map((row) => ({ row, ...whatIsToDo(change) })));
      return false;
    });
  }
  return { kept, refused };
}

/** Why an entry for a row would not leave it as it is. */
function whatIsToDo(change: Change | undefined): { code: string; text: string } {
  const { reasons = [], fields = [], kind = "create" } = change ?? {};
  const [first] = reasons;
  if (first) return { code: first.code, text: reasons.map(({ text }) => text).join("; ") };
  const names = fields.map(({ field }) => field).join(", ");
  return { code: kind, text: `no entry stands for it as it is: its ${names || "row"} would change` };
}

/** The rows of a balance, the current one first, as in a plan. */
function currentFirst({ generations }: Undeclared, now: number): [Row, ...Row[]] {
  const rank = ({ row }: { row: Row }): number => (stateOf(row, now) === "live" ? 0 : 1);
  const sorted = [...generations].sort((a, b) => b.generation - a.generation || rank(a) - rank(b));
  return sorted.map(({ row }) => row) as [Row, ...Row[]];
}

/** For each row of one of these namespaces, all generations of its balance. */
function generationsOf(
  rows: readonly Row[],
  namespaces: ReadonlySet<string>,
): ReadonlyMap<Row, readonly Generation[]> {
  const named = rows.flatMap((row) =>
    [...namespaces].flatMap((namespace) => {
      const parsed = parseRemoteId(namespace, row.balanceId);
      return parsed ? [{ row, generation: parsed.generation, name: `${namespace}:${parsed.key}` }] : [];
    }),
  );
  const families = [...groupBy(named, ({ name }) => name).values()];
  return new Map(families.flatMap((family) => family.map(({ row }) => [row, family] as const)));
}

/** Rows grouped by name, in an order that does not depend on the server's. Each row without a name is alone. */
function byName(rows: readonly Row[]): [Row, ...Row[]][] {
  const sorted = [...rows].sort(
    (a, b) =>
      compareText(a.featureId, b.featureId) ||
      compareText(a.entityId ?? "", b.entityId ?? "") ||
      (a.createdAt ?? 0) - (b.createdAt ?? 0) ||
      compareText(nameOf(a), nameOf(b)),
  );
  return [...groupBy(sorted, (row) => row.balanceId ?? row.internalId ?? row).values()] as [Row, ...Row[]][];
}

const byCustomerAndName = (a: Row, b: Row): number =>
  compareText(a.customerId, b.customerId) || compareText(nameOf(a), nameOf(b));
