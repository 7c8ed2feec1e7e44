// Puts a successor in the place of a row, with the usage and the cycle of the row it succeeds. Killed after any
// call, the next run finds out from the rows how far it came and goes on from there; see carry.ts.
import type { DesiredBalance } from "../schema/index.ts";
import { createBody } from "./body.ts";
import { type CarryState, carryState, cycleToKeep, MARK_MS, usageOf } from "./carry.ts";
import { BlockedError, type Executor } from "./executor.ts";
import { nameOf, newestFirst, type Row } from "./row.ts";
import type { Change } from "./types.ts";

/** How often usage that came in meanwhile is carried over before the old row goes all the same. */
const CARRY_ROUNDS = 5;

/** Differences below this are rounding, in units. */
const EPSILON = 1e-9;

/** @throws AutumnError, BlockedError */
export async function replace(executor: Executor, change: Change, desired: DesiredBalance): Promise<void> {
  const { current, older } = split(executor, desired, change.balanceId);
  if (!change.creates) return finish(executor, desired, change.balanceId, desired.included);

  const [predecessor] = current;
  if (predecessor?.balanceId && older.some((row) => executor.isLive(row))) {
    // An interrupted replacement comes to its end before the next begins, or its usage would be counted twice.
    await finish(executor, desired, predecessor.balanceId, null);
  }
  if (desired.included === null && !desired.unlimited) {
    // A boolean feature cannot have two rows at a time (scenario create-boolean), and has no usage to lose.
    await retire(executor, current);
  }
  await executor.flush();
  const now = executor.clock.now();
  const before = split(executor, desired, change.balanceId).current;
  const keep = cycleToKeep(desired, before);
  const body = createBody(desired, change.balanceId, now, {
    ...(keep?.resetsAt == null ? {} : { nextResetAt: keep.resetsAt - MARK_MS }),
    ...(desired.reset === null && desired.included !== null
      ? { grant: firstGrant(desired.included, usageOf(before, desired.featureId)) }
      : {}),
  });
  // Usage and moment depend on when it is read; two pipelines with the same intent have only the rest in common.
  const intent = createBody(desired, change.balanceId, 0);
  const result = await executor.create(body, intent);
  if (result === "used-up") throw new BlockedError(`${change.balanceId} exists and is used up or has ended`);
  await finish(executor, desired, change.balanceId, desired.included);
}

/** The grant to create a successor without resets with: what is left, or, should more be used, any other amount. */
function firstGrant(included: number, usage: number): number {
  return usage <= 0 ? included : included > usage ? included - usage : included / 2;
}

interface Split {
  /** The rows of the newest generation before `successorId`. */
  readonly current: readonly Row[];
  /** All generations before that. */
  readonly older: readonly Row[];
}

function split(executor: Executor, desired: DesiredBalance, successorId: string): Split {
  const generations = executor.generationsOf(desired).filter(({ row }) => row.balanceId !== successorId);
  const newest = Math.max(...generations.map(({ generation }) => generation));
  return {
    current: generations.filter(({ generation }) => generation === newest).map(({ row }) => row),
    older: generations.filter(({ generation }) => generation !== newest).map(({ row }) => row),
  };
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
  for (let round = 1; ; round++) {
    await executor.flush();
    const { successor, before, state } = await look(executor, desired, successorId);
    const counts = !successor.unlimited && !successor.boolean;
    const usage = usageOf(before, successor.featureId);
    const carried = known ?? state.carried;
    if (state.due) {
      known = await carry(executor, desired, { successor, state, usage, target });
    } else if (counts && target !== null && successor.grant !== target) {
      await setGrant(executor, successor, target);
    } else if (counts && usage - carried > EPSILON && round <= CARRY_ROUNDS) {
      await carryMore(executor, successor, carried, usage);
      known = usage;
    } else {
      return retire(executor, before);
    }
  }
}

async function look(
  executor: Executor,
  desired: DesiredBalance,
  successorId: string,
): Promise<{ successor: Row; before: readonly Row[]; state: CarryState }> {
  const find = (): Row | undefined => executor.row(successorId);
  if (!(await executor.until(() => find() !== undefined))) {
    throw new BlockedError(`${successorId} was created and cannot be read back`);
  }
  const successor = find() as Row;
  const generations = executor.generationsOf(desired);
  const own = generations.find(({ row }) => row === successor)?.generation ?? Number.POSITIVE_INFINITY;
  const before = generations.filter(({ generation }) => generation < own).map(({ row }) => row);
  return { successor, before, state: carryState(successor, before, executor.clock.now()) };
}

interface Carry {
  readonly successor: Row;
  readonly state: CarryState;
  /** Units used of the predecessors. */
  readonly usage: number;
  readonly target: number | null;
}

/**
 * The one step that brings the usage of the predecessors over.
 * @returns units of usage that are carried now, `undefined` when another run did it
 */
async function carry(executor: Executor, desired: DesiredBalance, what: Carry): Promise<number | undefined> {
  const { successor, state, usage, target } = what;
  const { grant } = successor;
  // Without resets: what remains stays when the grant alone is raised, so that a raise by n carries n of usage.
  const raised = target !== null && target > grant && target <= grant + usage ? target : grant + usage;
  const byGrant = successor.resetsAt === null;
  const body = {
    ...executor.target(successor),
    ...(byGrant ? { included_grant: raised } : { add_to_balance: -usage }),
    ...(state.resetsAt === null ? {} : { next_reset_at: state.resetsAt }),
  };
  const intent = { from: grant, to: byGrant ? target : null, resetsAt: state.resetsAt };
  const result = await executor.update("carry", body, intent, () => {
    const row = executor.row(nameOf(successor));
    if (row === undefined) return false;
    const before = executor.generationsOf(desired).map((generation) => generation.row);
    const others = before.filter((one) => one !== row);
    return !carryState(row, others, executor.clock.now()).due;
  });
  if (result === "was-updated") return undefined;
  return byGrant ? raised - grant : usage;
}

/** Sets the grant and keeps what is used. */
async function setGrant(executor: Executor, successor: Row, target: number): Promise<void> {
  const body = {
    ...executor.target(successor),
    included_grant: target,
    add_to_balance: target - successor.grant,
  };
  const intent = { from: successor.grant, to: target };
  await executor.update("grant", body, intent, () => executor.row(nameOf(successor))?.grant === target);
}

/** Carries what was used since the carry. */
async function carryMore(executor: Executor, successor: Row, carried: number, usage: number): Promise<void> {
  const more = usage - carried;
  const body = { ...executor.target(successor), add_to_balance: -more };
  const after = successor.usage + more - EPSILON;
  await executor.update(
    "carry-more",
    body,
    { carried },
    () => (executor.row(nameOf(successor))?.usage ?? 0) >= after,
  );
}

/** Deletes what is live of the rows, newest first, each as often as rows have its balance_id. */
async function retire(executor: Executor, rows: readonly Row[]): Promise<void> {
  const live = [...rows].sort(newestFirst).filter((row) => executor.isLive(row));
  for (const row of live) {
    await executor.flush();
    await executor.remove(row);
  }
}
