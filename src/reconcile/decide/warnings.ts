// Warnings: what the reader of a plan should know, but no error. Pure.
import { type DesiredBalance, defaultKey, msToInstant } from "../../schema/index.ts";
import { units } from "../amounts.ts";
import { nameOf, stateOf } from "../row.ts";
import { type Change, isAction, type Warning } from "../types.ts";
import { problemAt } from "./feature-problems.ts";
import { hasStarted } from "./scheduled.ts";

const SOON_MS = 7 * 86_400_000;

/** @param unverified how many customers were not read for their creation grants */
export function warningsOf(changes: readonly Change[], unverified: number, now: number): Warning[] {
  const warnings: Warning[] = [];
  if (unverified > 0) {
    warnings.push({
      code: "grants-not-checked",
      message:
        `for ${units(unverified)} customers it was not checked whether a reset would bring back another grant or rollover ` +
        "than is declared, as that takes a call for each",
      hint: "pass --check-grants always to have them checked",
    });
  }
  const both = limitedAndUnlimited(changes, now);
  for (const change of changes) {
    const { desired, row } = change;
    if (!desired) continue;
    const add = (warning: Warning): void => {
      warnings.push(problemAt(desired, warning));
    };
    if (isAction(change) && both.delete(holderOf(desired))) {
      add({
        code: "limited-and-unlimited",
        message: `${change.customerId} is granted ${defaultKey(desired.featureId, desired.entityId)} without a limit by one entry, and with one by another: servers since autumn 2026 count only what is limited (by Autumn's documentation)`,
        hint: "remove one of the two",
      });
    }
    // An end is worth a warning when it is set or moved, not for as long as it is declared.
    const isNew = change.kind === "create" || change.fields.some(({ field }) => field === "expires_at");
    const endsSoon = desired.expiresAt !== null && desired.expiresAt - now < SOON_MS;
    if (isAction(change) && isNew && endsSoon && desired.expiresAt !== null) {
      add({
        code: "ends-soon",
        message: `${change.balanceId} of ${change.customerId} ends on ${msToInstant(desired.expiresAt)}`,
      });
    }
    if (change.kind === "replace" && row !== null && row.rolledOver > 0) {
      add({
        code: "rollover-ends",
        message: `${units(row.rolledOver)} units that ${change.customerId} had rolled over end with the replaced balance`,
        hint: "grant them once in an entry of their own if they should stay",
      });
    }
    const waiting =
      change.kind === "replace" ? row : change.reasons.find(({ code }) => code === "waits-for-reset")?.row;
    if (waiting?.resetsAt != null && stateOf(waiting, now) === "drained") {
      const on = msToInstant(waiting.resetsAt);
      add({
        code: "comes-back",
        message: `${nameOf(waiting)} of ${change.customerId} is used up, and comes back at its reset on ${on} with ${units(waiting.grant)} units`,
        hint: "apply again soon after, which ends it: before its reset, the API cannot. What is used of it until then is counted",
      });
    }
    for (const { code, text } of change.reasons.filter((reason) => reason.code === "reset-overdue")) {
      add({
        code,
        message: `${text}, so that ${change.customerId} still has nothing left`,
        hint: "it is Autumn that resets: ask there, if it goes on",
      });
    }
    if (row?.paid === true && desired.adopt !== null) {
      add({
        code: "paid",
        message: `${nameOf(row)} of ${change.customerId} was bought: to change it ends what was paid for`,
        hint: "remove `adopt`, unless that is meant",
      });
    }
    for (const { code, text } of change.reasons.filter((reason) => reason.code === "not-started")) {
      add({
        code,
        message: `${text}, at ${change.customerId}; until then nothing of it is changed`,
        hint: "move `starts_at`, or remove it",
      });
    }
    if (change.reasons.some(({ code }) => code === "already-over")) {
      add({
        code: "already-over",
        message: `${change.balanceId} of ${change.customerId} would have ended already, so nothing is granted`,
        hint: "remove the entry, or move `expires_at`",
      });
    }
  }
  return warnings;
}

/** Who holds what: a customer or an entity, and a feature. */
const holderOf = ({ customerId, featureId, entityId }: DesiredBalance): string =>
  JSON.stringify([customerId, featureId, entityId]);

/** The holders to whom entries that count now grant a feature without a limit, and with one as well. */
function limitedAndUnlimited(changes: readonly Change[], now: number): Set<string> {
  const counting = changes.flatMap(({ desired }) =>
    desired !== null && hasStarted(desired, now) && (desired.expiresAt === null || desired.expiresAt > now)
      ? [desired]
      : [],
  );
  const unlimited = new Set(counting.filter((desired) => desired.unlimited).map(holderOf));
  if (unlimited.size === 0) return unlimited;
  return new Set(
    counting
      .filter(({ included }) => included !== null)
      .map(holderOf)
      .filter((holder) => unlimited.has(holder)),
  );
}
