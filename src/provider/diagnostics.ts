// What Terraform's user is told about a change before it is made: what cannot be done, and what to know about it.
import {
  type Change,
  nameOf,
  type Reason,
  raisedElsewhere,
  units,
  usedBeyondGrant,
} from "../reconcile/index.ts";
import { msToInstant, ProblemsError } from "../schema/index.ts";
import { inShell } from "../text/index.ts";
import type { Clash } from "./claims.ts";
import type { Client } from "./client.ts";
import { sentence } from "./hcl.ts";
import { importIdOf } from "./import-id.ts";
import { problemsError } from "./problems.ts";
import { type ClientContext, type CtyObject, DiagnosticError, type Path } from "./protocol/index.ts";
import { remoteIdOf } from "./values.ts";

type Context = ClientContext<Client | null>;

export function announceHistory(state: CtyObject, context: Context): void {
  context.report({
    severity: "warning",
    summary: `${remoteIdOf(state)} is removed from the state`,
    detail:
      "It is used up for good or has ended: nothing is left to take back, and the API cannot delete it.",
  });
}

/**
 * Tells what is there already of a balance that is to be created.
 * @param how `stored` when the state has it too, at the same address: Terraform was asked to replace it
 */
export function announceExisting(change: Change, how: "adopt" | "error" | "stored", context: Context): void {
  const { row, customerId, key, balanceId } = change;
  if (row === null) return;
  if (change.creates && change.reasons.some(({ code }) => code === "expired")) {
    const summary = `${customerId} had the balance ${nameOf(row)}, which has ended`;
    const fresh = "To grant anew, with nothing used, give it another balance_id.";
    context.report({ severity: "warning", summary, detail: [...replacement(change), fresh].join("\n") });
    return;
  }
  const summary = `${customerId} has the balance ${balanceId} already`;
  const used = row.unlimited || row.boolean ? "" : `, of which ${units(row.usage)} are used`;
  if (how === "stored") {
    const detail =
      "This state has it too. Destroyed and created, it is granted anew and what was used of it is forgotten; " +
      "created before it is destroyed, it stays as it is.";
    context.report({ severity: "warning", summary, detail });
    return;
  }
  if (how === "error") {
    const id = importIdOf(customerId, key);
    throw new DiagnosticError(summary, {
      detail: `on_existing is "error". To manage it here: terraform import <address> ${inShell(id)}`,
    });
  }
  const granted = row.unlimited ? "unlimited" : row.boolean ? "switched on" : `${units(row.grant)} granted`;
  context.report({
    severity: "warning",
    summary,
    detail:
      `It is taken over, and not granted again: ${granted}${used}. ` +
      "If another state manages it, give one of the two another namespace or balance_id.",
  });
}

/** Reasons whose texts begin with the id of a row, which stays as it is. */
const BEGIN_WITH_IDS: ReadonlySet<Reason["code"]> = new Set([
  "takes-over",
  "waits-for-reset",
  "reset-overdue",
]);

/** Tells what a replacement does besides what the attributes show; an update in place needs no words. */
export function announceWorkLeft(change: Change, context: Context): void {
  const { kind, fields, row, reasons } = change;
  if (kind !== "replace" || row === null) return;
  const why = reasons.map(({ code, text }) => (BEGIN_WITH_IDS.has(code) ? `${text}.` : sentence(text)));
  const summary =
    fields.length === 0
      ? `${nameOf(row)} has work left to do`
      : `${change.key} of ${change.customerId} is replaced`;
  context.report({ severity: "warning", summary, detail: [...why, ...replacement(change)].join("\n") });
}

/** What becomes of usage, cycle and rows when a balance is replaced: a line each. */
function replacement({ row, carries, resetsAt, meanwhile, retires, creates, balanceId }: Change): string[] {
  const lines: string[] = [];
  if (carries > 0) lines.push(`${units(carries)} used stay used.`);
  if (resetsAt !== null) {
    const stays = row?.resetsAt != null && Math.floor(row.resetsAt / 1000) === Math.floor(resetsAt / 1000);
    lines.push(`The next reset ${stays ? "stays" : "is"} ${msToInstant(resetsAt)}.`);
  }
  if (meanwhile !== null) lines.push(`For some seconds, up to ${units(meanwhile)} can be used.`);
  const ended = retires.map(nameOf).join(", ");
  if (creates) lines.push(`${balanceId} takes over${ended === "" ? "" : `, and ${ended} ends`}.`);
  else if (ended !== "") lines.push(`${ended} ends.`);
  return lines;
}

/** A balance that is not deleted because a resource that is created in this run manages it from now on. */
export function announceTakenOver(state: CtyObject, context: Context): void {
  context.report({
    severity: "warning",
    summary: `${state.id as string} stays`,
    detail: "Another resource that this run creates is the same balance and takes it over.",
  });
}

