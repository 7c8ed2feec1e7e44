// How many calls applying a plan takes, and how long they take at the pace. Pure; a lower bound: what a customer
// uses meanwhile, other runs and a failing API only add to it. A test holds it against the calls really made.
import { groupBy } from "./group.ts";
import { type CallEstimate, type Change, isAction } from "./types.ts";

interface Calls {
  /** Of the group that is limited for the whole organisation. */
  paced: number;
  /** Of groups with limits far above what is needed here. */
  free: number;
}

function callsOf(change: Change): Calls {
  const retired = change.retires.length;
  switch (change.kind) {
    case "create":
      // After a flush.
      return { paced: 1, free: 1 };
    case "update":
      return { paced: 0, free: 1 };
    case "delete":
      // Each after a flush.
      return { paced: retired, free: retired };
    case "replace": {
      // A flush and a look at the successor; then a flush and the deletion for each row that goes.
      const finishing = { paced: 1 + retired, free: 1 + retired };
      if (!change.creates) return finishing;
      const resets = change.desired?.included != null && change.desired.reset !== null;
      // The carry is an update that is looked at again; a cycle is set by one more.
      const carries = resets || change.carries > 0;
      return {
        paced: finishing.paced + 1 + (carries ? 1 : 0),
        free: finishing.free + 1 + (carries ? 2 : 0) + (resets ? 1 : 0),
      };
    }
    default:
      return { paced: 0, free: 0 };
  }
}

/** What comes before the changes of one customer. */
function preparing(changes: readonly Change[]): Calls {
  if (changes.some(({ row }) => row !== null)) return { paced: 1, free: 2 };
  const createsCustomer = changes.some((change) => change.createsCustomer);
  return { paced: 0, free: createsCustomer ? 2 : 1 };
}

/** @param requestsPerSecond of the group that balances.create and balances.delete belong to */
export function estimateOf(changes: readonly Change[], requestsPerSecond: number): CallEstimate {
  const actions = changes.filter(isAction);
  if (actions.length === 0) return { calls: 0, ms: 0 };
  // All is read back at the end, by one call at the least.
  const total: Calls = { paced: 0, free: 1 };
  for (const ofCustomer of groupBy(actions, ({ customerId }) => customerId).values()) {
    for (const { paced, free } of [preparing(ofCustomer), ...ofCustomer.map(callsOf)]) {
      total.paced += paced;
      total.free += free;
    }
  }
  return { calls: total.paced + total.free, ms: Math.round((total.paced / requestsPerSecond) * 1000) };
}
