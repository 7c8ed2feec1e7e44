// The words of an explanation that text and Markdown share: a row in a line, and why it is there in some more.
import type { EntryChange, GitHistory } from "../../config/index.ts";
import type { ExplainedFeature, ExplainedRow } from "../../explain/index.ts";
import type { Change, Plan } from "../../reconcile/index.ts";
import type { DesiredBalance, Environment, Problem } from "../../schema/index.ts";
import { declared, differences } from "../change-words.ts";
import { toSecond } from "../history/words.ts";
import type { Pen } from "../text/pen.ts";
import { count, cycleOf, rolloverText, units } from "../words.ts";

export interface ExplainReport {
  readonly customerId: string;
  /** `null` for all features. */
  readonly featureId: string | null;
  readonly namespace: string;
  readonly environment: Environment | null;
  readonly baseUrl: string;
  /** ms since 1970, by the server's clock. */
  readonly madeAt: number;
  readonly features: readonly ExplainedFeature[];
  readonly git: GitHistory;
  /** `null` where none could be made, or no file declares anything for the customer. */
  readonly plan: Plan | null;
  /** Why no plan could be made. */
  readonly problems: readonly Problem[];
}

/** `2 balances of 1 feature, and 3 that are over`. */
export function contents({ features }: ExplainReport): string {
  const rows = features.flatMap((feature) => feature.rows);
  const over = rows.filter(({ isHistory }) => isHistory).length;
  const flags = features.filter(({ isOnByPlan }) => isOnByPlan).length;
  const living = rows.length - over + flags;
  const what =
    living === 0
      ? "no balance"
      : `${count(living, "balance")} of ${count(features.filter(isThere).length, "feature")}`;
  return over === 0 ? what : `${what}, and ${units(over)} that ${over === 1 ? "is" : "are"} over`;
}

const isThere = ({ rows, isOnByPlan }: ExplainedFeature): boolean =>
  isOnByPlan || rows.some(({ isHistory }) => !isHistory);

/** `60,000 granted, 120 used, 59,880 left`. */
export function featureTotal(feature: ExplainedFeature): string {
  const { kind, isUnlimited, isOnByPlan, granted, used, left, rows } = feature;
  const living = rows.filter(({ isHistory }) => !isHistory);
  if (kind === "boolean") return isOnByPlan || living.length > 0 ? "on" : "off";
  if (isUnlimited) return "unlimited";
  if (living.length === 0) return "nothing now";
  return `${units(granted)} granted, ${units(used)} used, ${units(left)} left`;
}

/** The balance_id, or what stands in for it. */
export function rowTitle({ row }: ExplainedRow, pen: Pen): string {
  const name = pen.id(row.balanceId ?? row.internalId ?? row.featureId);
  const entity = row.entityId ?? row.entityRef;
  return entity === null || entity === undefined ? name : `${name} of entity ${pen.id(entity)}`;
}

/** `50,000 a month, 120 used, 49,880 left, ends 2027-01-31T00:00:00Z`. */
export function rowHolds({ row, isHistory }: ExplainedRow): string {
  let text = row.boolean ? "on" : row.unlimited ? "unlimited" : `${units(row.grant)} ${cycleOf(row.reset)}`;
  if (!row.boolean) text += `, ${units(row.usage)} used`;
  if (!row.boolean && !row.unlimited && !isHistory) text += `, ${units(row.remaining)} left`;
  if (row.rolledOver > 0) text += `, ${units(row.rolledOver)} rolled over`;
  if (row.expiresAt !== null) text += `, ${isHistory ? "ended" : "ends"} ${toSecond(row.expiresAt)}`;
  return text;
}

/** Why it is there, and what becomes of it: a line each. */
export function rowDetails(one: ExplainedRow, isEndless: boolean, pen: Pen): string[] {
  return [
    originText(one, pen),
    ...(one.broughtBy === null ? [] : [commitText(one.broughtBy, pen)]),
    ...(one.entry === null ? [] : metadataLines(one.entry, pen)),
    ...(one.isHistory ? historyLines(one, pen) : livingLines(one, isEndless, pen)),
  ];
}

const placeOf = ({ place }: DesiredBalance, pen: Pen): string =>
  place === undefined ? "" : ` in ${pen.id(`${place.file}:${place.line}:${place.column}`)}`;

function originText(
  { origin, namespace, entry, row, key, isHistory, generation, leftGroup }: ExplainedRow,
  pen: Pen,
): string {
  switch (origin) {
    case "declared": {
      const by = entry === null ? "" : placeOf(entry, pen);
      if (isHistory) return `of the balance that is declared${by}`;
      return generation === 0 ? `taken over by an entry${by}` : `declared${by}`;
    }
    case "undeclared":
      if (leftGroup !== null && !isHistory) {
        const becomes = leftGroup === "keep" ? ": it stays" : "";
        return `of the group ${pen.id(key ?? "")}, which its customer left${becomes}`;
      }
      return isHistory
        ? "of this namespace; no entry declares it any more"
        : "of this namespace, without an entry: apply --prune would remove it";
    case "other-namespace":
      return `of the namespace ${pen.id(namespace ?? "")}, by its name: not of these files`;
    case "plan":
      return `comes with the plan ${pen.id(row.planId ?? "")}${row.paid ? ", and is paid for" : ""}`;
    case "paid":
      return "was bought: nothing here changes it";
    case "foreign":
      return "granted by somebody else: nothing here changes it unless an entry adopts it";
  }
}

