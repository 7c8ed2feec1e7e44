// Executes a plan: customers in parallel, the changes of one customer in series, and everything read back.
import { type AutumnApi, AutumnError, type Clock } from "../autumn/index.ts";
import { type DesiredBalance, type Problem, ProblemsError } from "../schema/index.ts";
import { createBody } from "./body.ts";
import { changesOf } from "./changes.ts";
import { BlockedError, Executor } from "./executor.ts";
import { groupBy } from "./group.ts";
import { Observer } from "./observe.ts";
import { forEachOf } from "./pool.ts";
import { replace } from "./replace.ts";
import { newestFirst, type Row } from "./row.ts";
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

/**
 * Makes a plan true. Failures are in the outcome; one of them does not stop the other customers, unless it is
 * one that all would run into.
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
      const attempt = async (change: Change, work: () => Promise<void>): Promise<void> => {
        onEvent?.({ type: "started", change });
        try {
          await work();
          sent.push(change);
          onEvent?.({ type: "sent", change });
        } catch (error) {
          settle(failureOf(change, error));
          if (error instanceof AutumnError && (error.status === 401 || error.status === 403)) halt.abort();
        }
      };
      await applyToCustomer(executor, changes, plan, attempt);
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
  hint: "run the same command again",
};

type Attempt = (change: Change, work: () => Promise<void>) => Promise<void>;

async function applyToCustomer(
  executor: Executor,
  changes: readonly Change[],
  plan: Plan,
  attempt: Attempt,
): Promise<void> {
  const ordered = [...changes].sort(inOrder);
  const [first] = ordered as [Change, ...Change[]];
  if (ordered.some((change) => change.createsCustomer)) {
    let created = false;
    await attempt(first, async () => {
      await executor.api.createCustomer(executor.customerId);
      created = true;
      await carryOut(executor, first, plan);
    });
    if (!created) return;
    for (const change of ordered.slice(1)) await attempt(change, () => carryOut(executor, change, plan));
    return;
  }
  // A customer that is only granted something new has nothing that could have changed since the plan was made.
  const changesRows = ordered.some((change) => change.row !== null);
  let ready = !changesRows;
  for (const change of ordered) {
    await attempt(change, async () => {
      if (!ready) {
        await executor.flush();
        await executor.read();
        ready = true;
      }
      await carryOut(executor, change, plan);
    });
  }
}

/** Deletions last and newest first: the API finds only the newest rows, and each deletion brings an older one up. */
function inOrder(a: Change, b: Change): number {
  const last = Number(a.kind === "delete") - Number(b.kind === "delete");
  return last || (a.row && b.row ? newestFirst(a.row, b.row) : 0);
}

/** Makes one change, after a last look at whether it is still the one that was planned. */
async function carryOut(executor: Executor, planned: Change, plan: Plan): Promise<void> {
  const change = planned.row === null ? planned : reconsidered(executor, planned, plan);
  if (change === undefined) return;
  const { desired, kind } = change;
  if (kind === "delete") return remove(executor, change);
  if (desired === null) throw new TypeError(`a change of kind ${kind} has no entry`);
  if (kind === "create") return create(executor, desired, change.balanceId);
  if (kind === "update") return update(executor, desired, change.row as Row);
  return replace(executor, change, desired);
}

/**
 * The change in view of the rows as they are now; `undefined` when there is nothing left to do.
 * @throws ProblemsError when it is not what was planned, and so not what was agreed to
 */
function reconsidered(executor: Executor, planned: Change, plan: Plan): Change | undefined {
  // The plan may have been made from a list that does not show everything: compare like with like.
  const blind = planned.row?.creationGrant === undefined;
  const rows = executor.rows.map((row) =>
    blind ? { ...row, creationGrant: undefined, rollover: undefined } : row,
  );
  const { declared, undeclared } = changesOf(
    planned.desired ? [planned.desired] : [],
    new Map([[executor.customerId, rows]]),
    {
      namespace: plan.namespace,
      now: executor.clock.now(),
      isBoolean: (featureId) => rows.some((row) => row.featureId === featureId && row.boolean),
    },
  );
  const now = declared[0] ?? undeclared.find((change) => change.key === planned.key);
  if (now === undefined || now.kind === "none") return undefined;
  const sameFields = JSON.stringify(now.fields) === JSON.stringify(planned.fields);
  if (
    now.kind === planned.kind &&
    now.balanceId === planned.balanceId &&
    (sameFields || now.kind === "replace")
  ) {
    return now;
  }
  // Another run has created the successor and is at work on it, or was stopped: going on is what was planned.
  if (planned.kind === "replace" && now.balanceId === planned.balanceId) return now;
  throw new ProblemsError([
    {
      code: "changed-since-plan",
      message: `${planned.balanceId} of ${planned.customerId} has changed since the plan was made`,
      hint: "run the same command again to see the new plan",
    },
  ]);
}

async function create(executor: Executor, desired: DesiredBalance, balanceId: string): Promise<void> {
  await executor.flush();
  const body = createBody(desired, balanceId, executor.clock.now());
  const result = await executor.create(body, createBody(desired, balanceId, 0));
  if (result === "used-up") {
    throw new BlockedError(
      desired.included === null && !desired.unlimited
        ? `${desired.featureId} is on already, by another grant`
        : `${balanceId} exists already, and is used up or has ended; a fresh grant needs another \`id\``,
    );
  }
}

async function update(executor: Executor, desired: DesiredBalance, row: Row): Promise<void> {
  const { included, expiresAt } = desired;
  const moves = included !== null && !row.unlimited && included !== row.grant;
  const ends = expiresAt !== null && expiresAt !== row.expiresAt;
  await executor.update(
    "update",
    {
      ...executor.target(row),
      // Both, or usage would be off by the difference (scenarios update-grant-only, update-grant-and-add).
      ...(moves ? { included_grant: included, add_to_balance: included - row.grant } : {}),
      ...(ends ? { expires_at: expiresAt } : {}),
    },
    { grant: [row.grant, included], expiresAt: [row.expiresAt, expiresAt] },
    () => {
      const now = executor.row(row.balanceId ?? "");
      return (
        now !== undefined && (!moves || now.grant === included) && (!ends || now.expiresAt === expiresAt)
      );
    },
  );
}

async function remove(executor: Executor, change: Change): Promise<void> {
  for (const row of [...change.retires].sort(newestFirst)) {
    await executor.flush();
    await executor.remove(row);
  }
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
  throw error;
}
