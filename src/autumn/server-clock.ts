// The time of the server, by which it decides what has ended and what resets. Machines that run pipelines have clocks
// that are off, and a balance that has ended here and not there would be granted a second time.
import type { Clock } from "./clock.ts";

/** ms that a `Date` header leaves open: it tells whole seconds. */
const PRECISION_MS = 1000;

/** The clock of this machine, set right by what answers say of the time. */
export class ServerClock implements Clock {
  readonly #clock: Clock;
  /** ms by which the server is ahead; 0 as long as no answer contradicts it. */
  #aheadMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now() + this.#aheadMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#clock.sleep(ms, signal);
  }

  /**
   * Learns from an answer. The server made it at some time between sending and receiving, within the second it says.
   * @param date the header `date`
   * @param sentAt ms since 1970, by the clock of this machine
   * @param receivedAt likewise
   */
  learn(date: string | null, sentAt: number, receivedAt: number): void {
    const told = Date.parse(date ?? "");
    if (Number.isNaN(told)) return;
    const least = told - receivedAt;
    const most = told + PRECISION_MS - sentAt;
    this.#aheadMs = Math.min(Math.max(this.#aheadMs, least), most);
  }
}
