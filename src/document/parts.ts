// Parts that several documents share: rows, entries, problems and limits.
import type { FieldChange, Finding, PolicyVerdict, Reason, Refusal, Row } from "../reconcile/index.ts";
import {
  type DesiredBalance,
  INTERVALS,
  type Interval,
  type Limits,
  type Note,
  type Phase,
  type Problem,
  type Reset,
  type Rollover,
} from "../schema/index.ts";
import {
  amount,
  anything,
  type Codec,
  converted,
  count,
  flag,
  instant,
  leftOut,
  list,
  map,
  named,
  nullable,
  oneOf,
  only,
  ordinal,
  orNull,
  record,
  text,
} from "./codec.ts";

const CYCLES = INTERVALS.filter((interval): interval is Interval => interval !== "one_off");

export const entity = nullable(text).describe(
  "The entity that holds the balance; null for the customer as a whole.",
);
export const environment = nullable(oneOf(["sandbox", "live"])).describe(
  "The environment of the secret key; null for a key of unknown form.",
);
export const namespace = text.describe("The owner's name: the part of every balance_id before the colon.");
export const baseUrl = text.describe("The API that was asked.");
export const customers = count.describe("Customers that were looked at.");

export const reset = named(
  "reset",
  nullable(record<Reset>({ interval: oneOf(CYCLES), intervalCount: amount })),
);

const rollover = named(
  "rollover",
  nullable(
    record<Rollover>({
      max: nullable(amount),
      maxPercentage: nullable(amount),
      length: amount.describe("Months; meaningless with forever."),
      duration: oneOf(["month", "forever"]),
    }),
  ),
);

const place = named(
  "place",
  orNull(record<NonNullable<Problem["place"]>>({ file: text, line: ordinal, column: ordinal })).describe(
    "Where it is written; lines and columns count from 1.",
  ),
);

const phase = record<Phase>({
  startsAt: nullable(instant).describe("null for a first phase without a start."),
  endsAt: nullable(instant).describe("null for a last phase without an end."),
  included: nullable(amount).describe("Units; null for unlimited balances and for boolean features."),
  unlimited: flag,
  reset,
  rollover,
});

/** An entry as documents have it, with the texts for people beside the other fields. */
type WrittenDesired = Omit<DesiredBalance, "note" | "isProtected" | "gapsAllowed"> &
  Partial<Note> & { readonly protected?: true; readonly gaps?: "allowed" };

const writtenDesired = record<WrittenDesired>({
  customerId: text,
  featureId: text,
  entityId: entity,
  key: text.describe("The name of the balance within namespace and customer."),
  included: nullable(amount).describe("Units; null for unlimited balances and for boolean features."),
  unlimited: flag,
  reset,
  expiresAt: nullable(instant),
  rollover,
  nextResetAt: nullable(instant).describe("The first reset, where one was declared."),
  adopt: nullable(text).describe("The balance_id of a row to take over."),
  reason: leftOut(
    nullable(text).describe(
      "Why the customer has the balance. Left out, with ticket and owner, if the entry has none of the three.",
    ),
  ),
  ticket: leftOut(nullable(text).describe("Where it was decided: an id or a URL.")),
  owner: leftOut(nullable(text).describe("Who is responsible for it.")),
  protected: leftOut(
    only(true).describe("The balance may not be deleted, cut or replaced. Left out if it may."),
  ),
  startsAt: leftOut(instant.describe("When the entry takes effect. Left out if it has no start.")),
  phases: leftOut(
    list(phase).describe(
      "The phases of a balance that changes over time; the other fields of the entry are those of the current phase. Left out if there are none.",
    ),
  ),
  gaps: leftOut(only("allowed").describe("There may be gaps between phases. Left out if there may not.")),
  place,
});

export const desired = named(
  "desired",
  converted<DesiredBalance, WrittenDesired>(
    writtenDesired,
    ({ note, isProtected, gapsAllowed, ...rest }) => ({
      ...rest,
      ...note,
      ...(isProtected ? { protected: true } : {}),
      ...(gapsAllowed ? { gaps: "allowed" } : {}),
    }),
    ({ reason, ticket, owner, protected: isProtected, gaps, ...rest }) => ({
      ...rest,
      // The three are always written together.
      ...(reason === undefined ? {} : { note: { reason, ticket: ticket ?? null, owner: owner ?? null } }),
      ...(isProtected ? { isProtected } : {}),
      ...(gaps ? { gapsAllowed: true } : {}),
    }),
  ).describe("One entry, with every field, aliases resolved."),
);

