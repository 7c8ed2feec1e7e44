// A call on its way to the emulator: it can be changed, answered by somebody else, or passed on.
import type { Emulator } from "../../src/emulator/index.ts";

export type Json = { [name: string]: unknown };

/** A row as the emulator stores it, as far as it is changed here. */
export interface StoredRow {
  externalId: string | null;
  featureId: string;
  featureType: string;
  unlimited: boolean;
  interval: string;
  allowance: number;
  adjustment: number;
  balance: number;
  nextResetAt: number | null;
  expiresAt: number | null;
  unstored: unknown;
}

interface StoredCustomer {
  id: string;
  rows: StoredRow[];
  usageLimits: unknown;
}

export class Asked {
  private constructor(
    readonly emulator: Emulator,
    readonly now: number,
    readonly method: string,
    /** `balances.create`, `balances/list` */
    readonly route: string,
    private readonly query: string,
    readonly headers: Headers,
    readonly body: Json,
  ) {}

  static async from(request: Request, emulator: Emulator, now: () => number): Promise<Asked> {
    const url = new URL(request.url);
    const text = await request.text();
    const route = url.pathname.replace("/v1/", "");
    const body = text === "" ? {} : (JSON.parse(text) as Json);
    return new Asked(emulator, now(), request.method, route, url.search, request.headers, body);
  }

  get key(): string | null {
    return this.headers.get("idempotency-key");
  }

  get customerId(): string {
    return String(this.body.customer_id ?? new URLSearchParams(this.query).get("customer_id"));
  }

  /** Has the emulator answer, some fields of the body changed: `undefined` takes one out. */
  async pass(
    changes: Json = {},
    { route = this.route, key = this.key }: { route?: string; key?: string | null } = {},
  ): Promise<Response> {
    const headers = new Headers(this.headers);
    if (key === null) headers.delete("idempotency-key");
    else headers.set("idempotency-key", key);
    const isGet = this.method === "GET";
    const response = await this.emulator.fetch(`http://autumn/v1/${route}${this.query}`, {
      method: this.method,
      headers,
      ...(isGet ? {} : { body: JSON.stringify({ ...this.body, ...changes }) }),
    });
    // As a server behind HTTP does.
    response.headers.set("date", new Date(this.now).toUTCString());
    return response;
  }

  /** Has the emulator answer, and changes what it says. */
  async passAnd(change: (answer: Json) => void): Promise<Response> {
    const response = await this.pass();
    if (!response.ok) return response;
    const answer = (await response.json()) as Json;
    change(answer);
    return Response.json(answer, { headers: response.headers });
  }

  answer(status: number, body: Json): Response {
    const headers = { date: new Date(this.now).toUTCString() };
    return Response.json(body, { status, headers });
  }

  refuse(status: number, code: string): Response {
    return this.answer(status, { code, message: "Said by another server" });
  }

  success(): Response {
    return this.answer(200, { success: true });
  }

  /** The rows of the customer, to look at. */
  rows(): readonly StoredRow[] {
    return this.customer()?.rows ?? [];
  }

  /** The row that the call names. */
  named(): StoredRow | undefined {
    return this.rows().find(({ externalId }) => externalId === this.body.balance_id);
  }

  isExpired({ expiresAt }: StoredRow): boolean {
    return expiresAt !== null && expiresAt <= this.now;
  }

  isDrained(row: StoredRow): boolean {
    return row.balance === 0 && !row.unlimited && row.featureType === "metered";
  }

  get isLimited(): boolean {
    return (this.customer()?.usageLimits ?? null) !== null;
  }

  private customer(): StoredCustomer | undefined {
    const customers = this.emulator.snapshot().customers as unknown as StoredCustomer[];
    return customers.find(({ id }) => id === this.customerId);
  }

  /** Changes what the emulator stores of the customer. */
  change(edit: (rows: StoredRow[]) => void): void {
    const snapshot = this.emulator.snapshot();
    for (const customer of snapshot.customers as unknown as StoredCustomer[])
      if (customer.id === this.customerId) edit(customer.rows);
    this.emulator.restore(snapshot);
  }

  deleteCustomer(customerId: string): void {
    const snapshot = this.emulator.snapshot();
    const customers = snapshot.customers.filter(({ id }) => id !== customerId);
    this.emulator.restore({ ...snapshot, customers });
  }

  /** Changes which idempotency keys are taken. */
  changeKeys(edit: (keys: Map<string, number>) => void): void {
    const snapshot = this.emulator.snapshot();
    const keys = new Map(snapshot.idempotencyKeys);
    edit(keys);
    this.emulator.restore({ ...snapshot, idempotencyKeys: [...keys] });
  }
}
