// Estimates the calls that applying a plan takes, and how long they take at the paced rate. Pure. A lower bound: usage
// meanwhile, other runs and failures of the API only add to it. A test compares it with the calls really made.
import { groupBy } from "../group.ts";
import { MARGIN_MS, SLICE_MS } from "../slice.ts";
import { type CallEstimate, type Change, isAction } from "../types.ts";

interface Calls {
  /** Calls in the rate-limit group that the whole organisation shares. */
  paced: number;
  /** Calls in groups whose limits are far above what is needed here. */
  free: number;
}

function callsOf(change: Change): Calls {
  const retired = change.retires.length;
  switch (change.kind) {
    case "create":
      // And the flush before it.
      return { paced: 1, free: 1 };
    case "update":
      // And a read back.
      return { paced: 0, free: 2 };
    case "delete":
      // And a flush before each.
      return { paced: retired, free: retired };
    case "replace": {
      const { desired, creates } = change;
      const isFlag = desired?.included === null && !desired.unlimited;
      if (isFlag) return { paced: 1 + retired, free: 1 + retired };
      // Counting usage is an update and a read back. The usage is read first, twice if a row has to end before.
      const counts = desired?.included === null ? 0 : 1;
      const reads = counts === 0 ? 0 : retired > 0 ? 2 : 1;
      // A successor has to be seen before a row is ended for it.
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

/** The calls around the changes of one customer: taking the lease, reading the rows, releasing the lease. */
function preparing(changes: readonly Change[], emptyCustomers: ReadonlySet<string>): Calls {
  if (changes.some(({ row }) => row !== null)) return { paced: 1, free: 3 };
  const createsCustomer = changes.some((change) => change.createsCustomer);
  // A customer without known rows is read once more, for a row to flush.
  const looks = changes.some(({ customerId }) => emptyCustomers.has(customerId));
  return { paced: 0, free: 2 + Number(createsCustomer) + Number(looks) };
}

/** ms until a replaced row has ended and its usage can no longer change. */
const ENDING_MS = 4500;

/** The last calls of a customer, without a renewal of the lease: a write, what belongs to it, and the release. */
const LAST_CALLS = 3;

/** The step in which the time of an answer counts, in ms: longer than answers take where nothing is slow. */
const CALL_STEP_MS = 250;

export interface Speed {
  /** Of the rate-limit group of balances.create and balances.delete. */
  readonly requestsPerSecond: number;
  /** Customers worked on at a time; those that wait for a row to end do not count. */
  readonly concurrency: number;
  /** ms that an answer takes. As it is measured, it is rounded down to steps, or no two plans would say the same. */
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
  /** ms of the customer who takes longest: the calls of one customer are made in series. */
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
  // Others are worked on while one waits, but the last ones all wait at once. At the paced rate, the last wait begins
  // when about half of all calls have been made.
  const waiting = waits ? Math.max(pacedMs(paced) / 2, working) + ENDING_MS : 0;
  const ms = Math.max(longest, pacedMs(paced), working, waiting);
  // Everything is read back at the end, by at least one call.
  return { calls: calls + 1, ms: Math.round(ms + callMs) };
}

/** How often, at least, a lease has to be renewed during so many ms of work. */
function renewals(ms: number): number {
  return Math.max(0, Math.ceil((ms - (SLICE_MS - MARGIN_MS)) / SLICE_MS));
}
