// The transition table: the next step for one balance, from its entry and its rows. Pure. A plan takes `next` and
// `after` in turn until no step is left; an apply takes `next` of what it reads after each step.
//
// The newest generation of a balance is its row; those before it were replaced. The first line that fits decides:
//
//   the row                       the rows before it               next step
//   -----------------------------------------------------------------------------------------------------
//   none                          none                             create (nothing, if the declared end has passed)
//   differs, an update will not   any; a boolean row is deleted    create the successor, marked
//     do; or is there twice         first: no flag is granted twice
//   drained, without a mark       an adopted one is live           create the successor, marked: nothing can be
//                                                                  counted on a drained row
//   any without a mark            live                             mark the row: all or the rest is to be counted
//   any                           live, all about to end           wait until they have ended
//   any                           live                             end one
//   drained or ended              any                              done: no usage can be counted on it
//   marked                        their usage may still change     wait, and look again
//   marked                        ended or drained                 count their usage on the row and remove the mark
//   differs, an update will do    any                              update
//   as declared                   any                              done
//
// Without an entry, every live row is deleted, the newest first. It is ended instead where the API cannot delete it,
// where it has replaced other rows, or where its customer left a group: it holds usage that counts if the balance is
// granted again. With `retire: delete`, rows are deleted where they would be ended, once their usage has been counted.
import type { DesiredBalance } from "../../schema/index.ts";
import { isMore, minus, plus, sameAmount } from "../amounts.ts";
import { addCycles, nextBoundary } from "../interval.ts";
import { remoteId } from "../remote-id.ts";
import { nameOf, newestFirst, type Row, stateOf } from "../row.ts";
import type { Retirement } from "../types.ts";
import { differences } from "./compare.ts";
import { judge, type Verdict } from "./judge.ts";
import { type Mark, markedGrant, markedReset, markOf } from "./marks.ts";
import { type Generation, isAdopted } from "./match.ts";
import { cameBack } from "./returns.ts";
import {
  cycleToKeep,
  type Debt,
  debtOf,
  lastingReset,
  newestOf,
  rowsToCount,
  usageOf,
} from "./succession.ts";

export interface BalanceState {
  readonly namespace: string;
  readonly key: string;
  /** `null` for rows that no entry declares. */
  readonly desired: DesiredBalance | null;
  /** The rows of the balance, in any order, with the resets that are due applied (`settled`). */
  readonly generations: readonly Generation[];
  /** ms since 1970, by the server's clock. */
  readonly now: number;
  readonly retire: Retirement;
  /** Whether rows without an entry are ended, and never deleted. */
  readonly endsWithoutEntry?: boolean;
  /** Whether the API can delete the row: it finds the newest rows of a customer only. */
  readonly isWithinReach: (row: Row) => boolean;
  /** Whether the row's usage can no longer change. */
  readonly standsStill: (row: Row) => boolean;
}

/** One call, or a wait. Amounts are in units, moments in ms since 1970. */
export type Step =
  | {
      readonly kind: "create";
      readonly balanceId: string;
      readonly generation: number;
      /** `null` for what is declared. */
      readonly grant: number | null;
      readonly nextResetAt: number | null;
      /** Whether a live row is to be ended once it exists. */
      readonly succeeds: boolean;
    }
  | { readonly kind: "end"; readonly row: Row }
  | { readonly kind: "delete"; readonly row: Row }
  /** Until the ends of the rows have passed, and what was used of them is stored. */
  | { readonly kind: "wait"; readonly rows: readonly Row[] }
  /** Records that usage is to be counted, before the rows that hold it end. */
  | { readonly kind: "mark"; readonly row: Row; readonly mark: Mark }
  | {
      readonly kind: "count";
      readonly row: Row;
      readonly debt: Debt;
      /** The grant that the row has afterwards. */
      readonly grant: number;
      readonly nextResetAt: number | null;
    }
  | {
      readonly kind: "update";
      readonly row: Row;
      /** `null` to leave it. */
      readonly grant: number | null;
      /** `null` to leave it. */
      readonly expiresAt: number | null;
    };

