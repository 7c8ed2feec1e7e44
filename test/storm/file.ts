// The file of a storm, from version to version.
import type { BalanceEntry } from "../../src/schema/index.ts";
import { DAY } from "../reconcile/world.ts";
import { GRANTS, type Rules, type Slot } from "./kinds.ts";
import type { Random } from "./random.ts";

export const CUSTOMER = "acme";

export interface Surroundings {
  readonly random: Random;
  readonly rules: Rules;
  /** Whether balances change between granting once and granting again. */
  readonly changesCycles: boolean;
  /** The entity that holds the balances of storage, if one does. */
  readonly entity: string | null;
  readonly now: () => number;
}

interface Version {
  /** Every balance that there may be, granted an amount: what the version goes by, and the next. */
  readonly granted: readonly BalanceEntry[];
  readonly entries: readonly BalanceEntry[];
}

export class StormFile {
  private readonly versions: Version[] = [];

  constructor(private readonly surroundings: Surroundings) {}

  get newest(): readonly BalanceEntry[] {
    return this.versions.at(-1)?.entries ?? [];
  }

  /** The newest version, or the one before: but none that knows less of what is taken over, and would go on without it. */
  oneOfTheLast(): readonly BalanceEntry[] {
    const adopts = (entries: readonly BalanceEntry[]): number => entries.filter(({ adopt }) => adopt).length;
    const one = this.surroundings.random.pick(this.versions.slice(-2)).entries;
    return adopts(one) < adopts(this.newest) ? this.newest : one;
  }

  /** The next moment at which no phase of the newest version starts within that time. All in ms. */
  quietFrom(ms: number, within: number): number {
    const starts = this.newest
      .flatMap(({ phases = [] }) => phases.flatMap(({ starts_at }) => starts_at ?? []))
      .map((at) => new Date(at).getTime())
      .sort((a, b) => a - b);
    return starts.reduce((quiet, start) => (start > quiet && start <= quiet + within ? start : quiet), ms);
  }

  /** Writes a version. */
  change(): void {
    const { rules, random, now } = this.surroundings;
    const before = this.versions.at(-1);
    const granted = rules.slots.map((slot, n) => this.entry(slot, before?.granted[n]));
    const entries = rules.declare(granted, random, before?.entries, now());
    this.versions.push({ granted, entries });
  }

  private entry({ feature, id }: Slot, before: BalanceEntry | undefined): BalanceEntry {
    const { random, changesCycles, entity, rules, now } = this.surroundings;
    const chooses = before === undefined || changesCycles;
    const resets = rules.resets !== "never" && (chooses ? random.chance(0.6) : "reset" in before);
    const ends = !resets && random.chance(0.3);
    return {
      customer_id: CUSTOMER,
      feature_id: feature,
      included: random.pick(GRANTS),
      ...(resets ? { reset: { interval: "month" } } : {}),
      ...(feature === "storage" && entity !== null ? { entity_id: entity, id: "storage" } : {}),
      ...(ends ? { expires_at: now() + (300 + random.below(5)) * DAY } : {}),
      ...(id === undefined ? {} : { id }),
    } as unknown as BalanceEntry;
  }
}

/** What the log of a storm says of an entry. */
export const inWords = (entry: BalanceEntry): string =>
  [
    entry.id ?? entry.feature_id,
    entry.unlimited ? "unlimited" : entry.included,
    entry.phases ? `phases ${JSON.stringify(entry.phases)}` : "",
    entry.reset ? `each ${entry.reset.interval}` : "",
    entry.rollover ? `rollover ${JSON.stringify(entry.rollover)}` : "",
    entry.expires_at ? "ends" : "",
    entry.adopt ? "adopts" : "",
  ]
    .filter((part) => part !== "" && part !== undefined)
    .join(" ");
