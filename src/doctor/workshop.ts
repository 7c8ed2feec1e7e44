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
  /** ms by which the server's clock is ahead of this machine's; `undefined` before its first answer. */
  #ahead: number | undefined;

  constructor(options: WorkshopOptions) {
    this.name = options.name;
    this.client = options.client;
    this.resetPatience = options.resetPatience;
    this.#clock = options.clock;
    if (options.signal === undefined) return;
    // A signal of our own: every fact that waits listens to it, and Node would warn of so many listeners on the
    // caller's.
    this.#signal = AbortSignal.any([options.signal]);
    setMaxListeners(0, this.#signal);
  }

  /** The id of a feature that is used up, such as calls or credits. */
  get units(): string {
    return `${this.name}-units`;
  }

  /** The id of a second feature of that kind. */
  get others(): string {
    return `${this.name}-others`;
  }

  /** The id of a feature that is held, not used up: entities belong to it. */
  get seats(): string {
    return `${this.name}-seats`;
  }

  /** The id of a feature that is on or off. */
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
    // The header `Date` is cut to whole seconds: on average the time is half a second later.
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
