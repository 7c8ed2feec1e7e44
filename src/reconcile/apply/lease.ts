// Leases: one run at a time works on a customer. Autumn gives an idempotency key away once, for all routes (scenario
// parallel-same-key): the run that gets the key of a customer and a slice of time holds the customer until the slice
// ends. The key is taken by reading the customer, which needs no row, has Autumn apply resets that are due, and shows
// the usage limits.
//
// A run that is done releases the rest of its slice by taking a second key. A run that finds the slice taken draws its
// next number. Only the holder of number n may check, once, whether number n − 1 was released, by trying to take that
// second key: it is refused if so. If it is not, nobody else will ever see a release, and everybody waits for the slice
// to end.
import { createHash } from "node:crypto";
import { type AutumnApi, AutumnError, type Clock, type WireCustomer } from "../../autumn/index.ts";
import { MARGIN_MS, SLICE_MS } from "../slice.ts";

/** How many runs can hold a customer within one slice, one after the other. */
const MOST_NUMBERS = 40;
/** How long another run is waited for, in ms. */
const PATIENCE_MS = 90_000;

/** Another run holds the customer, and has not released it in time. */
export class CustomerBusyError extends Error {
  override readonly name = "CustomerBusyError";
}

export interface LeaseOptions {
  readonly clock: Clock;
  readonly onWaiting?: (customerId: string, ms: number) => void;
  /** Whether a released lease is kept for the next who asks for the customer, until `giveBack`. */
  readonly keeps?: boolean;
}

interface Slice {
  readonly index: number;
  readonly number: number;
}

/** The leases of one process. All who ask for a customer share one lease, and have to take turns. */
export class Leases {
  private readonly held = new Map<string, Promise<Lease>>();
  /** The numbers that this process drew last for each customer, in adjacent slices: lower ones are taken. */
  private readonly last = new Map<string, readonly Slice[]>();

  constructor(
    private readonly api: AutumnApi,
    private readonly options: LeaseOptions,
  ) {}

  /**
   * Takes the customer.
   * @param creates whether to create it when it is not there
   * @throws CustomerBusyError, AutumnError
   */
  async take(customerId: string, creates = false): Promise<Lease> {
    const shared = this.held.get(customerId);
    if (shared) {
      const lease = await shared;
      lease.users += 1;
      await lease.look();
      return lease;
    }
    const lease = new Lease(this.api, this.options, customerId, this.last, () =>
      this.held.delete(customerId),
    );
    const begun = lease.begin(creates).then(() => lease);
    this.held.set(customerId, begun);
    begun.catch(() => this.held.delete(customerId));
    return begun;
  }

  /** Releases a kept lease, unless it is in use. Nobody may take the customer again before this is done. */
  async giveBack(customerId: string): Promise<void> {
    const lease = await this.held.get(customerId)?.catch(() => undefined);
    if (lease?.users === 0) await lease.end();
  }
}

export class Lease {
  users = 1;
  /** The customer as it was when it was taken; `undefined` when there is no such customer. */
  customer: WireCustomer | undefined;
  /** Whether another run held it and did not release it: something that it sent may still arrive. */
  isContended = false;
  private slices: Slice[] = [];
  /** Set when the last attempt to take the customer got no answer. */
  private unanswered: AutumnError | undefined;

  constructor(
    private readonly api: AutumnApi,
    private readonly options: LeaseOptions,
    private readonly customerId: string,
    private readonly last: Map<string, readonly Slice[]>,
    private readonly forget: () => void,
  ) {}

  /** The name of the slice, for the keys of writes within it. */
  get name(): string {
    const { index, number } = this.slices.at(-1) ?? { index: 0, number: 0 };
    return `${index}.${number}`;
  }

  async begin(creates: boolean): Promise<void> {
    const { clock, onWaiting } = this.options;
    const deadline = clock.now() + PATIENCE_MS;
    for (;;) {
      const index = sliceAt(this.api.serverTime());
      const isOurs = await this.tryDraw(index, creates);
      const left = endOf(index) - this.api.serverTime();
      // The answer shows the server's time; before the first one, `serverTime` is that of this machine.
      const isNow = left > 0 && left <= SLICE_MS;
      if (isOurs && isNow && (left > MARGIN_MS || (await this.tryDraw(index + 1, false)))) return;
      if (!isOurs) this.isContended = true;
      const wait = isNow ? left + 1 : 0;
      if (clock.now() + wait > deadline) {
        if (this.unanswered) throw this.unanswered;
        throw new CustomerBusyError(`another run is at work on customer ${this.customerId}`);
      }
      if (wait === 0) continue;
      onWaiting?.(this.customerId, wait);
      await clock.sleep(wait);
    }
  }

