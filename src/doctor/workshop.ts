// What a run has to work with: a client, the names of what it makes, the server's time; and what it has made, which
// is removed again in the end.
import { setMaxListeners } from "node:events";
import type { AutumnClient, Call, Clock, RawAnswer } from "../autumn/index.ts";

/** What everything a run makes is named with. */
export const NAME_PREFIX = "autumn-balances-doctor-";

export interface WorkshopOptions {
  readonly client: AutumnClient;
  readonly clock: Clock;
  /** `autumn-balances-doctor-4f1c`: every customer and feature has an id that begins with it. */
  readonly name: string;
  /** ms to wait for a reset that the server makes by itself. */
  readonly resetPatience: number;
  readonly signal?: AbortSignal;
}

/** Why a run stopped: the signal was aborted. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

export class Workshop {
  readonly name: string;
  readonly client: AutumnClient;
  readonly resetPatience: number;
  /** Ids of customers that were made, or may have been. */
  readonly customers = new Set<string>();
  /** Ids of features that were made, or may have been. */
  readonly features = new Set<string>();
  readonly #clock: Clock;
  readonly #signal: AbortSignal | undefined = undefined;
  /** ms by which the server's clock is ahead of this machine's; `undefined` while it has not told. */
  #ahead: number | undefined;

  constructor(options: WorkshopOptions) {
    this.name = options.name;
    this.client = options.client;
    this.resetPatience = options.resetPatience;
    this.#clock = options.clock;
    if (options.signal === undefined) return;
    // One of our own: every fact that waits listens to it, which Node would warn of.
    this.#signal = AbortSignal.any([options.signal]);
    setMaxListeners(0, this.#signal);
  }

  /** Used up: calls, credits. */
  get units(): string {
    return `${this.name}-units`;
  }

  /** A second one of the same kind. */
  get others(): string {
    return `${this.name}-others`;
  }

  /** Held: what entities are of. */
  get seats(): string {
    return `${this.name}-seats`;
  }

  /** On or off. */
  get flag(): string {
    return `${this.name}-flag`;
  }

  /** This machine's time, in ms since 1970. */
  get localNow(): number {
    return this.#clock.now();
  }

  /** The server's time, in ms since 1970, to about a second. */
  get now(): number {
    return this.localNow + (this.#ahead ?? 0);
  }

  /** @throws Interrupted */
  async sleep(ms: number): Promise<void> {
    this.check();
    await this.#clock.sleep(ms, this.#signal);
    this.check();
  }

  /** @throws Interrupted once the signal is aborted */
  check(): void {
    if (this.#signal?.aborted) throw new Interrupted("stopped");
  }

  /** @throws AutumnError, Interrupted */
  async ask(call: Call): Promise<RawAnswer> {
    this.check();
    const before = this.localNow;
    const answer = await this.client.ask(call);
    const told = Date.parse(answer.headers.get("date") ?? "");
    // A date is in whole seconds, cut off: in the middle it is half a second later.
    if (!Number.isNaN(told)) this.#ahead ??= told + 500 - (before + this.localNow) / 2;
    return answer;
  }

  /** Makes the features that facts need. @throws AutumnError, Interrupted */
  async makeFeatures(): Promise<RawAnswer | undefined> {
    const consumable = { type: "metered", consumable: true };
    const kinds: readonly (readonly [string, object])[] = [
      [this.units, consumable],
      [this.others, consumable],
      [this.seats, { type: "metered", consumable: false }],
      [this.flag, { type: "boolean" }],
    ];
    for (const [id, kind] of kinds) {
      this.features.add(id);
      const answer = await this.ask({
        method: "POST",
        path: "/v1/features.create",
        body: { feature_id: id, name: id, ...kind },
        group: "balances",
        effect: "once",
      });
      if (answer.status >= 300) return answer;
    }
    return undefined;
  }
}
