// The change of one balance, from its entry and its rows: a summary of the steps that the table in transitions.ts leads
// to. Pure.
import { type DesiredBalance, msToInstant } from "../../schema/index.ts";
import { minus, plus, sameAmount } from "../amounts.ts";
import { shareFlag } from "../flags.ts";
import { nextBoundary } from "../interval.ts";
import { parseRemoteId, remoteId } from "../remote-id.ts";
import { isOverdue, nameOf, newestFirst, type Row, stateOf } from "../row.ts";
import { isAsDeclared } from "../transitions/compare.ts";
import { waitsForReset } from "../transitions/judge.ts";
import { markedGrant, markOf } from "../transitions/marks.ts";
import { type Generation, isAdopted } from "../transitions/match.ts";
import { cameBack } from "../transitions/returns.ts";
import { newestOf } from "../transitions/succession.ts";
import { type BalanceState, next, type Step, stepsOf } from "../transitions/transitions.ts";
import type { Change, Reason, Retirement } from "../types.ts";
import { isWithinReach } from "./delete-window.ts";

/** What the decision depends on besides entry and rows. */
export interface DiffContext {
  readonly namespace: string;
  /** ms since 1970, by the server's clock. */
  readonly now: number;
  readonly retire: Retirement;
  /** The standalone rows of a customer, for questions about its other rows. */
  readonly rowsOf: (customerId: string) => readonly Row[];
  readonly isBoolean: (featureId: string) => boolean;
}

/** The change of one declared balance. `generations` are its rows, in any order. */
export function diffBalance(
  desired: DesiredBalance,
  generations: readonly Generation[],
  context: DiffContext,
): Change {
  if (desired.startsAt !== undefined && desired.startsAt > context.now)
    return diffScheduled(desired, desired.startsAt, generations, context);
  const [only] = generations;
  if (only === undefined) return diffAbsent(desired, context);
  // The fast path of nearly every balance: nothing is built.
  if (
    generations.length === 1 &&
    only.row.flaw === null &&
    isAsDeclared(desired, only.row) &&
    stateOf(only.row, context.now) === "live"
  ) {
    return unchanged(desired, only.row, context);
  }
  return diffPresent(desired, generations, context);
}

/** An entry that has not started: its rows, if any, stay as they are. */
function diffScheduled(
  desired: DesiredBalance,
  startsAt: number,
  generations: readonly Generation[],
  context: DiffContext,
): Change {
  const row = generations.map((one) => one.row).find((one) => stateOf(one, context.now) === "live");
  if (row === undefined) return unchanged(desired, null, context);
  const text = `${nameOf(row)} is there already, though its entry starts on ${msToInstant(startsAt)}`;
  return { ...unchanged(desired, row, context), reasons: [{ code: "not-started", text }] };
}

/** What the transition table takes for an entry, or for rows without one. */
export function stateOfBalance(
  desired: DesiredBalance | null,
  key: string,
  generations: readonly Generation[],
  { namespace, now, retire, rowsOf }: DiffContext,
): BalanceState {
  return {
    namespace,
    key,
    desired,
    generations,
    now,
    retire,
    isWithinReach: (row) => isWithinReach(row, rowsOf(row.customerId), now),
    standsStill: () => false,
  };
}

/** The balance has no rows yet. */
function diffAbsent(desired: DesiredBalance, context: DiffContext): Change {
  const base = unchanged(desired, null, context);
  if (desired.expiresAt !== null && desired.expiresAt <= context.now) {
    const text = `it would have ended on ${msToInstant(desired.expiresAt)} already: nothing is granted`;
    return { ...base, reasons: [{ code: "already-over", text }] };
  }
  const flag = context.isBoolean(desired.featureId) ? flagThatIsOn(desired, context) : undefined;
  if (flag) {
    // An entry can only adopt a row that has no entry of its own.
    const isOwn = parseRemoteId(context.namespace, flag.balanceId) !== undefined;
    const way = isOwn
      ? "remove one of the two entries, or take that one over with `adopt` if it has none"
      : "take that one over with `adopt`";
    const text = `${desired.featureId} is on already, by ${nameOf(flag)}; ${way}`;
    return { ...base, kind: "blocked", reasons: [{ code: "flag-is-on", text }] };
  }
  const { reset, nextResetAt } = desired;
  const resetsAt =
    reset === null || nextResetAt === null ? null : nextBoundary(nextResetAt, reset, context.now);
  return { ...base, kind: "create", creates: true, granted: desired.included ?? 0, resetsAt };
}

