// The rows of a customer as the server of a storm has them, without a call.
import type { Emulator } from "../../src/emulator/index.ts";
import type { Reset } from "../../src/schema/index.ts";

/** One row. Amounts are in units, moments in ms since 1970. */
export interface Stored {
  /** Its balance_id. */
  readonly name: string;
  readonly feature: string;
  readonly grant: number;
  readonly creationGrant: number;
  readonly remaining: number;
  readonly usage: number;
  readonly reset: Reset | null;
  readonly resetsAt: number | null;
  readonly expiresAt: number | null;
  readonly kind: "limited" | "unlimited" | "flag";
  /** Units used of what was rolled over, and what is left of that. */
  readonly rolledUsed: number;
  readonly rolledLeft: number;
}

/** Without the noise of binary fractions. */
const rounded = (units: number): number => Number(units.toFixed(9));

export function storedRows(emulator: Emulator, customerId: string): Stored[] {
  const customer = emulator.snapshot().customers.find(({ id }) => id === customerId);
  return (customer?.rows ?? []).map((row) => {
    const grant = rounded(row.allowance + row.adjustment);
    return {
      name: row.externalId ?? row.id,
      feature: row.featureId,
      grant,
      creationGrant: row.allowance,
      remaining: row.balance,
      usage: rounded(grant - row.balance),
      reset: row.interval === "one_off" ? null : { interval: row.interval, intervalCount: row.intervalCount },
      resetsAt: row.nextResetAt,
      expiresAt: row.expiresAt,
      kind: row.featureType === "boolean" ? "flag" : row.unlimited ? "unlimited" : "limited",
      rolledUsed: row.rollovers.reduce((sum, { usage }) => sum + usage, 0),
      rolledLeft: row.rollovers.reduce((sum, { balance }) => sum + balance, 0),
    };
  });
}

export const isUnlimited = ({ kind }: Stored): boolean => kind === "unlimited";

/** Whether something can be used of it. */
export const isThere = ({ kind, remaining, expiresAt }: Stored, now: number): boolean =>
  (expiresAt === null || expiresAt > now) && (kind !== "limited" || remaining !== 0);

/** 1 for the first row of a balance, 0 for one that somebody else has granted. */
const generationOf = ({ name }: Stored): number =>
  name.startsWith("test:") ? Number(/~(\d+)$/.exec(name)?.[1] ?? 1) : 0;

/** The newest row of those, or of those of the namespace for a feature. */
export function newest(rows: readonly Stored[]): Stored | undefined {
  return rows.reduce<Stored | undefined>(
    (best, row) => (best === undefined || generationOf(row) > generationOf(best) ? row : best),
    undefined,
  );
}

export const newestOf = (rows: readonly Stored[], feature: string): Stored | undefined =>
  newest(rows.filter((row) => row.feature === feature && row.name.startsWith("test:")));

/** The rows of a balance, by the name that its entry has. */
export const rowsOf = (rows: readonly Stored[], key: string): Stored[] =>
  rows.filter(({ name }) => name.replace(/~\d+$/, "") === `test:${key}`);

export const describe = (row: Stored): string =>
  `${row.name}: ${row.kind === "limited" ? `${row.grant} (${row.creationGrant}) used ${row.usage} left ${row.remaining}` : row.kind}` +
  `${row.rolledLeft || row.rolledUsed ? ` rolled over ${row.rolledLeft} used ${row.rolledUsed}` : ""}` +
  `${row.reset ? ` each ${row.reset.interval}` : ""} resets ${row.resetsAt} ends ${row.expiresAt}`;
