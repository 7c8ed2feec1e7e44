// What a customer has, and why: every row with its origin, what is left of it, what its next reset and a plan change,
// and the order in which rows are used. Pure.
import type { EntryChange, GitHistory } from "../config/index.ts";
import {
  type Account,
  type Change,
  changesOf,
  departed,
  inUseOrder,
  type KnownRow,
  knownRows,
  nameOf,
  type Plan,
  type PlannedGroup,
  plus,
  type Row,
  type RowState,
  stateOf,
} from "../reconcile/index.ts";
import { balanceName, type DesiredBalance, isNamespace } from "../schema/index.ts";
import { compareText } from "../text/index.ts";
import { broughtBy, changesByEntry } from "./commits.ts";
import { type NextReset, nextResetOf } from "./next-reset.ts";

/**
 * Where a row comes from.
 * - `declared`: an entry of the files.
 * - `undeclared`: its name is of the namespace, but it has no entry.
 * - `other-namespace`: its name is that of a balance of another namespace.
 * - `foreign`: somebody else granted it.
 * - `plan`: it comes with a plan.
 * - `paid`: it was bought.
 */
export type Origin = "declared" | "undeclared" | "other-namespace" | "foreign" | "plan" | "paid";

export interface ExplainedRow {
  readonly row: Row;
  readonly origin: Origin;
  /** The namespace in the balance_id; `null` if it has none. */
  readonly namespace: string | null;
  /** The key within the namespace; `null` for rows that are not of this one. */
  readonly key: string | null;
  /** From 1; 0 for a row that an entry adopted, and for rows that are not of this namespace. */
  readonly generation: number;
  readonly state: RowState;
  /** Whether it has ended, or another row stands for the balance now. */
  readonly isHistory: boolean;
  readonly replacedBy: Row | null;
  readonly entry: DesiredBalance | null;
  /** For a row without an entry, of a group that its customer left: what becomes of it. */
  readonly leftGroup: PlannedGroup["whenTheyLeave"] | null;
  /** The commit that brought the row, as far as git tells; `null` if unknown. */
  readonly broughtBy: EntryChange | null;
  /** Its place in the order of use, from 1; `null` if nothing is taken from it now. */
  readonly use: number | null;
  readonly nextReset: NextReset | null;
  /** What applying would do to the balance. */
  readonly change: Change | null;
}

export interface ExplainedFeature {
  readonly featureId: string;
  readonly kind: "metered" | "boolean" | "credit_system";
  /** Whether the feature is on without a row that shows why, as with a plan. */
  readonly isOnByPlan: boolean;
  readonly isUnlimited: boolean;
  /** Sums over the live rows, in units of the feature. */
  readonly granted: number;
  readonly used: number;
  readonly left: number;
  /** Live rows first, in the order of use; then history, newest first. */
  readonly rows: readonly ExplainedRow[];
  /** What applying would do that concerns no row. */
  readonly pending: readonly Change[];
}

export interface ExplainQuestion {
  readonly customerId: string;
  /** `null` for all features. */
  readonly featureId: string | null;
  readonly namespace: string;
  /** All entries, of this customer and others. */
  readonly balances: readonly DesiredBalance[];
  /** The groups that grants give balances to. */
  readonly groups: readonly PlannedGroup[];
  readonly account: Account;
  readonly git: GitHistory;
  /** `null` if none could be made. */
  readonly plan: Plan | null;
  /** ms since 1970, by the server's clock. */
  readonly now: number;
}

/** What a customer has of each feature, ordered by feature. Pure. */
export function explain(question: ExplainQuestion): ExplainedFeature[] {
  const { customerId, account, namespace, now } = question;
  const balances = question.balances.filter((balance) => balance.customerId === customerId);
  const known = new Map(
    knownRows(balances, new Map([[customerId, account.rows]]), namespace, now).map((one) => [one.row, one]),
  );
  const entries = new Map(balances.map((balance) => [balance.key, balance]));
  const changes = changesByEntry(question.git);
  const planned =
    question.plan === null
      ? []
      : [
          ...question.plan.changes.filter((change) => change.customerId === customerId),
          ...endingOf(question, balances),
        ];
  const leaving = new Map(question.groups.map(({ name, whenTheyLeave }) => [name, whenTheyLeave]));
  const told = { entries, changes, planned, known, leaving, now };
  const stored = new Set(account.rows.map(nameOf));
  // Raw reads have no rows of plans and, on some servers, none that were bought.
  const others = account.shown.filter((row) => row.planId !== null || (row.paid && !stored.has(nameOf(row))));
  const rows = [...account.rows, ...others].map((row) => explainRow(row, told));
  const ids = new Set([
    ...rows.map(({ row }) => row.featureId),
    ...planned.map(({ featureId }) => featureId),
    ...account.flags,
  ]);
  return [...ids]
    .filter((id) => question.featureId === null || id === question.featureId)
    .sort(compareText)
    .map((featureId) => explainFeature(featureId, rows, planned, question));
}

