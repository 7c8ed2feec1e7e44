// Puts a successor in the place of a row, with the usage and the cycle of the row it succeeds. Killed after any
// call, the next run finds out from the rows how far it came and goes on from there; see carry.ts.
import { AutumnError } from "../autumn/index.ts";
import type { DesiredBalance } from "../schema/index.ts";
import { isMore, minus, plus, sameAmount } from "./amounts.ts";
import { createBody } from "./body.ts";
import {
  type CarryState,
  carryState,
  cycleToKeep,
  lastingReset,
  markedDue,
  markedOpen,
  predecessorsOf,
  usageOf,
} from "./carry.ts";
import { BlockedError, type Executor } from "./executor.ts";
import { addCycles, nextBoundary } from "./interval.ts";
import type { Generation } from "./match.ts";
import { nameOf, newestFirst, type Row } from "./row.ts";
import type { Change } from "./types.ts";

/** How often usage that came in meanwhile is carried over before the old row goes all the same. */
const CARRY_ROUNDS = 5;
/** Steps after which a successor that never shows their effect is left alone. */
const MAX_ROUNDS = 12;

/** @throws AutumnError, BlockedError */
export async function replace(executor: Executor, change: Change, desired: DesiredBalance): Promise<void> {
  const { balanceId } = change;
  if (!change.creates) return finish(executor, desired, balanceId, desired.included);

  const [predecessor] = generationBefore(executor, desired, balanceId);
  if (predecessor?.balanceId && isOpen(executor, desired, predecessor)) {
    // An interrupted replacement comes to its end before the next begins, or its usage would be counted twice.
    await finish(executor, desired, predecessor.balanceId, null);
  }
  if (desired.included === null && !desired.unlimited) {
    // A boolean feature cannot have two rows at a time (scenario create-boolean), and has no usage to lose.
    await retire(executor, generationBefore(executor, desired, balanceId));
  }
  await flush(executor, desired, balanceId);
  const body = successorBody(executor, desired, balanceId);
  // Usage and moment depend on when it is read; two pipelines with the same intent have only the rest in common.
  const intent = createBody(desired, balanceId, 0);
  const result = await executor.create(body, intent);
  if (result === "used-up") throw new BlockedError(`${balanceId} exists and is used up or has ended`);
  await finish(executor, desired, balanceId, desired.included);
}

const flush = (executor: Executor, { customerId, featureId }: DesiredBalance, balanceId: string) =>
  executor.flush({ customer_id: customerId, feature_id: featureId, balance_id: balanceId });

/** What a successor is created with, so that it can be told how far the carry has come. */
function successorBody(executor: Executor, desired: DesiredBalance, balanceId: string) {
  const { reset, included, nextResetAt } = desired;
  const now = executor.clock.now();
  const before = generationBefore(executor, desired, balanceId);
  if (reset !== null) {
    const boundary = cycleToKeep(reset, before)?.resetsAt ?? nextResetAt ?? addCycles(now, reset, 1);
    return createBody(desired, balanceId, now, {
      nextResetAt: markedDue(nextBoundary(boundary, reset, now)),
    });
  }
  if (included === null) return createBody(desired, balanceId, now);
  return createBody(desired, balanceId, now, {
    grant: firstGrant(included, usageOf(before, desired.featureId)),
  });
}

/** The grant to create a successor without resets with: what is left, or, should more be used, any other amount. */
function firstGrant(included: number, usage: number): number {
  return usage <= 0 ? included : included > usage ? minus(included, usage) : included / 2;
}

/** The rows of the newest generation before `successorId`. */
function generationBefore(executor: Executor, desired: DesiredBalance, successorId: string): Row[] {
  const generations = executor.generationsOf(desired).filter(({ row }) => row.balanceId !== successorId);
  const newest = Math.max(...generations.map(({ generation }) => generation));
  return generations.filter(({ generation }) => generation === newest).map(({ row }) => row);
}

/** The generations before a row's own. */
function olderThan(executor: Executor, desired: DesiredBalance, row: Row): Generation[] {
  const generations = executor.generationsOf(desired);
  const own = generations.find((one) => one.row === row)?.generation ?? Number.POSITIVE_INFINITY;
  return generations.filter(({ generation }) => generation < own);
}

/** Whether the replacement that made the row was interrupted. */
function isOpen(executor: Executor, desired: DesiredBalance, row: Row): boolean {
  if (!executor.isLive(row)) return false;
  const now = executor.clock.now();
  const older = olderThan(executor, desired, row);
  return (
    older.some((one) => executor.isLive(one.row)) || carryState(row, predecessorsOf(older, now), now).open
  );
}

/**
 * Carries usage to a successor that exists, and retires what it succeeds.
 * @param target the grant it is to have; `null` leaves the grant as it is
 */
