// How many calls applying a plan takes, and how long they take at the pace. Pure; a lower bound: what a customer
// uses meanwhile, other runs and a failing API only add to it. A test holds it against the calls really made.
import { groupBy } from "../group.ts";
import { MARGIN_MS, SLICE_MS } from "../slice.ts";
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
function preparing(changes: readonly Change[], emptyCustomers: ReadonlySet<string>): Calls {
  if (changes.some(({ row }) => row !== null)) return { paced: 1, free: 3 };
  const createsCustomer = changes.some((change) => change.createsCustomer);
  // Where there are no rows, one is looked for that could be flushed.
  const looks = changes.some(({ customerId }) => emptyCustomers.has(customerId));
  return { paced: 0, free: 2 + Number(createsCustomer) + Number(looks) };
}

/** ms in which a replaced row ends, and its usage comes to stand still. */
const ENDING_MS = 4500;

/** A write, what belongs to it, and the return of the customer: after that, nobody asks how long it is ours. */
const LAST_CALLS = 3;

/** Longer than answers take where nothing is slow. */
const CALL_STEP_MS = 250;

export interface Speed {
  /** Of the group that balances.create and balances.delete belong to. */
  readonly requestsPerSecond: number;
  /** Customers worked on at a time; those that wait for a row to end do not count. */
  readonly concurrency: number;
  /** ms that an answer takes; as measured, so it counts in steps only, lest each plan say something else. */
  readonly callMs: number;
  /** Customers without any balances. */
  readonly emptyCustomers: ReadonlySet<string>;
}

export function estimateOf(
  changes: readonly Change[],
  { requestsPerSecond, concurrency, callMs: measured, emptyCustomers }: Speed,
): CallEstimate {
  const callMs = Math.floor(measured / CALL_STEP_MS) * CALL_STEP_MS;
  const actions = changes.filter(isAction);
  if (actions.length === 0) return { calls: 0, ms: 0 };
  const pacedMs = (paced: number): number => (paced / requestsPerSecond) * 1000;
  let paced = 0;
  let calls = 0;
  /** ms of the customer who takes longest, whose calls are made one after the other. */
  let longest = 0;
  let waits = false;
  for (const ofCustomer of groupBy(actions, ({ customerId }) => customerId).values()) {
    const own = [preparing(ofCustomer, emptyCustomers), ...ofCustomer.map(callsOf)];
    const ownPaced = own.reduce((sum, one) => sum + one.paced, 0);
    const planned = own.reduce((sum, one) => sum + one.paced + one.free, 0);
    const ownWaits = ofCustomer.some(({ kind, retires }) => kind === "replace" && retires.length > 0);
    const waitMs = ownWaits ? ENDING_MS : 0;
    const ownCalls = planned + renewals((planned - LAST_CALLS) * callMs + waitMs);
    paced += ownPaced;
    calls += ownCalls;
    waits ||= ownWaits;
    longest = Math.max(longest, Math.max(pacedMs(ownPaced), ownCalls * callMs) + waitMs);
  }
  const working = (calls * callMs) / concurrency;
  // Others are worked on while one waits. But of those that are worked on last, all wait at once; and at the pace, the
  // last begins to wait when about half of all calls have been made.
  const waiting = waits ? Math.max(pacedMs(paced) / 2, working) + ENDING_MS : 0;
  const ms = Math.max(longest, pacedMs(paced), working, waiting);
  // All is read back at the end, by one call at the least.
  return { calls: calls + 1, ms: Math.round(ms + callMs) };
}

/** How often a customer has to be taken again who is worked on for so many ms, at the least. */
function renewals(ms: number): number {
  return Math.max(0, Math.ceil((ms - (SLICE_MS - MARGIN_MS)) / SLICE_MS));
}
