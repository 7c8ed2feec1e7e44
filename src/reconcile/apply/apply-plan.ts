// Executes a plan: customers in parallel, the changes of one customer in series, step by step through the table until
// none is left; then reads everything back.
import { type AutumnApi, AutumnError, type Clock } from "../../autumn/index.ts";
import { type Problem, ProblemsError } from "../../schema/index.ts";
import { groupBy } from "../group.ts";
import { AccountReader } from "../observe/account-reader.ts";
import { forEachOf, Slots } from "../observe/pool.ts";
import {
  type ApplyEvent,
  booleansOf,
  type Change,
  type ChangeOutcome,
  isAction,
  type Outcome,
  type Plan,
} from "../types.ts";
import { CustomerView, type RunEnvironment } from "./customer-view.ts";
import { CustomerWriter } from "./customer-writer.ts";
import { BlockedError, NotShownError } from "./errors.ts";
import { carryOut } from "./execute-change.ts";
import { CustomerBusyError, Leases } from "./lease.ts";
import type { Target } from "./store-usage.ts";
import { verify } from "./verify.ts";

export interface ApplyEnvironment {
  readonly clock: Clock;
  /** Customers worked on at a time. Those that wait for some seconds do not count. */
  readonly concurrency: number;
  /** Once aborted, the customers in progress are finished and no other is begun. */
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: ApplyEvent) => void;
  /** The leases of the process, if it applies several plans at a time. */
  readonly leases?: Leases;
}

/** ms after which a plan is too old to create a balance without reading all rows of its customer. */
const FRESH_MS = 600_000;
/** Customers in progress for each slot: one is worked on, the others wait. */
const WAITING_PER_SLOT = 8;
/** How often a change is made if it did not last or did not show. */
const PASSES = 2;

/**
 * Applies a plan. Failures are in the outcome, and not thrown; one does not stop other customers, unless all would meet
 * it (401, 403).
 */
export async function applyPlan(api: AutumnApi, plan: Plan, environment: ApplyEnvironment): Promise<Outcome> {
  const { clock, concurrency, signal, onEvent } = environment;
  const actions = plan.changes.filter(isAction);
  const reader = new AccountReader(api, {
    namespace: plan.namespace,
    balances: actions.flatMap(({ desired }) => desired ?? []),
    booleans: booleansOf(actions),
    wholeOrganisation: false,
    concurrency,
  });
  const slots = new Slots(concurrency);
  const resting: Clock = {
    now: () => clock.now(),
    sleep: (ms, until) => slots.without(() => clock.sleep(ms, until)),
  };
  const onWaiting = (customerId: string, ms: number): void => onEvent?.({ type: "waiting", customerId, ms });
  const leases = environment.leases ?? new Leases(api, { clock: resting, onWaiting });
  const run: RunEnvironment = {
    api,
    reader,
    clock: resting,
    namespace: plan.namespace,
    updatesLate: onceKnown((probe) => updatesLate(api, probe)),
  };

  const outcomes = new Map<Change, ChangeOutcome>();
  const wrote = new Set<Change>();
  /** Changes that were made and did not last, with what was seen of them last. */
  const missed = new Map<Change, Problem>();
  const settle = (outcome: ChangeOutcome): void => {
    outcomes.set(outcome.change, outcome);
    onEvent?.({ type: "finished", ...outcome });
  };
  const halt = new AbortController();
  const stop = signal ? AbortSignal.any([signal, halt.signal]) : halt.signal;

  /** Makes changes. @returns those that were made, as far as is known */
  const make = async (changes: readonly Change[]): Promise<Change[]> => {
    const sent: Change[] = [];
    await forEachOf(
      groupBy(changes, (change) => change.customerId),
      concurrency * WAITING_PER_SLOT,
      async ([customerId, ofCustomer]) => {
        await slots.take();
        try {
          if (stop.aborted) return;
          const failed = (change: Change, error: unknown): void => {
            settle({ ...failureOf(change, error), wrote: wrote.has(change) });
            if (error instanceof AutumnError && (error.status === 401 || error.status === 403)) halt.abort();
          };
          const made = (change: Change): void => {
            sent.push(change);
            onEvent?.({ type: "sent", change });
          };
          for (const change of ofCustomer) onEvent?.({ type: "started", change });
          await workOn(customerId, ofCustomer, { run, leases, plan, wrote, failed, made });
        } finally {
          slots.give();
        }
      },
    );
    return sent;
  };

  let open = actions;
  for (let pass = 1; pass <= PASSES && open.length > 0; pass++) {
    const sent = await make(open);
    onEvent?.({ type: "verifying", changes: sent.length });
    const { seen, missing } = await verify(api, sent, plan, { clock, concurrency });
    for (const change of seen) settle({ change, result: "converged", wrote: wrote.has(change) });
    for (const { change, problem } of missing) missed.set(change, problem);
    open = stop.aborted ? [] : missing.map(({ change }) => change);
  }
  for (const change of actions.filter((one) => !outcomes.has(one))) {
    const problem = missed.get(change);
    settle({
      change,
      result: problem ? "failed" : "not_tried",
      wrote: wrote.has(change),
      problem: problem ?? NOT_TRIED,
    });
  }
  return {
    results: actions.map((change) => outcomes.get(change) as ChangeOutcome),
    interrupted: signal?.aborted ?? false,
  };
}

