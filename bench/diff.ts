// What comparing costs beside reading the same data with JSON.parse.
import { changesOf } from "../src/reconcile/decide/changes.ts";
import type { Row } from "../src/reconcile/index.ts";
import type { DesiredBalance } from "../src/schema/index.ts";
import { compare, report } from "./measure.ts";

const BALANCES = 100_000;
const PER_CUSTOMER = 4;
const NOW = Date.UTC(2026, 10, 22);

function desiredBalances(): DesiredBalance[] {
  return Array.from({ length: BALANCES }, (_, i) => ({
    customerId: `customer_${Math.floor(i / PER_CUSTOMER)}`,
    featureId: `feature_${i % PER_CUSTOMER}`,
    entityId: null,
    included: 1000 + (i % 7),
    unlimited: false,
    reset: i % 2 ? { interval: "month", intervalCount: 1 } : null,
    expiresAt: i % 2 ? null : NOW + 86_400_000 * 30,
    rollover: null,
    nextResetAt: null,
    key: `feature_${i % PER_CUSTOMER}`,
    adopt: null,
    place: { file: "balances.yaml", line: i * 4, column: 5 },
  }));
}

/** Rows as declared, except for one in a hundred. */
function rowsOf(balances: readonly DesiredBalance[]): Row[] {
  return balances.map((balance, i) => {
    const grant = (balance.included ?? 0) + (i % 100 === 0 ? 1 : 0);
    return {
      customerId: balance.customerId,
      featureId: balance.featureId,
      balanceId: `bench:${balance.key}`,
      internalId: `cus_ent_${i}`,
      planId: null,
      entityId: null,
      entityRef: null,
      boolean: false,
      unlimited: false,
      grant,
      creationGrant: grant,
      remaining: grant - 5,
      usage: 5,
      rolledOver: 0,
      reset: balance.reset,
      resetsAt: balance.reset && NOW + 86_400_000,
      expiresAt: balance.expiresAt,
      rollover: null,
      paid: false,
      flaw: null,
      createdAt: NOW - i,
    };
  });
}

export async function benchDiff(): Promise<void> {
  const balances = desiredBalances();
  const rows = new Map<string, Row[]>();
  for (const row of rowsOf(balances)) rows.set(row.customerId, [...(rows.get(row.customerId) ?? []), row]);
  const text = JSON.stringify([balances, [...rows.values()].flat()]);
  const { diff, parse } = await compare(9, {
    diff: () => changesOf(balances, rows, { namespace: "bench", now: NOW, isBoolean: () => false }),
    parse: () => JSON.parse(text),
  });
  report(
    `comparing ${BALANCES} balances with ${BALANCES} rows`,
    diff,
    "JSON.parse of the same data",
    parse,
    2,
  );
}
