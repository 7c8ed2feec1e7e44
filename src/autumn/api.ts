// The calls the engine makes, as an interface, and their implementation over HTTP.
import { type Clock, systemClock } from "./clock.ts";
import { AutumnError } from "./error.ts";
import { type CallRecord, Http } from "./http.ts";
import { type PaceOptions, Pacer } from "./pace.ts";
import * as wire from "./wire.ts";

/** The body of balances.create, in the API's names. */
export interface CreateBalanceBody {
  customer_id: string;
  feature_id: string;
  balance_id: string;
  entity_id?: string;
  included_grant?: number;
  unlimited?: true;
  reset?: { interval: string; interval_count?: number };
  rollover?: { max?: number; max_percentage?: number; length?: number; duration: string };
  /** ms since 1970. */
  expires_at?: number;
  /** ms since 1970. */
  next_reset_at?: number;
}

/** The body of balances.update. Every field but the first four changes something. */
export interface UpdateBalanceBody {
  customer_id: string;
  feature_id: string;
  balance_id: string;
  entity_id?: string;
  included_grant?: number;
  /** Units added to what remains; 0 only has usage that is not stored yet stored. */
  add_to_balance?: number;
  /** ms since 1970. */
  next_reset_at?: number;
  /** ms since 1970. */
  expires_at?: number;
}

export interface DeleteBalanceBody {
  customer_id: string;
  feature_id: string;
  balance_id: string;
  entity_id?: string;
}

/** What the engine may ask of Autumn. All calls throw `AutumnError`. */
export interface AutumnApi {
  listFeatures(): Promise<wire.WireFeature[]>;
  /** `undefined` when there is no such customer. */
  getCustomer(customerId: string): Promise<wire.WireCustomer | undefined>;
  createCustomer(customerId: string): Promise<void>;
  /** `undefined` when the customer has no such entity. */
  getEntity(customerId: string, entityId: string): Promise<wire.WireEntity | undefined>;
  listCustomers(cursor: string | null): Promise<wire.Page<wire.WireCustomer>>;
  /** Standalone rows, active and expired, of one customer or of all. */
  listBalances(customerId: string | null, cursor: string | null): Promise<wire.Page<wire.WireListedRow>>;
  /** Every standalone row of a customer as it is stored; `undefined` when there is no such customer. */
  listRawBalances(customerId: string): Promise<wire.WireRawRow[] | undefined>;
  createBalance(body: CreateBalanceBody, idempotencyKey: string): Promise<void>;
  /** Without a key only for what may happen twice. */
  updateBalance(body: UpdateBalanceBody, idempotencyKey: string | null): Promise<void>;
  deleteBalance(body: DeleteBalanceBody): Promise<void>;
}

export interface AutumnClientOptions extends PaceOptions {
  readonly baseUrl: string;
  readonly secretKey: string;
  readonly fetch?: typeof fetch;
  readonly clock?: Clock;
  readonly random?: () => number;
  /** ms until an unanswered call is given up; 30,000 when left out. */
  readonly timeoutMs?: number;
  /** How often a call is sent again after a passing failure; 5 when left out. */
  readonly maxRetries?: number;
  readonly signal?: AbortSignal;
  readonly onCall?: (call: CallRecord) => void;
}

/** The most that each list gives in one answer. */
export const PAGE_SIZE = { customers: 1000, balances: 200 } as const;

export class AutumnClient implements AutumnApi {
  private readonly http: Http;
  /** What the server said when it turned out not to have balances.list; it is not asked a second time. */
  private noBalancesList: AutumnError | undefined;

  constructor(options: AutumnClientOptions) {
    const clock = options.clock ?? systemClock;
    this.http = new Http({
      baseUrl: options.baseUrl,
      secretKey: options.secretKey,
      fetch: options.fetch ?? fetch,
      clock,
      pacer: new Pacer(clock, options),
      random: options.random ?? Math.random,
      timeoutMs: options.timeoutMs ?? 30_000,
      maxRetries: options.maxRetries ?? 5,
      ...(options.signal ? { signal: options.signal } : {}),
      ...(options.onCall ? { onCall: options.onCall } : {}),
    });
  }

  async listFeatures(): Promise<wire.WireFeature[]> {
    return wire.readFeatures(await this.read("features.list", {}, "balances"));
  }

