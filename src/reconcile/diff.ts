// What has to happen to one balance: its entry on one side, the rows that stand for it on the other. Pure.
//
// Why a difference is an update or a replacement is told in docs/concepts.md, with the observed facts.
import { type DesiredBalance, msToInstant } from "../schema/index.ts";
import { minus, plus } from "./amounts.ts";
import { carryState, predecessorsOf, usageOf } from "./carry.ts";
import { type Differences, differences, isAsDeclared } from "./compare.ts";
import type { Generation } from "./match.ts";
import { replacementWithinReach } from "./reach.ts";
import { remoteId } from "./remote-id.ts";
import { nameOf, newestFirst, type Row, type RowState, stateOf } from "./row.ts";
import type { Change, FieldChange, Reason } from "./types.ts";

/** What the decision depends on besides entry and rows. */
export interface DiffContext {
  readonly namespace: string;
  /** ms since 1970. */
  readonly now: number;
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
  const [only] = generations;
  if (only === undefined) return diffAbsent(desired, context);
  // The case that nearly every balance is in, decided without building anything.
  if (
    generations.length === 1 &&
    isAsDeclared(desired, only.row) &&
    stateOf(only.row, context.now) === "live"
  ) {
    return unchanged(desired, only.row, context);
  }
  const newest = Math.max(...generations.map(({ generation }) => generation));
  const current = generations.filter(({ generation }) => generation === newest).map(({ row }) => row);
  const older = generations.filter(({ generation }) => generation !== newest);
  return diffPresent(desired, newest, current, older, context);
}

/** Nothing stands for the balance yet. */
function diffAbsent(desired: DesiredBalance, context: DiffContext): Change {
  const base = unchanged(desired, null, context);
  if (desired.expiresAt !== null && desired.expiresAt <= context.now) {
    const text = `it would have ended on ${msToInstant(desired.expiresAt)} already: nothing is granted`;
    return { ...base, reasons: [{ code: "already-over", text }] };
  }
  const flag = context.isBoolean(desired.featureId) ? flagThatIsOn(desired, context) : undefined;
  if (flag) {
    const text = `${desired.featureId} is on already, by ${nameOf(flag)}; take that one over with \`adopt\``;
    return { ...base, kind: "blocked", reasons: [{ code: "flag-is-on", text }] };
  }
  return { ...base, kind: "create", creates: true, granted: desired.included ?? 0 };
}

/** Another row of a boolean feature, which would have a create refused with 409 (scenario create-boolean). */
function flagThatIsOn(desired: DesiredBalance, { rowsOf, now }: DiffContext): Row | undefined {
  return rowsOf(desired.customerId).find(
    (row) =>
      row.featureId === desired.featureId &&
      // What the customer has, every entity has; to the customer, the server counts what any entity has.
      (row.entityId == null || desired.entityId === null || row.entityId === desired.entityId) &&
      stateOf(row, now) === "live",
  );
}

function diffPresent(
  desired: DesiredBalance,
  newest: number,
  current: readonly Row[],
  olderGenerations: readonly Generation[],
  context: DiffContext,
): Change {
  const { namespace, now } = context;
  const reached = (change: Change): Change =>
    replacementWithinReach(change, context.rowsOf(change.customerId), now);
  const older = olderGenerations.map((generation) => generation.row);
  const before = predecessorsOf(olderGenerations, now);
  const isLive = (row: Row): boolean => stateOf(row, now) === "live";
  const row = current.find(isLive) ?? (current[0] as Row);
  const verdict =
    current.length > 1 && isLive(row)
      ? replaced(differences(desired, row).fields, {
          code: "duplicate",
          text: `${current.length} rows have the balance_id ${nameOf(row)}`,
        })
      : judge(desired, row, stateOf(row, now), now);
  const base = unchanged(desired, row, context);
  const liveOlder = older.filter(isLive);
  const carry = carryState(row, before, now);
  const unfinished = liveOlder.length > 0 || (carry.open && isLive(row));
  // Of an interrupted replacement, the customer's gain is counted from the row that is being replaced.
  const start = (unfinished ? before[0] : undefined) ?? row;
  // Of an ended row the customer has nothing any more.
  const had = start.unlimited || start.boolean || stateOf(start, now) === "expired" ? 0 : start.grant;
  const granted = minus(desired.included ?? 0, had);
  const stillToCarry = unfinished ? Math.max(0, minus(carry.usage, carry.carried)) : 0;

  if (verdict.kind === "replace") {
    const usage = plus(usageOf(current, desired.featureId), stillToCarry);
    return reached({
      ...base,
      kind: "replace",
      balanceId: remoteId(namespace, desired.key, newest + 1),
      retires: [...current.filter(isLive), ...liveOlder],
      creates: true,
      fields: verdict.fields,
      reasons: [...verdict.reasons, ...(unfinished ? [interrupted(liveOlder)] : [])],
      carries: desired.unlimited ? 0 : usage,
      granted,
    });
  }
  if (unfinished) {
    return reached({
      ...base,
      kind: "replace",
      retires: liveOlder,
      fields: verdict.fields,
      reasons: [interrupted(liveOlder), ...verdict.reasons],
      carries: row.unlimited ? 0 : stillToCarry,
      granted,
    });
  }
  const { kind, fields, reasons } = verdict;
  if (kind === "update") return { ...base, kind, fields, reasons, granted };
  if (kind === "blocked") return { ...base, kind, fields, reasons, unblocksAt: row.resetsAt };
  const waiting = older.find((one) => one.resetsAt !== null && stateOf(one, now) === "drained");
  if (!waiting) return { ...base, reasons };
  return { ...base, kind: "blocked", reasons: [waitsForReset(waiting)], unblocksAt: waiting.resetsAt };
}

