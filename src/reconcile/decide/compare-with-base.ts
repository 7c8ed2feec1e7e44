// Tells what a change of the files changes from what was due before it: the configuration of the base is planned from
// the same rows. Pure.
import { balanceName, termsOf } from "../../schema/index.ts";
import { remoteId } from "../remote-id.ts";
import { type Row, nameOf as rowName } from "../row.ts";
import type { Change, PlanBase, PlanRequest, Target, Warning } from "../types.ts";
import { type Changes, type ChangesContext, changesOf } from "./changes.ts";
import { endsWithGroup } from "./groups.ts";

const nameOf = ({ customerId, key }: { customerId: string; key: string }): string =>
  balanceName(customerId, key);

/** Balances with an entry at the base and none now: their rows have to be read as well. */
export function removedSince(
  base: PlanBase,
  { balances, namespace }: Pick<PlanRequest, "balances" | "namespace">,
): Target[] {
  const declared = new Set(balances.map(nameOf));
  return base.balances
    .filter((balance) => !declared.has(nameOf(balance)))
    .map(({ customerId, entityId, key }) => ({
      customerId,
      entityId,
      balanceId: remoteId(namespace, key),
    }));
}

/** The same changes, with `isPending` and `wasProtected` as the base has it. */
export function againstBase(
  changes: Changes,
  base: PlanBase,
  rows: ReadonlyMap<string, readonly Row[]>,
  context: ChangesContext,
): Changes {
  const before = changesOf(base.balances, rows, { ...context, namespace: base.namespace });
  const due = new Map(
    [...before.declared, ...before.undeclared]
      .filter(({ kind }) => kind !== "none")
      .map((change) => [nameOf(change), change]),
  );
  const protectedThen = base.balances.map(({ isProtected }) => isProtected === true);
  const guarded = new Set(base.balances.filter((_, n) => protectedThen[n]).map(nameOf));
  // An entry of another name can adopt the row of one that is protected.
  const guardedRows = new Set(before.declared.filter((_, n) => protectedThen[n]).flatMap(rowsOf));
  const compared = (change: Change): Change => {
    const same = due.get(nameOf(change));
    const isPending = same !== undefined && contentOf(same) === contentOf(change);
    const wasProtected = guarded.has(nameOf(change)) || rowsOf(change).some((row) => guardedRows.has(row));
    if (!isPending && !wasProtected) return change;
    return { ...change, isPending, ...(wasProtected ? { wasProtected } : {}) };
  };
  return {
    ...changes,
    declared: changes.declared.map((change) => (change.kind === "none" ? change : compared(change))),
    undeclared: changes.undeclared.map(compared),
  };
}

/** The names of the rows that a change is about. */
const rowsOf = ({ row, retires }: Change): string[] =>
  [row, ...retires].flatMap((one) => (one === null ? [] : [balanceName(one.customerId, rowName(one))]));

/** If the base creates no customers, a change that creates one was not pending: there, it was an error. */
export function creatingAsBefore(changes: readonly Change[], base: PlanBase): readonly Change[] {
  if (base.createCustomers) return changes;
  return changes.map((change) => (change.createsCustomer ? { ...change, isPending: false } : change));
}

/** If the base does not end the balances of those who leave a group, ending one was not pending. */
export function endingAsBefore(changes: readonly Change[], base: PlanBase): readonly Change[] {
  const { groups } = base;
  if (groups === undefined) return changes;
  return changes.map((change) =>
    endsWithGroup(groups, change.key) ? change : { ...change, isPending: false },
  );
}

/** What a change does, regardless of where its entry is written. */
const contentOf = (change: Change): string =>
  JSON.stringify({ ...change, desired: change.desired && termsOf(change.desired) });

export function baseWarnings({ base, namespace }: PlanRequest): Warning[] {
  if (!base || base.namespace === namespace) return [];
  return [
    {
      code: "namespace-changed",
      message: `the namespace was ${base.namespace} at ${base.name} and is ${namespace} now: its balances are granted again, and the rows of ${base.namespace} stay as they are`,
      hint: `go back to \`namespace: ${base.namespace}\`, unless that is meant`,
    },
  ];
}
