// What a storm knows by itself of every balance: each unit that was really used, by the answers of the calls that used
// it, in the cycle that the balance is in. It asks the engine nothing.
import { addCycles } from "../../src/reconcile/interval.ts";
import type { Reset } from "../../src/schema/index.ts";

/** One balance, which is the only one of its feature. */
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
