// The shapes of Autumn's answers, as far as they are used, and their check: what comes from outside is not
// trusted to be what it should be.
import { AutumnError } from "./error.ts";

export interface WireFeature {
  readonly id: string;
  readonly type: "metered" | "boolean" | "credit_system";
  readonly consumable: boolean;
  readonly archived: boolean;
}

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
}

/** A row of balances.list. */
export interface WireListedRow extends WireRow {
  readonly customer_id: string;
  readonly entity_id: string | null;
  readonly created_at: number | null;
  /** Units kept over resets that are still there. */
  readonly rolled_over: number;
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

export interface WireRollover {
  readonly max: number | null;
  readonly max_percentage: number | null;
  readonly length: number;
  readonly duration: "month" | "forever";
}

export interface WireCustomer {
  readonly id: string;
  readonly rows: readonly WireRow[];
  /** Whether there are balances at all: those of entities are counted without their rows being shown. */
  readonly hasBalances: boolean;
  /** Boolean features that are on. */
  readonly flags: readonly string[];
}

export interface WireEntity {
  readonly id: string;
  readonly feature_id: string | null;
  readonly rows: readonly WireRow[];
}

export interface Page<T> {
  readonly list: readonly T[];
  readonly next: string | null;
}

type Fields = { readonly [name: string]: unknown };

/** Reads answers of one call, and says which field was wrong of which call. */
class Reader {
  constructor(private readonly call: string) {}

  fail(what: string): never {
    throw new AutumnError(`${this.call} answered something unexpected: ${what}`, {
      outcome: "unknown",
      call: this.call,
      code: "unexpected_answer",
    });
  }

  object(value: unknown, name: string): Fields {
    if (value === null || typeof value !== "object" || Array.isArray(value))
      this.fail(`${name} is not an object`);
    return value as Fields;
  }

  list(value: unknown, name: string): readonly unknown[] {
    if (!Array.isArray(value)) this.fail(`${name} is not a list`);
    return value;
  }

  text(value: unknown, name: string): string {
    if (typeof value !== "string" || value === "") this.fail(`${name} is not a text`);
    return value;
  }

  textOrNull(value: unknown, name: string): string | null {
    return value === null || value === undefined ? null : this.text(value, name);
  }

  number(value: unknown, name: string): number {
    if (typeof value !== "number" || !Number.isFinite(value)) this.fail(`${name} is not a number`);
    return value;
  }

  numberOrNull(value: unknown, name: string): number | null {
    return value === null || value === undefined ? null : this.number(value, name);
  }

  reset(value: unknown): WireReset | null {
    if (value === null || value === undefined) return null;
    const reset = this.object(value, "reset");
    return {
      interval: this.text(reset.interval, "reset.interval"),
      interval_count: this.numberOrNull(reset.interval_count, "reset.interval_count") ?? 1,
      resets_at: this.numberOrNull(reset.resets_at, "reset.resets_at"),
    };
  }

  row(value: unknown, featureId?: string): WireRow {
    const row = this.object(value, "a row");
    return {
      id: this.text(row.id, "id"),
      feature_id: featureId ?? this.text(row.feature_id, "feature_id"),
      plan_id: this.textOrNull(row.plan_id, "plan_id"),
      included_grant: this.numberOrNull(row.included_grant, "included_grant") ?? 0,
      remaining: this.numberOrNull(row.remaining, "remaining") ?? 0,
      usage: this.numberOrNull(row.usage, "usage") ?? 0,
      unlimited: row.unlimited === true,
      reset: this.reset(row.reset),
      expires_at: this.numberOrNull(row.expires_at, "expires_at"),
    };
  }

