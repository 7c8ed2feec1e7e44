// The document of `history`: the past of balances.
import {
  amount,
  anything,
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
  record,
  text,
  type ValueOf,
} from "./codec.ts";
import { baseUrl, commit, customers, desired, environment, namespace, reset, unread, when } from "./parts.ts";

const key = text.describe("The name of the balance, unique among its customer's.");
const units = nullable(amount);

const rowEvent = named(
  "row_event",
  record({
    event: oneOf(["ended", "used_up"]).describe(
      "`ended`: nothing is counted on it any more. `used_up`: it had nothing left when it was replaced; such a balance cannot be ended.",
    ),
    at: when.describe(
      "When it ended, or for a used-up balance, when its successor was made. Null if the server does not show it.",
    ),
    key,
    generation: count.describe("1, or more for a successor; 0 for a balance that an entry adopted."),
    balanceId: nullable(text),
    internalId: nullable(text).describe("Autumn's own id, where the server shows it."),
    featureId: text,
    entityId: nullable(text).describe(
      "The entity that held it; null for the customer as a whole, and if the server does not show it: then `entity_ref` is set.",
    ),
    entityRef: nullable(text).describe("The entity's id, or else Autumn's own id for it."),
    boolean: flag.describe("Whether the feature is boolean: such a balance has neither grant nor usage."),
    unlimited: flag,
    granted: units.describe("Units: its last grant. Null for unlimited and boolean balances."),
    used: units.describe("Units used of it. Null for unlimited and boolean balances."),
    reset,
    createdAt: when.describe("Null if the server does not show it."),
    replacedBy: nullable(text).describe(
      "The balance_id of the next generation that exists; null if there is none.",
    ),
    idFreeAt: when.describe(
      "When a used-up balance comes back with its reset, so that it can be deleted and its balance_id used again. Null if it never does.",
    ),
  }).describe("A balance that is history."),
);

const written = anything.describe("As it would be written in a balances file; null if it is not there.");

const field = named(
  "field",
  record({
    field: oneOf([
      "feature_id",
      "entity_id",
      "unlimited",
      "included",
      "reset",
      "expires_at",
      "rollover",
      "next_reset_at",
      "adopt",
      "starts_at",
      "phases",
    ]),
    from: written,
    to: written,
  }),
);

const entryEvent = named(
  "entry_event",
  record({
    event: oneOf(["appeared", "changed", "removed"]),
    at: when.describe("When it was committed; null for an uncommitted change in the files."),
    key,
    commit: nullable(commit).describe("Null for an uncommitted change in the files."),
    fields: list(field).describe("What differs, for an entry that changed."),
    before: nullable(desired).describe("The entry before the commit; null if there was none."),
    after: nullable(desired).describe("The entry after it; null if it was removed."),
  }).describe("What a commit did to an entry."),
);

const timeline = named(
  "timeline",
  record({
    customerId: text,
    exists: flag.describe("Whether Autumn has the customer."),
    events: list(named("event", either("event", ["ended", "used_up"], rowEvent, entryEvent))).describe(
      "Oldest first; events without a time come last.",
    ),
  }),
);

const disagreement = named(
  "disagreement",
  record({
    code: oneOf(["no-entry", "grant", "end"]).describe(
      "`no-entry`: no commit ever declared such a balance. `grant`: no commit declared its grant with its reset. `end`: it ended, but no commit after the one that declared it changed or removed its entry. More may be added.",
    ),
    text: text.describe("For people."),
    customerId: text,
    key: text,
    generation: count,
    balanceId: nullable(text),
    featureId: text,
    state: oneOf(["live", "ended", "used_up"]),
    granted: units.describe("Units. Null for unlimited and boolean balances."),
    endedAt: when.describe("Null for a balance that has not ended."),
    isUncommitted: flag.describe("Whether uncommitted changes in the files explain it."),
  }),
);

const git = named(
  "git",
  either(
    "status",
    ["none"],
    unread,
    record<{
      readonly status: "read";
      readonly commits: number;
      readonly since: number;
      readonly isWhole: boolean;
      readonly cut: "shallow" | "commits" | "size" | null;
      readonly wrongVersions: number;
      readonly absentVersions: number;
    }>({
      status: only("read"),
      commits: count.describe("Commits that changed the files."),
      since: instant.describe("Earlier commits are not known."),
      isWhole: flag.describe(
        "Whether the files did not exist before then, so that their history is complete.",
      ),
      cut: nullable(oneOf(["shallow", "commits", "size"])).describe(
        "What kept git from being read as far back as asked: a shallow clone, --commits, or the size of the files.",
      ),
      wrongVersions: count.describe("Versions of files with mistakes, which were skipped."),
      absentVersions: count.describe(
        "Versions of files that a partial clone lacks. If there are any, nothing is compared.",
      ),
    }),
  ).describe("How far back git was read."),
);

export const historyDocument = documentOf(
  "history",
  "What became of balances, from what Autumn has and from git.",
  {
    namespace,
    environment,
    baseUrl,
    madeAt: instant.describe("When the rows had been read, by the server's clock."),
    since: instant.describe("What happened earlier is not shown."),
    scope: oneOf(["organisation", "customers"]).describe("Whether all customers were looked at, or some."),
    customers,
    missingCustomers: list(text).describe(
      "Customers that Autumn does not have, or no longer has, ordered by id.",
    ),
    git,
    summary: record({
      ended: count.describe("Balances that have ended since then."),
      usedUp: count.describe("Balances that have been replaced since then, with nothing left."),
      appeared: count.describe("Entries that a commit added, or that are in the files but not committed."),
      changed: count.describe("Changes of entries."),
      removed: count.describe("Entries that were removed."),
      earlier: count.describe("Balances that ended before `since`; they are in no timeline."),
      disagreements: count.describe("Balances that no commit explains."),
    }),
    timelines: list(timeline).describe("One for each customer with events, ordered by id."),
    disagreements: list(disagreement).describe(
      "What rows show and no commit explains. Empty if git was not read.",
    ),
  },
);

/** One event of a balance or an entry. */
export type HistoryDocumentEvent = ValueOf<typeof rowEvent> | ValueOf<typeof entryEvent>;
