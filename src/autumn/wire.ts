// The shapes of Autumn's answers, as far as they are used. Amounts are in balance units, instants in ms since 1970.

/** A feature of features.list. */
export interface WireFeature {
  readonly id: string;
  /** Types added later are read as `credit_system`, as they take a grant in the same way. */
  readonly type: "metered" | "boolean" | "credit_system";
  /** Whether it is consumed, like calls, and not held, like seats. */
  readonly consumable: boolean;
  readonly archived: boolean;
}

/** When a row resets. */
export interface WireReset {
  readonly interval: string;
  readonly interval_count: number;
  readonly resets_at: number | null;
}

/** A row as public reads show it: customers.get, customers.list, entities.get. */
export interface WireRow {
  /** The balance_id when one was given, else `cus_ent_…`. */
  readonly id: string;
  readonly feature_id: string;
  readonly plan_id: string | null;
  readonly included_grant: number;
  readonly remaining: number;
  readonly usage: number;
  readonly unlimited: boolean;
  readonly reset: WireReset | null;
  readonly expires_at: number | null;
  /** Whether it was bought: it has a price, or units that were paid for beforehand. */
  readonly paid: boolean;
  /** Units rolled over from earlier cycles that are still left. */
  readonly rolled_over: number;
}

/** A row of balances.list. */
export interface WireListedRow extends WireRow {
  readonly customer_id: string;
  readonly entity_id: string | null;
  readonly created_at: number | null;
}

/** A row of GET balances/list: what is stored, with the grant given at creation. */
export interface WireRawRow {
  /** `cus_ent_…`, where the server shows it. */
  readonly id: string | null;
  readonly external_id: string | null;
  readonly customer_id: string;
  readonly feature_id: string;
  readonly internal_entity_id: string | null;
  /** `null` for a boolean feature. */
  readonly unlimited: boolean | null;
  readonly balance: number;
  readonly adjustment: number;
  readonly next_reset_at: number | null;
  readonly expires_at: number | null;
  readonly created_at: number | null;
  readonly allowance: number;
  readonly interval: string;
  readonly interval_count: number;
  readonly rollover: WireRollover | null;
}

/** What rolls over at a reset. */
export interface WireRollover {
  readonly max: number | null;
  readonly max_percentage: number | null;
  readonly length: number;
  readonly duration: "month" | "forever";
}

/** A customer as customers.get and customers.list show it. */
export interface WireCustomer {
  readonly id: string;
  readonly rows: readonly WireRow[];
  /** Whether there are any balances. Those of entities count, although their rows are not shown. */
  readonly hasBalances: boolean;
  /** Boolean features that are on. */
  readonly flags: readonly string[];
  /** The ids of those rows of boolean features that come from no plan; `null` where the server does not tell an id. */
  readonly granted_flags?: readonly (string | null)[];
  /** Features whose usage is limited for a time, whoever set the limit (`billing_controls.usage_limits`). */
  readonly limited: readonly string[];
  readonly name?: string | null;
  readonly email?: string | null;
  /** The plans that the customer has or will have; `null` where the server does not tell. */
  readonly plans?: readonly { readonly id: string; readonly status: string }[] | null;
}

/** An entity as entities.get shows it, with its customer's rows among its own. */
export interface WireEntity {
  readonly id: string;
  readonly feature_id: string | null;
  readonly rows: readonly WireRow[];
  /** As for a customer. */
  readonly limited: readonly string[];
}

/** A page of a list. It can be empty although more follow. */
export interface Page<T> {
  readonly list: readonly T[];
  /** The cursor of the next page; `null` on the last. */
  readonly next: string | null;
}
