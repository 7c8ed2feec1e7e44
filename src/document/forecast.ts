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

export const forecastDocument = documentOf("forecast", "What customers will have, by the files alone.", {
  namespace,
  from: instant,
  until: instant,
  usageIsKnown: only(false).describe("A forecast knows what is granted, and not what is used."),
  entriesOver: count.describe("Entries that are over before the start."),
  months: list(
    record({
      month: month.describe("A calendar month, in UTC."),
      featureId: text,
      units: amount.describe(
        "Units that are granted in it; what is there at the start counts in the first month.",
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
        "Units that are granted by it; null for an end, and for what is unlimited or boolean.",
      ),
    }),
  ).describe("In their order."),
  balances: list(
    record({
      grantedAt: instant.describe("When it was last granted."),
      nextResetAt: when,
      entry: desired,
    }),
  ).describe("What there is at the end, ordered by customer and key."),
});
