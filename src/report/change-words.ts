// One change of a plan in words: the balance, what it was, what it becomes, what differs, and why.
import type { Change, FieldChange, Row } from "../reconcile/index.ts";
import { type DesiredBalance, defaultKey, type Note } from "../schema/index.ts";
import type { Pen } from "./text/pen.ts";
import { cycle, cycleOf, moment, rolloverText, units } from "./words.ts";

/** The balance within its customer: its key, and what it is of where the key does not say it. */
export function balanceName({ key, featureId, entityId }: NamedBalance, pen: Pen): string {
  const plain = defaultKey(featureId, entityId);
  return key === plain ? pen.id(key) : `${pen.id(key)} (${pen.id(plain)})`;
}

export type NamedBalance = Pick<Change, "key" | "featureId" | "entityId">;

/** What an entry grants: `50,000 a month`, `unlimited`, `on`. */
export function declared({
  included,
  unlimited,
  reset,
  rollover,
  expiresAt,
  nextResetAt,
}: DesiredBalance): string {
  let text = unlimited ? "unlimited" : included === null ? "on" : `${units(included)} ${cycleOf(reset)}`;
  if (rollover !== null) text += `, ${rolloverText(rollover)}`;
  if (nextResetAt !== null) text += `, first reset ${moment(nextResetAt)}`;
  if (expiresAt !== null) text += `, ends ${moment(expiresAt)}`;
  return text;
}

/** What a change makes of the balance. Where the row is there, it is not `next_reset_at` that says when it resets. */
export function madeBy({ kind, resetsAt }: Change, desired: DesiredBalance): string {
  return declared({ ...desired, nextResetAt: kind === "create" ? (resetsAt ?? desired.nextResetAt) : null });
}

/** What a row holds: `500 once, 120 left`. */
export function stored(row: Row): string {
  let text = row.boolean ? "on" : row.unlimited ? "unlimited" : `${units(row.grant)} ${cycleOf(row.reset)}`;
  if (!row.boolean && !row.unlimited) {
    text += `, ${units(row.remaining)} left`;
    if (row.rollover != null) text += `, ${rolloverText(row.rollover)}`;
  }
  if (row.expiresAt !== null) text += `, ends ${moment(row.expiresAt)}`;
  return text;
}

/** `included 100 → 150, expires_at never → 2027-01-31T00:00:00Z`. */
export function differences(fields: readonly FieldChange[], pen: Pen): string {
  return fields
    .map(({ field, from, to }) => `${field} ${valueText(field, from, pen)} → ${valueText(field, to, pen)}`)
    .join(", ");
}

/** Why the change is made, and what happens to usage, cycle and rows: a line each. */
export function details(change: Change, pen: Pen): string[] {
  const { kind, row, balanceId, retires, creates, carries, reasons } = change;
  const lines = reasons.map(({ text }) => `because ${pen.prose(text)}`);
  if (change.isPending) lines.unshift("due before, not from the files");
  if (change.desired?.isProtected) lines.unshift("protected");
  const note = noteText(change.desired?.note, pen);
  if (note !== "") lines.unshift(note);
  if (kind === "update" && row !== null && row.usage !== 0) lines.push(`${units(row.usage)} used stay used`);
  const first = change.desired?.nextResetAt ?? null;
  if (kind === "create" && first !== null && change.resetsAt !== null && first !== change.resetsAt)
    lines.push(`${moment(first)}, the first reset that is declared, has passed: its cycle goes on`);
  if (kind !== "replace") return lines;
  if (carries > 0) lines.push(`${units(carries)} used stay used`);
  if (change.resetsAt !== null) lines.push(resetText(change, change.resetsAt));
  const successor = `${creates ? "creates" : "keeps"} ${pen.id(balanceId)}`;
  const retired = retires.map((one) => rowName(one, pen)).join(", ");
  lines.push(retired === "" ? successor : `${successor} in place of ${retired}`);
  if (change.meanwhile !== null && retires.length > 0) {
    lines.push(
      `until what was used is counted, for some seconds, up to ${units(change.meanwhile)} can be used`,
    );
  }
  return lines;
}

/** What the entry says to people: `reason: Renewal; ticket FIN-1042; owner finance`. Empty where it says nothing. */
export function noteText(note: Note | undefined, pen: Pen): string {
  if (note === undefined) return "";
  const { reason, ticket, owner } = note;
  return [
    ...(reason === null ? [] : [`reason: ${pen.prose(reason)}`]),
    ...(ticket === null ? [] : [`ticket ${pen.id(ticket)}`]),
    ...(owner === null ? [] : [`owner ${pen.id(owner)}`]),
  ].join("; ");
}

/** When the balance resets next, and whether that is as before. */
function resetText({ row, desired, creates }: Change, resetsAt: number): string {
  const isKept =
    row?.resetsAt != null && desired?.reset != null && cycleOf(row.reset) === cycleOf(desired.reset);
  // While usage is still to be counted, the row has a mark in its milliseconds.
  if (isKept && row?.resetsAt != null)
    return `the next reset stays ${moment(creates ? row.resetsAt : resetsAt)}`;
  // Without milliseconds: nobody asked for them, and they may be a mark.
  const at = moment(Math.floor(resetsAt / 1000) * 1000);
  return creates ? `the first reset is ${at}` : `the next reset is ${at}`;
}

/** The row's balance_id, or Autumn's own id. */
function rowName(row: Row, pen: Pen): string {
  return pen.id(row.balanceId ?? row.internalId ?? `a row of ${row.featureId}`);
}

export function valueText(field: string, value: unknown, pen: Pen): string {
  if (value === null || value === undefined) {
    return field === "expires_at" || field === "reset" ? "never" : "none";
  }
  if (typeof value === "number") return units(value);
  if (typeof value === "string") return pen.id(value);
  if (typeof value === "boolean") return String(value);
  if (field === "reset") {
    const { interval, interval_count: times = 1 } = value as { interval?: unknown; interval_count?: unknown };
    return pen.prose(cycle(times === 1 ? `${interval}` : `${times} ${interval}s`));
  }
  if (field === "rollover") {
    const { max, max_percentage: percent, length, duration } = value as Record<string, unknown>;
    return rolloverText({
      max: typeof max === "number" ? max : null,
      maxPercentage: typeof percent === "number" ? percent : null,
      length: typeof length === "number" ? length : 1,
      duration: duration === "forever" ? "forever" : "month",
    });
  }
  return pen.id(JSON.stringify(value) ?? "none");
}
