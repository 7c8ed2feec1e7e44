// Reads everything that one customer has, including rows of plans and ended rows.
import type { AutumnApi, WireFeature } from "../../autumn/index.ts";
import type { DesiredBalance } from "../../schema/index.ts";
import { type Row, rowOfPublicRead } from "../row.ts";
import type { PlanEvent } from "../types.ts";
import { AccountReader } from "./account-reader.ts";

export interface AccountRequest {
  readonly namespace: string;
  /** Entries: those of the customer name its entities. */
  readonly balances: readonly DesiredBalance[];
  readonly customerId: string;
}

export interface AccountEnvironment {
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: PlanEvent) => void;
}

export interface Account {
  /** Standalone rows, including ended ones. */
  readonly rows: readonly Row[];
  /** The rows of a public read, in the order in which they are used: rows of plans among them, none of entities. */
  readonly shown: readonly Row[];
  /** Boolean features that are on, whatever has turned them on. */
  readonly flags: readonly string[];
  readonly features: ReadonlyMap<string, WireFeature>;
}

/**
 * @returns `undefined` when there is no such customer
 * @throws AutumnError when a read fails
 */
export async function readAccount(
  api: AutumnApi,
  { namespace, balances, customerId }: AccountRequest,
  { signal, onEvent }: AccountEnvironment = {},
): Promise<Account | undefined> {
  const reader = new AccountReader(api, {
    namespace,
    balances: balances.filter((balance) => balance.customerId === customerId),
    also: [{ customerId, entityId: null, balanceId: null }],
    includes: (id) => id === customerId,
    wholeOrganisation: false,
    discoversEntities: true,
    concurrency: 1,
    ...(signal ? { signal } : {}),
    ...(onEvent ? { onEvent } : {}),
  });
  const features = await reader.readFeatures();
  // The public read comes first: it has Autumn apply the resets that are due, and shows which rows were bought.
  const customer = await api.getCustomer(customerId);
  if (customer === undefined) return undefined;
  reader.learn(customer);
  const rows = await reader.readCustomer(customerId);
  signal?.throwIfAborted();
  onEvent?.({ type: "read", rows: (rows?.length ?? 0) + customer.rows.length, customers: 1 });
  const shown = customer.rows.map((row) => rowOfPublicRead(row, customerId));
  return { rows: rows ?? [], shown, flags: customer.flags, features };
}
