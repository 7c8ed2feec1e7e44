// The server's time, by which it decides what has ended and what resets. Clocks of pipeline machines can be off, and a
// balance that has ended by one clock and not by the other would be granted twice.
import type { Clock } from "./clock.ts";

/** Precision of a `Date` header, which is in whole seconds, in ms. */
const PRECISION_MS = 1000;

/** The clock of this machine, corrected by the times in the server's answers. */
export class ServerClock implements Clock {
  readonly #clock: Clock;
  /** ms by which the server is ahead; 0 until an answer contradicts that. */
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
   * Learns from an answer, which the server made between sending and receiving, within the second that it names.
   * @param date the header `date`
   * @param sentAt ms since 1970, by the clock of this machine
   * @param receivedAt as `sentAt`
   */
  learn(date: string | null, sentAt: number, receivedAt: number): void {
    const told = Date.parse(date ?? "");
    if (Number.isNaN(told)) return;
    const least = told - receivedAt;
    const most = told + PRECISION_MS - sentAt;
    this.#aheadMs = Math.min(Math.max(this.#aheadMs, least), most);
  }
}
