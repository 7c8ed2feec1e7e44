// How many calls applying a plan takes, and how long they take at the pace. Pure; a lower bound.
import type { CallEstimate, Change } from "./types.ts";

interface Calls {
  /** Of the group that is limited for the whole organisation. */
  paced: number;
  /** Of groups with limits far above what is needed here. */
  free: number;
}

function callsOf(change: Change): Calls {
  switch (change.kind) {
    case "create":
      // customers.get, the flush where there is usage, and customers.get_or_create
      return { paced: 1, free: 2 + (change.createsCustomer ? 1 : 0) };
    case "update":
      return { paced: 0, free: 1 };
    case "replace":
      return { paced: (change.creates ? 2 : 1) + 2 * change.retires.length, free: 2 + change.retires.length };
    case "delete":
      return { paced: change.retires.length, free: change.retires.length };
    default:
      return { paced: 0, free: 0 };
  }
}

/** @param requestsPerSecond of the group that balances.create and balances.delete belong to */
export function estimateOf(changes: readonly Change[], requestsPerSecond: number): CallEstimate {
  const customersRead = new Set<string>();
  let paced = 0;
  let free = 0;
  for (const change of changes) {
    const calls = callsOf(change);
    paced += calls.paced;
    free += calls.free;
    // Customers with more than creations are read once before and all are read back after.
    if (calls.paced + calls.free > 0 && change.kind !== "create") customersRead.add(change.customerId);
  }
  if (paced + free === 0) return { calls: 0, ms: 0 };
  const reads = 2 * customersRead.size + 1;
  return { calls: paced + free + reads, ms: Math.round(((paced + reads) / requestsPerSecond) * 1000) };
}
