// How many calls applying a plan takes, and how long they take at the pace. Pure; a lower bound: what a customer
// uses meanwhile, other runs and a failing API only add to it. A test holds it against the calls really made.
import { groupBy } from "../group.ts";
import { type CallEstimate, type Change, isAction } from "../types.ts";

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
      // And a look at the row.
      return { paced: 0, free: 2 };
    case "delete":
      // Each after a flush.
      return { paced: retired, free: retired };
    case "replace": {
      const { desired, creates } = change;
      const isFlag = desired?.included === null && !desired.unlimited;
      if (isFlag) return { paced: 1 + retired, free: 1 + retired };
      // Counting usage is an update, and a look at the row; it is read before, twice where a row has to end first.
      const counts = desired?.included === null ? 0 : 1;
      const reads = counts === 0 ? 0 : retired > 0 ? 2 : 1;
      // A successor is looked at before anything ends for it.
      const looks = creates && retired > 0 ? 1 : 0;
      return {
        paced: (creates ? 1 : 0) + reads,
        free: (creates ? 1 : 0) + looks + retired + reads + 2 * counts,
      };
    }
    default:
      return { paced: 0, free: 0 };
  }
}

/** What comes before and after the changes of one customer: it is taken, its rows are read, and it is given back. */
function preparing(changes: readonly Change[]): Calls {
  if (changes.some(({ row }) => row !== null)) return { paced: 1, free: 3 };
  const createsCustomer = changes.some((change) => change.createsCustomer);
  return { paced: 0, free: createsCustomer ? 3 : 2 };
}

/** ms in which a replaced row ends, and its usage comes to stand still. */
const ENDING_MS = 4500;

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
  const waits = actions.some(({ kind, retires }) => kind === "replace" && retires.length > 0);
  const ms = Math.round((total.paced / requestsPerSecond) * 1000) + (waits ? ENDING_MS : 0);
  return { calls: total.paced + total.free, ms };
}
