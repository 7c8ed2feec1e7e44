// Where one fact is tried: a customer of its own, so that no fact meets the rows of another.
import type { AutumnClient, RawAnswer, WireCustomer, WireListedRow, WireRawRow } from "../autumn/index.ts";
import { CannotTell } from "./cannot-tell.ts";
import type { Workshop } from "./workshop.ts";

/** ms to wait for the effect of a change that the server has accepted. */
const PATIENCE_MS = 6_000;
const POLL_MS = 400;
/**
 * ms from the call that ends a row to its end: longer than the call takes, as the server's time is known to a second
 * only.
 */
const UNTIL_END_MS = 2_500;
/** The same for calls that are slow. */
const LONGEST_UNTIL_END_MS = 20_000;
/** ms after an end until it has certainly passed for the server. */
const AFTER_END_MS = 1_500;
/** ms in which usage is stored. */
const STORED_MS = 2_000;

export interface CallOptions {
  readonly key?: string;
  readonly apiVersion?: string;
}

/** Amounts of a row, in balance units. */
export interface Amounts {
  readonly grant: number;
  readonly usage: number;
  readonly remaining: number;
}

export class Bench {
  readonly customerId: string;
  #keys = 0;

  constructor(
    readonly workshop: Workshop,
    readonly factId: string,
  ) {
    this.customerId = `${workshop.name}-${factId}`;
  }

  get client(): AutumnClient {
    return this.workshop.client;
  }

  /** An idempotency key that nobody has used. */
  key(): string {
    this.#keys += 1;
    return `${this.customerId}-key-${this.#keys}`;
  }

  /** Makes the customer. */
  async open(): Promise<void> {
    this.workshop.customers.add(this.customerId);
    must(await this.post("customers.get_or_create", { customer_id: this.customerId, name: this.customerId }));
  }

  /** Any POST. The caller judges the answer. */
  post(route: string, body: object, { key, apiVersion }: CallOptions = {}): Promise<RawAnswer> {
    const isShared =
      /^(?:balances\.(?:create|delete|list)|features\.|customers\.update|entities\.create)/.test(route);
    return this.workshop.ask({
      method: "POST",
      path: `/v1/${route}`,
      body,
      group: isShared ? "balances" : "customer",
      customerId: this.customerId,
      // Sent a second time, it would be another experiment.
      effect: "once",
      ...(key === undefined ? {} : { idempotencyKey: key }),
      ...(apiVersion === undefined ? {} : { apiVersion }),
    });
  }

