// Draws an amount from rows, or gives it back. Tracking, balances.update and the recalculation of
// balances.delete all move balances this way.
import { exact } from "./amounts.ts";
import { bySoonestExpiry, grantOf, liveRollovers } from "./rows.ts";
import type { Row } from "./types.ts";

export interface DeductOptions {
  readonly now: number;
  /** `allow` lets the first row go below zero, or above its grant; `cap` drops what does not fit. */
  readonly overage: "allow" | "cap";
  /** What one unit costs on rows of a feature; 1 where nothing is said. */
  readonly cost?: (row: Row) => number;
  /** Called before a row changes. */
  readonly beforeChange?: (row: Row) => void;
}

/** One row's share of an amount, in units of that row's feature. */
export interface Share {
  readonly row: Row;
  value: number;
}

/** Takes `amount` from `rows` in their order; a negative amount gives back. */
export function deduct(
  rows: readonly Row[],
  amount: number,
  options: DeductOptions,
): { left: number; shares: Share[] } {
  const draw = new Draw(amount, options);
  const counting = rows.filter((row) => row.featureType !== "boolean");
  if (amount > 0) {
    for (const row of counting) if (!row.unlimited) draw.fromRollovers(row);
  }
  for (const row of counting) {
    if (draw.left === 0) break;
    draw.fromBalance(row);
  }
  const [first] = counting;
  if (draw.left > 0 && options.overage === "allow" && first)
    draw.take(first, exact(draw.left * draw.cost(first)));
  return { left: draw.left, shares: [...draw.shares.values()] };
}

class Draw {
  readonly shares = new Map<Row, Share>();
  left: number;
  readonly #options: DeductOptions;

  constructor(amount: number, options: DeductOptions) {
    this.left = amount;
    this.#options = options;
  }

  cost(row: Row): number {
    return this.#options.cost?.(row) ?? 1;
  }

  fromRollovers(row: Row): void {
    if (this.left <= 0 || this.cost(row) <= 0) return;
    if (liveRollovers(row, this.#options.now).length === 0) return;
    this.#options.beforeChange?.(row);
    for (const rollover of liveRollovers(row, this.#options.now).sort(bySoonestExpiry)) {
      const value = Math.min(rollover.balance, exact(this.left * this.cost(row)));
      if (value <= 0) continue;
      rollover.balance = exact(rollover.balance - value);
      rollover.usage = exact(rollover.usage + value);
      this.#count(row, value);
    }
  }

  fromBalance(row: Row): void {
    const cost = this.cost(row);
    // An unlimited row takes everything and stores nothing; so does a row on which a unit is free.
    if (row.unlimited || cost <= 0) {
      this.#count(row, exact(this.left * cost), true);
      return;
    }
    const wanted = exact(this.left * cost);
    if (wanted > 0) this.take(row, Math.min(wanted, Math.max(row.balance, 0)));
    else this.take(row, Math.max(wanted, this.#options.overage === "allow" ? wanted : -room(row)));
  }

  take(row: Row, value: number): void {
    if (value === 0) return;
    this.#options.beforeChange?.(row);
    row.balance = exact(row.balance - value);
    this.#count(row, value);
  }

  #count(row: Row, value: number, everything = false): void {
    const share = this.shares.get(row) ?? { row, value: 0 };
    share.value = exact(share.value + value);
    this.shares.set(row, share);
    this.left = everything ? 0 : exact(this.left - value / this.cost(row));
  }
}

/** How much can be given back before the row holds more than its grant. */
function room(row: Row): number {
  return Math.max(0, exact(grantOf(row) - row.balance));
}
