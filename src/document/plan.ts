// The documents of `plan` and `apply`.
import {
  type Change,
  type ChangeResult,
  type Few,
  type GroupReport,
  isAction,
  type Outcome,
  type Plan,
  type Refusal,
  type Scheduled,
} from "../reconcile/index.ts";
import {
  amount,
  converted,
  count,
  documentOf,
  flag,
  instant,
  type JsonDocument,
  leftOut,
  list,
  listIfAny,
  named,
  nullable,
  oneOf,
  only,
  ordinal,
  record,
  since,
  size,
  text,
} from "./codec.ts";
import {
  baseUrl,
  customers,
  desired,
  entity,
  environment,
  fieldChange,
  limits,
  namespace,
  policy,
  problem,
  reasons,
  refusal,
  row,
} from "./parts.ts";

const KINDS = ["create", "update", "replace", "delete", "blocked"] as const;

const kind = named("kind", oneOf<Change["kind"]>(["none", ...KINDS]));
const key = text.describe("The name of the balance within namespace and customer.");

const change = named(
  "change",
  record<Change>({
    kind,
    customerId: text,
    featureId: text,
    entityId: entity,
    key,
    balanceId: text.describe("The balance_id of the balance afterwards; for a deletion, the one it had."),
    fields: list(fieldChange).describe("What differs."),
    reasons: reasons.describe("Why the change is of its kind."),
    granted: amount.describe("Units the customer gains or, below 0, loses."),
    carries: amount.describe("Units of usage that are counted on the successor."),
    creates: flag.describe("Whether balance_id has to be created."),
    createsCustomer: flag.describe("Whether the customer has to be created first."),
    isPending: flag.describe(
      "Whether the base asks for the same change: before the files were changed, the balance had drifted or the change was pending. false without a base.",
    ),
    wasProtected: leftOut(
      only(true).describe("The entry is protected at the base. Left out where it is not."),
    ),
    unblocksAt: nullable(instant).describe("When a blocked change can be made."),
    resetsAt: nullable(instant).describe(
      "For a replacement, and for a creation that declares it: when the balance resets next.",
    ),
    meanwhile: nullable(amount).describe(
      "For a replacement that makes a row: the most units that the customer can use in the seconds until the earlier usage has been counted on it.",
    ),
    retires: list(row).describe("Rows that are ended or deleted."),
    row: nullable(row).describe("The row that stands for the balance now."),
    desired: nullable(desired).describe("The entry; null when there is none."),
  }),
);

const total = named(
  "total",
  record<Plan["totals"][number]>({
    featureId: text,
    per: text.describe("A cycle, such as `month` or `2 months`; or `once`."),
    added: amount.describe("Units."),
    taken: amount.describe("Units."),
  }),
);

const shard = named(
  "shard",
  record<NonNullable<Plan["shard"]>>({
    index: ordinal.describe("Which part, from 1."),
    count: ordinal.describe("How many parts there are."),
  }).describe("One of several parts of the customers, by a hash of their ids."),
);

const leftOver = record<Plan["leftOver"][number]>({
  customerId: text,
  key: text,
  row,
  isPending: flag.describe("Whether the base has no entry for it either. false without a base."),
});

type WrittenScheduled = Pick<Scheduled, "customerId" | "key" | "startsAt" | "desired">;

const scheduled = converted<Scheduled, WrittenScheduled>(
  record<WrittenScheduled>({
    customerId: text,
    key: text,
    startsAt: instant.describe("When it starts: the first apply after that grants it."),
    desired,
  }),
  (one) => one,
  (one) => ({ ...one, featureId: one.desired.featureId, entityId: one.desired.entityId }),
);

const few = record<Few>({
  customers: count.describe("How many."),
  first: list(text).describe("The ids of the first few."),
});

const group = record<GroupReport>({
  name: text.describe("The key of the balance."),
  source: oneOf(["customers", "csv", "autumn"]).describe("What defines the members."),
  whenTheyLeave: oneOf(["keep", "end"]),
  customers: nullable(count).describe(
    "How many customers the organisation has, if Autumn was asked who belongs.",
  ),
  since: oneOf(["base", "rows"]).describe(
    "What shows who belonged before: the base of the plan, or the existing rows.",
  ),
  members: count.describe("Customers who belong."),
  creates: count.describe("Customers for whom the balance is created."),
  enters: few,
  leaves: few,
});

/** A plan with figures derived from it, and with what keeps it from being applied. */
export interface PlanDocument extends Plan {
  readonly hasChanges: boolean;
  readonly summary: Readonly<Record<(typeof KINDS)[number], number>>;
  readonly refusals: readonly Refusal[];
}

