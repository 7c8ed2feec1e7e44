// The documents of the other verbs: validation, errors, import and `doctor`.
import type { Problem } from "../schema/index.ts";
import {
  count,
  documentOf,
  flag,
  type JsonDocument,
  list,
  named,
  nullable,
  oneOf,
  record,
  text,
  type ValueOf,
} from "./codec.ts";
import { baseUrl, customers, desired, environment, namespace, problem, row } from "./parts.ts";

const toolVersion = text.describe("The version of autumn-balances.");

export const validationDocument = documentOf(
  "validation",
  "Whether balances files are valid in themselves.",
  {
    valid: flag,
    files: list(text).describe("The files that were read; empty if they could not be read."),
    namespace: nullable(text),
    environment: environment.describe("`environment` of the file."),
    balances: count.describe("Balances that are declared."),
    customers: count.describe("Customers who have a declared balance."),
    problems: list(problem),
  },
);

export type Validation = Omit<ValueOf<typeof validationDocument>, "valid">;

/** What `validate --format json` prints. */
export const validationJson = (validation: Validation): JsonDocument =>
  validationDocument.write({ ...validation, valid: validation.problems.length === 0 }) as JsonDocument;

export const errorDocument = documentOf("error", "Why there is no result.", {
  problems: list(problem),
});

/** What any verb prints instead when it has no result. */
export const errorJson = (problems: readonly Problem[]): JsonDocument =>
  errorDocument.write({ problems }) as JsonDocument;

export const importDocument = documentOf("import", "Entries for what customers have been granted already.", {
  namespace,
  environment,
  baseUrl,
  scope: oneOf(["organisation", "customers"]).describe(
    "Whether all customers were looked at, or those that were named.",
  ),
  customers,
  file: nullable(text).describe("The file that the entries were written to; null if none was to be written."),
  summary: record({
    imported: count.describe("New entries."),
    adopted: count.describe("New entries that take over a balance from outside the namespace."),
    declared: count.describe("Balances that were already declared."),
    ofPlans: count.describe("Balances of plans, as far as public reads show them."),
    leftOut: count.describe("Balances left without an entry."),
  }).describe("How many balances there are of each kind."),
  balances: list(record({ desired, row })).describe("The new entries, each with the row that it declares."),
  leftOut: list(
    record({
      code: text.describe("Stable and short, such as used-up."),
      text: text.describe("The reason, for people."),
      row,
    }),
  ).describe("Standalone balances left without an entry, and why."),
});

const fact = named(
  "fact",
  record({
    id: text.describe("Stable, such as `key-one-of-ten`."),
    group: text.describe("What it is about, for people."),
    promise: oneOf(["never_grant_twice", "never_lose_usage", "plan_is_the_truth"]).describe(
      "The promise that is weaker where the fact does not hold.",
    ),
    verdict: oneOf(["holds", "does_not_hold", "not_tried"]),
    expected: text.describe("What is expected of the server, for people."),
    seen: text.describe("What was seen, or why nothing was, for people."),
    variant: nullable(text).describe(
      "Which of several acceptable behaviours the server has; null if there is only one, and for facts that were not tried.",
    ),
    otherwise: text.describe("What follows where the fact does not hold, for people."),
    notTriedBecause: nullable(oneOf(["follows", "absent", "slow", "failed", "interrupted"])).describe(
      "`follows`: it follows from a fact that does not hold or was not tried; `absent`: the server lacks something that it needs; `slow`: it would have taken too long; `failed`: a call failed; `interrupted`. null for facts that were tried.",
    ),
  }),
);

export const doctorDocument = documentOf(
  "doctor",
  "Which of the facts that the promises rest on hold for a server.",
  {
    toolVersion,
    apiVersion: text.describe("The version of the API that was asked for."),
    baseUrl,
    name: text.describe("What the ids of all customers and features made for the run begin with."),
    interrupted: flag.describe("Whether the run was stopped from outside before everything was tried."),
    summary: record({ holds: count, doesNotHold: count, notTried: count }).describe(
      "How many facts ended in each way.",
    ),
    facts: list(fact),
    leftOver: list(
      record({
        kind: oneOf(["customer", "feature"]),
        id: text,
        why: text.describe("What became of it, or why it is still there, for people."),
      }),
    ).describe("What was made and could not be removed."),
  },
);

export const setupDocument = documentOf("doctor_setup", "What `doctor --offline` found on this machine.", {
  toolVersion,
  summary: record({ ok: count, warning: count, problem: count }).describe(
    "How many checks ended in each way.",
  ),
  checks: list(
    record({
      id: text.describe("Stable, such as `secret-key`."),
      status: oneOf(["ok", "warning", "problem"]),
      says: text.describe("What was found, for people. Never contains the secret key."),
      hint: nullable(text).describe("What to do about it; null if nothing."),
    }),
  ),
});
