// Groups: whoever is given a balance of one name by a grant. A balance is told by its name, so nothing else remembers who
// belonged. Who comes back finds the balance that was kept, or a new one that what was used of the ended one is counted
// on; nobody is granted the same twice. Pure.
import type { DesiredBalance } from "../../schema/index.ts";
import { compareText } from "../../text/index.ts";
import type { Change, Few, GroupReport, PlanBase, PlannedGroup } from "../types.ts";

/** How many customers of a group are named. */
const NAMED = 5;

export interface Departed {
  /** Of those whose balance ends with their belonging: what ends, as changes of the plan. */
  readonly ending: readonly Change[];
  /** Of those who keep it. */
  readonly kept: readonly Change[];
  /** Rows without an entry that are of no group. */
  readonly others: readonly Change[];
}

/** Parts the rows that no entry declares by whether they are of a group. */
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

/** Says of a row that ends why it does. */
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

/** Whether the rows of a balance without an entry end, and are not deleted. */
export const endsWithGroup = (groups: readonly PlannedGroup[] | undefined, key: string): boolean =>
  groups?.some(({ name, whenTheyLeave }) => name === key && whenTheyLeave === "end") === true;

interface Seen {
  readonly declared: readonly Change[];
  readonly departed: Departed;
  readonly balances: readonly DesiredBalance[];
  readonly base: PlanBase | null;
}

/** Who belongs, who is new, and who left: since the base where it says who belonged, otherwise by what is there. */
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

/** Whether it gives a balance to whoever has none, be it that it has ended. */
const comesIn = ({ kind, reasons }: Change): boolean =>
  kind === "create" || (kind === "replace" && reasons.some(({ code }) => code === "expired"));

const customersOf = (of: readonly { readonly customerId: string }[]): Set<string> =>
  new Set(of.map(({ customerId }) => customerId));

const few = (customers: ReadonlySet<string>): Few => ({
  customers: customers.size,
  first: [...customers].sort(compareText).slice(0, NAMED),
});