  create(balanceId: string, body: object, options?: CallOptions): Promise<RawAnswer> {
    return this.post("balances.create", this.#about(balanceId, body), options);
  }

  update(balanceId: string, body: object, options?: CallOptions): Promise<RawAnswer> {
    return this.post("balances.update", this.#about(balanceId, body), options);
  }

  delete(balanceId: string, body: object = {}): Promise<RawAnswer> {
    return this.post("balances.delete", this.#about(balanceId, body));
  }

  async track(value: number, body: object = {}): Promise<void> {
    const { customerId, workshop } = this;
    must(
      await this.post("balances.track", {
        customer_id: customerId,
        feature_id: workshop.units,
        value,
        ...body,
      }),
    );
  }

  #about(balanceId: string, body: object): object {
    const { customerId, workshop } = this;
    return { customer_id: customerId, feature_id: workshop.units, balance_id: balanceId, ...body };
  }

  /** Creates a balance as a preparation, which is not what is tried. */
  async given(balanceId: string, body: object): Promise<void> {
    must(await this.create(balanceId, body));
  }

  /** Creates a balance and has some of it used and stored. */
  async givenUsed(balanceId: string, body: object, used: number): Promise<void> {
    await this.given(balanceId, body);
    await this.track(used);
    const row = await this.rowWhen(balanceId, (now) => amounts(now).usage === used);
    if (row === undefined || amounts(row).usage !== used) {
      throw new CannotTell("failed", `${used} units were tracked, and what is stored is ${described(row)}`);
    }
  }

  /** An entity of the customer. */
  async givenEntity(): Promise<string> {
    const { customerId, workshop } = this;
    const entityId = "seat";
    must(
      await this.post("entities.create", {
        customer_id: customerId,
        entity_id: entityId,
        feature_id: workshop.seats,
        name: entityId,
      }),
    );
    return entityId;
  }

  /** Every row as it is stored. */
  async rows(): Promise<readonly WireRawRow[]> {
    this.workshop.check();
    const rows = await this.client.listRawBalances(this.customerId);
    if (rows === undefined) throw new CannotTell("failed", "the customer that was made is not there");
    return rows;
  }

  async row(balanceId: string): Promise<WireRawRow | undefined> {
    return (await this.rows()).find((row) => row.external_id === balanceId);
  }

  /** A row once it is as it should be, or else as it is when patience ends: servers may act after they answer. */
  async rowWhen(
    balanceId: string,
    isSo: (row: WireRawRow) => boolean,
    patience = PATIENCE_MS,
  ): Promise<WireRawRow | undefined> {
    const until = this.workshop.localNow + patience;
    for (;;) {
      const row = await this.row(balanceId);
      if ((row !== undefined && isSo(row)) || this.workshop.localNow >= until) return row;
      await this.workshop.sleep(POLL_MS);
    }
  }

  /** A row after everything that is under way has been stored. */
  async settledRow(balanceId: string): Promise<WireRawRow | undefined> {
    await this.workshop.sleep(STORED_MS);
    return this.row(balanceId);
  }

  /** The customer as customers.get shows it. */
  async shown(): Promise<WireCustomer> {
    this.workshop.check();
    const customer = await this.client.getCustomer(this.customerId);
    if (customer === undefined) throw new CannotTell("failed", "the customer that was made is not there");
    return customer;
  }

  /** The rows that balances.list shows; `undefined` where the server does not have it. */
  async listed(): Promise<readonly WireListedRow[] | undefined> {
    const rows: WireListedRow[] = [];
    let cursor: string | null = null;
    try {
      do {
        this.workshop.check();
        const page: Awaited<ReturnType<AutumnClient["listBalances"]>> = await this.client.listBalances(
          this.customerId,
          cursor,
        );
        rows.push(...page.list);
        cursor = page.next;
      } while (cursor !== null);
    } catch (error) {
      if (isMissingRoute(error)) return undefined;
      throw error;
    }
    return rows;
  }

  /** Asks for a row to end shortly. @returns the answer, and when it ends by the server's clock */
  async askToEnd(balanceId: string, body: object = {}): Promise<{ answer: RawAnswer; at: number }> {
    for (let margin = UNTIL_END_MS; ; margin *= 2) {
      const askedAt = this.workshop.localNow;
      const at = Math.round(this.workshop.now + margin);
      const answer = await this.update(balanceId, { expires_at: at, ...body });
      // A slow call can arrive after the moment it names, which is refused for being past.
      const mayBeLate = answer.status === 400 && this.workshop.localNow - askedAt > margin / 2;
      if (!mayBeLate || margin > LONGEST_UNTIL_END_MS) return { answer, at };
    }
  }

  /** Waits until a moment of the server's clock has certainly passed. */
  async waitFor(at: number): Promise<void> {
    await this.workshop.sleep(Math.max(0, at + AFTER_END_MS - this.workshop.now));
  }

  /** Ends a row, and waits until it has ended. */
  async givenEnded(balanceId: string, body: object = {}): Promise<void> {
    const { answer, at } = await this.askToEnd(balanceId, body);
    must(answer);
    await this.waitFor(at);
  }
}

function isMissingRoute(error: unknown): boolean {
  return error instanceof Error && "routeIsMissing" in error && error.routeIsMissing === true;
}

/** @throws CannotTell unless the preparation succeeded */
export function must(answer: RawAnswer): void {
  if (isOk(answer)) return;
  const isAbsent = answer.status === 401 && answer.code === "no_auth_header";
  throw new CannotTell(
    isAbsent ? "absent" : "failed",
    isAbsent ? `the server does not have the call: ${answer.message}` : answer.message,
  );
}

export const isOk = ({ status }: RawAnswer): boolean => status >= 200 && status < 300;

/** `200`, or `409 duplicate_idempotency_key`. */
export const told = ({ status, code }: RawAnswer): string =>
  code === undefined ? `${status}` : `${status} ${code}`;

export const isAnswer = (answer: RawAnswer, status: number, code: string): boolean =>
  answer.status === status && answer.code === code;

/** Without the rounding errors of binary fractions, which sums of amounts have. */
const exact = (n: number): number => Number(n.toPrecision(12)) + 0;

export function amounts(row: WireRawRow): Amounts {
  const grant = exact(row.allowance + row.adjustment);
  return { grant, usage: exact(grant - row.balance), remaining: exact(row.balance) };
}

/** `150 granted, 30 used, 120 left`. */
export function described(row: WireRawRow | undefined): string {
  if (row === undefined) return "no row";
  const { grant, usage, remaining } = amounts(row);
  return `${grant} granted, ${usage} used, ${remaining} left`;
}

/** Whether a row has these amounts. */
export function has(row: WireRawRow | undefined, wanted: Partial<Amounts>): boolean {
  if (row === undefined) return false;
  const seen = amounts(row);
  return (Object.keys(wanted) as (keyof Amounts)[]).every((name) => seen[name] === wanted[name]);
}