export interface Next {
  /** `null` when nothing is left to do, or nothing can be done. */
  readonly step: Step | null;
  readonly verdict: Verdict;
}

/** A row that ends within this time, in ms, counts as one that was ended. */
export const ENDING_MS = 10_000;

export function next(state: BalanceState): Next {
  const { desired, generations, now } = state;
  if (desired === null) return nextWithoutEntry(state);
  if (generations.length === 0) return nextOfNothing(state, desired);
  const current = newestOf(generations);
  const older = generations.filter(({ row }) => !current.includes(row));
  const row = current.find((one) => stateOf(one, now) === "live") ?? (current[0] as Row);
  const debt = debtOf(desired, row, older, now);
  const verdict = verdictOf(state, desired, { current, row, older, debt });
  if (verdict.kind === "blocked") return { step: null, verdict };
  if (verdict.kind === "replace") return { step: replacing(state, desired, current), verdict };
  const finishing = finish(state, desired, { row, older, debt });
  if (finishing !== null || verdict.kind === "none") return { step: finishing, verdict };
  return { step: updating(desired, row), verdict };
}

const done = (verdict: Partial<Verdict> = {}): Next => ({
  step: null,
  verdict: { kind: "none", fields: [], reasons: [], ...verdict },
});

function nextOfNothing({ namespace, key, now }: BalanceState, desired: DesiredBalance): Next {
  if (desired.expiresAt !== null && desired.expiresAt <= now) return done();
  const step = { kind: "create", balanceId: remoteId(namespace, key), generation: 1 } as const;
  return { ...done(), step: { ...step, grant: null, nextResetAt: null, succeeds: false } };
}

function nextWithoutEntry({ generations, now, isWithinReach, endsWithoutEntry }: BalanceState): Next {
  const [row] = [...generations]
    // By generation first: lists do not always tell when a row was created.
    .sort((a, b) => b.generation - a.generation || newestFirst(a.row, b.row))
    .map((one) => one.row)
    .filter((one) => stateOf(one, now) === "live" && !isEnding(one, now));
  if (row === undefined) return done();
  const { generation } = generations.find((one) => one.row === row) as Generation;
  // Where there is another generation, even a live one that came back, one has the usage of the other.
  const hasReplaced = generations.some(
    (one) => one.generation !== generation || stateOf(one.row, now) !== "live",
  );
  return {
    ...done(),
    step: { kind: isWithinReach(row) && !hasReplaced && !endsWithoutEntry ? "delete" : "end", row },
  };
}

interface Current {
  readonly current: readonly Row[];
  readonly row: Row;
  readonly older: readonly Generation[];
  readonly debt: Debt;
}

function verdictOf({ now }: BalanceState, desired: DesiredBalance, all: Current): Verdict {
  const { current, row, older, debt } = all;
  const state = stateOf(row, now);
  if (current.length > 1 && state === "live") {
    const text = `${current.length} rows have the balance_id ${row.balanceId}`;
    const { fields } = differences(desired, row);
    return { kind: "replace", fields, reasons: [{ code: "duplicate", text }] };
  }
  // Counting removes the mark and sets the declared grant: a marked grant is no difference.
  const isMarked = debt.mark !== null && row.resetsAt === null && desired.included !== null;
  const isOwed = markOf(row) === null && older.some((one) => isTakenOver(one, desired, now));
  if (!isMarked) return judge(desired, row, state, now, isOwed);
  const finished = { ...row, grant: desired.included ?? 0, creationGrant: undefined };
  if (state !== "drained") return judge(desired, finished, state, now);
  // Drained before its predecessor's usage was counted: if anything is left of the grant, a successor has to give it.
  const left = minus(minus(desired.included ?? 0, row.usage), debt.usage);
  const isLeft = isMore(left, LEAST_LEFT);
  return judge(desired, isLeft ? row : finished, state, now);
}

/** Whether usage of an adopted row is still to come, and to be counted. */
const isTakenOver = (one: Generation, { featureId }: DesiredBalance, now: number): boolean =>
  isAdopted(one) && stateOf(one.row, now) === "live" && !one.row.unlimited && one.row.featureId === featureId;

