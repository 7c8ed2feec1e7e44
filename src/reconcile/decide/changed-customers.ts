// Narrows a plan to the customers whose entries differ from those of the base. Pure.
import type { DesiredBalance } from "../../schema/index.ts";
import { groupBy } from "../group.ts";
import type { LeftOut, PlanBase, PlanRequest } from "../types.ts";

/** The request, narrowed to customers with a difference, and what that leaves out. */
export function withinChanged(request: PlanRequest): { request: PlanRequest; leftOut: LeftOut | null } {
  const { base = null, balances, onlyChanged = false } = request;
  if (!onlyChanged || base === null) return { request, leftOut: null };
  const isChanged = changedSince(base, request);
  const changed = balances.filter(isChanged);
  const unchanged = balances.filter((balance) => !isChanged(balance));
  return {
    request: {
      ...request,
      balances: changed,
      base: { ...base, balances: base.balances.filter(isChanged) },
      wholeOrganisation: false,
    },
    leftOut: {
      customers: new Set(unchanged.map(({ customerId }) => customerId)).size,
      balances: unchanged.length,
    },
  };
}

/** A predicate for the balances of customers with a difference; all have one if the namespace differs. */
function changedSince(
  base: PlanBase,
  { namespace, balances }: Pick<PlanRequest, "namespace" | "balances">,
): (balance: DesiredBalance) => boolean {
  if (base.namespace !== namespace) return () => true;
  const before = contentByCustomer(base.balances);
  const now = contentByCustomer(balances);
  return ({ customerId }) => before.get(customerId) !== now.get(customerId);
}

/** All entries of each customer as one text, regardless of order and place. */
function contentByCustomer(balances: readonly DesiredBalance[]): Map<string, string> {
  const contentOf = (balance: DesiredBalance): string => JSON.stringify({ ...balance, place: undefined });
  return new Map(
    [...groupBy(balances, ({ customerId }) => customerId)].map(([customerId, list]) => [
      customerId,
      list.map(contentOf).sort().join("\n"),
    ]),
  );
}
