// The customers whose entries differ from those of the base, for plans that are about nobody else. Pure.
import type { DesiredBalance } from "../../schema/index.ts";
import { groupBy } from "../group.ts";
import type { LeftOut, PlanBase, PlanRequest } from "../types.ts";

/** What is asked for, as if there were no customers but those with a difference, and who that leaves out. */
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

/** Tells the balances of customers with a difference. A balance of another namespace is another balance. */
function changedSince(
  base: PlanBase,
  { namespace, balances }: Pick<PlanRequest, "namespace" | "balances">,
): (balance: DesiredBalance) => boolean {
  if (base.namespace !== namespace) return () => true;
  const before = contentByCustomer(base.balances);
  const now = contentByCustomer(balances);
  return ({ customerId }) => before.get(customerId) !== now.get(customerId);
}

/** All that is declared of each customer, wherever and in whatever order it is written. */
function contentByCustomer(balances: readonly DesiredBalance[]): Map<string, string> {
  const contentOf = (balance: DesiredBalance): string => JSON.stringify({ ...balance, place: undefined });
  return new Map(
    [...groupBy(balances, ({ customerId }) => customerId)].map(([customerId, list]) => [
      customerId,
      list.map(contentOf).sort().join("\n"),
    ]),
  );
}
