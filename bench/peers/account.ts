// The account that every peer starts from: an emulator at the limits of production over HTTP, which counts calls, and
// customers whose usage is also noted in a ledger.
import { type RunningEmulator, type Snapshot, startEmulator } from "../../src/emulator/index.ts";

export const FEATURE = "api_calls";
export const customerId = (n: number): string => `customer_${n}`;

/** Calls of a peer, and those of them that were refused with a 429. */
export interface Calls {
  readonly made: number;
  readonly refused: number;
}

/** What Autumn shows of a customer's feature. */
export interface Holding {
  readonly rows: number;
  readonly granted: number;
  readonly usage: number;
}

/** What the API answers about a feature; left out where a customer has nothing of it. */
interface FeatureBalance {
  readonly granted: number;
  readonly usage: number;
  readonly breakdown?: readonly unknown[];
}

type Answer = Awaited<ReturnType<RunningEmulator["handle"]>>;

export class Account {
  /** Units whose use was answered 200, by customer. */
  readonly ledger: number[];
  #calls = { made: 0, refused: 0 };
  readonly #answer: (request: Request) => Promise<Answer>;

  private constructor(
    readonly emulator: RunningEmulator,
    readonly customers: number,
  ) {
    this.ledger = Array.from({ length: customers }, () => 0);
    this.#answer = emulator.handle.bind(emulator);
    emulator.handle = async (request) => {
      const outcome = await this.#answer(request);
      this.#calls.made += 1;
      if (outcome !== "dropped" && outcome.status === 429) this.#calls.refused += 1;
      this.onCall(new URL(request.url).pathname, outcome === "dropped" ? null : outcome.status);
      return outcome;
    };
  }

  /** Told of every call of a peer once it has had its effect, before its answer is sent. */
  onCall: (path: string, status: number | null) => void = () => undefined;

  static async start(customers: number, latencyMs: number): Promise<Account> {
    const emulator = await startEmulator({
      port: 0,
      level: "2026-10",
      limits: "production",
      latencyMs,
      seed: {
        features: [{ id: FEATURE, type: "metered", consumable: true }],
        customers: Array.from({ length: customers }, (_, n) => ({ id: customerId(n) })),
      },
    });
    return new Account(emulator, customers);
  }

  /** Calls since the last time. */
  takeCalls(): Calls {
    const calls = this.#calls;
    this.#calls = { made: 0, refused: 0 };
    return calls;
  }

  /** Goes back to a snapshot, in which nobody has used anything. */
  restore(snapshot: Snapshot): void {
    this.emulator.restore(snapshot);
    this.ledger.fill(0);
  }

  /** A customer uses units, without going over the network. For a customer who has nothing, nothing is noted. */
  async use(customer: number, units: number): Promise<void> {
    const before = { customer_id: customerId(customer), feature_id: FEATURE };
    const outcome = await this.#send("balances.track", { ...before, value: units });
    if (outcome.status === 200) this.ledger[customer] = (this.ledger[customer] ?? 0) + units;
  }

  async holding(customer: number): Promise<Holding> {
    const outcome = await this.#send("customers.get", { customer_id: customerId(customer) });
    const { balances } = outcome.body as { balances: Readonly<Record<string, FeatureBalance>> };
    const { granted = 0, usage = 0, breakdown = [] } = balances[FEATURE] ?? {};
    return { rows: breakdown.length, granted, usage };
  }

  /** What the first customers have, or all. */
  holdings(count = this.customers): Promise<Holding[]> {
    return Promise.all(Array.from({ length: count }, (_, n) => this.holding(n)));
  }

  async #send(route: string, body: object): Promise<Exclude<Answer, "dropped">> {
    const outcome = await this.#answer(
      new Request(`http://autumn/v1/${route}`, {
        method: "POST",
        headers: { authorization: `Bearer ${this.emulator.key}`, "x-api-version": "2.3.0" },
        body: JSON.stringify(body),
      }),
    );
    if (outcome === "dropped") throw new Error(`${route} was not answered`);
    return outcome;
  }
}
