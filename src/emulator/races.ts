// What happens on the real server only when calls cross or it is busy. Off unless it is asked for, and drawn
// from a source of randomness that is passed in, so that a run can be repeated.
import { exact } from "./amounts.ts";
import { ApiError } from "./errors.ts";
import type { Customer, Row } from "./types.ts";

/** Probabilities are from 0, never, to 1, always; 0 when left out. */
export interface RaceOptions {
  /** A number from 0, included, to 1: `Math.random`, or a generator with a seed. */
  readonly random: () => number;
  /**
   * That an update which crosses another one of the same customer undoes the other's grant or balance: it
   * writes back what it had in its cache.
   */
  readonly staleUpdates?: number | undefined;
  /** That tracking is answered 500 `SUBJECT_VIEW_CHANGED` while rows of the customer change, or just did. */
  readonly subjectViewChanged?: number | undefined;
  /** That customers.get shows the windows of usage limits as empty within a second of a create or a delete. */
  readonly emptyWindows?: number | undefined;
  /** That an answer takes `slowAnswerMs`. */
  readonly slowAnswers?: number | undefined;
  /** Ms; default 2000, as under load. */
  readonly slowAnswerMs?: number | undefined;
}

/** How long, by the emulator's clock, rows of a customer count as changing after a write. */
const SETTLING_MS = 1000;
const SLOW_ANSWER_MS = 2000;

/** What an update did to one row. */
interface Effect {
  readonly row: Row;
  readonly balance: number;
  readonly adjustment: number;
}

/** An update that has read its customer and not written yet. */
export interface CachedView {
  /** How many updates of the customer had come before it. */
  readonly seen: number;
}

export class Races {
  readonly #options: RaceOptions;
  readonly #now: () => number;
  readonly #underWay = new WeakMap<Customer, number>();
  readonly #changedAt = new WeakMap<Customer, number>();
  /** When a create or a delete last dropped the customer's cache. */
  readonly #droppedAt = new WeakMap<Customer, number>();
  /** Effects of updates by customer, oldest first, one list an update. */
  readonly #effects = new WeakMap<Customer, Effect[][]>();

  constructor(options: RaceOptions, now: () => number) {
    this.#options = options;
    this.#now = now;
  }

  /** Ms that the next answer takes longer. */
  slowness(): number {
    return this.#strikes(this.#options.slowAnswers) ? (this.#options.slowAnswerMs ?? SLOW_ANSWER_MS) : 0;
  }

  /** Runs a write of a customer's rows. */
  async whileChanging<T>(customer: Customer, write: () => T | Promise<T>): Promise<T> {
    this.#underWay.set(customer, (this.#underWay.get(customer) ?? 0) + 1);
    try {
      return await write();
    } finally {
      this.#underWay.set(customer, (this.#underWay.get(customer) ?? 1) - 1);
      this.#changedAt.set(customer, this.#now());
    }
  }

  /** Says that a create or a delete has dropped the customer's cache. */
  dropped(customer: Customer): void {
    this.#droppedAt.set(customer, this.#now());
  }

  /** Whether a read of the customer finds the windows of its usage limits empty. */
  showsEmptyWindows(customer: Customer): boolean {
    return this.#isRecent(this.#droppedAt.get(customer)) && this.#strikes(this.#options.emptyWindows);
  }

  /** @throws ApiError when tracking meets rows that change */
  refuseChangingView(customer: Customer): void {
    const changing = (this.#underWay.get(customer) ?? 0) > 0 || this.#isRecent(this.#changedAt.get(customer));
    if (changing && this.#strikes(this.#options.subjectViewChanged)) {
      throw new ApiError(500, "SUBJECT_VIEW_CHANGED", "Subject view changed");
    }
  }

  /** What an update caches of a customer before it writes. */
  view(customer: Customer): CachedView {
    return { seen: this.#effects.get(customer)?.length ?? 0 };
  }

  /** Runs the write of an update, which may undo what other updates did since it cached its customer. */
  write(customer: Customer, view: CachedView, write: () => void): void {
    for (const effects of this.#effects.get(customer)?.slice(view.seen) ?? []) {
      if (this.#strikes(this.#options.staleUpdates)) this.#undo(effects);
    }
    const before = customer.rows.map(({ balance, adjustment }) => ({ balance, adjustment }));
    const rows = [...customer.rows];
    try {
      write();
    } finally {
      const effects = rows.flatMap((row, index) => {
        const balance = exact(row.balance - (before[index]?.balance ?? 0));
        const adjustment = exact(row.adjustment - (before[index]?.adjustment ?? 0));
        return balance === 0 && adjustment === 0 ? [] : [{ row, balance, adjustment }];
      });
      this.#effects.set(customer, [...(this.#effects.get(customer) ?? []), effects]);
    }
  }

  /** Of an update that moved both, either the balance or the grant is written back, as they are cached apart. */
  #undo(effects: readonly Effect[]): void {
    const balance = this.#options.random() < 0.5;
    for (const effect of effects) {
      if (balance) effect.row.balance = exact(effect.row.balance - effect.balance);
      else effect.row.adjustment = exact(effect.row.adjustment - effect.adjustment);
    }
  }

  #isRecent(at: number | undefined): boolean {
    return at !== undefined && this.#now() - at < SETTLING_MS;
  }

  #strikes(probability: number | undefined): boolean {
    return probability !== undefined && probability > 0 && this.#options.random() < probability;
  }
}
