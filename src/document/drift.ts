// The document of `drift`.
import type { LoggedCall } from "../autumn/index.ts";
import {
  type Difference,
  type Drift,
  isWaiting,
  type LogRead,
  type Refusal,
  suspects,
} from "../reconcile/index.ts";
import {
  amount,
  anything,
  count,
  documentOf,
  either,
  flag,
  instant,
  type JsonDocument,
  leftOut,
  list,
  named,
  nullable,
  oneOf,
  only,
  record,
  size,
  text,
} from "./codec.ts";
import { entity, fieldName, reasons, row, unread } from "./parts.ts";
import { counted, documentOfPlan, planDocument } from "./plan.ts";

const KINDS = ["missing", "changed", "undeclared"] as const;

const request = record<Pick<LoggedCall, "at" | "path" | "userEmail" | "authType"> & { requestBody: unknown }>(
  {
    at: instant,
    path: text,
    userEmail: nullable(text),
    authType: nullable(text),
    requestBody: anything.describe("What was sent."),
  },
);

const log = either(
  "status",
  ["none"],
  unread,
  record<{ readonly status: "read"; readonly requests: number; readonly isCut: boolean }>({
    status: only("read"),
    requests: count.describe("Requests that were read."),
    isCut: flag.describe("Whether the log has more requests than were read."),
  }),
);

const difference = named(
  "difference",
  record({
    kind: oneOf<Difference["kind"]>(KINDS),
    customerId: text,
    featureId: text,
    entityId: entity,
    key: text,
    balanceId: text,
    fields: list(
      record({
        field: fieldName,
        is: anything.describe("The current value; null if there is none."),
        declared: anything.describe("The declared value."),
      }),
    ).describe("The fields that differ, as they would be written in a balances file."),
    reasons: reasons.describe("Why, as far as the fields do not show it."),
    reverts: nullable(
      record<NonNullable<Difference["reverts"]>>({
        to: amount.describe("Units: the grant given at creation."),
        at: instant.describe("The reset that brings it back."),
      }),
    ).describe("What the next reset takes the grant back to; null if it leaves the grant as it is."),
    waitsUntil: nullable(instant).describe(
      "The reset before which nothing can be done about the difference; null if it does not wait.",
    ),
    who: leftOut(
      list(request).describe(
        "Logged requests that could have caused the difference, newest first; only with --who.",
      ),
    ),
  }).describe("A balance that is not as declared."),
);

const expiring = record({
  customerId: text,
  featureId: text,
  entityId: entity,
  key: text,
  balanceId: text,
  expiresAt: nullable(instant),
  row: nullable(row),
});

export const driftDocument = documentOf("drift", "What differs although nobody changed the files.", {
  hasDrift: flag.describe(
    "Whether anything has drifted, as exit code 2 also says; what only waits or expires does not count.",
  ),
  summary: record({
    missing: count.describe("Entries without a balance."),
    changed: count.describe("Balances that are not as declared."),
    undeclared: count.describe(
      "Rows without an entry: with --prune, or because their customer left a group.",
    ),
    waiting: count.describe(
      "Differences that can be dealt with only at a future reset. They are counted nowhere else but in `reverting`.",
    ),
    reverting: count.describe("Balances whose grant the next reset reverts."),
    expiring: count.describe("Declared balances that expire soon."),
  }),
  differences: list(difference).describe("Everything that differs, ordered by customer and key."),
  log: leftOut(log.describe("What was read of Autumn's log; only with --who.")),
  expiringWithinMs: size.describe("How far `expiring` looks ahead, in milliseconds."),
  expiring: list(expiring).describe("Live declared balances that expire within that time, soonest first."),
  plan: planDocument.describe("What applying would do about it."),
});

/** The request log, and the namespace that the differences are in. */
export interface DriftLog {
  readonly log: LogRead;
  readonly namespace: string;
}

const requestsOf = (difference: Difference, { log: read, namespace }: DriftLog) =>
  suspects(difference, read, namespace).map(({ body, ...call }) => ({ ...call, requestBody: body }));

/**
 * What `drift --format json` prints.
 * @param refusals what would keep the plan from being applied
 * @param who the request log, if asked who caused the differences
 */
export function driftJson(drift: Drift, refusals: readonly Refusal[], who?: DriftLog): JsonDocument {
  const { plan, differences } = drift;
  const now = differences.filter((one) => !isWaiting(one));
  const json = driftDocument.write({
    hasDrift: drift.hasDrifted,
    summary: {
      ...counted(KINDS, now, ({ kind }) => kind),
      waiting: differences.length - now.length,
      reverting: differences.filter(({ reverts }) => reverts !== null).length,
      expiring: drift.expiring.length,
    },
    differences: differences.map((one) => ({
      ...one.change,
      kind: one.kind,
      fields: one.change.fields.map(({ field, from, to }) => ({ field, is: from, declared: to })),
      reverts: one.reverts,
      waitsUntil: one.change.unblocksAt,
      who: who && requestsOf(one, who),
    })),
    log: who && (who.log.status === "none" ? who.log : { ...who.log, requests: who.log.calls.length }),
    expiringWithinMs: drift.expiringWithin,
    expiring: drift.expiring.map((one) => ({ ...one, expiresAt: one.row?.expiresAt ?? null })),
    plan: documentOfPlan(plan, refusals),
  });
  return json as JsonDocument;
}
