// The calls that the engine makes, as an interface that tests and emulators can implement.
import type * as wire from "./wire.ts";

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

/** The body of balances.update. Every field but the first four changes something; amounts are in units. */
export interface UpdateBalanceBody {
  customer_id: string;
  feature_id: string;
  balance_id: string;
  entity_id?: string;
  included_grant?: number;
  /** Units added to what remains. 0 only makes Autumn store usage that it has not stored yet. */
  add_to_balance?: number;
  /** Units that remain from then on, whatever was used; of the new grant, if `included_grant` is sent, too. */
  remaining?: number;
  /** ms since 1970. */
  next_reset_at?: number;
  /** ms since 1970. */
  expires_at?: number;
}

/** The body of balances.delete. */
export interface DeleteBalanceBody {
  customer_id: string;
  feature_id: string;
  balance_id: string;
  entity_id?: string;
}

/**
 * What the engine calls. All calls throw `AutumnError`. A call that names a customer by an empty text is refused before
 * it is sent: Autumn would take the newest customer.
 */
export interface AutumnApi {
  /** Every feature of the environment. */
  listFeatures(): Promise<wire.WireFeature[]>;
  /** `undefined` when there is no such customer. */
  getCustomer(customerId: string): Promise<wire.WireCustomer | undefined>;
  /**
   * Reads a customer under an idempotency key, which Autumn gives to one taker within 24 hours. Changes nothing else.
   * @returns `undefined` when there is no such customer; the key is then still free
   * @throws AutumnError, with `isUsedIdempotencyKey` when the key was taken before
   */
  visitCustomer(customerId: string, idempotencyKey: string): Promise<wire.WireCustomer | undefined>;
  /**
   * Creates the customer if it does not exist.
   * @param idempotencyKey is taken as by `visitCustomer`
   */
  createCustomer(customerId: string, idempotencyKey: string): Promise<void>;
  /** `undefined` when the customer has no such entity. */
  getEntity(customerId: string, entityId: string): Promise<wire.WireEntity | undefined>;
  /** A page of a customer's entities; `cursor` is `null` for the first. */
  listEntities(customerId: string, cursor: string | null): Promise<wire.Page<wire.WireEntity>>;
  /** A page of all customers; `cursor` is `null` for the first. */
  listCustomers(cursor: string | null): Promise<wire.Page<wire.WireCustomer>>;
  /**
   * A page of the standalone rows, active and expired, of one customer or, with `null`, of all; `cursor` is `null` for
   * the first.
   */
  listBalances(customerId: string | null, cursor: string | null): Promise<wire.Page<wire.WireListedRow>>;
  /** Every standalone row of a customer as it is stored; `undefined` when there is no such customer. */
  listRawBalances(customerId: string): Promise<wire.WireRawRow[] | undefined>;
  /**
   * Creates a row. Retried under the same key while its outcome is unknown.
   * @param rightBefore runs once the rate limit lets the call pass, so that nothing comes between the two
   */
  createBalance(
    body: CreateBalanceBody,
    idempotencyKey: string,
    rightBefore?: () => Promise<void>,
  ): Promise<void>;
  /**
   * Changes a row. A call that adds units or sets what remains is not retried while its outcome is unknown.
   * @param idempotencyKey `null` only for what may happen twice
   */
  updateBalance(body: UpdateBalanceBody, idempotencyKey: string | null): Promise<void>;
  /**
   * Takes an idempotency key, which Autumn gives to one taker within 24 hours. Changes nothing else.
   * @returns `false` when it was taken before
   * @throws AutumnError; ProblemsError when the server does not remember keys
   */
  claim(idempotencyKey: string): Promise<boolean>;
  /**
   * Deletes the row with exactly this balance_id.
   * @param rightBefore as for `createBalance`
   */
  deleteBalance(body: DeleteBalanceBody, rightBefore?: () => Promise<void>): Promise<void>;
  /** ms since 1970 by the server's clock, learnt from its answers; by our own before the first answer. */
  serverTime(): number;
  /** ms that the quickest answer so far took, without waiting for the rate limit; 0 before the first. */
  quickestMs(): number;
}