  /** The rows below `balances.<feature>.breakdown` of a customer or an entity. */
  breakdown(value: unknown): WireRow[] {
    const balances = this.object(value ?? {}, "balances");
    return Object.entries(balances).flatMap(([featureId, balance]) => {
      const { breakdown } = this.object(balance, "a balance");
      return this.list(breakdown ?? [], "breakdown").map((row) => this.row(row, featureId));
    });
  }
}

export function readFeatures(answer: unknown): WireFeature[] {
  const reader = new Reader("features.list");
  return reader.list(reader.object(answer, "the answer").list, "list").map((value) => {
    const feature = reader.object(value, "a feature");
    const { type } = feature;
    if (type !== "metered" && type !== "boolean" && type !== "credit_system") {
      return reader.fail("a feature of an unknown type");
    }
    return {
      id: reader.text(feature.id, "id"),
      type,
      consumable: feature.consumable !== false,
      archived: feature.archived === true,
    };
  });
}

export function readCustomer(answer: unknown, call = "customers.get"): WireCustomer {
  const reader = new Reader(call);
  const customer = reader.object(answer, "a customer");
  return {
    id: reader.text(customer.id, "id"),
    rows: reader.breakdown(customer.balances),
    hasBalances: Object.keys(reader.object(customer.balances ?? {}, "balances")).length > 0,
    flags: Object.keys(reader.object(customer.flags ?? {}, "flags")),
  };
}

export function readCustomers(answer: unknown): Page<WireCustomer> {
  const reader = new Reader("customers.list");
  const page = reader.object(answer, "the answer");
  return {
    // A customer without an id of its own cannot be named in a file, so it is passed over.
    list: reader
      .list(page.list, "list")
      .filter((value) => reader.object(value, "a customer").id != null)
      .map((value) => readCustomer(value, "customers.list")),
    next: reader.textOrNull(page.next_cursor, "next_cursor"),
  };
}

export function readEntity(answer: unknown): WireEntity {
  const reader = new Reader("entities.get");
  const entity = reader.object(answer, "the answer");
  return {
    id: reader.text(entity.id, "id"),
    feature_id: reader.textOrNull(entity.feature_id, "feature_id"),
    rows: reader.breakdown(entity.balances),
  };
}

export function readListedRows(answer: unknown): Page<WireListedRow> {
  const reader = new Reader("balances.list");
  const page = reader.object(answer, "the answer");
  const list = reader.list(page.list, "list").map((value): WireListedRow => {
    const row = reader.object(value, "a row");
    const rollovers = row.rollovers == null ? [] : reader.list(row.rollovers, "rollovers");
    return {
      ...reader.row(row),
      customer_id: reader.text(row.customer_id, "customer_id"),
      entity_id: reader.textOrNull(row.entity_id, "entity_id"),
      created_at: reader.numberOrNull(row.created_at, "created_at"),
      rolled_over: rollovers.reduce<number>(
        (sum, rollover) =>
          sum + (reader.numberOrNull(reader.object(rollover, "a rollover").balance, "balance") ?? 0),
        0,
      ),
    };
  });
  // Pages may be short, even empty, while there are more (balances.list, documented).
  const next = page.has_more === true ? reader.text(page.next_cursor, "next_cursor") : null;
  return { list, next };
}

export function readRawRows(answer: unknown): WireRawRow[] {
  const reader = new Reader("balances/list");
  return reader.list(reader.object(answer, "the answer").balances, "balances").map((value) => {
    const row = reader.object(value, "a row");
    const entitlement = reader.object(row.entitlement, "entitlement");
    return {
      id: reader.textOrNull(row.id, "id"),
      external_id: reader.textOrNull(row.external_id, "external_id"),
      customer_id: reader.text(row.customer_id, "customer_id"),
      feature_id: reader.text(row.feature_id, "feature_id"),
      internal_entity_id: reader.textOrNull(row.internal_entity_id, "internal_entity_id"),
      unlimited: typeof row.unlimited === "boolean" ? row.unlimited : null,
      balance: reader.numberOrNull(row.balance, "balance") ?? 0,
      adjustment: reader.numberOrNull(row.adjustment, "adjustment") ?? 0,
      next_reset_at: reader.numberOrNull(row.next_reset_at, "next_reset_at"),
      expires_at: reader.numberOrNull(row.expires_at, "expires_at"),
      created_at: reader.numberOrNull(row.created_at, "created_at"),
      allowance: reader.numberOrNull(entitlement.allowance, "allowance") ?? 0,
      interval: reader.textOrNull(entitlement.interval, "interval") ?? "lifetime",
      interval_count: reader.numberOrNull(entitlement.interval_count, "interval_count") ?? 1,
      rollover: readRollover(reader, entitlement.rollover),
    };
  });
}

function readRollover(reader: Reader, value: unknown): WireRollover | null {
  if (value === null || value === undefined) return null;
  const rollover = reader.object(value, "rollover");
  return {
    max: reader.numberOrNull(rollover.max, "rollover.max"),
    max_percentage: reader.numberOrNull(rollover.max_percentage, "rollover.max_percentage"),
    length: reader.numberOrNull(rollover.length, "rollover.length") ?? 1,
    duration: rollover.duration === "forever" ? "forever" : "month",
  };
}
