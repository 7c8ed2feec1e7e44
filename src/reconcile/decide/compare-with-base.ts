// Tells what a change of the files changes from what was due before it: the configuration as it was at the base is
import { balanceName, termsOf } from "../../schema/index.ts";
// planned from the same rows. Pure.

import { remoteId } from "../remote-id.ts";
import type { Row } from "../row.ts";
import type { Change, PlanBase, PlanRequest, Target, Warning } from "../types.ts";
import { type Changes, type ChangesContext, changesOf } from "./changes.ts";

const nameOf = ({ customerId, key }: { customerId: string; key: string }): string =>
  balanceName(customerId, key);

/** The balances that had an entry at the base and have none now: their rows are to be seen all the same. */
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

/** The same changes, each with whether the base asks for it as well. */
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
  const guarded = new Set(base.balances.filter(({ isProtected }) => isProtected).map(nameOf));
  const compared = (change: Change): Change => {
    const same = due.get(nameOf(change));
    const isPending = same !== undefined && contentOf(same) === contentOf(change);
    const wasProtected = guarded.has(nameOf(change));
    if (!isPending && !wasProtected) return change;
    return { ...change, isPending, ...(wasProtected ? { wasProtected } : {}) };
  };
  return {
    ...changes,
    declared: changes.declared.map((change) => (change.kind === "none" ? change : compared(change))),
    undeclared: changes.undeclared.map(compared),
  };
}

/** A change that creates its customer was not due at a base that creates none: it was an error there. */
export function creatingAsBefore(changes: readonly Change[], base: PlanBase): readonly Change[] {
  if (base.createCustomers) return changes;
  return changes.map((change) => (change.createsCustomer ? { ...change, isPending: false } : change));
}

/** What a change does, wherever its entry is written. */
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
