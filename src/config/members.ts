// Adds the members of groups that Autumn is asked for. The filter is applied here and not by the server, as a server
// that does not know it would match everybody. Pure.
import {
  type BalanceEntry,
  balanceName,
  type CustomerFilter,
  type DesiredBalance,
  desiredBalance,
  type Problem,
  ProblemsError,
} from "../schema/index.ts";
import { quoted } from "../text/index.ts";
import { clashes } from "./clashes.ts";
import type { Group } from "./expand/grants.ts";
import type { LoadedConfig } from "./loaded-config.ts";
import { placeText } from "./yaml/lines.ts";

/** What is known of a customer. */
export interface KnownCustomer {
  readonly id: string;
  readonly name?: string | null;
  readonly email?: string | null;
  /** The plans of the customer; `null` if the server does not tell. */
  readonly plans?: readonly { readonly id: string; readonly status: string }[] | null;
}

/** How many customers with the same mistake are named. */
const NAMED = 20;

/** Whether Autumn has to be asked for the members of a group. */
export const asksForMembers = ({ declaredGroups = [] }: LoadedConfig): boolean =>
  declaredGroups.some(({ query }) => query !== null);

/** Groups of a configuration of which nobody is asked who belongs to them, so that they would have no members. */
export function problemsOfQueries({ declaredGroups = [] }: LoadedConfig): Problem[] {
  return declaredGroups.filter(({ query }) => query !== null).map(needsAsking);
}

/** The problem with a group where Autumn is not asked. */
export const needsAsking = (group: Group): Problem => ({
  code: "needs-asking",
  message: `Autumn is not asked here who belongs to the group ${quoted(group.name)}`,
  hint: "write its customers; only `autumn-balances plan`, `apply` and the like ask Autumn",
  ...placed(group),
});

/**
 * The configuration, with the balances of all members of groups.
 * @throws ProblemsError when a customer is given a balance twice, or the server does not tell plans
 */
export function withMembers(config: LoadedConfig, customers: readonly KnownCustomer[]): LoadedConfig {
  const known = new Map(
    config.balances.map((balance) => [balanceName(balance.customerId, balance.key), balance.place]),
  );
  const problems: Problem[] = [];
  const added = (config.declaredGroups ?? []).flatMap((group) => {
    if (group.query === null) return [];
    const members = customers.filter((customer) => belongs(customer, group.query ?? {}, group));
    return members.flatMap(({ id }) => {
      const name = balanceName(id, group.name);
      if (known.has(name)) {
        const at = known.get(name);
        problems.push(twice(group, id, at === undefined ? "another entry" : placeText(at)));
        return [];
      }
      known.set(name, group.place);
      return [desiredBalance({ ...group.balance, customer_id: id } as BalanceEntry, group.place)];
    });
  });
  const all = [...config.balances, ...added];
  problems.push(...clashingAdoptions(all, config.namespace));
  if (problems.length > 0) {
    const more = problems.length - NAMED;
    const rest =
      more > 0
        ? [{ code: "same-balance", message: `and ${more} more customers are given a balance twice` }]
        : [];
    throw new ProblemsError([...problems.slice(0, NAMED), ...rest]);
  }
  return { ...config, balances: all };
}

/** Entries that adopt the balance of a member, or what a member adopts too: those of files have been compared before. */
function clashingAdoptions(balances: readonly DesiredBalance[], namespace: string): Problem[] {
  if (balances.every(({ adopt }) => adopt === null)) return [];
  const found = clashes(
    balances.map((balance) => ({ balance, pointer: "" })),
    namespace,
  );
  return found.filter(({ code }) => code === "adopted-twice" || code === "adopts-anothers");
}

function belongs(
  { id, name, email, plans }: KnownCustomer,
  { plan, status, search }: CustomerFilter,
  group: Group,
): boolean {
  if (search !== undefined) {
    const wanted = search.toLowerCase();
    if (![id, name, email].some((text) => text?.toLowerCase().includes(wanted))) return false;
  }
  if (plan === undefined && status === undefined) return true;
  if (plans == null) throw new ProblemsError([untold(group)]);
  const wanted = plan === undefined ? null : [plan].flat();
  const statuses = status === undefined ? ["active", "scheduled"] : [status];
  return plans.some((one) => (wanted === null || wanted.includes(one.id)) && statuses.includes(one.status));
}

const placed = ({ place, pointer }: Group) => ({ ...(place ? { place } : {}), pointer });

const twice = (group: Group, customerId: string, at: string): Problem => ({
  code: "same-balance",
  message: `customer ${quoted(customerId)} belongs to the group, and is given ${quoted(group.name)} at ${at} too`,
  hint: "leave the customer out of one of the two, or give one of them another `id`",
  ...placed(group),
});

const untold = (group: Group): Problem => ({
  code: "plans-not-told",
  message: "the server does not tell which plans its customers have",
  hint: "write the customers of the group, or a CSV file of them",
  ...placed(group),
});
