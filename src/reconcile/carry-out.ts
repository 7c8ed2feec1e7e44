// Makes one change of one customer, after a last look at whether it is still the one that was planned.

import type { DesiredBalance } from "../schema/index.ts";
import { ProblemsError } from "../schema/index.ts";
import { minus, sameAmount } from "./amounts.ts";
import { createBody } from "./body.ts";
import { changesOf } from "./changes.ts";
import { BlockedError, type Executor } from "./executor.ts";
import { replace } from "./replace.ts";
import { nameOf, newestFirst, type Row } from "./row.ts";
import type { Change, Plan } from "./types.ts";

/** @throws AutumnError, BlockedError, ProblemsError when the change is not what was agreed to any more */
export async function carryOut(executor: Executor, planned: Change, plan: Plan): Promise<void> {
  const change = reconsidered(executor, planned, plan);
  if (change === undefined) return;
  const { desired, kind } = change;
  if (kind === "delete") return remove(executor, change);
  if (desired === null) throw new TypeError(`a change of kind ${kind} has no entry`);
  if (kind === "create") return create(executor, desired, change.balanceId);
  if (kind === "update") return update(executor, desired, change.row as Row);
  return replace(executor, change, desired);
}

/** The change in view of the rows as they are now; `undefined` when there is nothing left to do. */
function reconsidered(executor: Executor, planned: Change, plan: Plan): Change | undefined {
  // The plan may have been made from a list that does not show everything: compare like with like.
  const blind = planned.row?.creationGrant === undefined;
  const rows = executor.rows.map((row) =>
    blind ? { ...row, creationGrant: undefined, rollover: undefined } : row,
  );
  if (planned.kind === "delete" && planned.retires.some((row) => !executor.owns(row))) {
    // Rows that were taken over from somebody else: whoever plans their end knows them by their exact names.
    const retires = planned.retires.filter((row) => executor.row(nameOf(row)) !== undefined);
    return retires.length > 0 ? { ...planned, retires } : undefined;
  }
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
  const isSame = now.balanceId === planned.balanceId;
  if (now.kind === "blocked") {
    // Another run has replaced it, and only the used-up row before is left to go.
    const isWaiting = now.reasons.every(({ code }) => code === "waits-for-reset");
    if (planned.kind === "replace" && isSame && isWaiting) return undefined;
    throw new BlockedError(now.reasons.map(({ text }) => text).join("; "));
  }
  // Another run has created the successor and is at work on it, or was stopped: going on is what was planned.
  if (planned.kind === "replace" && isSame) return now;
  const sameFields = JSON.stringify(now.fields) === JSON.stringify(planned.fields);
  if (now.kind === planned.kind && isSame && sameFields) return now;
  throw new ProblemsError([
    {
      code: "changed-since-plan",
      message: `${planned.balanceId} of ${planned.customerId} has changed since the plan was made`,
      hint: "plan again to see what it would be now",
    },
  ]);
}

async function create(executor: Executor, desired: DesiredBalance, balanceId: string): Promise<void> {
  const body = createBody(desired, balanceId, executor.clock.now());
  const { customer_id, feature_id, balance_id } = body;
  await executor.flush({ customer_id, feature_id, balance_id });
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
  const moves = included !== null && !row.unlimited && !sameAmount(included, row.grant);
  const ends = expiresAt !== null && expiresAt !== row.expiresAt;
  await executor.update(
    "update",
    {
      ...executor.target(row),
      // Both, or usage would be off by the difference (scenarios update-grant-only, update-grant-and-add).
      ...(moves ? { included_grant: included, add_to_balance: minus(included, row.grant) } : {}),
      ...(ends ? { expires_at: expiresAt } : {}),
    },
    { grant: [row.grant, included], expiresAt: [row.expiresAt, expiresAt] },
    () => {
      const now = executor.row(nameOf(row));
      return (
        now !== undefined &&
        (!moves || sameAmount(now.grant, included)) &&
        (!ends || now.expiresAt === expiresAt)
      );
    },
  );
}

async function remove(executor: Executor, change: Change): Promise<void> {
  for (const row of [...change.retires].sort(newestFirst)) {
    await executor.flush(executor.target(row));
    await executor.remove(row);
  }
}
