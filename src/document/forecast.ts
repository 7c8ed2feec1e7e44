// The document of `forecast`: what customers will have.
import {
  amount,
  count,
  documentOf,
  instant,
  list,
  nullable,
  oneOf,
  only,
  plain,
  record,
  text,
} from "./codec.ts";
import { desired, namespace, when } from "./parts.ts";

const MONTH = /^\d{4}-\d\d$/;
const month = plain((json): json is string => typeof json === "string" && MONTH.test(json), {
  type: "string",
  pattern: MONTH.source,
});

export const forecastDocument = documentOf("forecast", "What customers will have, from the files alone.", {
  namespace,
  from: instant,
  until: instant,
  usageIsKnown: only(false).describe("A forecast knows what is granted, but not what is used."),
  entriesOver: count.describe("Entries that are over before the forecast starts."),
  months: list(
    record({
      month: month.describe("A calendar month, in UTC."),
      featureId: text,
      units: amount.describe(
        "Units that are granted in it; what exists at the start counts in the first month.",
      ),
    }),
  ).describe("Ordered by month and feature."),
  events: list(
    record({
      at: instant,
      event: oneOf(["start", "reset", "end"]),
      customerId: text,
      featureId: text,
      entityId: nullable(text),
      key: text,
      units: nullable(amount).describe(
        "Units that the event grants; null for an end, and for unlimited or boolean balances.",
      ),
    }),
  ).describe("In chronological order."),
  balances: list(
    record({
      grantedAt: instant.describe("When it was last granted."),
      nextResetAt: when,
      entry: desired,
    }),
  ).describe("What there is at the end, ordered by customer and key."),
});
