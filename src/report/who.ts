// Who could have made a difference, for people.
import type { LoggedCall } from "../autumn/index.ts";
import type { DriftLog } from "../document/index.ts";
import { type Difference, suspects } from "../reconcile/index.ts";
import { visible } from "../text/index.ts";
import { toSecond } from "./history/words.ts";
import type { Pen } from "./text/pen.ts";
import { units } from "./words.ts";

/** How many requests are listed for one difference. */
const TOLD = 3;

/** `by user@example.com, 2026-11-26T12:00:00Z: balances.update { "included_grant": 5 }`, a line each. */
export function whoLines(difference: Difference, { log, namespace }: DriftLog, pen: Pen): string[] {
  if (log.status === "none") return [];
  const found = suspects(difference, log, namespace);
  if (found.length === 0) return ["the log has no request that could have made this"];
  const lines = found
    .slice(0, TOLD)
    .map((call) => `${byWhom(call, pen)}, ${toSecond(call.at)}: ${sent(call, pen)}`);
  return found.length > TOLD ? [...lines, `and ${units(found.length - TOLD)} older requests`] : lines;
}

function byWhom({ userEmail, authType }: LoggedCall, pen: Pen): string {
  if (userEmail !== null) return `by ${pen.id(userEmail)}`;
  return authType === null || authType === "secret_key" ? "by a secret key" : `by ${pen.id(authType)}`;
}

/** Fields that name the row, which the report does already. */
const NAMES = new Set(["customer_id", "feature_id", "entity_id"]);

function sent({ path, body }: LoggedCall, pen: Pen): string {
  const rest = Object.fromEntries(Object.entries(body).filter(([name]) => !NAMES.has(name)));
  return `${pen.id(path.replace(/^\/v1\//, ""))} ${pen.prose(JSON.stringify(rest))}`;
}

/** One line on how far the log reaches, or why there is none. */
export function logNote({ log }: DriftLog): string[] {
  if (log.status === "none") return [`Who did it is not known: ${visible(log.reason)}.`];
  const reach = "Autumn's log has the last 7 days";
  return [log.isCut ? `${reach}, and gave its newest 200 requests only.` : `${reach}.`];
}
