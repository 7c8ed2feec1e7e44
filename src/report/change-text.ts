// One change of a plan, for people: a sign, the balance, what becomes of it, and why.
import type { Change, ChangeKind, FieldChange, Row } from "../reconcile/index.ts";
import { type DesiredBalance, defaultKey } from "../schema/index.ts";
import type { Palette } from "./palette.ts";
import { brief, MESSAGE_LENGTH } from "./visible.ts";
import { cycle, cycleOf, moment, rolloverText, units } from "./words.ts";

const SIGNS: Record<ChangeKind, string> = {
  none: " ",
  create: "+",
  update: "~",
  replace: "-/+",
  delete: "-",
  blocked: "!",
};

const PAINTS: Record<ChangeKind, keyof Palette> = {
  none: "dim",
  create: "green",
  update: "yellow",
  replace: "yellow",
  delete: "red",
  blocked: "red",
};

/** The balance within its customer: its key, and what it is of where the key does not say it. */
export function balanceName(change: Pick<Change, "key" | "featureId" | "entityId">): string {
  const { key, featureId, entityId } = change;
  const plain = defaultKey(featureId, entityId);
  return key === plain ? brief(key) : `${brief(key)} (${brief(plain)})`;
}

/** The change in one line, and its details in further lines below it. */
export function changeLines(change: Change, paint: Palette): string[] {
  const sign = PAINTS[change.kind];
  const head = `${paint[sign](SIGNS[change.kind].padStart(5))} ${paint.bold(balanceName(change))}`;
  return [`${head}  ${summary(change)}`, ...details(change).map((line) => paint.dim(`        ${line}`))];
}

function summary(change: Change): string {
  const { kind, desired, row, fields, unblocksAt } = change;
  if (kind === "create") return desired === null ? "" : declared(desired);
  if (kind === "delete") return row === null ? "" : stored(row);
  const differences = fields.map(difference).join(", ");
  if (kind !== "blocked") return differences || "stays as declared";
  const until = unblocksAt === null ? "blocked" : `blocked until ${moment(unblocksAt)}`;
  return differences ? `${until}: ${differences}` : until;
}

function details(change: Change): string[] {
  const { kind, desired, row, balanceId, retires, creates, carries, reasons } = change;
  const lines = reasons.map(({ text }) => `because ${brief(text, MESSAGE_LENGTH)}`);
  if (change.isPending) lines.unshift("due before, not from the files");
  if (kind === "update" && row !== null && row.usage !== 0) lines.push(`${units(row.usage)} used stay used`);
  if (kind !== "replace") return lines;
  if (carries > 0) lines.push(`${units(carries)} used stay used`);
  const keepsCycle =
    row?.resetsAt != null && desired?.reset != null && cycleOf(row.reset) === cycleOf(desired.reset);
  if (keepsCycle && row?.resetsAt != null) lines.push(`the next reset stays ${moment(row.resetsAt)}`);
  const successor = creates ? `creates ${brief(balanceId)}` : `keeps ${brief(balanceId)}`;
  const retired = retires.map(rowName).join(", ");
  lines.push(retired === "" ? successor : `${successor}, then deletes ${retired}`);
  return lines;
}

/** The row's balance_id, or Autumn's own id. */
function rowName(row: Row): string {
  return brief(row.balanceId ?? row.internalId ?? `a row of ${row.featureId}`);
}

/** What an entry grants: `50,000 a month`, `unlimited`, `on`. */
function declared(desired: DesiredBalance): string {
  const { included, unlimited, reset, rollover, expiresAt, nextResetAt } = desired;
  const grant = unlimited ? "unlimited" : included === null ? "on" : `${units(included)} ${cycleOf(reset)}`;
  return [
    grant,
    ...(rollover === null ? [] : [rolloverText(rollover)]),
    ...(nextResetAt === null ? [] : [`first reset ${moment(nextResetAt)}`]),
    ...(expiresAt === null ? [] : [`ends ${moment(expiresAt)}`]),
  ].join(", ");
}

/** What a row holds: `500 once, 120 left`. */
export function stored(row: Row): string {
  const ends = row.expiresAt === null ? [] : [`ends ${moment(row.expiresAt)}`];
  if (row.boolean || row.unlimited) return [row.boolean ? "on" : "unlimited", ...ends].join(", ");
  return [`${units(row.grant)} ${cycleOf(row.reset)}`, `${units(row.remaining)} left`, ...ends].join(", ");
}

function difference({ field, from, to }: FieldChange): string {
  return `${field} ${valueText(field, from)} → ${valueText(field, to)}`;
}

function valueText(field: FieldChange["field"], value: unknown): string {
  if (value === null || value === undefined) {
    return field === "expires_at" || field === "reset" ? "never" : "none";
  }
  if (typeof value === "number") return units(value);
  if (typeof value === "string") return brief(value);
  if (field === "reset") {
    const { interval, interval_count: times = 1 } = value as { interval?: unknown; interval_count?: unknown };
    return brief(cycle(times === 1 ? `${interval}` : `${times} ${interval}s`));
  }
  if (field === "rollover") {
    const { max, max_percentage: percent, length, duration } = value as Record<string, unknown>;
    return brief(
      rolloverText({
        max: typeof max === "number" ? max : null,
        maxPercentage: typeof percent === "number" ? percent : null,
        length: typeof length === "number" ? length : 1,
        duration: duration === "forever" ? "forever" : "month",
      }),
    );
  }
  return brief(JSON.stringify(value) ?? "none");
}