const NOT_TRIED: Problem = {
  code: "not-tried",
  message: "nothing was sent for it",
  hint: "plan and apply again",
};

interface Work {
  readonly run: RunEnvironment;
  readonly leases: Leases;
  readonly plan: Plan;
  readonly wrote: Set<Change>;
  readonly failed: (change: Change, error: unknown) => void;
  readonly made: (change: Change) => void;
}

/** Makes the changes of one customer. */
async function workOn(
  customerId: string,
  changes: readonly Change[],
  { run, leases, plan, wrote, failed, made }: Work,
): Promise<void> {
  const open = new Set(changes);
  try {
    const lease = await leases.take(
      customerId,
      changes.some((change) => change.createsCustomer),
    );
    try {
      const view = new CustomerView(run, customerId, changes[0]);
      // An old plan may have been applied by somebody else since.
      const isOld = run.api.serverTime() - plan.madeAt > FRESH_MS;
      const readsAll = isOld || plan.retire === "delete" || changes.some((change) => change.row !== null);
      await view.glance(lease.customer);
      if (readsAll) await view.read();
      await carryOut({ view, writer: new CustomerWriter(run, view, lease), lease }, changes, plan, {
        wrote: (change) => wrote.add(change),
        made: (change) => {
          open.delete(change);
          made(change);
        },
        failed: (change, error) => {
          open.delete(change);
          failed(change, error);
        },
      });
    } finally {
      await lease.release();
    }
  } catch (error) {
    // If the customer could not be read, the first open change has failed and the others were not tried.
    for (const change of error instanceof CustomerBusyError ? open : [...open].slice(0, 1))
      failed(change, error);
  }
}

/** Whether updates take effect after their answers: such a server accepts an update of a row that does not exist. */
async function updatesLate(api: AutumnApi, probe: Target): Promise<boolean> {
  const { entity_id: _, ...target } = probe;
  try {
    await api.updateBalance(
      { ...target, balance_id: "autumn-balances:there-is-no-such-row", included_grant: 1 },
      null,
    );
    return true;
  } catch (error) {
    if (error instanceof AutumnError) return false;
    throw error;
  }
}

/** Asks once, and remembers the answer. */
function onceKnown(ask: (probe: Target) => Promise<boolean>): (probe: Target) => Promise<boolean> {
  let answer: Promise<boolean> | undefined;
  return (probe) => {
    answer ??= ask(probe);
    return answer;
  };
}

function failureOf(change: Change, error: unknown): Omit<ChangeOutcome, "wrote"> {
  if (error instanceof BlockedError) {
    return { change, result: "blocked", problem: { code: "blocked", message: error.message } };
  }
  if (error instanceof NotShownError) {
    const hint = "plan again to see what is left to do";
    return { change, result: "failed", problem: { code: "not-shown", message: error.message, hint } };
  }
  if (error instanceof CustomerBusyError) {
    const hint = "wait for the other run to end, then plan and apply again";
    return { change, result: "not_tried", problem: { code: "customer-busy", message: error.message, hint } };
  }
  if (error instanceof ProblemsError && error.problems[0]) {
    return { change, result: "not_tried", problem: error.problems[0] };
  }
  if (error instanceof AutumnError) {
    return { change, result: "failed", problem: { code: error.code ?? "api", message: error.message } };
  }
  // A bug of ours must not hide the outcome of the other changes.
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { change, result: "failed", problem: { code: "unexpected", message, hint: "please report this" } };
}