  /**
   * Makes sure that the lease lasts for another call, or for as long as its effect is waited for.
   * @param ms how long it should last, at least
   * @returns `false` when it had ended and was taken again: what was read may be out of date
   * @throws CustomerBusyError
   */
  async renew(ms = MARGIN_MS): Promise<boolean> {
    const { index } = this.slices.at(-1) as Slice;
    const left = endOf(index) - this.api.serverTime();
    if (left > ms) return true;
    if (left > 0 && (await this.tryDraw(index + 1, false))) return true;
    // It is still held. Whether it is before another call, that one asks.
    if (left > MARGIN_MS) return true;
    this.slices = [];
    await this.begin(false);
    return false;
  }

  /** Reads the customer again: others who share the lease may have changed it. */
  async look(): Promise<void> {
    try {
      this.customer = await this.api.getCustomer(this.customerId);
    } catch (error) {
      await this.release();
      throw error;
    }
  }

  async release(): Promise<void> {
    this.users -= 1;
    if (this.users > 0 || (this.options.keeps && this.slices.length > 0)) return;
    await this.end();
  }

  /** Releases what is left of the time. Failures do not matter: the lease ends by itself. */
  async end(): Promise<void> {
    this.forget();
    const now = this.api.serverTime();
    for (const slice of this.slices.filter(({ index }) => endOf(index) > now)) {
      await this.visit(returned(slice)).catch(() => undefined);
    }
    this.slices = [];
  }

  /** As `draw`; when no answer comes, it keeps the error and takes the slice for not free. */
  private async tryDraw(index: number, creates: boolean): Promise<boolean> {
    this.unanswered = undefined;
    try {
      return await this.draw(index, creates);
    } catch (error) {
      if (!(error instanceof AutumnError) || error.outcome !== "unknown") throw error;
      this.unanswered = error;
      return false;
    }
  }

  /** Takes the slice, or what another run has released of it. */
  private async draw(index: number, creates: boolean): Promise<boolean> {
    const last = this.last.get(this.customerId) ?? [];
    const had = last.find((slice) => slice.index === index)?.number ?? -1;
    for (let number = had + 1; number < MOST_NUMBERS; number++) {
      if (!(await this.isGiven(taken({ index, number }), creates))) continue;
      // Only a refusal says that the number before was released.
      if (number > 0 && (await this.isGiven(returned({ index, number: number - 1 }), false))) return false;
      this.slices.push({ index, number });
      const other = last.filter((slice) => Math.abs(slice.index - index) === 1);
      this.last.set(this.customerId, [...other, { index, number }]);
      return true;
    }
    return false;
  }

  /** Tries to take a key. @returns `false` when it is taken */
  private async isGiven(name: string, creates: boolean): Promise<boolean> {
    try {
      this.customer = (await this.visit(name)) ?? (creates ? await this.create(name) : undefined);
      return true;
    } catch (error) {
      if (error instanceof AutumnError && error.isUsedIdempotencyKey) return false;
      throw error;
    }
  }

  private visit(name: string): Promise<WireCustomer | undefined> {
    return this.api.visitCustomer(this.customerId, keyOf(this.customerId, name));
  }

  private async create(name: string): Promise<WireCustomer | undefined> {
    // A call that found nothing does not use up its key (scenario idempotency-key).
    await this.api.createCustomer(this.customerId, keyOf(this.customerId, name));
    return { id: this.customerId, rows: [], hasBalances: false, flags: [], limited: [] };
  }
}

const sliceAt = (ms: number): number => Math.floor(ms / SLICE_MS);
const endOf = (index: number): number => (index + 1) * SLICE_MS;

const taken = ({ index, number }: Slice): string => `${index}.${number} taken`;
const returned = ({ index, number }: Slice): string => `${index}.${number} returned`;

/** The namespace is not part of it: runs for two namespaces would get in each other's way on one customer, too. */
function keyOf(customerId: string, name: string): string {
  const text = JSON.stringify([1, "customer", customerId, name]);
  return `autumn-balances-${createHash("sha256").update(text).digest("base64url")}`;
}