/** Fields that a read did not tell are left out; `null` means that there is none. */
export const row = named(
  "row",
  record<Row>({
    customerId: text,
    featureId: text,
    balanceId: nullable(text),
    internalId: nullable(text).describe("Autumn's own id, where it was shown."),
    planId: nullable(text).describe("The plan the row comes from; null for standalone rows."),
    entityId: leftOut(nullable(text)).describe("Left out if the read did not show it."),
    entityRef: nullable(text).describe("What calls send as entity_id."),
    boolean: flag.describe("Whether the feature is boolean: then there is neither grant nor usage."),
    unlimited: flag,
    grant: amount.describe("The current grant, in units."),
    creationGrant: leftOut(amount).describe(
      "The grant that a reset goes back to; left out if the read did not show it.",
    ),
    remaining: amount.describe("Units left."),
    usage: amount.describe("Units used."),
    rolledOver: amount.describe("Units kept over resets."),
    reset,
    resetsAt: nullable(instant),
    expiresAt: nullable(instant),
    rollover: leftOut(rollover),
    paid: flag.describe("Whether it was bought, as far as reads show."),
    flaw: nullable(text).describe("What is stored in the row that cannot be worked with."),
    createdAt: leftOut(instant),
  }).describe("One stored balance, as it was read."),
);

export const limits = named(
  "limits",
  record<Omit<Limits, "grantedAt">>({
    deletes: amount.describe("Deletions that are always allowed."),
    deletePercent: amount,
    replaces: amount.describe("Replacements that are always allowed."),
    replacePercent: amount,
    groupPercent: leftOut(
      amount.describe(
        "The highest percentage of all customers that may join a group that Autumn is asked for; left out if none is set.",
      ),
    ),
    granted: map(amount).describe("The most units that one apply may add, by feature."),
  }),
);

const problemFields = {
  code: text.describe("Stable, such as `unknown-field`."),
  message: text.describe("What is wrong, for people."),
  hint: orNull(text).describe("What to do about it."),
  place,
  pointer: orNull(text).describe("JSON pointer into the file."),
};

export const problem = named("problem", record<Problem>(problemFields));

export const refusal = named(
  "refusal",
  record<Refusal>({
    ...problemFields,
    forcible: flag.describe("Whether --force lifts it."),
    customerId: orNull(text).describe("The customer it is about; null if it is about more than one."),
    key: orNull(text).describe("The key of the balance it is about; null if it is about more than one."),
    featureId: orNull(text).describe("The feature it is about; null if it may be about more than one."),
  }),
);

export const fieldName = oneOf<FieldChange["field"]>([
  "included",
  "unlimited",
  "reset",
  "expires_at",
  "rollover",
  "feature_id",
  "entity_id",
]);

const written = anything.describe("As it would be written in a balances file; null if it is not there.");

export const fieldChange = named(
  "field",
  record<FieldChange>({ field: fieldName, from: written, to: written }),
);

export const reasons = list(
  record<Pick<Reason, "code" | "text">>({
    // Any code is accepted: later versions may have more.
    code: text.describe("Stable.") as Codec<string> as unknown as Codec<Reason["code"]>,
    text: text.describe("For people."),
  }),
);

export const when = nullable(instant);

export const commit = named(
  "commit",
  record({
    id: text.describe("Its full hash."),
    at: instant.describe("When it was committed."),
    author: text,
    subject: text.describe("The first line of its message."),
  }).describe("A merge stands for everything that it brought into the branch."),
);

/** Something that could not be read. */
export const unread = record<{ readonly status: "none"; readonly reason: string }>({
  status: only("none"),
  reason: text.describe("Why it was not read, for people."),
});

const finding = named(
  "finding",
  record<Finding>({
    rule: text.describe("The name of the rule."),
    effect: oneOf(["deny", "warn", "approve"]),
    approver: nullable(text).describe("Who has to approve; null where nobody has to."),
    message: text.describe("What the rule says, for people."),
    customerId: nullable(text).describe(
      "The customer of the change; null for a finding about the whole plan.",
    ),
    key: nullable(text).describe("The key of the balance; null for a finding about the whole plan."),
    place,
  }),
);

export const policy = named(
  "policy",
  record<PolicyVerdict>({
    name: text.describe("The policy, such as `autumn-balances.policy.yaml at origin/main (4f2a91c)`."),
    approvals: list(text).describe("Who has to approve the plan before it is applied (apply --approved-by)."),
    findings: list(finding).describe("What the rules found."),
  }).describe("How a policy judged a plan."),
);
