// `AutumnApi` over HTTP: the route of each call, its rate limit, and whether it may be sent twice.
import { setMaxListeners } from "node:events";
import { type Problem, ProblemsError } from "../schema/index.ts";
import type { AutumnApi, CreateBalanceBody, DeleteBalanceBody, UpdateBalanceBody } from "./api.ts";
import { type Clock, systemClock } from "./clock.ts";
import { checkedSecretKey } from "./credentials.ts";
import * as read from "./decode.ts";
import { AutumnError } from "./error.ts";
import { type Call, type CallRecord, type Effect, type Fetch, Http, type RawAnswer } from "./http.ts";
import { type LoggedCall, readLoggedCalls } from "./logs.ts";
import { Pacer } from "./pacing/pacer.ts";
import type { PaceOptions, RateGroup } from "./pacing/rate-groups.ts";
import { ServerClock } from "./server-clock.ts";
import { guardCustomer, guardTarget } from "./target.ts";
import type { Page, WireCustomer, WireEntity, WireFeature, WireListedRow, WireRawRow } from "./wire.ts";

/** How to reach Autumn. */
export interface AutumnClientOptions extends PaceOptions {
  /** Without a slash at its end, as `checkedBaseUrl` returns it. */
  readonly baseUrl: string;
  readonly secretKey: string;
  readonly fetch?: Fetch;
  readonly clock?: Clock;
  /** 0 to just below 1, for spreading retries. */
  readonly random?: () => number;
  /** ms until an unanswered call is given up; 30,000 when left out. */
  readonly timeoutMs?: number;
  /** How often a call is retried after a transient failure; 5 when left out. */
  readonly maxRetries?: number;
  /** Once aborted, nothing more is sent; calls in progress are waited for. */
  readonly signal?: AbortSignal;
  /** Called after every request. Must not throw. */
  readonly onCall?: (call: CallRecord) => void;
}

/** The most items that each list returns in one page. */
export const PAGE_SIZE = { customers: 1000, entities: 1000, balances: 200 } as const;

/** The most rows that logs.search returns. */
export const LOG_ROWS = 200;

const DEFAULT_TIMEOUT_MS = 30_000;
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;
const DEFAULT_MAX_RETRIES = 5;

const KEYS_FORGOTTEN: Problem = {
  code: "keys-not-remembered",
  message: "the server does not remember idempotency keys, so nothing tells whether this was done before",
  hint: "check the base URL, and what stands between: a proxy may drop the header Idempotency-Key",
};

interface Sent {
  readonly group: RateGroup;
  readonly effect: Effect;
  readonly customerId?: string;
  readonly idempotencyKey?: string;
  readonly rightBefore?: () => Promise<void>;
}

/**
 * Autumn's API over HTTP.
 * @example
 * ```ts
 * const autumn = new AutumnClient({ baseUrl: "https://api.useautumn.com", secretKey: "am_sk_test_…" });
 * const features = await autumn.listFeatures();
 * ```
 */
export class AutumnClient implements AutumnApi {
  readonly #http: Http;
  /** The server's time, learnt from its answers; before the first, that of this machine. */
  readonly serverClock: Clock;
  /** Settles once the first balances.list is answered, which shows whether the server has the route. */
  #firstList: Promise<void> | undefined;
  /** The error of a server without balances.list, which is not asked again. */
  #noBalancesList: AutumnError | undefined;