  async getCustomer(customerId: string): Promise<wire.WireCustomer | undefined> {
    const answer = await missing(
      this.read("customers.get", { customer_id: customerId }, "customer", customerId),
    );
    return answer === undefined ? undefined : wire.readCustomer(answer);
  }

  async createCustomer(customerId: string): Promise<void> {
    await this.read("customers.get_or_create", { customer_id: customerId }, "customer", customerId);
  }

  async getEntity(customerId: string, entityId: string): Promise<wire.WireEntity | undefined> {
    const body = { customer_id: customerId, entity_id: entityId };
    const answer = await missing(this.read("entities.get", body, "entity", customerId));
    return answer === undefined ? undefined : wire.readEntity(answer);
  }

  async listCustomers(cursor: string | null): Promise<wire.Page<wire.WireCustomer>> {
    const body = { limit: PAGE_SIZE.customers, ...(cursor === null ? {} : { start_cursor: cursor }) };
    return wire.readCustomers(await this.read("customers.list", body, "lists"));
  }

  async listBalances(
    customerId: string | null,
    cursor: string | null,
  ): Promise<wire.Page<wire.WireListedRow>> {
    const body = {
      ...(customerId === null ? {} : { customer_id: customerId }),
      plan_id: null,
      statuses: ["active", "expired"],
      limit: PAGE_SIZE.balances,
      ...(cursor === null ? {} : { start_cursor: cursor }),
    };
    if (this.noBalancesList) throw this.noBalancesList;
    try {
      return wire.readListedRows(await this.read("balances.list", body, "balances", customerId ?? undefined));
    } catch (error) {
      if (error instanceof AutumnError && error.routeIsMissing) this.noBalancesList = error;
      throw error;
    }
  }

  async listRawBalances(customerId: string): Promise<wire.WireRawRow[] | undefined> {
    const answer = await missing(
      this.http.send({
        method: "GET",
        path: `/v1/balances/list?customer_id=${encodeURIComponent(customerId)}`,
        group: "balances",
        customerId,
        repeatable: true,
      }),
    );
    return answer === undefined ? undefined : wire.readRawRows(answer);
  }

  async createBalance(body: CreateBalanceBody, idempotencyKey: string): Promise<void> {
    await this.write("balances.create", body, "balances", idempotencyKey);
  }

  async updateBalance(body: UpdateBalanceBody, idempotencyKey: string | null): Promise<void> {
    await this.write("balances.update", body, "customer", idempotencyKey);
  }

  async deleteBalance(body: DeleteBalanceBody): Promise<void> {
    // An exact id is deleted once however often this is sent.
    await this.write("balances.delete", body, "balances", null);
  }

  private read(
    route: string,
    body: object,
    group: "balances" | "lists" | "customer" | "entity",
    customerId?: string,
  ) {
    return this.http.send({
      method: "POST",
      path: `/v1/${route}`,
      body,
      group,
      repeatable: true,
      ...(customerId === undefined ? {} : { customerId }),
    });
  }

  private async write(
    route: string,
    body: CreateBalanceBody | UpdateBalanceBody | DeleteBalanceBody,
    group: "balances" | "customer",
    idempotencyKey: string | null,
  ): Promise<void> {
    guardTarget(route, body);
    await this.http.send({
      method: "POST",
      path: `/v1/${route}`,
      body,
      group,
      customerId: body.customer_id,
      // The same key makes a second send harmless; a call without a key is one that may happen twice.
      repeatable: true,
      ...(idempotencyKey === null ? {} : { idempotencyKey }),
    });
  }
}

/**
 * Last line of defence. Without a customer Autumn takes the newest one; without a feature or a balance_id it
 * deletes every row of the customer or of the feature (scenario delete-by-feature).
 */
function guardTarget(
  call: string,
  body: { customer_id: string; feature_id: string; balance_id: string },
): void {
  if (body.customer_id && body.feature_id && body.balance_id) return;
  throw new AutumnError(`${call} was about to be sent without its exact target`, {
    outcome: "refused",
    call,
  });
}

/** `undefined` for a customer or entity that is not there; a 404 of anything else (a wrong address) stays an error. */
async function missing(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    const code = error instanceof AutumnError && error.isNotFound ? error.code : undefined;
    if (code === "customer_not_found" || code === "entity_not_found") return undefined;
    throw error;
  }
}
