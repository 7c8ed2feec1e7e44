// Groups: the customers to whom a grant gives a balance of one name. The name of a row is all that tells who was a
// member. A customer who comes back finds the balance that was kept, or gets a new one on which the usage of the ended
// one is counted; so nobody is granted the same twice. Pure.
import type { DesiredBalance } from "../../schema/index.ts";
import { compareText } from "../../text/index.ts";
import type { Change, Few, GroupReport, PlanBase, PlannedGroup } from "../types.ts";

/** How many customers of a group are listed by name. */
const NAMED = 5;

export interface Departed {
  /** Changes that end the balance of customers who left, in groups with `whenTheyLeave: end`. */
  readonly ending: readonly Change[];
  /** Rows of customers who left a group and keep the balance. */
  readonly kept: readonly Change[];
  /** Rows without an entry that belong to no group. */
  readonly others: readonly Change[];
}

/** Sorts the rows that no entry declares by what their group says. */
export function departed(undeclared: readonly Change[], groups: readonly PlannedGroup[]): Departed {
  if (groups.length === 0) return { ending: [], kept: [], others: undeclared };
  const byName = new Map(groups.map((group) => [group.name, group]));
  const ending: Change[] = [];
  const kept: Change[] = [];
  const others: Change[] = [];
  for (const change of undeclared) {
    const group = byName.get(change.key);
    if (group === undefined) others.push(change);
    else if (group.whenTheyLeave === "keep") kept.push(change);
    else ending.push(leaving(change));
  }
  return { ending, kept, others };
}

/** Adds to a deletion the reason that the customer left the group. */
export const leaving = (change: Change): Change =>
  change.kind === "delete"
    ? {
        ...change,
        reasons: [
          ...change.reasons,
          {
            code: "left-group",
            text: `its customer left the group ${change.key}: it ends, and stays as history`,
          },
        ],
      }
    : change;

/** Whether rows of this key are ended, and not deleted, when they have no entry. */
export const endsWithGroup = (groups: readonly PlannedGroup[] | undefined, key: string): boolean =>
  groups?.some(({ name, whenTheyLeave }) => name === key && whenTheyLeave === "end") === true;

interface Seen {
  readonly declared: readonly Change[];
  readonly departed: Departed;
  readonly balances: readonly DesiredBalance[];
  readonly base: PlanBase | null;
}

/**
 * Members, newcomers and leavers of each group: by the base if it tells the members, otherwise by the existing rows.
 */
export function groupReports(groups: readonly PlannedGroup[], seen: Seen): GroupReport[] {
  return groups.map((group) => {
    const isOf = ({ key }: { readonly key: string }): boolean => key === group.name;
    const members = customersOf(seen.balances.filter(isOf));
    const creates = customersOf(seen.declared.filter((change) => isOf(change) && comesIn(change)));
    const rows = [...seen.departed.ending, ...seen.departed.kept].filter(isOf);
    const before = group.source === "autumn" ? null : customersOf(seen.base?.balances.filter(isOf) ?? []);
    if (seen.base === null || before === null) {
      return {
        ...group,
        since: "rows",
        members: members.size,
        creates: creates.size,
        enters: few(creates),
        leaves: few(customersOf(rows)),
      };
    }
    const enters = new Set([...members].filter((customer) => !before.has(customer)));
    const leaves = new Set([...before].filter((customer) => !members.has(customer)));
    return {
      ...group,
      since: "base",
      members: members.size,
      creates: creates.size,
      enters: few(enters),
      leaves: few(leaves),
    };
  });
}

/** Whether the change gives the balance to a customer who has none, or whose balance has ended. */
const comesIn = ({ kind, reasons }: Change): boolean =>
  kind === "create" || (kind === "replace" && reasons.some(({ code }) => code === "expired"));

const customersOf = (of: readonly { readonly customerId: string }[]): Set<string> =>
  new Set(of.map(({ customerId }) => customerId));

const few = (customers: ReadonlySet<string>): Few => ({
  customers: customers.size,
  first: [...customers].sort(compareText).slice(0, NAMED),
});
