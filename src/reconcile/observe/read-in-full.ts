// Reads all standalone rows of customers in full. Lists show neither the grant given at creation nor the rollover, and
// an entry written without knowing them could replace the very row it is made from.
import type { AutumnApi, WireCustomer, WireFeature } from "../../autumn/index.ts";
import { type Problem, ProblemsError } from "../../schema/index.ts";
import { named } from "../../text/index.ts";
import type { Row } from "../row.ts";
import type { PlanEvent, Scope } from "../types.ts";
import { AccountReader } from "./account-reader.ts";
import { forEachOf } from "./pool.ts";
import { pagesOf } from "./walk.ts";

export interface FullReadRequest {
  readonly namespace: string;
  /** `null` for all customers of the organisation. */
  readonly customers: readonly string[] | null;
  /** Customers worked on at a time. */
  readonly concurrency: number;
}

export interface FullReadEnvironment {
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: PlanEvent | FullReadEvent) => void;
}

/** How many customers have been read in full. */
export interface FullReadEvent {
  readonly type: "read-in-full";
  readonly done: number;
  readonly customers: number;
}

export interface FullRead {
  readonly scope: Scope;
  readonly features: ReadonlyMap<string, WireFeature>;
  /** Standalone rows by customer. */
  readonly rows: ReadonlyMap<string, readonly Row[]>;
  /** Customers that were looked at. */
  readonly customers: number;
  /** How many rows of plans public reads showed. */
  readonly ofPlans: number;
}

/**
 * @throws ProblemsError when one of the customers does not exist
 * @throws AutumnError when a read fails
 */
export async function readInFull(
  api: AutumnApi,
  { namespace, customers, concurrency }: FullReadRequest,
  { signal, onEvent }: FullReadEnvironment = {},
): Promise<FullRead> {
  const reader = new AccountReader(api, {
    namespace,
    balances: [],
    wholeOrganisation: true,
    discoversEntities: true,
    concurrency,
    ...(signal ? { signal } : {}),
    ...(onEvent ? { onEvent } : {}),
  });
  const features = await reader.readFeatures();
  let ofPlans = 0;
  const seen = new Set<string>();
  const see = (customer: WireCustomer): void => {
    seen.add(customer.id);
    ofPlans += customer.rows.filter((row) => row.plan_id !== null).length;
    reader.learn(customer);
  };
  let closely: Iterable<string>;
  if (customers === null) {
    for await (const { list } of pagesOf((cursor) => api.listCustomers(cursor), signal)) list.forEach(see);
    // Where the server lists rows, customers without any need not be read.
    closely = (await reader.readListedRows())?.rows.keys() ?? seen;
  } else {
    closely = new Set(customers);
  }

  const reading = [...closely];
  const rows = new Map<string, readonly Row[]>();
  let done = 0;
  await forEachOf(
    reading,
    concurrency,
    async (customerId) => {
      if (customers !== null) {
        const customer = await api.getCustomer(customerId);
        if (customer === undefined) return;
        see(customer);
      }
      rows.set(customerId, (await reader.readCustomer(customerId)) ?? []);
      onEvent?.({ type: "read-in-full", done: ++done, customers: reading.length });
    },
    signal,
  );
  const missing = customers?.filter((id) => !seen.has(id)) ?? [];
  if (missing.length > 0) throw new ProblemsError(missing.map(noCustomer));
  return {
    scope: customers === null ? "organisation" : "customers",
    features,
    rows,
    customers: seen.size,
    ofPlans,
  };
}

const noCustomer = (customerId: string): Problem => ({
  code: "unknown-customer",
  message: `there is no customer ${named(customerId)}`,
  hint: "check the id: it is the one your product gave, not Autumn's own",
});
