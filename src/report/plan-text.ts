// A plan, for people: the sum of it, what to look out for, every change by customer, and what it costs.
import type { Change, ChangeKind, Plan, Total } from "../reconcile/index.ts";
import { isAction } from "../reconcile/types.ts";
import { balanceName, changeLines, stored } from "./change-text.ts";
import { type Palette, palette } from "./palette.ts";
import { problemLines } from "./problem-text.ts";
import { brief } from "./visible.ts";
import { count, cycle, duration, units } from "./words.ts";

export interface PlanTextOptions {
  readonly colours?: boolean;
  /** How many changes are shown, those that take something first; all when left out. */
  readonly most?: number;
}

/** From this many changes on the sum is said again at the end, where a terminal has scrolled to. */
const LONG = 30;
/** How many rows without an entry, warnings or totals of one kind are listed. */
const LISTED = 20;
const TOTALS_IN_HEADLINE = 3;

/** The whole plan; ends with a line break. */
export function planText(plan: Plan, options: PlanTextOptions = {}): string {
  const paint = palette(options.colours ?? false);
  const head = paint.bold(headline(plan));
  const sections = [
    [head, paint.dim(whereLine(plan)), ...baseLines(plan).map(paint.dim)],
    cut(plan.warnings, LISTED, (warning) => problemLines(warning, "warning", paint), "more warnings"),
    ...changeSections(plan, options.most ?? Number.POSITIVE_INFINITY, paint),
    leftOverLines(plan),
    plan.totals.length > TOTALS_IN_HEADLINE
      ? ["Totals", ...plan.totals.map((total) => `  ${totalText(total)}`)]
      : [],
    [...scopeLines(plan), ...costLines(plan)],
    plan.changes.length > LONG ? [head] : [],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

/** `3 to create, 1 to update, 1 to replace, 0 to delete; +50,250 api_calls a month`. */
export function headline(plan: Plan): string {
  const blocked = countOf(plan, "blocked");
  if (!plan.changes.some(isAction)) {
    const asDeclared = `${count(plan.unchanged, "balance")} ${plan.unchanged === 1 ? "is" : "are"} as declared`;
    return blocked === 0
      ? `Nothing to do: ${asDeclared}.`
      : `Nothing to do now: ${asDeclared}, ${units(blocked)} ${blocked === 1 ? "is" : "are"} blocked.`;
  }
  const counts = (["create", "update", "replace", "delete"] as const).map(
    (kind) => `${units(countOf(plan, kind))} to ${kind}`,
  );
  if (blocked > 0) counts.push(`${units(blocked)} blocked`);
  const totals = plan.totals.slice(0, TOTALS_IN_HEADLINE).map(totalText);
  if (plan.totals.length > TOTALS_IN_HEADLINE) totals.push("and more, see the totals");
  return [counts.join(", "), ...(totals.length > 0 ? [totals.join(", ")] : [])].join("; ");
}

function countOf(plan: Plan, kind: ChangeKind): number {
  return plan.changes.filter((change) => change.kind === kind).length;
}

/** `+50,250 / -1,000 api_calls a month`. */
function totalText({ featureId, per, added, taken }: Total): string {
  const amounts = [...(added > 0 ? [`+${units(added)}`] : []), ...(taken > 0 ? [`-${units(taken)}`] : [])];
  return `${amounts.join(" / ") || "0"} ${brief(featureId)} ${brief(cycle(per))}`;
}

/** `namespace contracts at https://… (sandbox), shard 2/7, 3 customers looked at`. */
export function whereLine({ namespace, environment, baseUrl, shard, customers }: Plan): string {
  const where = environment === null ? brief(baseUrl) : `${brief(baseUrl)} (${environment})`;
  const part = shard === null ? "" : `, shard ${units(shard.index)}/${units(shard.count)}`;
  return `namespace ${brief(namespace)} at ${where}${part}, ${count(customers, "customer")} looked at`;
}

/** What is new since the base, and what is not. */
function baseLines({ base, changes }: Plan): string[] {
  if (base === null) return [];
  const pending = changes.filter((change) => change.isPending).length;
  const since = `since ${brief(base.name)}`;
  if (changes.length === 0) return [`${since}: no changes`];
  if (pending === 0) return [`${since}: every change comes from the files`];
  return [
    `${since}: ${count(changes.length - pending, "change")} from the files, ${units(pending)} due before (drifted or pending)`,
  ];
}

function changeSections(plan: Plan, most: number, paint: Palette): string[][] {
  const shown = new Set([...plan.changes].sort((a, b) => weight(a) - weight(b)).slice(0, most));
  const byCustomer = new Map<string, Change[]>();
  for (const change of plan.changes) {
    if (!shown.has(change)) continue;
    const group = byCustomer.get(change.customerId);
    if (group) group.push(change);
    else byCustomer.set(change.customerId, [change]);
  }
  const sections = [...byCustomer]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([customerId, changes]) => {
      const isNew = changes.some((change) => change.createsCustomer);
      const note = isNew ? " (does not exist yet, and is created)" : "";
      return [
        `Customer ${brief(customerId)}${note}`,
        ...changes.flatMap((change) => changeLines(change, paint)),
      ];
    });
  const hidden = plan.changes.length - shown.size;
  if (hidden > 0) {
    const hint = "--full shows all of them, --format json too";
    sections.push([`… and ${count(hidden, "more change")}, which take nothing away: ${hint}`]);
    if (plan.changes.some((change) => !shown.has(change) && weight(change) < HARMLESS)) {
      sections[sections.length - 1] = [`… and ${count(hidden, "more change")}: ${hint}`];
    }
  }
  return sections;
}

const HARMLESS = 4;

/** What a reader has to see first has the least weight. */
function weight(change: Change): number {
  if (change.kind === "delete") return 0;
  if (change.granted < 0) return 1;
  if (change.kind === "replace") return 2;
  return change.kind === "blocked" ? 3 : HARMLESS;
}

function leftOverLines({ leftOver, base }: Plan): string[] {
  if (leftOver.length === 0) return [];
  const have =
    leftOver.length === 1 ? "has no entry; --prune deletes it" : "have no entry; --prune deletes them";
  return [
    `${count(leftOver.length, "row")} of this namespace ${have}`,
    ...cut(
      leftOver,
      LISTED,
      ({ customerId, key, row, isPending }) => {
        const name = balanceName({ key, featureId: row.featureId, entityId: row.entityId ?? null });
        const since = base === null || isPending ? "" : `  (no entry since ${brief(base.name)})`;
        return [`    customer ${brief(customerId)}: ${name}  ${stored(row)}${since}`];
      },
      "more",
    ),
  ];
}

function cut<T>(items: readonly T[], most: number, lines: (item: T) => string[], more: string): string[] {
  const shown = items.slice(0, most).flatMap(lines);
  return items.length > most ? [...shown, `    … and ${units(items.length - most)} ${more}`] : shown;
}

function scopeLines(plan: Plan): string[] {
  if (plan.scope === "organisation") return [];
  const looked = `Only ${count(plan.customers, "customer")} of the configuration ${plan.customers === 1 ? "was" : "were"} looked at.`;
  return [`${looked} Rows of this namespace at other customers are shown with --all-customers.`];
}

function costLines({ estimate }: Plan): string[] {
  if (estimate.calls === 0) return [];
  return [`Applying takes at least ${count(estimate.calls, "API call")} and ${duration(estimate.ms)}.`];
}