function commitText({ commit, before }: EntryChange, pen: Pen): string {
  if (commit === null) return "its entry is as the files say now, which is not committed";
  const did = before === null ? "added" : "changed";
  return `entry ${did} by ${pen.id(commit.author)} in ${pen.id(commit.id.slice(0, 7))}, ${toSecond(commit.at)}: ${pen.prose(commit.subject)}`;
}

function metadataLines(entry: DesiredBalance, pen: Pen): string[] {
  const { note, isProtected, startsAt } = entry;
  const { reason, ticket, owner } = note ?? { reason: null, ticket: null, owner: null };
  return [
    ...(reason == null ? [] : [`reason: ${pen.prose(reason)}`]),
    ...(ticket == null ? [] : [`ticket: ${pen.id(ticket)}`]),
    ...(owner == null ? [] : [`owner: ${pen.id(owner)}`]),
    ...(isProtected === true ? ["protected"] : []),
    ...(startsAt == null ? [] : [`counts from ${toSecond(startsAt)}`]),
  ];
}

function historyLines({ replacedBy, state, row }: ExplainedRow, pen: Pen): string[] {
  if (replacedBy === null) return ["nothing replaced it"];
  const by = `replaced by ${pen.id(replacedBy.balanceId ?? "")}`;
  const back = state === "drained" && row.resetsAt !== null ? `; comes back ${toSecond(row.resetsAt)}` : "";
  return [by + back];
}

function livingLines(one: ExplainedRow, isEndless: boolean, pen: Pen): string[] {
  const { row, state, nextReset, use, change } = one;
  const lines: string[] = [];
  if (row.flaw !== null) lines.push(`stored in a way that nothing can be done with: ${pen.prose(row.flaw)}`);
  if (nextReset !== null) lines.push(resetText(one));
  else if (row.reset !== null && row.resetsAt === null) lines.push("never resets");
  if (isEndless && use === null && !row.boolean) lines.push("not used while there is an unlimited one");
  else if (state === "drained") lines.push("used up");
  if (use !== null && row.entityRef !== null && !isEndless)
    lines.push("of what the entity uses, it is used before the customer's own");
  if (change !== null) lines.push(...changeLines(change, pen));
  return lines;
}

function resetText({ row, nextReset }: ExplainedRow): string {
  if (nextReset === null) return "";
  const { at, grant, reverts, rollsOver, revives } = nextReset;
  const what =
    grant === null
      ? "the grant goes back to that of its creation"
      : reverts
        ? `the grant goes back to ${units(grant)}, that of its creation`
        : `${units(grant)} again`;
  const rest =
    rollsOver && row.rollover != null
      ? `; ${rolloverText(row.rollover)}`
      : row.remaining > 0
        ? "; what is left then is gone"
        : "";
  return `resets ${toSecond(at)}: ${revives ? "it comes back, " : ""}${what}${rest}`;
}

const DOES: Readonly<Record<Change["kind"], string>> = {
  none: "apply would leave it",
  create: "apply would create it",
  update: "apply would update it",
  replace: "apply would replace it, and keep what was used",
  delete: "apply would remove it",
  blocked: "apply cannot change it now",
};

/** What a plan would do, and why: a line each. */
function changeLines(change: Change, pen: Pen): string[] {
  const { kind, fields, reasons, unblocksAt, desired } = change;
  const what =
    kind === "create" && desired !== null
      ? declared(desired)
      : fields.length > 0
        ? differences(fields, pen)
        : "";
  return [
    what === "" ? DOES[kind] : `${DOES[kind]}: ${what}`,
    ...reasons.map(({ text }) => `because ${pen.prose(text)}`),
    ...(unblocksAt === null ? [] : [`waits until ${toSecond(unblocksAt)}`]),
  ];
}

/** A change that is about no row, in lines: `contracts:bonus is declared in balances.yaml:4:5`, and what is to be done. */
export function pendingLines(change: Change, pen: Pen): [string, ...string[]] {
  const where = change.desired === null ? "" : placeOf(change.desired, pen);
  return [`${pen.id(change.balanceId)} is declared${where}`, ...changeLines(change, pen)];
}

/** Notes on what the lines above them do not show by themselves. */
export function notes({ features, plan, problems }: ExplainReport): string[] {
  const numbered = features.some(({ rows }) => rows.filter(({ use }) => use !== null).length > 1);
  const hasCredits = features.some(
    ({ kind, rows }) => kind === "credit_system" && rows.some(({ use }) => use !== null),
  );
  const changes = features.some(
    ({ rows, pending }) => pending.length > 0 || rows.some(({ change }) => change),
  );
  return [
    ...(numbered
      ? ["The numbers are the order in which balances are used; what rolled over goes first."]
      : []),
    ...(hasCredits ? ["Credits are used after the balances of the features that they pay for."] : []),
    ...(plan !== null && !changes ? ["Nothing is to be changed: everything is as declared."] : []),
    ...(problems.length > 0 ? ["No plan could be made, so that what apply would do is not said."] : []),
  ];
}
