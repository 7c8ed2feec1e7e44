// What Terraform's user is told about a change before it is made: what cannot be done, and what to know about it.
import { type Change, nameOf, units } from "../reconcile/index.ts";
import { msToInstant } from "../schema/index.ts";
import type { Client } from "./client.ts";
import { importIdOf } from "./import-id.ts";
import { type ClientContext, type CtyObject, DiagnosticError, type Path } from "./protocol/index.ts";
import type { Clash } from "./run.ts";
import { remoteIdOf } from "./values.ts";

type Context = ClientContext<Client | null>;

export function announceHistory(state: CtyObject, context: Context): void {
  context.report({
    severity: "warning",
    summary: `${remoteIdOf(state)} is let go`,
    detail:
      "It is used up for good or has ended: nothing is left to take back, and the API cannot delete it.",
  });
}

/**
 * What is there already of a balance that is to be created.
 * @param how `stored` when the state has it too, at the same address: Terraform was asked to replace it
 */
export function announceExisting(change: Change, how: "adopt" | "error" | "stored", context: Context): void {
  const { row, customerId, key, balanceId } = change;
  if (row === null) return;
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
      detail: `on_existing is "error". To manage it here: terraform import <address> '${id}'`,
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

/** What is done besides what the attributes show. */
export function announceWorkLeft({ kind, fields, row, reasons }: Change, context: Context): void {
  if (kind !== "replace" || fields.length > 0 || row === null) return;
  context.report({
    severity: "warning",
    summary: `${nameOf(row)} has work left to do`,
    detail: reasons.map(({ text }) => `${text}.`).join("\n"),
  });
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

/** @throws DiagnosticError for what cannot be done now */
export function refuseBlocked({ kind, reasons, fields, balanceId, unblocksAt }: Change): void {
  if (kind !== "blocked") return;
  const waits = reasons.some(({ code }) => code === "waits-for-reset");
  // The row before waits for its reset; the balance itself is as declared.
  if (
    waits &&
    fields.length === 0 &&
    unblocksAt !== null &&
    reasons[0] &&
    !reasons[0].text.startsWith(balanceId)
  )
    return;
  const when = unblocksAt === null ? "" : ` It can be done after ${msToInstant(unblocksAt)}.`;
  const path: Path | undefined = reasons.some(({ code }) => code === "past-expiry")
    ? ["expires_at"]
    : undefined;
  throw new DiagnosticError(`${balanceId} cannot be changed now`, {
    detail: `${reasons.map(({ text }) => text).join("; ")}.${when}`,
    ...(path ? { path } : {}),
  });
}

/** @throws DiagnosticError when less would be granted than is used */
export function refuseCut({ desired, row, kind, creates, carries, balanceId }: Change, force: boolean): void {
  if (force || !desired || !row || desired.included === null || (kind !== "update" && kind !== "replace"))
    return;
  const used = kind === "replace" && creates ? carries : row.usage;
  if (used <= desired.included || row.grant <= desired.included) return;
  throw new DiagnosticError(`${balanceId} would be cut below what is used`, {
    detail: `${units(used)} are used, and ${units(desired.included)} would be granted. Grant at least what is used, or set force = true in the provider.`,
    path: ["included"],
  });
}
