// Draws an amount from rows, or gives it back. Tracking, balances.update and the recalculation of
// balances.delete all move balances this way.
import { exact } from "./amounts.ts";
import { bySoonestExpiry, fullGrantOf, liveRollovers } from "./rows.ts";
import type { Rollover, Row } from "./types.ts";

/** What a usage limit leaves of an amount. */
export interface UsageGate {
  /** Units that may still be taken from a row of a feature (null: from rollovers) at a cost per unit. */
  available(featureId: string | null, cost: number): number;
  /** Counts units that were taken. */
  consume(featureId: string | null, units: number, cost: number): void;
}

export interface DeductOptions {
  readonly now: number;
  /**
   * `allow` lets the first row go below zero, or above its grant; `cap` drops what does not fit, except for seats,
   * which may be used beyond their grant; `reject` drops it for seats as well.
   */
  readonly overage: "allow" | "cap" | "reject";
  /** What one unit costs on rows of a feature; 1 where nothing is said. */
  readonly cost?: (row: Row) => number;
  /** Usage limits; none when an unlimited row pays. */
  readonly gate?: UsageGate | undefined;
  /** Called before a row changes. */
  readonly beforeChange?: (row: Row) => void;
}

/** One row's share of an amount, in units of that row's feature. */
export interface Share {
  readonly row: Row;
  value: number;
}

export interface Deduction {
  readonly left: number;
  readonly shares: Share[];
}

/**
 * Takes `amount` from `rows` in their order; a negative amount gives back. An unlimited row among them takes
 * everything. Otherwise rollovers go first, soonest expiry first; then every row down to zero (or, giving
 * back, up to zero); then what is left goes below zero (or up to the grant) where that is allowed.
 */
export function deduct(rows: readonly Row[], amount: number, options: DeductOptions): Deduction {
  const draw = new Draw(amount, options);
  const sink = rows.find((row) => row.unlimited);
  if (sink) {
    draw.everything(sink);
    return draw.result();
  }
  draw.rollovers(rows);
  draw.pass(rows, (row, wanted) => toZero(row.balance, wanted));
  draw.pass(rows, (row, wanted) => beyondZero(row, wanted, options.overage));
  return draw.result();
}

/** Moves the rows' total to `target`; an unlimited row among them is set to it. */
export function setTotal(rows: readonly Row[], target: number, options: DeductOptions): Deduction {
  const counted = rows.find((row) => row.unlimited);
  const balance = counted ? counted.balance : rows.reduce((total, row) => total + row.balance, 0);
  // Absolute amounts are neither held back by usage limits nor counted in them
  return deduct(rows, exact(balance - target), { ...options, gate: undefined });
}

/** What a row can take, in its own units, without crossing zero. */
function toZero(balance: number, wanted: number): number {
  if (wanted > 0) return Math.min(wanted, Math.max(balance, 0));
  return Math.max(wanted, Math.min(balance, 0));
}

/** What a row can take beyond that. */
function beyondZero(row: Row, wanted: number, overage: DeductOptions["overage"]): number {
  if (overage === "allow") return wanted;
  if (wanted > 0) return overage === "cap" && isHeld(row) ? wanted : 0;
  return Math.max(wanted, -Math.max(0, exact(fullGrantOf(row) - row.balance)));
}

/** Seats are held rather than used up: they can be used beyond their grant (read as usage above it). */
function isHeld(row: Row): boolean {
  return row.featureType === "metered" && !row.consumable;
}

class Draw {
  readonly #shares = new Map<Row, Share>();
  readonly #options: DeductOptions;
  #left: number;

  constructor(amount: number, options: DeductOptions) {
    this.#left = amount;
    this.#options = options;
  }

  result(): Deduction {
    return { left: this.#left, shares: [...this.#shares.values()] };
  }

  everything(row: Row): void {
    this.#take(row, exact(this.#left * this.#cost(row)));
    this.#left = 0;
  }

  rollovers(rows: readonly Row[]): void {
    const all = rows
      .flatMap((row) => liveRollovers(row, this.#options.now).map((rollover) => ({ row, rollover })))
      .sort((a, b) => bySoonestExpiry(a.rollover, b.rollover));
    for (const { row, rollover } of all) {
      if (this.#left <= 0) return;
      if (this.#cost(row) > 0) this.#fromRollover(row, rollover);
    }
  }

  pass(rows: readonly Row[], room: (row: Row, wanted: number) => number): void {
    for (const row of rows) {
      if (this.#left === 0) return;
      const cost = this.#cost(row);
      if (cost <= 0) {
        // A unit that costs nothing is paid for by any row, at once
        this.#share(row, exact(this.#left * cost));
        this.#left = 0;
        return;
      }
      const units = this.#allowed(row.featureId, cost);
      const value = units === 0 ? 0 : room(row, exact(units * cost));
      if (value === 0) continue;
      this.#take(row, value);
      this.#settle(row.featureId, value, cost);
    }
  }

  #fromRollover(row: Row, rollover: Rollover): void {
    const cost = this.#cost(row);
    const value = Math.min(rollover.balance, exact(this.#allowed(null, 1) * cost));
    if (value <= 0) return;
    this.#options.beforeChange?.(row);
    rollover.balance = exact(rollover.balance - value);
    rollover.usage = exact(rollover.usage + value);
    this.#share(row, value);
    this.#left = exact(this.#left - value / cost);
    this.#options.gate?.consume(null, exact(value / cost), 1);
  }

  #cost(row: Row): number {
    return this.#options.cost?.(row) ?? 1;
  }

  /** How many of the units that are left usage limits let pass. */
  #allowed(featureId: string | null, cost: number): number {
    if (this.#left <= 0) return this.#left;
    return Math.min(this.#left, this.#options.gate?.available(featureId, cost) ?? this.#left);
  }

  #settle(featureId: string, value: number, cost: number): void {
    this.#left = exact(this.#left - value / cost);
    if (value > 0) this.#options.gate?.consume(featureId, exact(value / cost), cost);
  }

  #take(row: Row, value: number): void {
    if (value === 0) return;
    this.#options.beforeChange?.(row);
    row.balance = exact(row.balance - value);
    this.#share(row, value);
  }

  #share(row: Row, value: number): void {
    const share = this.#shares.get(row) ?? { row, value: 0 };
    share.value = exact(share.value + value);
    this.#shares.set(row, share);
  }
}