export const planDocument = documentOf<PlanDocument>("plan", "What applying would do, and why.", {
  namespace,
  retire: oneOf(["end", "delete"]).describe("Whether rows that are replaced are ended or deleted."),
  environment,
  baseUrl,
  madeAt: instant.describe("When the rows had been read."),
  base: nullable(record({ name: text.describe("Such as `origin/main (4f2a91c)`.") })).describe(
    "What `is_pending` of changes and left-over rows is based on (plan --base); null if the plan was compared with nothing.",
  ),
  scope: oneOf(["organisation", "customers"]).describe(
    "Whether the rows of all customers were looked at, or only those of customers with an entry.",
  ),
  shard: nullable(shard).describe("The part of the customers that the plan covers; null if it covers all."),
  leftOut: since(
    null,
    nullable(
      record<NonNullable<Plan["leftOut"]>>({
        customers: count.describe("Customers whose entries are the same as in the base."),
        balances: count.describe("How many entries they have."),
      }),
    ).describe("What was not looked at (plan --changed-since); null when everything was."),
  ),
  customers,
  ownedRows: count.describe(
    "Rows of this namespace, and those that entries have adopted, that were seen and have not ended.",
  ),
  unchanged: count.describe("Balances that are as declared."),
  hasChanges: flag.describe("Whether applying would send anything to the API; blocked changes do not count."),
  summary: record({ create: count, update: count, replace: count, delete: count, blocked: count }).describe(
    "How many changes there are of each kind.",
  ),
  totals: list(total).describe("The grants that are added and taken, by feature and cycle."),
  changes: list(change).describe("Every balance that is not as declared, ordered by customer and key."),
  leftOver: list(leftOver).describe(
    "Rows of this namespace that no entry declares and that stay, because --prune was not given.",
  ),
  scheduled: listIfAny(scheduled).describe(
    "Entries that start later, and next phases, soonest first. Left out if there are none.",
  ),
  groups: leftOut(
    list(group).describe(
      "The groups that `grants:` gives balances to, by the name of the balance; left out if there are none.",
    ),
  ),
  warnings: list(problem).describe("What a reader should know, though it is not an error."),
  refusals: list(refusal).describe("What keeps this plan from being applied."),
  lifted: list(refusal).describe(
    "What would keep this plan from being applied, had it not been made with --force. A saved plan may do these things and nothing else that is refused.",
  ),
  limits,
  estimate: record({
    calls: size.describe("API calls that applying takes, at least."),
    ms: size.describe("Milliseconds that these calls take at the allowed pace, at least."),
  }),
  policy: since(
    null,
    nullable(policy).describe("How the policy of the repository judged the plan; null where there is none."),
  ),
});

export function documentOfPlan(plan: Plan, refusals: readonly Refusal[]): PlanDocument {
  return {
    ...plan,
    hasChanges: plan.changes.some(isAction),
    summary: counted(KINDS, plan.changes, (one) => one.kind),
    refusals,
  };
}

/** What `plan --format json` prints. `refusals` are what keeps the plan from being applied. */
export const planJson = (plan: Plan, refusals: readonly Refusal[]): JsonDocument =>
  planDocument.write(documentOfPlan(plan, refusals)) as JsonDocument;

/** How many items there are of each kind. */
export function counted<K extends string, T>(
  kinds: readonly K[],
  items: readonly T[],
  kindOf: (item: T) => string,
): Record<K, number> {
  const numbers = kinds.map((one) => [one, items.filter((item) => kindOf(item) === one).length]);
  return Object.fromEntries(numbers) as Record<K, number>;
}

const STATUSES = [
  "nothing_to_do",
  "applied",
  "partly_applied",
  "failed",
  "refused",
  "declined",
  "interrupted",
] as const;

/** How an apply ended. */
export type ApplyStatus = (typeof STATUSES)[number];

const RESULTS = ["converged", "failed", "blocked", "not_tried"] as const;

const result = named(
  "result",
  record({
    kind,
    customerId: text,
    featureId: text,
    entityId: entity,
    key,
    balanceId: text,
    result: oneOf<ChangeResult>(RESULTS).describe(
      "converged: read back, and as declared. failed: refused by the API, or not seen in time. blocked: cannot be done now. not_tried: not carried out, or not completed; `wrote` says whether anything was changed.",
    ),
    wrote: flag.describe("Whether anything was written for the change, even if not all of it."),
    problem: nullable(problem).describe("null when converged."),
  }),
);

const outcomeDocument = named(
  "outcome",
  record({
    interrupted: flag.describe("Whether the run was stopped from outside before everything was tried."),
    summary: record({ converged: count, failed: count, blocked: count, notTried: count }).describe(
      "How many changes ended in each way.",
    ),
    results: list(result),
  }),
);

export const applyDocument = documentOf("apply", "A plan and what became of it.", {
  status: oneOf<ApplyStatus>(STATUSES),
  plan: planDocument,
  outcome: nullable(outcomeDocument).describe("null when nothing was tried."),
});

/**
 * What `apply --format json` prints. `refusals` kept the plan from being applied; `outcome` is `null` if nothing was
 * tried.
 */
export function applyJson(
  status: ApplyStatus,
  plan: Plan,
  refusals: readonly Refusal[],
  outcome: Outcome | null,
): JsonDocument {
  const ended = outcome && {
    interrupted: outcome.interrupted,
    summary: summaryOf(outcome),
    results: outcome.results.map(
      ({ change: { kind, customerId, featureId, entityId, key, balanceId }, ...rest }) => ({
        ...{ kind, customerId, featureId, entityId, key, balanceId },
        ...rest,
        problem: rest.problem ?? null,
      }),
    ),
  };
  return applyDocument.write({
    status,
    plan: documentOfPlan(plan, refusals),
    outcome: ended,
  }) as JsonDocument;
}

function summaryOf({ results }: Outcome) {
  const { not_tried: notTried, ...others } = counted(RESULTS, results, (one) => one.result);
  return { ...others, notTried };
}
