// What a storm knows by itself of every balance: each unit that was really used, by the answers of the calls that used
// it, in the cycle that the balance is in. It asks the engine nothing.
import { addCycles } from "../../src/reconcile/interval.ts";
import type { Reset } from "../../src/schema/index.ts";
import { BY_HAND, type FeatureId } from "./kinds.ts";
import { isUnlimited, newestOf, type Stored } from "./stored.ts";

/** One balance, or all of a feature, so that all usage of the feature is its usage. */
export class Account {
  /** Units used in this cycle. */
  used = 0;
  /** When the cycle ends; ms since 1970. */
  private endsAt: number | null = null;
  private reset: Reset | null = null;

  /** The cycle, as it reads once there is a row of it. */
  follow(reset: Reset | null, endsAt: number | null, now: number): void {
    this.pass(now);
    this.reset = reset;
    this.endsAt = endsAt === null ? null : Math.floor(endsAt / 1000) * 1000;
  }

  use(units: number, now: number): void {
    this.pass(now);
    this.used = Number((this.used + units).toFixed(6));
  }

  /** Lets cycles end that have ended by now. */
  pass(now: number): void {
    while (this.reset !== null && this.endsAt !== null && this.endsAt <= now) {
      this.used = 0;
      this.endsAt = addCycles(this.endsAt, this.reset, 1);
    }
  }
}

/** What the server says of a call that used something. */
export interface Tracked {
  readonly balance: { readonly unlimited: boolean } | null;
  readonly deductions: readonly {
    readonly balance_id: string;
    readonly feature_id: string;
    readonly value: number;
  }[];
}

export class Ledger {
  private readonly accounts: Map<string, Account>;
  /** What was used of rows that somebody else has granted, by feature; of which no cycle ends. */
  private readonly byHand = new Map<string, number>();
  /** Units of what was rolled over that were used up, by row: by customers, and all that a cycle began with. */
  private readonly rolled = new Map<string, number>();

  constructor(features: readonly FeatureId[]) {
    this.accounts = new Map(features.map((feature) => [feature, new Account()]));
  }

  /** Units used in this cycle. */
  usedOf(feature: string): number {
    return this.accounts.get(feature)?.used ?? 0;
  }

  usedByHand(feature: string): number {
    return this.byHand.get(feature) ?? 0;
  }

  /** Units that a run, and no customer, has taken from what was rolled over. */
  takenByRuns(row: Stored): number {
    return row.rolledUsed - (this.rolled.get(row.name) ?? 0);
  }

  /** @param before the rows before, after as they are since */
  use(
    { balance, deductions }: Tracked,
    before: readonly Stored[],
    after: readonly Stored[],
    now: number,
  ): void {
    if (balance?.unlimited) return;
    for (const { balance_id, feature_id, value } of deductions) {
      if (balance_id.startsWith(BY_HAND)) {
        this.byHand.set(feature_id, Number((this.usedByHand(feature_id) + value).toFixed(6)));
        continue;
      }
      const earlier = before.find(({ name }) => name === balance_id)?.rolledUsed ?? 0;
      const later = after.find(({ name }) => name === balance_id)?.rolledUsed ?? 0;
      this.rolled.set(balance_id, (this.rolled.get(balance_id) ?? 0) + later - earlier);
      this.accounts.get(feature_id)?.use(value - (later - earlier), now);
    }
  }

  /** Learns of the cycles, as far as there are rows of them. */
  follow(rows: readonly Stored[], now: number): void {
    for (const [feature, account] of this.accounts) {
      const row = newestOf(rows, feature);
      // What an unlimited balance has replaced keeps its cycle.
      if (row !== undefined && isUnlimited(row)) account.pass(now);
      else account.follow(row?.resetsAt == null ? null : row.reset, row?.resetsAt ?? null, now);
    }
  }

  /** Time has passed: of what was rolled over since, nothing is used yet. */
  begin(rows: readonly Stored[]): void {
    for (const row of rows) this.rolled.set(row.name, row.rolledUsed);
  }

  /** Nothing is left of a balance: what is granted by its name from now on is a new one. */
  forget(feature: string): void {
    if (this.accounts.has(feature)) this.accounts.set(feature, new Account());
  }

  pass(now: number): void {
    for (const account of this.accounts.values()) account.pass(now);
  }
}