interface Verdict {
  readonly kind: "none" | "update" | "replace" | "blocked";
  readonly fields: readonly FieldChange[];
  readonly reasons: readonly Reason[];
}

const replaced = (fields: readonly FieldChange[], ...reasons: Reason[]): Verdict => ({
  kind: "replace",
  fields,
  reasons,
});

/** What follows from the differences between an entry and the one row that stands for it. */
function judge(desired: DesiredBalance, row: Row, state: RowState, now: number): Verdict {
  const { fields, replaces }: Differences = differences(desired, row);
  const over = desired.expiresAt !== null && desired.expiresAt <= now;
  if (state === "expired") {
    // Never granted again: a fresh grant is a new id.
    if (over) return { kind: "none", fields: [], reasons: [] };
    const text = `it ended on ${msToInstant(row.expiresAt ?? now)}, and an ended balance cannot be prolonged`;
    return replaced(fields, { code: "expired", text });
  }
  if (over) {
    const text = "the API takes no end in the past: remove the entry and prune, or write a moment to come";
    return { kind: "blocked", fields, reasons: [{ code: "past-expiry", text }] };
  }
  if (fields.length === 0 && replaces === null) return { kind: "none", fields, reasons: [] };
  if (state === "drained") {
    const onlyExpiry = replaces === null && fields.every(({ field }) => field === "expires_at");
    // Nothing is left that could end sooner or later.
    if (onlyExpiry && row.resetsAt === null) return { kind: "none", fields: [], reasons: [] };
    if (onlyExpiry) return { kind: "blocked", fields, reasons: [waitsForReset(row)] };
    const text = "it is used up, and the API cannot change a used-up balance";
    return replaced(fields, { code: "drained", text }, ...(replaces === null ? [] : [replaces]));
  }
  return replaces === null ? { kind: "update", fields, reasons: [] } : replaced(fields, replaces);
}

/** A row of ours that no entry declares. `undefined` when it is history: nothing is left to take back. */
export function diffUndeclared(
  key: string,
  generations: readonly Generation[],
  { now }: DiffContext,
): Change | undefined {
  // By generation first: lists do not always tell when a row was created.
  const rows = [...generations]
    .sort((a, b) => b.generation - a.generation || newestFirst(a.row, b.row))
    .map(({ row }) => row);
  const live = rows.filter((row) => stateOf(row, now) === "live");
  const waiting = rows.find((row) => row.resetsAt !== null && stateOf(row, now) === "drained");
  const row = live[0] ?? waiting;
  if (!row) return undefined;
  const taken = live.reduce((sum, one) => sum + (one.resetsAt === null ? one.remaining : one.grant), 0);
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
    granted: taken === 0 ? 0 : -taken,
    unblocksAt: blocked ? row.resetsAt : null,
    createsCustomer: false,
    isPending: false,
  };
}

function interrupted(older: readonly Row[]): Reason {
  if (older.length === 0)
    return { code: "carry", text: "an earlier replacement has not carried its usage over yet" };
  const names = older.map(nameOf).join(", ");
  return { code: "interrupted", text: `an earlier replacement was not finished: ${names} is still there` };
}

function waitsForReset(row: Row): Reason {
  const on = row.resetsAt === null ? "" : ` on ${msToInstant(row.resetsAt)}`;
  const text = `${nameOf(row)} is used up; the API can change or remove it only after its reset${on}`;
  return { code: "waits-for-reset", text };
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
  };
}
