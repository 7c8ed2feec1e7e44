// Which commit made a row what it is.
import { expect, it } from "vitest";
import type { EntryChange } from "../../src/config/index.ts";
import { broughtBy } from "../../src/explain/commits.ts";
import { type BalanceEntry, desiredBalance } from "../../src/schema/index.ts";
import { storedRow } from "../support/row.ts";

const KEY = { customer_id: "acme", feature_id: "api_calls" } as const;

function commit(subject: string, entry: Omit<BalanceEntry, keyof typeof KEY>): EntryChange {
  const made = { id: "a".repeat(40), at: 1, author: "A", subject, isFirst: false };
  const after = desiredBalance({ ...KEY, ...entry });
  return { customerId: "acme", key: "api_calls", commit: made, before: null, after };
}

it("is the newest that declares the grant, in any of its phases", () => {
  const phases = [{ included: 100, ends_at: "2027-01-01T00:00:00Z" }, { included: 200 }];
  const changes = [commit("phases", { phases }), commit("later", { included: 300 })];
  const brought = (grant: number): string | undefined =>
    broughtBy(changes, storedRow({ grant }), true)?.commit?.subject;
  expect([100, 200, 300, 400].map(brought)).toEqual(["phases", "phases", "later", undefined]);
});