/** Another live row of a boolean feature: with it, a create is refused with 409 (scenario create-boolean). */
function flagThatIsOn(desired: DesiredBalance, { rowsOf, now }: DiffContext): Row | undefined {
  return rowsOf(desired.customerId).find(
    (row) =>
      row.featureId === desired.featureId &&
      shareFlag(row.entityId, desired.entityId) &&
      stateOf(row, now) === "live",
  );
}

function diffPresent(
  desired: DesiredBalance,
  generations: readonly Generation[],
  context: DiffContext,
): Change {
  const { now } = context;
  const state = stateOfBalance(desired, desired.key, generations, context);
  const { verdict } = next(state);
  const { steps, end } = stepsOf(state);
  const current = newestOf(generations);
  const row = current.find((one) => stateOf(one, now) === "live") ?? (current[0] as Row);
  const older = generations.filter((one) => !current.includes(one.row));
  const base = unchanged(desired, row, context);
  const { fields, reasons } = verdict;
  if (verdict.kind === "blocked") {
    const waits = reasons.some(({ code }) => code === "waits-for-reset");
    return { ...base, kind: "blocked", fields, reasons, unblocksAt: waits ? row.resetsAt : null };
  }
  if (steps.length === 0) return { ...base, reasons: [...reasons, ...notes(row, older, now)] };
  if (steps.every(({ kind }) => kind === "update")) {
    return { ...base, kind: "update", fields, reasons, granted: minus(desired.included ?? 0, had(row, now)) };
  }
  const creates = steps.some(({ kind }) => kind === "create");
  const final = newestOf(end.generations)[0] as Row;
  const retires = retiredBy(steps);
  const joined = rowsTakenOver(row, older, now);
  const back = cameBack(row, older, now).filter((one) => stateOf(one, now) === "live");
  const goes = new Set([...joined, ...back]);
  // Units of different features cannot be set off against each other.
  const hadOf = (one: Row): number =>
    one.featureId === desired.featureId ? had(withoutMark(one, desired), now) : 0;
  const isOpen =
    older.length > 0 &&
    joined.length === 0 &&
    (markOf(row) !== null || older.some((one) => stateOf(one.row, now) === "live"));
  return {
    ...base,
    kind: "replace",
    balanceId: nameOf(final),
    retires,
    creates,
    fields,
    reasons: [
      ...(creates ? reasons : []),
      ...(joined.length > 0
        ? [takesOver(joined)]
        : isOpen || !creates
          ? [interrupted(older, back, now)]
          : []),
      ...(creates ? [] : reasons),
    ],
    carries: steps.reduce((sum, step) => (step.kind === "count" ? plus(sum, step.debt.usage) : sum), 0),
    // Finishing an interrupted replacement grants nothing that the plan for it has not shown.
    granted:
      !creates && markOf(row) === "all"
        ? 0
        : goes.size === 0
          ? minus(desired.included ?? 0, hadOf(replacedBy(row, older, now)))
          : [...goes].reduce((sum, one) => minus(sum, hadOf(one)), minus(hadOf(final), hadOf(row))),
    resetsAt: final.resetsAt,
    meanwhile: creates ? meanwhileOf(steps, retires) : null,
  };
}

/** Rows that the entry now adopts although it had a row already. */
function rowsTakenOver(row: Row, older: readonly Generation[], now: number): Row[] {
  if (markOf(row) !== null && markOf(row) !== "adopted") return [];
  return older.filter((one) => isAdopted(one) && stateOf(one.row, now) === "live").map((one) => one.row);
}

function takesOver(rows: readonly Row[]): Reason {
  const names = rows.map(nameOf).join(", ");
  return { code: "takes-over", text: `${names} is taken over: what was used of it counts here, and it ends` };
}

/** The row that `row` is to replace, while that replacement is unfinished; otherwise `row` itself. */
function replacedBy(row: Row, older: readonly Generation[], now: number): Row {
  const isOpen = markOf(row) === "all" || older.some((one) => stateOf(one.row, now) === "live");
  const [before] = older.length > 0 && isOpen ? newestOf(older) : [];
  // It was only ended for the successor's sake, so its grant counts as if it had not ended.
  return before === undefined ? row : { ...before, expiresAt: null };
}

/** The row with the declared grant, where its own is that grant with a mark. */
function withoutMark(row: Row, { included }: DesiredBalance): Row {
  const mark = row.resetsAt === null ? markOf(row) : null;
  if (mark === null || included === null) return row;
  const isMarked = sameAmount(row.grant, markedGrant(included, mark, included));
  return isMarked ? { ...row, grant: included } : row;
}

