// Makes the changes of one customer, once each is found to be still what was planned. Every change goes as far as it
// can; then those that have to wait until usage is final wait together.
import { ProblemsError } from "../../schema/index.ts";
import { sameAmount } from "../amounts.ts";
import { changesOf } from "../decide/changes.ts";
import { stateOfBalance } from "../decide/diff.ts";
import { endsWithGroup } from "../decide/groups.ts";
import { parseRemoteId } from "../remote-id.ts";
import { nameOf, newestFirst, type Row, stateOf } from "../row.ts";
import { type Verdict, waitsForReset } from "../transitions/judge.ts";
import { type Generation, matchRows } from "../transitions/match.ts";
import { type BalanceState, next, type Step } from "../transitions/transitions.ts";
import type { Change, FieldChange, Plan } from "../types.ts";
import type { CustomerView } from "./customer-view.ts";
import type { CustomerWriter } from "./customer-writer.ts";
import { BlockedError, NotShownError } from "./errors.ts";
import type { Lease } from "./lease.ts";

/** Steps after which a balance that does not converge is given up. */
const MOST_STEPS = 60;

/** Callbacks that tell what becomes of the changes. */
export interface Watch {
  readonly wrote: (change: Change) => void;
  readonly made: (change: Change) => void;
  readonly failed: (change: Change, error: unknown) => void;
}

/** A customer that this run holds the lease of. */
export interface HeldCustomer {
  readonly lease: Lease;
  readonly view: CustomerView;
  readonly writer: CustomerWriter;
}

/** @throws AutumnError when the customer cannot be read any more, CustomerBusyError when another run has it */
export async function carryOut(
  customer: HeldCustomer,
  planned: readonly Change[],
  plan: Plan,
  watch: Watch,
): Promise<void> {
  const { view } = customer;
  let open: Work[] = [];
  for (const change of [...planned].sort(inOrder)) {
    try {
      const work = workOf(view, change, plan);
      if (work === undefined) watch.made(change);
      else open.push(work);
    } catch (error) {
      watch.failed(change, error);
    }
  }
  while (open.length > 0) {
    const waiting: { work: Work; rows: readonly Row[] }[] = [];
    for (const work of open) {
      const before = view.writes;
      try {
        const rows = await advance(customer, work);
        if (rows === null) watch.made(work.change);
        else waiting.push({ work, rows });
      } catch (error) {
        if (view.writes > before) watch.wrote(work.change);
        watch.failed(work.change, error);
        continue;
      }
      if (view.writes > before) watch.wrote(work.change);
    }
    open = waiting.map(({ work }) => work);
    if (open.length > 0) await view.wait(waiting.flatMap(({ rows }) => rows));
  }
}

/** A change that is being made. */
interface Work {
  readonly change: Change;
  /** The balance, from the current rows. */
  readonly state: () => BalanceState;
  steps: number;
}

/** Takes steps until one has to wait. @returns the rows to wait for, `null` when nothing is left to do */
async function advance({ lease, view, writer }: HeldCustomer, work: Work): Promise<readonly Row[] | null> {
  for (;;) {
    const state = work.state();
    const { step, verdict } = next(state);
    if (step === null) {
      if (verdict.kind === "blocked")
        throw new BlockedError(verdict.reasons.map(({ text }) => text).join("; "));
      const waiting = drainedSince(work.change, state);
      if (waiting !== undefined) throw new BlockedError(waitsForReset(waiting).text);
      return null;
    }
    work.steps += 1;
    if (work.steps > MOST_STEPS) throw new NotShownError(`${work.change.balanceId} does not come to rest`);
    if (step.kind === "wait") return step.rows;
    if (!isPlanned(work.change, step, verdict)) throw changedSince(work.change);
    if (await lease.renew()) await writer.make(step, work.change.desired);
    // The lease had ended: another run may have changed the customer meanwhile.
    else await view.read();
  }
}

/**
 * The work that a change means for the current rows; `undefined` when nothing is left to do.
 * @throws ProblemsError when it is no longer what was planned, BlockedError
 */