/** What applying ends because the customer left a group. The plan is of entries, and so does not have it. */
function endingOf(
  { customerId, account, groups, namespace, now }: ExplainQuestion,
  balances: readonly DesiredBalance[],
): readonly Change[] {
  const isBoolean = (featureId: string): boolean => account.features.get(featureId)?.type === "boolean";
  const rows = new Map([[customerId, account.rows]]);
  const { undeclared } = changesOf(balances, rows, { namespace, now, isBoolean });
  return departed(undeclared, groups).ending;
}

interface Told {
  readonly entries: ReadonlyMap<string, DesiredBalance>;
  readonly changes: ReadonlyMap<string, readonly EntryChange[]>;
  readonly planned: readonly Change[];
  readonly known: ReadonlyMap<Row, KnownRow>;
  readonly leaving: ReadonlyMap<string, PlannedGroup["whenTheyLeave"]>;
  readonly now: number;
}

function explainRow(row: Row, told: Told): ExplainedRow {
  const own = told.known.get(row);
  const state = stateOf(row, told.now);
  const isHistory = state === "expired" || (own?.ended ?? null) !== null;
  const entry = own === undefined ? null : (told.entries.get(own.key) ?? null);
  const changes = own === undefined ? [] : (told.changes.get(balanceName(row.customerId, own.key)) ?? []);
  return {
    row,
    ...originOf(row, own, entry),
    key: own?.key ?? null,
    generation: own?.generation ?? 0,
    state,
    isHistory,
    replacedBy: own?.ended?.replacedBy ?? null,
    entry,
    leftGroup: own === undefined || entry !== null ? null : (told.leaving.get(own.key) ?? null),
    broughtBy: broughtBy(changes, row, isHistory) ?? null,
    use: null,
    nextReset: nextResetOf(row, told.now),
    change: (isHistory ? undefined : told.planned.find((change) => isAbout(change, row))) ?? null,
  };
}

const isAbout = ({ row, retires }: Change, other: Row): boolean =>
  [row, ...retires].some(
    (one) => one !== null && one.featureId === other.featureId && nameOf(one) === nameOf(other),
  );

/** The namespace that a balance_id begins with, if it looks like one. */
function namespaceIn(balanceId: string | null): string | null {
  const colon = balanceId?.indexOf(":") ?? -1;
  if (balanceId === null || colon < 1 || colon === balanceId.length - 1) return null;
  const name = balanceId.slice(0, colon);
  return isNamespace(name) ? name : null;
}

function originOf(
  { planId, paid, balanceId }: Row,
  own: KnownRow | undefined,
  entry: DesiredBalance | null,
): Pick<ExplainedRow, "origin" | "namespace"> {
  const namespace = namespaceIn(balanceId);
  if (planId !== null) return { origin: "plan", namespace: null };
  if (own !== undefined) return { origin: entry === null ? "undeclared" : "declared", namespace };
  if (paid) return { origin: "paid", namespace: null };
  return { origin: namespace === null ? "foreign" : "other-namespace", namespace };
}

function explainFeature(
  featureId: string,
  all: readonly ExplainedRow[],
  planned: readonly Change[],
  { account, now }: ExplainQuestion,
): ExplainedFeature {
  const rows = all.filter(({ row }) => row.featureId === featureId);
  const living = rows.filter(({ isHistory }) => !isHistory);
  const order = inUseOrder(
    living.map(({ row }) => row),
    { now, shown: account.shown },
  );
  const placed = living
    .map((one) => ({ ...one, use: order.indexOf(one.row) + 1 || null }))
    .sort((a, b) => (a.use ?? Number.MAX_VALUE) - (b.use ?? Number.MAX_VALUE));
  const history = rows
    .filter(({ isHistory }) => isHistory)
    .sort((a, b) => (b.row.expiresAt ?? 0) - (a.row.expiresAt ?? 0));
  const counted = living.map(({ row }) => row).filter((row) => !row.boolean && !row.unlimited);
  const sum = (of: (row: Row) => number): number => counted.reduce((total, row) => plus(total, of(row)), 0);
  const shown = new Set(rows.map(({ change }) => change));
  return {
    featureId,
    kind: account.features.get(featureId)?.type ?? "metered",
    isOnByPlan: account.flags.includes(featureId) && !living.some(({ row }) => row.boolean),
    isUnlimited: living.some(({ row }) => row.unlimited),
    granted: sum(({ grant }) => grant),
    used: sum(({ usage }) => usage),
    left: sum(({ remaining, rolledOver }) => plus(Math.max(0, remaining), rolledOver)),
    rows: [...placed, ...history],
    pending: planned.filter((change) => change.featureId === featureId && !shown.has(change)),
  };
}