/** Units that the row grants; 0 when it has ended. */
const had = (row: Row, now: number): number =>
  row.unlimited || row.boolean || stateOf(row, now) === "expired" ? 0 : row.grant;

function retiredBy(steps: readonly Step[]): Row[] {
  const rows = steps.flatMap((step) => {
    if (step.kind === "end" || step.kind === "delete") return [step.row];
    return [];
  });
  return [...new Set(rows)];
}

/** The most units usable during a replacement: what the old rows have left, and the first grant of the new one. */
function meanwhileOf(steps: readonly Step[], retires: readonly Row[]): number | null {
  const create = steps.find((step) => step.kind === "create");
  const counts = steps.find((step) => step.kind === "count");
  if (create === undefined || counts === undefined) return null;
  const left = retires.reduce((sum, row) => (row.unlimited ? sum : plus(sum, Math.max(0, row.remaining))), 0);
  return plus(left, Math.round(counts.row.grant * 1000) / 1000);
}

/** Reasons to be told for a balance that is as declared. */
function notes(row: Row, older: readonly Generation[], now: number): Reason[] {
  if (isOverdue(row, now)) {
    const text = `${nameOf(row)} is used up, and was to reset on ${msToInstant(row.resetsAt ?? now)}: the server has not reset it`;
    return [{ code: "reset-overdue", text }];
  }
  const waiting = older.find((one) => one.row.resetsAt !== null && stateOf(one.row, now) === "drained");
  return waiting ? [waitsForReset(waiting.row)] : [];
}

/** The change of our rows that no entry declares; `undefined` when they are history, with nothing left to take back. */
export function diffUndeclared(
  key: string,
  generations: readonly Generation[],
  context: DiffContext,
): Change | undefined {
  const { now } = context;
  // By generation first: lists do not always tell when a row was created.
  const rows = [...generations]
    .sort((a, b) => b.generation - a.generation || newestFirst(a.row, b.row))
    .map(({ row }) => row);
  const live = rows.filter((row) => stateOf(row, now) === "live");
  const waiting = rows.find((row) => row.resetsAt !== null && stateOf(row, now) === "drained");
  const row = live[0] ?? waiting;
  if (!row) return undefined;
  const taken = live.reduce((sum, one) => plus(sum, leftToTake(one)), 0);
  const blocked = live.length === 0;
  return {
    kind: blocked ? "blocked" : "delete",
    customerId: row.customerId,
    featureId: row.featureId,
    entityId: row.entityId ?? null,
    key,
    balanceId: nameOf(row),
    desired: null,
    row,
    retires: live,
    creates: false,
    fields: [],
    reasons: blocked ? [waitsForReset(row)] : [],
    carries: 0,
    granted: taken === 0 ? 0 : minus(0, taken),
    unblocksAt: blocked ? row.resetsAt : null,
    createsCustomer: false,
    isPending: false,
    resetsAt: null,
    meanwhile: null,
  };
}

/** Units that deleting the row takes away. A row that is overdrawn, as seats can be, has nothing left to take. */
function leftToTake({ unlimited, resetsAt, grant, remaining }: Row): number {
  if (unlimited) return 0;
  return resetsAt === null ? Math.max(0, remaining) : grant;
}

function interrupted(older: readonly Generation[], back: readonly Row[], now: number): Reason {
  const live = older.map(({ row }) => row).filter((row) => stateOf(row, now) === "live");
  const names = live.map(nameOf).join(", ");
  if (live.length > 0) {
    const text = live.every((row) => back.includes(row))
      ? `what was replaced when it was used up came back at its reset: ${names} ends`
      : `an earlier replacement was not finished: ${names} is still there`;
    return { code: "interrupted", text };
  }
  return { code: "carry", text: "what was used of the row before is still to be counted on it" };
}

function unchanged(desired: DesiredBalance, row: Row | null, { namespace }: DiffContext): Change {
  return {
    kind: "none",
    customerId: desired.customerId,
    featureId: desired.featureId,
    entityId: desired.entityId,
    key: desired.key,
    balanceId: row === null ? remoteId(namespace, desired.key) : nameOf(row),
    desired,
    row,
    retires: [],
    creates: false,
    fields: [],
    reasons: [],
    carries: 0,
    granted: 0,
    unblocksAt: null,
    createsCustomer: false,
    isPending: false,
    resetsAt: null,
    meanwhile: null,
  };
}
