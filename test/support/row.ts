// Stored balances, as the engine reads them.
import type { Row } from "../../src/reconcile/index.ts";

/** One that was granted once, at the beginning of time: 100 units, none of them used. */
export function storedRow(fields: Partial<Row> = {}): Row {
  const { grant = 100, usage = 0 } = fields;
  return {
    customerId: "acme",
    featureId: "api_calls",
    balanceId: "test:api_calls",
    internalId: null,
    planId: null,
    entityId: null,
    entityRef: null,
    boolean: false,
    unlimited: false,
    grant,
    creationGrant: grant,
    remaining: grant - usage,
    usage,
    rolledOver: 0,
    reset: null,
    resetsAt: null,
    expiresAt: null,
    rollover: null,
    paid: false,
    flaw: null,
    createdAt: 0,
    ...fields,
  };
}
