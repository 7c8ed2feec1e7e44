// Asks Autumn who belongs to the groups of a configuration.
import type { AutumnApi, WireCustomer } from "../autumn/index.ts";
import { asksForMembers, type LoadedConfig, withMembers } from "../config/index.ts";
import { type PlannedGroup, type PlanRequest, pagesOf } from "../reconcile/index.ts";

export interface Resolved {
  readonly config: LoadedConfig;
  /** What a plan needs to know of it. */
  readonly members: Pick<PlanRequest, "knownCustomers"> & { readonly groups: readonly PlannedGroup[] };
  /** All customers of the organisation; `null` when they were not listed. */
  readonly customers: readonly WireCustomer[] | null;
}

/** From so many balances on, listing all customers takes fewer calls than asking for each. */
const MANY = 500;

/**
 * @param known all customers, if they have been listed
 * @throws ProblemsError for a customer who is given one balance twice
 */
export async function resolveMembers(
  api: Pick<AutumnApi, "listCustomers">,
  config: LoadedConfig,
  signal?: AbortSignal,
  known: readonly WireCustomer[] | null = null,
): Promise<Resolved> {
  const isLarge = (config.declaredGroups?.length ?? 0) > 0 && config.balances.length >= MANY;
  if (!asksForMembers(config) && !isLarge)
    return { config, members: { groups: groupsOf(config, null) }, customers: known };
  const customers = known ?? (await listAll(api, signal));
  const knownCustomers = new Set(customers.map(({ id }) => id));
  return {
    config: withMembers(config, customers),
    members: { groups: groupsOf(config, customers.length), knownCustomers },
    customers,
  };
}

async function listAll(
  api: Pick<AutumnApi, "listCustomers">,
  signal: AbortSignal | undefined,
): Promise<WireCustomer[]> {
  const customers = new Map<string, WireCustomer>();
  for await (const page of pagesOf((cursor) => api.listCustomers(cursor), signal)) {
    // Customers that are added while the list is read can move others onto a second page.
    for (const customer of page.list) customers.set(customer.id, customer);
  }
  return [...customers.values()];
}

function groupsOf({ declaredGroups = [] }: LoadedConfig, customers: number | null): PlannedGroup[] {
  const byName = new Map<string, PlannedGroup>();
  for (const { name, source, whenTheyLeave } of declaredGroups) {
    const before = byName.get(name);
    // Several grants may have one name: if Autumn is asked for the members of any, that one is kept.
    if (before === undefined || source === "autumn") {
      byName.set(name, { name, source, whenTheyLeave, customers: source === "autumn" ? customers : null });
    }
  }
  return [...byName.values()];
}
