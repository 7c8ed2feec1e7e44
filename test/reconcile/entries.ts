// Words that the tests of the engine share.

import type { Change, Plan } from "../../src/reconcile/index.ts";
import type { BalanceEntry } from "../../src/schema/index.ts";

export const ACME = { customer_id: "acme" } as const;
export const GLOBEX = { customer_id: "globex" } as const;
export const MONTHLY = { reset: { interval: "month" } } as const;
export const YEARLY = { reset: { interval: "year" } } as const;
export const SOON = Date.UTC(2026, 10, 30);
export const NEXT_SUMMER = Date.UTC(2027, 5, 1);

export const monthly = (included: number, rest: Partial<BalanceEntry> = {}): BalanceEntry => ({
  ...ACME,
  feature_id: "api_calls",
  included,
  ...MONTHLY,
  ...rest,
});

export const oneOff = (included: number, rest: Partial<BalanceEntry> = {}): BalanceEntry => ({
  ...ACME,
  feature_id: "storage",
  included,
  ...rest,
});

/** Kind, balance_id and reasons of every change: `replace test:api_calls~2 (drained)`. */
export function summary({ changes }: Pick<Plan, "changes">): string[] {
  return changes.map(
    ({ kind, balanceId, reasons }: Change) =>
      `${kind} ${balanceId}${reasons.length > 0 ? ` (${reasons.map(({ code }) => code).join(", ")})` : ""}`,
  );
}
