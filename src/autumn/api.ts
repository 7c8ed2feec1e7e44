// The calls the engine makes, as an interface, so that it can be tested against anything that answers them.
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

/** The body of balances.update. Every field but the first four changes something. */
export interface UpdateBalanceBody {
  customer_id: string;
  feature_id: string;
  balance_id: string;
  entity_id?: string;
  included_grant?: number;
  /** Units added to what remains; 0 only has usage that is not stored yet stored. */
  add_to_balance?: number;
  /** Units that remain from then on, whatever was used; with `included_grant`, of the new grant. */
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
 * What the engine may ask of Autumn. All calls throw `AutumnError`. A call about a customer that is named by an
 * empty text is refused before it is sent: Autumn would take the newest customer.
 */
export interface AutumnApi {
  /** Every feature of the environment. */
  listFeatures(): Promise<wire.WireFeature[]>;
  /** `undefined` when there is no such customer. */
  getCustomer(customerId: string): Promise<wire.WireCustomer | undefined>;
  /**
   * Reads a customer under an idempotency key, which Autumn gives to one taker within 24 hours. Changes nothing else.
   * @returns `undefined` when there is no such customer, and then nobody has the key
   * @throws AutumnError, with `isUsedIdempotencyKey` when the key had been taken before
   */
  visitCustomer(customerId: string, idempotencyKey: string): Promise<wire.WireCustomer | undefined>;
  /**
   * Does nothing when the customer is there.
   * @param idempotencyKey taken as `visitCustomer` takes it
   */
  createCustomer(customerId: string, idempotencyKey: string): Promise<void>;
  /** `undefined` when the customer has no such entity. */
  getEntity(customerId: string, entityId: string): Promise<wire.WireEntity | undefined>;
  /** A page of a customer's entities; `cursor` is `null` for the first. */
  listEntities(customerId: string, cursor: string | null): Promise<wire.Page<wire.WireEntity>>;
  /** A page of all customers; `cursor` is `null` for the first. */
  listCustomers(cursor: string | null): Promise<wire.Page<wire.WireCustomer>>;
  /** Standalone rows, active and expired, of one customer or of all. */
  listBalances(customerId: string | null, cursor: string | null): Promise<wire.Page<wire.WireListedRow>>;
  /** Every standalone row of a customer as it is stored; `undefined` when there is no such customer. */
  listRawBalances(customerId: string): Promise<wire.WireRawRow[] | undefined>;
  /**
   * Adds a row. Sent again under the same key while its outcome is not known.
   * @param rightBefore done once it is the call's turn at the pace, so that nothing but it comes before the call
   */
  createBalance(
    body: CreateBalanceBody,
    idempotencyKey: string,
    rightBefore?: () => Promise<void>,
  ): Promise<void>;
  /**
   * Changes a row. Units are added once: such a call is not sent again while its outcome is not known.
   * @param idempotencyKey `null` only for what may happen twice
   */
  updateBalance(body: UpdateBalanceBody, idempotencyKey: string | null): Promise<void>;
  /**
   * Takes an idempotency key, which Autumn gives to one taker within 24 hours. Changes nothing else.
   * @returns `false` when it had been taken before
   * @throws AutumnError; ProblemsError when the server does not remember keys
   */
  claim(idempotencyKey: string): Promise<boolean>;
  /**
   * Removes the row with exactly this balance_id.
   * @param rightBefore as of `createBalance`
   */
  deleteBalance(body: DeleteBalanceBody, rightBefore?: () => Promise<void>): Promise<void>;
  /** ms since 1970 by the server's clock, as its answers tell it; by our own before the first answer. */
  serverTime(): number;
  /** ms that the quickest answer so far took, without the wait for its turn; 0 before the first. */
  quickestMs(): number;
}