/** So few units are not worth a successor: a mark takes up to this much of a grant. */
const LEAST_LEFT = 0.001;

/** The step towards a successor. */
function replacing(state: BalanceState, desired: DesiredBalance, current: readonly Row[]): Step {
  const { namespace, key, generations, now, isWithinReach } = state;
  const isFlag = desired.included === null && !desired.unlimited;
  const live = current.find((row) => stateOf(row, now) === "live");
  if (isFlag && live !== undefined) {
    if (isEnding(live, now)) return { kind: "wait", rows: [live] };
    // A flag cannot be granted twice (scenario create-boolean), and has no usage to lose.
    return { kind: isWithinReach(live) ? "delete" : "end", row: live };
  }
  const generation = Math.max(...generations.map((one) => one.generation)) + 1;
  const balanceId = remoteId(namespace, key, generation);
  const succeeds = live !== undefined;
  const step = { kind: "create", balanceId, generation, succeeds } as const;
  const before = rowsToCount(desired, generations, now);
  if (desired.reset !== null) {
    const boundary =
      cycleToKeep(desired.reset, before)?.resetsAt ?? desired.nextResetAt ?? addCycles(now, desired.reset, 1);
    return { ...step, grant: null, nextResetAt: markedReset(nextBoundary(boundary, desired.reset, now)) };
  }
  if (desired.included === null) return { ...step, grant: null, nextResetAt: null };
  const left = minus(desired.included, usageOf(before, desired.featureId));
  return { ...step, grant: markedGrant(left, "all", desired.included), nextResetAt: null };
}

export const isEnding = (row: Row, now: number): boolean =>
  row.expiresAt !== null && row.expiresAt > now && row.expiresAt <= now + ENDING_MS;

interface Finishing {
  readonly row: Row;
  readonly older: readonly Generation[];
  readonly debt: Debt;
}

/** The next step of a replacement that is not finished; `null` when it is. */
function finish(state: BalanceState, desired: DesiredBalance, { row, older, debt }: Finishing): Step | null {
  const { now, retire, standsStill, isWithinReach } = state;
  const isLive = (one: Row): boolean => stateOf(one, now) === "live";
  const countable = isLive(row) && !row.unlimited && !row.boolean;
  const live = older.filter((one) => isLive(one.row)).sort((a, b) => b.generation - a.generation);
  // Once a live adopted row was counted and the run was killed, nothing would say so: it is ended before it is counted.
  const deletes = retire === "delete" && live.every((one) => isWithinReach(one.row) && !isAdopted(one));
  const [first] = live;
  if (first !== undefined && !(deletes && debt.mark !== null && countable)) {
    if (deletes) return { kind: "delete", row: first.row };
    const mark = markNeeded(row, first, cameBack(row, older, now));
    // A row of somebody else's that is taken over may look like what older versions left half-way: the mark says which.
    const isMarked = mark === "adopted" && row.resetsAt === null ? markOf(row) !== null : debt.mark !== null;
    if (countable && !isMarked && mark !== null) return { kind: "mark", row, mark };
    const rows = live.map((one) => one.row);
    // Of several rows with one id, a call reaches the one that ends first: the next can be ended only after that.
    const ending = new Set(rows.filter((one) => isEnding(one, now)).map(nameOf));
    const ends = rows.find((one) => !ending.has(nameOf(one)));
    return ends === undefined ? { kind: "wait", rows } : { kind: "end", row: ends };
  }
  if (!countable || debt.mark === null) return null;
  if (!deletes && !debt.rows.every(standsStill)) return { kind: "wait", rows: debt.rows };
  const grant = row.resetsAt === null ? (desired.included ?? row.grant) : row.grant;
  return { kind: "count", row, debt, grant, nextResetAt: lastingReset(desired, row, older, now) };
}

/**
 * The mark that the row needs before its predecessor ends: without it, nothing would say that usage is to be counted.
 */
function markNeeded(row: Row, before: Generation, back: readonly Row[]): Mark | null {
  if (back.includes(before.row)) return row.resetsAt === null ? "returned" : null;
  return isAdopted(before) ? "adopted" : "rest";
}

