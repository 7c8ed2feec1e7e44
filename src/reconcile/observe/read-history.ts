// Reads every standalone row of customers, including ended ones, with the fewest calls that show them.
import type { AutumnApi } from "../../autumn/index.ts";
import type { DesiredBalance } from "../../schema/index.ts";
import type { Row } from "../row.ts";
import type { PlanEvent, Scope } from "../types.ts";
import { AccountReader } from "./account-reader.ts";
import { forEachOf } from "./pool.ts";
import { pagesOf } from "./walk.ts";

export interface HistoryRequest {
  readonly namespace: string;
  /** The entries: they name entities, of which stored rows only have Autumn's own ids. */
  readonly balances: readonly DesiredBalance[];
  /** `null` for all customers of the organisation. */
  readonly customers: readonly string[] | null;
  /** Customers worked on at a time. */
  readonly concurrency: number;
}

export interface HistoryEnvironment {
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: PlanEvent) => void;
}

export interface ReadHistory {
  readonly scope: Scope;
  /** Standalone rows by customer, live and ended. */
  readonly rows: ReadonlyMap<string, readonly Row[]>;
  /** Customers that were looked at. */
  readonly customers: number;
  /** Customers that were asked for and do not exist, or no longer. */
  readonly missing: ReadonlySet<string>;
}

/** @throws AutumnError when a read fails */
export async function readHistory(
  api: AutumnApi,
  { namespace, balances, customers, concurrency }: HistoryRequest,
  { signal, onEvent }: HistoryEnvironment = {},
): Promise<ReadHistory> {
  const asked = customers === null ? null : new Set(customers);
  const isAsked = (customerId: string): boolean => asked === null || asked.has(customerId);
  const reader = new AccountReader(api, {
    namespace,
    balances: balances.filter(({ customerId }) => isAsked(customerId)),
    also: [...(asked ?? [])].map((customerId) => ({ customerId, entityId: null, balanceId: null })),
    includes: isAsked,
    wholeOrganisation: asked === null,
    discoversEntities: true,
    concurrency,
    ...(signal ? { signal } : {}),
    ...(onEvent ? { onEvent } : {}),
  });
  // Lists do not say whether a row's feature is boolean.
  await reader.readFeatures();
  const everybody = async (): Promise<Set<string>> => {
    const ids = new Set<string>();
    for await (const { list } of pagesOf((cursor) => api.listCustomers(cursor), signal)) {
      for (const { id } of list) ids.add(id);
    }
    return ids;
  };
  const each = (ids: Iterable<string>, work: (customerId: string) => Promise<void>): Promise<void> =>
    forEachOf(ids, concurrency, work, signal);

  const pages = asked === null ? Number.POSITIVE_INFINITY : Math.max(1, asked.size);
  const listed = await reader.readListedRows(pages);
  const rows = new Map(listed?.rows);
  const missing = new Set(listed?.missingCustomers);
  if (listed === undefined) {
    // Without balances.list, only reads of one customer show all rows.
    let seen = 0;
    await each(asked ?? (await everybody()), async (customerId) => {
      const ofCustomer = await reader.readCustomer(customerId);
      if (ofCustomer === undefined) missing.add(customerId);
      rows.set(customerId, ofCustomer ?? []);
      seen += ofCustomer?.length ?? 0;
      onEvent?.({ type: "read", rows: seen, customers: rows.size });
    });
  } else if (listed.scope === "organisation") {
    // In a list of rows, a customer without rows looks like one that does not exist.
    const without = [...(asked ?? [])].filter((customerId) => !rows.has(customerId));
    await each(without, async (customerId) => {
      if ((await api.getCustomer(customerId)) === undefined) missing.add(customerId);
    });
  }
  signal?.throwIfAborted();
  return {
    scope: asked === null ? "organisation" : "customers",
    rows,
    customers: asked?.size ?? rows.size,
    missing,
  };
}
