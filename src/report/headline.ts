// The sum of a plan in a few words: how many of what, what is granted and taken, where, and what it costs.
import { isAction, type Plan, type Scheduled, type Total } from "../reconcile/index.ts";
import { brief } from "../text/index.ts";
import { balanceName, declared, noteText } from "./change-words.ts";
import { tally } from "./kinds.ts";
import type { Pen } from "./text/pen.ts";
import { CYCLE_LENGTH, count, cycle, duration, moment, units } from "./words.ts";

/** How many totals a headline holds. */
export const TOTALS_IN_HEADLINE = 3;

/** `3 to create, 1 to update, 1 to replace, 0 to delete; +50,250 api_calls a month`. */
export function headline(plan: Plan, pen: Pen): string {
  const totals = totalsLine(plan, pen);
  return totals === "" ? countsLine(plan) : `${countsLine(plan)}; ${totals}`;
}

/** `3 to create, 1 to update, 1 to replace, 0 to delete`, or that there is nothing to do. */
export function countsLine(plan: Plan): string {
  const counted = tally(plan.changes);
  if (!plan.changes.some(isAction)) {
    const asDeclared = `${count(plan.unchanged, "balance")} ${plan.unchanged === 1 ? "is" : "are"} as declared`;
    return counted.blocked === 0
      ? `Nothing to do: ${asDeclared}.`
      : `Nothing to do now: ${asDeclared}, ${units(counted.blocked)} ${counted.blocked === 1 ? "is" : "are"} blocked.`;
  }
  const counts = (["create", "update", "replace", "delete"] as const).map(
    (kind) => `${units(counted[kind])} to ${kind}`,
  );
  if (counted.blocked > 0) counts.push(`${units(counted.blocked)} blocked`);
  return counts.join(", ");
}

/** `+50,250 api_calls a month, -1,000 exports once`; empty where nothing is granted or taken. */
export function totalsLine(plan: Plan, pen: Pen): string {
  if (!plan.changes.some(isAction)) return "";
  const totals = plan.totals.slice(0, TOTALS_IN_HEADLINE).map((total) => totalText(total, pen));
  if (plan.totals.length > TOTALS_IN_HEADLINE) totals.push("and more, see the totals");
  return totals.join(", ");
}

/** `+50,250 / -1,000 api_calls a month`. */
export function totalText({ featureId, per, added, taken }: Total, pen: Pen): string {
  const amounts = [...(added > 0 ? [`+${units(added)}`] : []), ...(taken > 0 ? [`-${units(taken)}`] : [])];
  return `${amounts.join(" / ") || "0"} ${pen.id(featureId)} ${pen.prose(brief(cycle(per), CYCLE_LENGTH))}`;
}

/** `namespace contracts at https://… (sandbox), shard 2/7, 3 customers looked at`. */
export function whereLine({ namespace, environment, baseUrl, shard, customers }: Plan, pen: Pen): string {
  const where = environment === null ? pen.id(baseUrl) : `${pen.id(baseUrl)} (${environment})`;
  const part = shard === null ? "" : `, shard ${units(shard.index)}/${units(shard.count)}`;
  return `namespace ${pen.id(namespace)} at ${where}${part}, ${count(customers, "customer")} looked at`;
}

/** What is new since the base, and what is not; empty without a base. */
export function baseLine({ base, changes }: Plan, pen: Pen): string {
  if (base === null) return "";
  const pending = changes.filter((change) => change.isPending).length;
  const since = `since ${pen.id(base.name)}`;
  if (changes.length === 0) return `${since}: no changes`;
  if (pending === 0) return `${since}: every change comes from the files`;
  return `${since}: ${count(changes.length - pending, "change")} from the files, ${units(pending)} due before (drifted or pending)`;
}

/** `  (no entry since origin/main)`, of a row that had one at the base. */
export function sinceNote({ base }: Plan, isPending: boolean, pen: Pen): string {
  return base === null || isPending ? "" : ` (no entry since ${pen.id(base.name)})`;
}

/** What applying takes; empty when nothing is sent. */
export function costLine({ estimate }: Plan): string {
  if (estimate.calls === 0) return "";
  return `Applying takes at least ${count(estimate.calls, "API call")} and ${duration(estimate.ms)}.`;
}

/** Which customers were not looked at; empty when all were. */
export function scopeLine({ scope, customers, leftOut, base }: Plan, pen: Pen): string {
  if (leftOut !== null) {
    const since = base === null ? "" : ` since ${pen.id(base.name)}`;
    const who = `${count(leftOut.customers, "customer")} with ${count(leftOut.balances, "entry", "entries")}`;
    return `Not looked at: ${who}, unchanged${since}. What has drifted there is not shown, and nothing is deleted there.`;
  }
  if (scope === "organisation") return "";
  const looked = `Only ${count(customers, "customer")} of the configuration ${customers === 1 ? "was" : "were"} looked at.`;
  return `${looked} Rows of this namespace at other customers are shown with ${pen.prose("--all-customers")}.`;
}

/** `2 balances are scheduled, and grant nothing before:`. */
export function scheduledLine({ scheduled }: Plan): string {
  const many = scheduled.length === 1 ? "start is" : "starts are";
  return `${units(scheduled.length)} ${many} scheduled, each granted by the first apply after its date`;
}

/** `2027-01-01T00:00:00Z  api_calls of acme: 2,000 a month`, with what the entry says to people. */
export function scheduledText(
  { customerId, key, featureId, entityId, startsAt, desired }: Scheduled,
  pen: Pen,
): string {
  const name = balanceName({ key, featureId, entityId }, pen);
  const note = noteText(desired.note, pen);
  return `${moment(startsAt)}  ${name} of ${pen.id(customerId)}: ${declared(desired)}${note === "" ? "" : ` (${note})`}`;
}

/** `2 rows of this namespace have no entry; --prune deletes them`. */
export function leftOverLine({ leftOver }: Plan, pen: Pen): string {
  const [have, them] = leftOver.length === 1 ? ["has", "it"] : ["have", "them"];
  return `${count(leftOver.length, "row")} of this namespace ${have} no entry; ${pen.prose("--prune")} deletes ${them}`;
}
