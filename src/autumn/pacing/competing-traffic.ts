// How much of a limit others use, above all production traffic, as seen in the server's answers.

/**
 * Calls per second of our own that may look like others', when the server counts them in an earlier window than we do.
 */
const MISCOUNT = 1;
/**
 * ms for which the busiest window counts in full, before it is forgotten bit by bit. Traffic comes in bursts, and an
 * answer early in a window shows little of it.
 */
const HOLD_MS = 10_000;
/** Share of the limit that is forgotten per second. */
const FORGET = 0.1;

export class Others {
  #perSecond = 0;
  #notedAt = 0;

  /** Calls per second of others, in the busiest of the recent windows. */
  get perSecond(): number {
    return this.#perSecond;
  }

  /**
   * @param seen calls per second that an answer shows and that are not ours
   * @param now ms
   * @param limit calls per second
   */
  note(seen: number, now: number, limit: number): void {
    const perSecond = Math.max(0, seen - MISCOUNT);
    if (perSecond >= this.#perSecond) {
      this.#perSecond = perSecond;
      this.#notedAt = now;
      return;
    }
    const forgotten = now - this.#notedAt - HOLD_MS;
    if (forgotten <= 0) return;
    this.#perSecond = Math.max(perSecond, this.#perSecond - (limit * FORGET * forgotten) / 1000);
    this.#notedAt = now - HOLD_MS;
  }
}