function updating(desired: DesiredBalance, row: Row): Step {
  const { included, expiresAt } = desired;
  return {
    kind: "update",
    row,
    grant: included !== null && !row.unlimited && !sameAmount(included, row.grant) ? included : null,
    expiresAt: expiresAt !== null && expiresAt !== row.expiresAt ? expiresAt : null,
  };
}

/**
 * The balance after a step, if nobody uses it meanwhile. It takes a row to end at once, and a wait to last until usage
 * can no longer change.
 */
export function after(state: BalanceState, step: Step): BalanceState {
  const { generations, now } = state;
  const change = (row: Row, fields: Partial<Row>): BalanceState => ({
    ...state,
    generations: generations.map((one) => (one.row === row ? { ...one, row: { ...row, ...fields } } : one)),
  });
  switch (step.kind) {
    case "create": {
      const row = createdRow(state.desired as DesiredBalance, step, now);
      return { ...state, generations: [...generations, { row, generation: step.generation }] };
    }
    case "end":
      return change(step.row, { expiresAt: now });
    case "delete":
      return { ...state, generations: generations.filter(({ row }) => row !== step.row) };
    case "wait":
      return {
        ...state,
        generations: generations.map((one) => {
          const { expiresAt } = one.row;
          const ends = step.rows.includes(one.row) && expiresAt !== null && expiresAt > now;
          return ends ? { ...one, row: { ...one.row, expiresAt: now } } : one;
        }),
        standsStill: () => true,
      };
    case "mark":
      return change(step.row, markedFields(step.row, step.mark));
    case "count": {
      const usage = plus(step.row.usage, step.debt.usage);
      const resetsAt = step.row.resetsAt === null ? null : step.nextResetAt;
      return change(step.row, { grant: step.grant, usage, remaining: minus(step.grant, usage), resetsAt });
    }
    case "update": {
      const { row, grant, expiresAt } = step;
      const amount = grant ?? row.grant;
      return change(row, {
        grant: amount,
        remaining: minus(amount, row.usage),
        expiresAt: expiresAt ?? row.expiresAt,
      });
    }
  }
}

/** The fields that putting on a mark changes. */
export function markedFields(row: Row, mark: Mark): Partial<Row> {
  if (row.resetsAt !== null)
    return { resetsAt: markedReset(row.resetsAt, mark === "adopted" ? mark : "rest") };
  const grant = markedGrant(row.grant, mark, row.grant);
  return { grant, remaining: minus(grant, row.usage) };
}

export function createdRow(desired: DesiredBalance, step: Step & { kind: "create" }, now: number): Row {
  const { included, unlimited, reset } = desired;
  const grant = step.grant ?? included ?? 0;
  const first = step.nextResetAt ?? desired.nextResetAt;
  return {
    customerId: desired.customerId,
    featureId: desired.featureId,
    balanceId: step.balanceId,
    internalId: null,
    planId: null,
    entityId: desired.entityId,
    entityRef: desired.entityId,
    boolean: included === null && !unlimited,
    unlimited,
    grant,
    creationGrant: grant,
    remaining: grant,
    usage: 0,
    rolledOver: 0,
    reset,
    resetsAt:
      reset === null ? null : first === null ? addCycles(now, reset, 1) : nextBoundary(first, reset, now),
    expiresAt: desired.expiresAt,
    rollover: desired.rollover,
    paid: false,
    flaw: null,
    createdAt: now,
  };
}

/** Every step that is left, in order, if nobody uses the balance meanwhile. */
export function stepsOf(state: BalanceState): { steps: Step[]; end: BalanceState } {
  const steps: Step[] = [];
  let end = state;
  // A balance takes a few steps for each row; a table that does not come to an end would be a bug.
  for (let left = 4 * state.generations.length + 12; left > 0; left--) {
    const { step } = next(end);
    if (step === null) return { steps, end };
    steps.push(step);
    end = after(end, step);
  }
  throw new Error(`the balance ${state.key} is never as declared`);
}