function workOf(view: CustomerView, change: Change, plan: Plan): Work | undefined {
  const { desired, key } = change;
  const { namespace, retire } = plan;
  // The plan may have been made from a list that does not show everything: compare like with like.
  const blind = change.row !== null && change.row.creationGrant === undefined;
  const rowsNow = (): readonly Row[] =>
    blind ? view.rows.map((row) => ({ ...row, creationGrant: undefined, rollover: undefined })) : view.rows;
  const isBoolean = (featureId: string): boolean =>
    view.rows.some((row) => row.featureId === featureId && row.boolean);
  const state = (): BalanceState => {
    const rows = rowsNow();
    const context = { namespace, now: view.now, retire, isBoolean, rowsOf: () => rows };
    return {
      ...stateOfBalance(desired, key, generationsOf(change, rows, view, namespace), context),
      standsStill: view.standsStill,
      endsWithoutEntry: endsWithGroup(plan.groups, key) || namesOf(key, rows, namespace).size > 1,
    };
  };
  const work = { change, state, steps: 0 };
  if (change.kind === "delete" && change.retires.some((row) => !view.owns(row))) {
    // Adopted rows have ids without the namespace: the plan of their deletion names them exactly.
    return change.retires.some((row) => view.row(nameOf(row)) !== undefined) ? work : undefined;
  }
  const { declared, undeclared } = changesOf(
    desired ? [desired] : [],
    new Map([[view.customerId, rowsNow()]]),
    {
      namespace,
      now: view.now,
      retire,
      isBoolean,
    },
  );
  const now = declared[0] ?? undeclared.find((one) => one.key === key);
  if (now === undefined || now.kind === "none") return undefined;
  if (now.kind === "blocked") throw new BlockedError(now.reasons.map(({ text }) => text).join("; "));
  const isSame = now.balanceId === change.balanceId;
  // Another run has created the successor, and may have been stopped: to go on is what was planned.
  if (change.kind === "replace" && now.kind === "replace" && isSame) return work;
  if (now.kind === change.kind && isSame && sameFields(now.fields, change.fields)) return work;
  throw changedSince(change);
}

/** Amounts are compared at the server's precision, as reads differ beyond it. */
const sameFields = (a: readonly FieldChange[], b: readonly FieldChange[]): boolean =>
  a.length === b.length && a.every((one, n) => b[n] !== undefined && sameField(one, b[n]));

const sameField = (a: FieldChange, b: FieldChange): boolean =>
  a.field === b.field && sameValue(a.from, b.from) && sameValue(a.to, b.to);

const sameValue = (a: unknown, b: unknown): boolean =>
  typeof a === "number" && typeof b === "number" ? sameAmount(a, b) : JSON.stringify(a) === JSON.stringify(b);

/** Whether the plan has shown such a step. */
function isPlanned({ kind, balanceId, retires, fields }: Change, step: Step, verdict: Verdict): boolean {
  if (step.kind === "create") return kind !== "update" && step.balanceId === balanceId;
  if (kind === "create") return false;
  if (kind === "delete") return step.kind === "delete" || step.kind === "end";
  // A part may be done already. But what another run has set since, the plan has not shown.
  if (kind === "update")
    return (
      step.kind === "update" && verdict.fields.every((field) => fields.some((one) => sameField(field, one)))
    );
  // The plan of a replacement has named every row that goes; those that have come back since go with them.
  return step.kind !== "delete" || retires.length > 0;
}

const changedSince = ({ balanceId, customerId }: Change): ProblemsError =>
  new ProblemsError([
    {
      code: "changed-since-plan",
      message: `${balanceId} of ${customerId} has changed since the plan was made`,
      hint: "plan again to see what it would be now",
    },
  ]);

/** A row that was to be deleted, and was used up before the call came: it stays, and its reset brings it back. */
function drainedSince({ kind, retires }: Change, { generations, now }: BalanceState): Row | undefined {
  if (kind !== "delete") return undefined;
  const names = new Set(retires.map(nameOf));
  return generations
    .map(({ row }) => row)
    .find((row) => row.resetsAt !== null && stateOf(row, now) === "drained" && names.has(nameOf(row)));
}

/** The rows that a change is about. */
function generationsOf(
  { desired, key, kind, retires }: Change,
  rows: readonly Row[],
  view: CustomerView,
  namespace: string,
): readonly Generation[] {
  const { declared, undeclared } = matchRows(
    desired ? [desired] : [],
    new Map([[view.customerId, rows]]),
    namespace,
  );
  if (desired !== null) return declared[0] ?? [];
  const own = undeclared.find((one) => one.key === key)?.generations ?? [];
  const names = new Set(retires.map(nameOf));
  const shown = rows.filter((row) => names.has(nameOf(row))).map((row) => ({ row, generation: 0 }));
  // Only rows that the plan showed are deleted; ended and drained ones tell what was replaced.
  return kind === "delete"
    ? [
        ...own.filter(({ row }) => names.has(nameOf(row)) || !view.isLive(row)),
        ...shown.filter(({ row }) => !own.some((one) => one.row === row)),
      ]
    : own;
}

/** The balance_ids of all generations: also of one that has come back since the plan, and is not deleted by it. */
const namesOf = (key: string, rows: readonly Row[], namespace: string): Set<string> =>
  new Set(rows.filter((row) => parseRemoteId(namespace, row.balanceId)?.key === key).map(nameOf));

/** Deletions last and newest first: the API finds only the newest rows, and each deletion brings an older one up. */
function inOrder(a: Change, b: Change): number {
  const last = Number(a.kind === "delete") - Number(b.kind === "delete");
  return last || (a.row && b.row ? newestFirst(a.row, b.row) : 0);
}
