// Executes a plan: customers in parallel, the changes of one customer in series, and everything read back.
import { type AutumnApi, AutumnError, type Clock } from "../autumn/index.ts";
import { type Problem, ProblemsError } from "../schema/index.ts";
import { carryOut } from "./carry-out.ts";
import { BlockedError, Executor } from "./executor.ts";
import { groupBy } from "./group.ts";
import { Observer } from "./observe.ts";
import { forEachOf } from "./pool.ts";
import { newestFirst } from "./row.ts";
import {
  type ApplyEvent,
  booleansOf,
  type Change,
  type ChangeOutcome,
  isAction,
  type Outcome,
  type Plan,
} from "./types.ts";
import { verify } from "./verify.ts";

export interface ApplyEnvironment {
  readonly clock: Clock;
  /** Customers worked on at a time. */
  readonly concurrency: number;
  /** Aborted, the customers at hand are finished and no other is begun. */
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: ApplyEvent) => void;
}

/** ms after which a plan is too old for a balance to be created without all rows of its customer being read. */
const FRESH_MS = 600_000;

/**
 * Makes a plan true. Failures are in the outcome, which is given whatever happens; one of them does not stop the
 * other customers, unless it is one that all would run into.
 */
export async function applyPlan(api: AutumnApi, plan: Plan, environment: ApplyEnvironment): Promise<Outcome> {
  const { clock, concurrency, signal, onEvent } = environment;
  const actions = plan.changes.filter(isAction);
  const observer = new Observer(api, {
    namespace: plan.namespace,
    balances: actions.flatMap(({ desired }) => desired ?? []),
    booleans: booleansOf(actions),
    wholeOrganisation: false,
    concurrency,
  });

  const outcomes = new Map<Change, ChangeOutcome>();
  const settle = (outcome: ChangeOutcome): void => {
    outcomes.set(outcome.change, outcome);
    onEvent?.({ type: "finished", ...outcome });
  };
  const sent: Change[] = [];
  const halt = new AbortController();
  const stop = signal ? AbortSignal.any([signal, halt.signal]) : halt.signal;

  await forEachOf(
    groupBy(actions, (change) => change.customerId),
    concurrency,
    async ([customerId, changes]) => {
      const executor = new Executor(api, observer, clock, plan.namespace, customerId);
      let isReady = false;
      for (const change of [...changes].sort(inOrder)) {
        onEvent?.({ type: "started", change });
        try {
          if (!isReady) await prepare(executor, changes as [Change, ...Change[]], plan);
          isReady = true;
          await carryOut(executor, change, plan);
          sent.push(change);
          onEvent?.({ type: "sent", change });
        } catch (error) {
          settle(failureOf(change, error));
          if (error instanceof AutumnError && (error.status === 401 || error.status === 403)) halt.abort();
          // What keeps the customer from being read keeps its other changes from being made.
          if (!isReady || halt.signal.aborted) return;
        }
      }
    },
    stop,
  );

  onEvent?.({ type: "verifying", changes: sent.length });
  for (const outcome of await verify(api, sent, plan, { clock, concurrency })) settle(outcome);
  for (const change of actions)
    if (!outcomes.has(change)) settle({ change, result: "not_tried", problem: NOT_TRIED });
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

/** Reads what the changes of a customer are compared with, once usage that is not stored yet has been stored. */
async function prepare(
  executor: Executor,
  changes: readonly [Change, ...Change[]],
  plan: Plan,
): Promise<void> {
  if (changes.some((change) => change.createsCustomer)) {
    await executor.api.createCustomer(executor.customerId);
  }
  const changesRows = changes.some((change) => change.row !== null);
  // Somebody may have thought about the plan over night, and somebody else have made it true.
  const isOld = executor.clock.now() - plan.madeAt > FRESH_MS;
  if (!changesRows && !isOld) return executor.glance();
  const [{ row, featureId, balanceId }] = changes;
  await executor.flush(
    row
      ? executor.target(row)
      : { customer_id: executor.customerId, feature_id: featureId, balance_id: balanceId },
  );
  await executor.read();
}

/** Deletions last and newest first: the API finds only the newest rows, and each deletion brings an older one up. */
function inOrder(a: Change, b: Change): number {
  const last = Number(a.kind === "delete") - Number(b.kind === "delete");
  return last || (a.row && b.row ? newestFirst(a.row, b.row) : 0);
}

function failureOf(change: Change, error: unknown): ChangeOutcome {
  if (error instanceof BlockedError) {
    return { change, result: "blocked", problem: { code: "blocked", message: error.message } };
  }
  if (error instanceof ProblemsError && error.problems[0]) {
    return { change, result: "not_tried", problem: error.problems[0] };
  }
  if (error instanceof AutumnError) {
    return { change, result: "failed", problem: { code: error.code ?? "api", message: error.message } };
  }
  // A mistake of our own may not hide what became of the other changes.
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { change, result: "failed", problem: { code: "unexpected", message, hint: "please report this" } };
}