async function finish(
  executor: Executor,
  desired: DesiredBalance,
  successorId: string,
  target: number | null,
): Promise<void> {
  /** Units carried, where this run knows it better than the rows show it. */
  let known: number | undefined;
  for (let round = 1; round <= MAX_ROUNDS; round++) {
    await flush(executor, desired, successorId);
    const { successor, before, state } = await look(executor, desired, successorId);
    const resetsAt = lastingReset(desired, successor, before, executor.clock.now());
    const carried = known ?? state.carried;
    // A used-up or ended successor cannot be changed; as nothing is left of it, nothing is granted twice.
    const counts = executor.isLive(successor) && !successor.unlimited && !successor.boolean;
    if (counts && state.due) {
      known = await carry(executor, desired, { successor, state, target, resetsAt });
    } else if (counts && target !== null && !sameAmount(successor.grant, target)) {
      await setGrant(executor, successor, target);
    } else if (counts && isMore(state.usage, carried) && round <= CARRY_ROUNDS) {
      await carryMore(executor, successor, carried, state.usage);
      known = state.usage;
    } else {
      await retire(executor, before);
      if (counts && state.open) await settleCycle(executor, successor, resetsAt);
      return;
    }
  }
  throw new BlockedError(`${successorId} does not become what was sent: the row before it is kept`);
}

interface Look {
  readonly successor: Row;
  readonly before: readonly Row[];
  readonly state: CarryState;
}

async function look(executor: Executor, desired: DesiredBalance, successorId: string): Promise<Look> {
  if (!(await executor.until(() => executor.row(successorId) !== undefined))) {
    throw new BlockedError(`${successorId} was created and cannot be read back`);
  }
  const successor = executor.row(successorId) as Row;
  const now = executor.clock.now();
  const before = predecessorsOf(olderThan(executor, desired, successor), now);
  return { successor, before, state: carryState(successor, before, now) };
}

interface Carry {
  readonly successor: Row;
  readonly state: CarryState;
  readonly target: number | null;
  /** When the successor is to reset; ms since 1970. */
  readonly resetsAt: number | null;
}

/**
 * The one step that brings the usage of the predecessors over.
 * @returns units of usage that are carried now, `undefined` when another run did it
 */
async function carry(
  executor: Executor,
  desired: DesiredBalance,
  { successor, state, target, resetsAt: lasting }: Carry,
): Promise<number | undefined> {
  const { grant, remaining, resetsAt } = successor;
  const usage = minus(state.usage, state.carried);
  // Without resets: what remains stays when the grant alone is raised, so that a raise by n carries n of usage.
  const raised =
    target !== null && target > grant && target <= plus(grant, usage) ? target : plus(grant, usage);
  // A row that this leaves used up could not be changed any more to have its cycle set.
  const nextReset = sameAmount(remaining, usage) ? lasting : markedOpen(resetsAt);
  const body = {
    ...executor.target(successor),
    ...(nextReset === null
      ? { included_grant: raised }
      : { add_to_balance: -usage, next_reset_at: nextReset }),
  };
  const intent = { from: grant, to: resetsAt === null ? target : null, resetsAt };
  const result = await executor.update("carry", body, intent, () => {
    const row = executor.row(nameOf(successor));
    if (row === undefined) return false;
    const now = executor.clock.now();
    return !carryState(row, predecessorsOf(olderThan(executor, desired, row), now), now).due;
  });
  if (result === "was-updated") return undefined;
  return plus(state.carried, resetsAt === null ? minus(raised, grant) : usage);
}

/** Sets the grant and keeps what is used. */
async function setGrant(executor: Executor, successor: Row, target: number): Promise<void> {
  const body = {
    ...executor.target(successor),
    included_grant: target,
    add_to_balance: minus(target, successor.grant),
  };
  const intent = { from: successor.grant, to: target };
  await executor.update("grant", body, intent, () =>
    sameAmount(executor.row(nameOf(successor))?.grant ?? null, target),
  );
}

/** Carries what was used since the carry. */
async function carryMore(executor: Executor, successor: Row, carried: number, usage: number): Promise<void> {
  const more = minus(usage, carried);
  const body = { ...executor.target(successor), add_to_balance: -more };
  const after = plus(successor.usage, more);
  await executor.update(
    "carry-more",
    body,
    { carried },
    () => !isMore(after, executor.row(nameOf(successor))?.usage ?? 0),
  );
}

/** Deletes what is live of the rows, newest first, each as often as rows have its balance_id. */
async function retire(executor: Executor, rows: readonly Row[]): Promise<void> {
  const live = [...rows].sort(newestFirst).filter((row) => executor.isLive(row));
  for (const row of live) {
    await executor.flush(executor.target(row));
    await executor.remove(row);
  }
}

/** Has a successor reset when its predecessor did, which also says that the replacement is finished. */
async function settleCycle(executor: Executor, successor: Row, resetsAt: number | null): Promise<void> {
  if (resetsAt === null) return;
  try {
    // Setting the same moment twice does no harm.
    await executor.api.updateBalance({ ...executor.target(successor), next_reset_at: resetsAt }, null);
  } catch (error) {
    // It was used up this very moment, and is found again after its reset.
    if (!(error instanceof AutumnError) || !error.isNotFound) throw error;
  }
}
