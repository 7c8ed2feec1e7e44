// The verdict on one entry and the row that stands for it, from their differences. Pure.
//
// docs/concepts.md says why a difference is an update or a replacement, with the observed facts.
import { type DesiredBalance, msToInstant } from "../../schema/index.ts";
import { nameOf, type Row, type RowState } from "../row.ts";
import type { FieldChange, Reason } from "../types.ts";
import { differences } from "./compare.ts";

export interface Verdict {
  readonly kind: "none" | "update" | "replace" | "blocked";
  readonly fields: readonly FieldChange[];
  readonly reasons: readonly Reason[];
}

/**
 * @param now ms since 1970
 * @param isOwed whether usage is to be counted on the row, which takes one that is not drained
 */
export function judge(
  desired: DesiredBalance,
  row: Row,
  state: RowState,
  now: number,
  isOwed = false,
): Verdict {
  if (row.flaw !== null) {
    const text = `${nameOf(row)} cannot be worked with: ${row.flaw}`;
    return { kind: "blocked", fields: [], reasons: [{ code: "flawed", text }] };
  }
  const { fields, replaces } = differences(desired, row);
  const over = desired.expiresAt !== null && desired.expiresAt <= now;
  if (state === "expired") {
    // An ended balance is not granted again; a fresh grant needs a new id.
    if (over) return { kind: "none", fields: [], reasons: [] };
    const text = `it ended on ${msToInstant(row.expiresAt ?? now)}, and an ended balance cannot be prolonged`;
    return { kind: "replace", fields, reasons: [{ code: "expired", text }] };
  }
  if (over) {
    const text = "the API takes no end in the past: remove the entry and prune, or write a future time";
    return { kind: "blocked", fields, reasons: [{ code: "past-expiry", text }] };
  }
  if (state === "drained" && isOwed) return replacesDrained(fields, replaces);
  if (fields.length === 0 && replaces === null) return { kind: "none", fields, reasons: [] };
  if (state === "drained") return judgeDrained(row, fields, replaces);
  return replaces === null
    ? { kind: "update", fields, reasons: [] }
    : { kind: "replace", fields, reasons: [replaces] };
}

function judgeDrained(row: Row, fields: readonly FieldChange[], replaces: Reason | null): Verdict {
  const onlyExpiry = replaces === null && fields.every(({ field }) => field === "expires_at");
  // The row has nothing left, and never resets: another end makes no difference.
  if (onlyExpiry && row.resetsAt === null) return { kind: "none", fields: [], reasons: [] };
  if (onlyExpiry) return { kind: "blocked", fields, reasons: [waitsForReset(row)] };
  return replacesDrained(fields, replaces);
}

function replacesDrained(fields: readonly FieldChange[], replaces: Reason | null): Verdict {
  const text = "it is used up, and the API cannot change a used-up balance";
  return {
    kind: "replace",
    fields,
    reasons: [{ code: "drained", text }, ...(replaces === null ? [] : [replaces])],
  };
}

/** Why a drained row stays as it is for now. */
export function waitsForReset(row: Row): Reason {
  const on = row.resetsAt === null ? "" : ` on ${msToInstant(row.resetsAt)}`;
  const text = `${nameOf(row)} is used up; the API can change or remove it only after its reset${on}`;
  return { code: "waits-for-reset", text, row };
}
