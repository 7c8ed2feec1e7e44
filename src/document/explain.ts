// The document of `explain`: what a customer has, and why.
import type { Change } from "../reconcile/index.ts";
import {
  amount,
  count,
  documentOf,
  either,
  flag,
  instant,
  list,
  named,
  nullable,
  oneOf,
  only,
  ordinal,
  record,
  text,
} from "./codec.ts";
import {
  baseUrl,
  commit,
  desired,
  environment,
  fieldChange,
  namespace,
  problem,
  reasons,
  row,
  unread,
  when,
} from "./parts.ts";

type ExplainedChange = Pick<
  Change,
  "kind" | "key" | "balanceId" | "fields" | "reasons" | "carries" | "granted" | "unblocksAt" | "desired"
>;

const change = named(
  "change",
  record<ExplainedChange>({
    kind: oneOf<Change["kind"]>(["create", "update", "replace", "delete", "blocked"]),
    key: text.describe("The name of the balance within namespace and customer."),
    balanceId: text.describe("The balance_id of the balance afterwards; for a deletion, the one it had."),
    fields: list(fieldChange).describe("What differs."),
    reasons: reasons.describe("Why the change is of its kind."),
    carries: amount.describe("Units of usage that are counted on the successor."),
    granted: amount.describe("Units the customer gains or, below 0, loses."),
    unblocksAt: when.describe("When a blocked change can be made."),
    desired: nullable(desired).describe("The entry; null when there is none."),
  }),
);

const metadata = record({
  reason: nullable(text),
  ticket: nullable(text),
  owner: nullable(text),
  protected: flag,
  startsAt: when,
});

const broughtBy = record({
  happened: oneOf(["appeared", "changed"]),
  commit: nullable(commit).describe("null if it is not committed."),
});

const nextReset = record({
  at: instant,
  grant: nullable(amount).describe("Units that are granted then; null if the server does not show it."),
  reverts: flag.describe("Whether it undoes a change of the grant."),
  rollsOver: flag.describe("Whether unused units are kept."),
  revives: flag.describe("Whether the balance is used up and comes back then."),
});

const balance = named(
  "balance",
  record({
    origin: oneOf(["declared", "undeclared", "other-namespace", "foreign", "plan", "paid"]).describe(
      "Where it comes from: an entry, this namespace without an entry, another namespace, somebody else, a plan, or a purchase.",
    ),
    namespace: nullable(text).describe("The namespace that its balance_id names."),
    key: nullable(text).describe("Its name within the namespace; null if it does not belong to this one."),
    generation: count.describe(
      "From 1; 0 for a balance that an entry adopted, and for one that is not of this namespace.",
    ),
    state: oneOf(["live", "drained", "expired"]),
    isHistory: flag.describe("Whether it has ended or been replaced."),
    replacedBy: nullable(text).describe("The balance_id of what replaced it."),
    useOrder: nullable(ordinal).describe(
      "Its place in the order of use; null if nothing is taken from it now.",
    ),
    row,
    entry: nullable(desired).describe("The entry that declares it."),
    leftGroup: nullable(oneOf(["keep", "end"])).describe(
      "Of a group that its customer left: what becomes of it. Null for everything else.",
    ),
    metadata: nullable(metadata).describe("What the entry says for people; null without an entry."),
    broughtBy: nullable(broughtBy).describe("The latest change to the entry that led to this balance."),
    nextReset: nullable(nextReset),
    change: nullable(change).describe("What applying would do to it."),
  }),
);

const feature = named(
  "feature",
  record({
    featureId: text,
    type: oneOf(["metered", "boolean", "credit_system"]),
    onByPlan: flag.describe("Whether a boolean feature is on without a balance that shows why."),
    unlimited: flag.describe("Whether one of its balances is unlimited."),
    granted: amount.describe("Units granted by live balances that are not unlimited."),
    used: amount.describe("Units used of these balances."),
    left: amount.describe("Units left of these balances, including rolled-over units."),
    balances: list(balance).describe("Live ones first, in the order of use; then past ones, newest first."),
    pending: list(change).describe("What applying would do that concerns no existing balance."),
  }),
);

const git = either(
  "status",
  ["none"],
  unread,
  record<{ readonly status: "read"; readonly since: number; readonly isWhole: boolean }>({
    status: only("read"),
    since: instant.describe("Earlier commits are not known."),
    isWhole: flag.describe("Whether the history is complete."),
  }),
);

export const explainDocument = documentOf("explain", "What a customer has, and why.", {
  customerId: text,
  featureId: nullable(text).describe("The feature that was asked for; null for all."),
  namespace,
  environment,
  baseUrl,
  madeAt: instant.describe("When the rows had been read, by the server's clock."),
  git,
  isPlanned: flag.describe("Whether a plan was made, so that the document shows what apply would do."),
  problems: list(problem).describe("Why no plan could be made."),
  features: list(feature).describe("Ordered by id."),
});
