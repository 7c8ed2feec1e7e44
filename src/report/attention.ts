// What a reader has to see before anything else: what is taken away, replaced or blocked.

import { type Change, type Plan, usedBeyondGrant } from "../reconcile/index.ts";
import { balanceName, madeBy, stored } from "./change-words.ts";
import type { Pen } from "./text/pen.ts";
import { moment, units } from "./words.ts";

export type AttentionKind = "delete" | "below-usage" | "cut" | "replace" | "blocked";

/** Changes of one plan that ask for a second look, for one reason. */
export interface Attention {
  readonly kind: AttentionKind;
  /** Whether it takes something away that changing the files back does not restore. */
  readonly isGrave: boolean;
  /** `2 balances are deleted`. */
  readonly title: string;
  readonly changes: readonly Change[];
}

/** The changes to look at first, the gravest before the others. */
export function attentions({ changes }: Plan): Attention[] {
  const found: Record<AttentionKind, Change[]> = {
    delete: [],
    "below-usage": [],
    cut: [],
    replace: [],
    blocked: [],
  };
  for (const change of changes) {
    const { kind } = change;
    if (kind === "delete" || kind === "blocked" || kind === "replace") found[kind].push(change);
    if (isCutBelowUsage(change)) found["below-usage"].push(change);
    else if (isCut(change)) found.cut.push(change);
  }
  return (Object.keys(found) as AttentionKind[]).flatMap((kind) => {
    const concerned = found[kind];
    if (concerned.length === 0) return [];
    const isGrave = kind === "delete" || kind === "below-usage";
    return [{ kind, isGrave, title: title(kind, concerned.length), changes: concerned }];
  });
}

/** `exports of initech (600 left)`. */
export function concerned({ kind }: Attention, change: Change, pen: Pen): string {
  const name = `${balanceName(change, pen)} of ${pen.id(change.customerId)}`;
  const note = noteOf(kind, change);
  return note === "" ? name : `${name} (${note})`;
}

function isCut({ kind, desired, row, granted, reasons }: Change): boolean {
  if (granted >= 0 || desired === null || desired.unlimited) return false;
  // What is taken then may be the grant of the row that ends; the balance keeps its own.
  const isOfAnother = reasons.some(({ code }) => code === "takes-over" || code === "interrupted");
  if (isOfAnother && row !== null && row.grant <= (desired.included ?? 0)) return false;
  return kind === "update" || kind === "replace";
}

const isCutBelowUsage = (change: Change): boolean => isCut(change) && usedBeyondGrant(change) !== undefined;

function title(kind: AttentionKind, n: number): string {
  const [balances, grants] =
    n === 1 ? ["1 balance is", "1 grant is"] : [`${units(n)} balances are`, `${units(n)} grants are`];
  switch (kind) {
    case "delete":
      return `${balances} deleted`;
    case "below-usage":
      return `${grants} cut below what is used`;
    case "cut":
      return `${grants} cut`;
    case "replace":
      return `${balances} replaced, what is used stays used`;
    case "blocked":
      return `${balances} blocked`;
  }
}

function noteOf(kind: AttentionKind, change: Change): string {
  const { desired, row, unblocksAt, carries } = change;
  switch (kind) {
    case "delete":
      return row === null ? "" : stored(row);
    case "below-usage":
      return row === null || desired === null
        ? ""
        : `${units(usedBeyondGrant(change) ?? row.usage)} used, ${madeBy(change, desired)}`;
    case "cut":
      return row === null || desired === null ? "" : `${stored(row)} → ${madeBy(change, desired)}`;
    case "replace":
      return carries > 0 ? `${units(carries)} used` : "";
    case "blocked":
      return unblocksAt === null ? "" : `until ${moment(unblocksAt)}`;
  }
}