/** What is wrong when two resources are about one balance. */
const CLASHES: Readonly<Record<Clash, (id: string) => readonly [summary: string, detail: string]>> = {
  twice: (id) => [
    `Two resources are the balance ${id}`,
    "Give one of them a balance_id of its own, or remove it.",
  ],
  moved: (id) => [
    `${id} is destroyed at one address and created at another`,
    "What was used of it would be forgotten. If the resource only has a new address, say so, and nothing happens " +
      "to the balance:\n\n  moved {\n    from = <the address before>\n    to   = <the address now>\n  }\n\n" +
      "To have it granted anew, destroy it first: terraform apply -target=<the address before>",
  ],
  shared: (id) => [
    `Two resources of the state are the balance ${id}`,
    "One of them is to be destroyed, and the other would lose its balance. Have Terraform forget the one instead: " +
      "with `terraform state rm <its address>`, or with a `removed` block that says `destroy = false`.",
  ],
  destroyed: (id) => [
    `${id} was destroyed a moment ago, at another address`,
    "That both are one balance was not known when the plan was made. It is not granted anew in the same run. The " +
      "next apply grants it, with nothing used.",
  ],
};

/** @throws DiagnosticError when two resources are about one balance */
export function refuseClash(clash: Clash | undefined, id: string): void {
  if (clash === undefined) return;
  const [summary, detail] = CLASHES[clash](id);
  throw new DiagnosticError(summary, { detail, ...(clash === "twice" ? { path: ["balance_id"] } : {}) });
}

/** Reasons in Terraform's terms, where the usual text names what only a balances file has. */
const REASONS: Partial<Readonly<Record<Reason["code"], (text: string) => string>>> = {
  "flag-is-on": (text) =>
    text.replace("take that one over with `adopt`", "take that one over with `terraform import`"),
  "past-expiry": () => "the API takes no end in the past: remove the resource, or write a future time",
};

/**
 * Adds to an error how to destroy the balance nevertheless: before Terraform plans to destroy, it plans what the
 * configuration says, and stops when that is refused.
 * @throws DiagnosticError as `work` does
 */
export async function tellingHowToDestroy<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (thrown) {
    const error = thrown instanceof ProblemsError ? problemsError(thrown.problems) : thrown;
    const [first] = error instanceof DiagnosticError ? error.diagnostics : [];
    if (first === undefined) throw error;
    const { summary, path, detail = "" } = first;
    throw new DiagnosticError(summary, {
      detail: `${detail}\n\nTo destroy it whatever the configuration says: terraform destroy -refresh=false`,
      ...(path ? { path } : {}),
    });
  }
}

/** @throws DiagnosticError for what cannot be done now */
export function refuseBlocked(change: Change): void {
  const { kind, reasons, fields, desired, balanceId, unblocksAt } = change;
  if (kind !== "blocked") return;
  // Only an earlier row waits, for the reset at which it can be removed; the balance itself is as declared.
  const isAsDeclared = desired !== null && fields.length === 0;
  if (isAsDeclared && reasons.every(({ code }) => code === "waits-for-reset")) return;
  const when = unblocksAt === null ? "" : ` It can be done after ${msToInstant(unblocksAt)}.`;
  const path: Path | undefined = reasons.some(({ code }) => code === "past-expiry")
    ? ["expires_at"]
    : undefined;
  const why = reasons.map((reason) => REASONS[reason.code]?.(reason.text) ?? reason.text);
  throw new DiagnosticError(`${balanceId} cannot be changed now`, {
    detail: `${why.join("; ")}.${when}`,
    ...(path ? { path } : {}),
  });
}

/**
 * Terraform plans once more before it applies, and lets an update not become a replacement then. What became of the
 * row after it was read is therefore told as an error.
 * @param wasLive whether it could be used when Terraform read it
 * @throws DiagnosticError when that makes it a creation or a replacement
 */
export function refuseOutdated({ kind, row, reasons, balanceId }: Change, wasLive: boolean): void {
  const isOver = wasLive && reasons.every(({ code }) => code === "drained" || code === "expired");
  if (kind !== "create" && !(kind === "replace" && isOver)) return;
  const why =
    row === null ? "It is not there any more." : sentence(reasons.map(({ text }) => text).join("; "));
  throw new DiagnosticError(`${row === null ? balanceId : nameOf(row)} has changed since Terraform read it`, {
    detail: `${why} Plan again, and without -refresh=false, to see what would be done about it.`,
  });
}

/**
 * A resource stands for a balance that is there. Of one that would have ended before it is granted nothing ever would
 * be, and every plan would show it as about to be created.
 * @throws DiagnosticError when its end has passed
 */
export function refuseOver({ reasons, balanceId }: Change): void {
  const over = reasons.find(({ code }) => code === "already-over");
  if (over === undefined) return;
  throw new DiagnosticError(`${balanceId} cannot be granted`, {
    detail: `${sentence(over.text)} Remove the resource, or write a future time.`,
    path: ["expires_at"],
  });
}

/** @throws DiagnosticError when less would be granted than is used */
export function refuseCut(change: Change, force: boolean): void {
  const used = usedBeyondGrant(change);
  const { desired, row, balanceId } = change;
  if (force || used === undefined || !desired || !row) return;
  const included = desired.included ?? 0;
  const raised = raisedElsewhere(row, included);
  const otherwise = raised === undefined ? ", or set force = true in the provider." : `.\n\nOr, ${raised}.`;
  throw new DiagnosticError(`${balanceId} would be cut below what is used`, {
    detail: `${units(used)} are used, and ${units(included)} would be granted. Grant at least what is used${otherwise}`,
    path: ["included"],
  });
}