  /** @throws ProblemsError for a malformed key, RangeError for a number that is out of range */
  constructor(options: AutumnClientOptions) {
    const { timeoutMs = DEFAULT_TIMEOUT_MS, maxRetries = DEFAULT_MAX_RETRIES } = options;
    if (!(timeoutMs >= 1 && timeoutMs <= LONGEST_TIMEOUT_MS))
      throw new RangeError(`timeoutMs is ${timeoutMs}; it is from 1 to ${LONGEST_TIMEOUT_MS}`);
    if (!(Number.isInteger(maxRetries) && maxRetries >= 0))
      throw new RangeError(`maxRetries is ${maxRetries}; it is a whole number from 0`);
    const clock = options.clock ?? systemClock;
    const serverClock = new ServerClock(clock);
    this.serverClock = serverClock;
    this.#http = new Http({
      baseUrl: options.baseUrl,
      secretKey: checkedSecretKey(options.secretKey),
      fetch: options.fetch ?? fetch,
      clock,
      serverClock,
      pacer: new Pacer(clock, options),
      random: options.random ?? Math.random,
      timeoutMs,
      maxRetries,
      ...(options.signal ? { signal: manyListeners(options.signal) } : {}),
      ...(options.onCall ? { onCall: options.onCall } : {}),
    });
  }

  async listFeatures(): Promise<WireFeature[]> {
    return read.readFeatures(await this.#post("features.list", {}, { group: "balances", effect: "none" }));
  }

  async getCustomer(customerId: string): Promise<WireCustomer | undefined> {
    guardCustomer("customers.get", customerId);
    const body = { customer_id: customerId };
    const answer = this.#post("customers.get", body, { group: "customer", effect: "none", customerId });
    return read.readCustomer(await unlessMissing(answer, ["customer_not_found"]));
  }

  async visitCustomer(customerId: string, idempotencyKey: string): Promise<WireCustomer | undefined> {
    guardCustomer("customers.get", customerId);
    const body = { customer_id: customerId };
    // Not retried while its outcome is unknown: the first attempt would have the second refused.
    const sent = { group: "customer", effect: "once", customerId, idempotencyKey } as const;
    const answer = this.#post("customers.get", body, sent);
    return read.readCustomer(await unlessMissing(answer, ["customer_not_found"]));
  }

  async createCustomer(customerId: string, idempotencyKey: string): Promise<void> {
    guardCustomer("customers.get_or_create", customerId);
    const body = { customer_id: customerId };
    const sent = { group: "customer", effect: "once", customerId, idempotencyKey } as const;
    await this.#post("customers.get_or_create", body, sent);
  }

  serverTime(): number {
    return this.serverClock.now();
  }

  quickestMs(): number {
    return this.#http.quickestMs;
  }

  async getEntity(customerId: string, entityId: string): Promise<WireEntity | undefined> {
    guardCustomer("entities.get", customerId);
    const body = { customer_id: customerId, entity_id: entityId };
    const answer = this.#post("entities.get", body, { group: "entity", effect: "none", customerId });
    return read.readEntity(await unlessMissing(answer, ["customer_not_found", "entity_not_found"]));
  }

  async listEntities(customerId: string, cursor: string | null): Promise<Page<WireEntity>> {
    guardCustomer("entities.list", customerId);
    const from = cursor === null ? {} : { start_cursor: cursor };
    const body = { customer_id: customerId, limit: PAGE_SIZE.entities, ...from };
    return read.readEntities(
      await this.#post("entities.list", body, { group: "lists", effect: "none", customerId }),
    );
  }

  async listCustomers(cursor: string | null): Promise<Page<WireCustomer>> {
    const body = { limit: PAGE_SIZE.customers, ...(cursor === null ? {} : { start_cursor: cursor }) };
    return read.readCustomers(await this.#post("customers.list", body, { group: "lists", effect: "none" }));
  }

  async listBalances(customerId: string | null, cursor: string | null): Promise<Page<WireListedRow>> {
    if (customerId !== null) guardCustomer("balances.list", customerId);
    if (this.#firstList) await this.#firstList;
    if (this.#noBalancesList) throw this.#noBalancesList;
    const page = this.#listBalances(customerId, cursor);
    this.#firstList ??= page.then(
      () => undefined,
      () => undefined,
    );
    return page;
  }

  async #listBalances(customerId: string | null, cursor: string | null): Promise<Page<WireListedRow>> {
    const body = {
      ...(customerId === null ? {} : { customer_id: customerId }),
      plan_id: null,
      statuses: ["active", "expired"],
      limit: PAGE_SIZE.balances,
      ...(cursor === null ? {} : { start_cursor: cursor }),
    };
    try {
      const answer = await this.#post("balances.list", body, {
        group: "balances",
        effect: "none",
        ...(customerId === null ? {} : { customerId }),
      });
      return read.readListedRows(answer);
    } catch (error) {
      if (error instanceof AutumnError && error.routeIsMissing) this.#noBalancesList = error;
      throw error;
    }
  }

  /**
   * The newest successful requests of the last 7 days, newest first, as hosted Autumn logs them.
   * @returns the requests, and how many rows the log returned: if `LOG_ROWS`, it may have more
   * @throws AutumnError, with `routeIsMissing` when the server has no log
   */
  async searchLogs(): Promise<{ calls: LoggedCall[]; rows: number }> {
    const query = "where status_code < 400 | order by timestamp desc";
    const answer = await this.#post(
      "logs.search",
      { query, limit: LOG_ROWS },
      { group: "balances", effect: "none" },
    );
    return readLoggedCalls(answer);
  }

  async listRawBalances(customerId: string): Promise<WireRawRow[] | undefined> {
    guardCustomer("balances/list", customerId);
    const answer = this.#http.send({
      method: "GET",
      path: `/v1/balances/list?customer_id=${encodeURIComponent(customerId)}`,
      group: "balances",
      customerId,
      effect: "none",
    });
    return read.readRawRows(await unlessMissing(answer, ["customer_not_found"]));
  }

  async createBalance(
    body: CreateBalanceBody,
    idempotencyKey: string,
    rightBefore?: () => Promise<void>,
  ): Promise<void> {
    // If an earlier attempt created the row, its balance_id is taken, so a retry cannot create another.
    const sent = { group: "balances", effect: "repeatable", idempotencyKey } as const;
    await this.#write("balances.create", body, { ...sent, ...(rightBefore ? { rightBefore } : {}) });
  }

  async updateBalance(body: UpdateBalanceBody, idempotencyKey: string | null): Promise<void> {
    await this.#write("balances.update", body, {
      group: "customer",
      // Units added twice are granted twice (scenario update-grant-and-add). Setting `remaining` twice loses usage in
      // between.
      effect: body.add_to_balance || body.remaining !== undefined ? "once" : "repeatable",
      ...(idempotencyKey === null ? {} : { idempotencyKey }),
    });
  }

  async claim(idempotencyKey: string): Promise<boolean> {
    // A key is taken whatever the route (scenario idempotency-key), so any will do. Not retried while its outcome is
    // unknown: the first attempt would have the second refused.
    const take = async (): Promise<boolean> => {
      try {
        await this.#post("features.list", {}, { group: "balances", effect: "once", idempotencyKey });
        return true;
      } catch (error) {
        if (error instanceof AutumnError && error.isUsedIdempotencyKey) return false;
        throw error;
      }
    };
    if (!(await take())) return false;
    // The key is really ours only if the server refuses it the second time.
    if (await take()) throw new ProblemsError([KEYS_FORGOTTEN]);
    return true;
  }

  async deleteBalance(body: DeleteBalanceBody, rightBefore?: () => Promise<void>): Promise<void> {
    // An exact id is deleted once, however often this is sent.
    const sent = { group: "balances", effect: "repeatable" } as const;
    await this.#write("balances.delete", body, { ...sent, ...(rightBefore ? { rightBefore } : {}) });
  }

  /**
   * Sends any call and returns its answer, even a refusal: for studying the server. The target is not checked.
   * @throws AutumnError when there is no answer, or the failure may pass
   */
  ask(call: Call): Promise<RawAnswer> {
    return this.#http.ask(call);
  }

  async #write(
    route: string,
    body: CreateBalanceBody | UpdateBalanceBody | DeleteBalanceBody,
    sent: Sent,
  ): Promise<void> {
    guardTarget(route, body);
    read.readSuccess(await this.#post(route, body, { ...sent, customerId: body.customer_id }), route);
  }

  #post(route: string, body: object, sent: Sent): Promise<unknown> {
    return this.#http.send({ method: "POST", path: `/v1/${route}`, body, ...sent });
  }
}

/** A signal of our own, as every waiting call listens to it, and Node would warn of so many listeners. */
function manyListeners(signal: AbortSignal): AbortSignal {
  const own = AbortSignal.any([signal]);
  setMaxListeners(0, own);
  return own;
}

/** `undefined` for what does not exist, by the code; another 404, such as of a wrong address, stays an error. */
async function unlessMissing(answer: Promise<unknown>, codes: readonly string[]): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    const code = error instanceof AutumnError && error.isNotFound ? error.code : undefined;
    if (code !== undefined && codes.includes(code)) return undefined;
    throw error;
  }
}
