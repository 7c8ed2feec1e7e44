// Reads everything that customers have been granted on their own, in full: lists do not show the grant given at
// creation nor the rollover, and an entry that was made without knowing them could replace the row it is made from.
import type { AutumnApi, WireCustomer, WireFeature } from "../../autumn/index.ts";
import { type Problem, ProblemsError } from "../../schema/index.ts";
import { named } from "../../text/index.ts";
import type { Row } from "../row.ts";
import type { PlanEvent, Scope } from "../types.ts";
import { Observer } from "./observe.ts";
import { forEachOf } from "./pool.ts";
import { pagesOf } from "./walk.ts";

export interface SurveyRequest {
  readonly namespace: string;
  /** `null` for all customers of the organisation. */
  readonly customers: readonly string[] | null;
  /** Customers worked on at a time. */
  readonly concurrency: number;
}

export interface SurveyEnvironment {
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: PlanEvent | SurveyEvent) => void;
}

/** How many customers have been read in full. */
export interface SurveyEvent {
  readonly type: "surveyed";
  readonly done: number;
  readonly customers: number;
}

export interface Survey {
  readonly scope: Scope;
  readonly features: ReadonlyMap<string, WireFeature>;
  /** Standalone rows by customer. */
  readonly rows: ReadonlyMap<string, readonly Row[]>;
  /** Customers that were looked at. */
  readonly customers: number;
  /** Rows of plans that public reads show. */
  readonly ofPlans: number;
}

/**
 * @throws ProblemsError when one of the customers does not exist
 * @throws AutumnError when the server does not answer what is asked
 */
export async function survey(
  api: AutumnApi,
  { namespace, customers, concurrency }: SurveyRequest,
  { signal, onEvent }: SurveyEnvironment = {},
): Promise<Survey> {
  const observer = new Observer(api, {
    namespace,
    balances: [],
    wholeOrganisation: true,
    discoversEntities: true,
    concurrency,
    ...(signal ? { signal } : {}),
    ...(onEvent ? { onEvent } : {}),
  });
  await observer.readFeatures();
  let ofPlans = 0;
  const seen = new Set<string>();
  const see = (customer: WireCustomer): void => {
    seen.add(customer.id);
    ofPlans += customer.rows.filter((row) => row.plan_id !== null).length;
    observer.learn(customer);
  };
  let closely: Iterable<string>;
  if (customers === null) {
    for await (const { list } of pagesOf((cursor) => api.listCustomers(cursor), signal)) list.forEach(see);
    // Where the server lists rows, customers without any need no further look.
    closely = (await observer.readListedRows()) ? observer.rows.keys() : seen;
  } else {
    closely = new Set(customers);
  }

  const reading = [...closely];
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
      await observer.readCustomer(customerId);
      onEvent?.({ type: "surveyed", done: ++done, customers: reading.length });
    },
    signal,
  );
  const missing = customers?.filter((id) => !seen.has(id)) ?? [];
  if (missing.length > 0) throw new ProblemsError(missing.map(noCustomer));
  return {
    scope: customers === null ? "organisation" : "customers",
    features: observer.features,
    rows: observer.rows,
    customers: seen.size,
    ofPlans,
  };
}

const noCustomer = (customerId: string): Problem => ({
  code: "unknown-customer",
  message: `there is no customer ${named(customerId)}`,
  hint: "check the id: it is the one your product gave, not Autumn's own",
});
