// A server whose updates take effect some moments after their answers.
import type { Emulator } from "../../src/emulator/index.ts";
import type { Random } from "./random.ts";

/** ms by which updates take effect late, at the most. */
export const LATEST_MS = 1500;

type Fetch = Emulator["fetch"];

export class LateServer {
  /** The moment of the update that takes effect; `null` between them. */
  at: number | null = null;
  private due: { readonly at: number; readonly takeEffect: () => Promise<unknown> }[] = [];

  constructor(
    private readonly random: Random,
    private readonly now: () => number,
    private readonly customerId: string,
  ) {}

  /** Answers a call, and keeps what it is to do when it is an update. */
  async answer(fetch: Fetch, ...[input, init]: Parameters<Fetch>): ReturnType<Fetch> {
    await this.letComeTrue();
    if (!String(input).endsWith("balances.update")) return fetch(input, init);
    const headers = new Headers(init?.headers);
    const key = headers.get("idempotency-key");
    if (key !== null) {
      // The key is taken at once.
      const body = JSON.stringify({ customer_id: this.customerId });
      const url = String(input).replace("balances.update", "customers.get");
      const answer = await fetch(url, { ...init, body });
      if (!answer.ok) return answer;
      headers.delete("idempotency-key");
    }
    const at = this.now() + this.random.below(LATEST_MS);
    this.due.push({ at, takeEffect: () => fetch(input, { ...init, headers, signal: null }) });
    return Response.json({ success: true });
  }

  /** Has updates take effect that are due by now. */
  async letComeTrue(): Promise<void> {
    const due = this.due.filter(({ at }) => at <= this.now()).sort((a, b) => a.at - b.at);
    this.due = this.due.filter(({ at }) => at > this.now());
    for (const { at, takeEffect } of due) {
      this.at = at;
      await takeEffect();
      this.at = null;
    }
  }
}
