// The emulated database of one organisation and environment.
import { dropUnstored, hangsReads, isResetDue, resetRow } from "./rows.ts";
import type { Customer, Entity, Feature, Row } from "./types.ts";
import { dropUnstoredWindows } from "./usage-limits.ts";

/** Everything the emulator remembers, as JSON. */
export interface StoredState {
  readonly features: Feature[];
  readonly customers: Customer[];
  readonly nextSeq: number;
}

/** What a customer is created with. */
export interface NewCustomer {
  readonly id: string;
  readonly name?: string | null | undefined;
  readonly email?: string | null | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

export class Store {
  readonly features = new Map<string, Feature>();
  readonly #customers = new Map<string, Customer>();
  readonly #byInternalId = new Map<string, Customer>();
  readonly #onChange: () => void;
  #nextSeq = 1;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Says that something changed, so that it reaches the state file. */
  changed(): void {
    this.#onChange();
  }

  /** In order of creation. */
  customers(): Customer[] {
    return [...this.#customers.values()];
  }

  newestCustomer(): Customer | undefined {
    let newest: Customer | undefined;
    for (const customer of this.#customers.values()) {
      if (!newest || customer.seq > newest.seq) newest = customer;
    }
    return newest;
  }

  /** Finds a customer by its own id or by Autumn's. */
  customer(id: string): Customer | undefined {
    return this.#customers.get(id) ?? this.#byInternalId.get(id);
  }

  addCustomer(wanted: NewCustomer, now: number): Customer {
    const seq = this.nextSeq();
    const customer: Customer = {
      id: wanted.id,
      internalId: this.newId("cus_", seq, now),
      seq,
      name: wanted.name ?? null,
      email: wanted.email ?? null,
      metadata: wanted.metadata ?? {},
      createdAt: now,
      plans: [],
      entities: [],
      rows: [],
      usageLimits: null,
      usageWindows: [],
    };
    this.#index(customer);
    this.changed();
    return customer;
  }

  removeCustomer(customer: Customer): void {
    this.#customers.delete(customer.id);
    this.#byInternalId.delete(customer.internalId);
    this.changed();
  }

  addEntity(customer: Customer, entity: Omit<Entity, "internalId" | "usageLimits">): Entity {
    const internalId = this.newId("ety_", this.nextSeq(), entity.createdAt);
    const added = { ...entity, internalId, usageLimits: null };
    customer.entities.push(added);
    this.changed();
    return added;
  }

  addRow(customer: Customer, row: Omit<Row, "id" | "seq">): Row {
    const seq = this.nextSeq();
    const added = { ...row, seq, id: this.newId("cus_ent_", seq, row.createdAt) };
    customer.rows.push(added);
    this.changed();
    return added;
  }

  removeRows(customer: Customer, rows: Iterable<Row>): void {
    const removed = new Set(rows);
    customer.rows = customer.rows.filter((row) => !removed.has(row));
    this.changed();
  }

  /** Whether reading this customer never ends, as a row of it was given an interval_count of 0 or below. */
  hangs(customer: Customer): boolean {
    return customer.rows.some(hangsReads);
  }

  /**
   * Brings a customer up to date before it is read or changed: due usage is stored, due resets happen.
   * @param resetAfterMs how long after its date a row resets; null for not at all
   */
  settle(customer: Customer, now: number, resetAfterMs: number | null): void {
    let moved = false;
    for (const window of customer.usageWindows) {
      if (window.unstored && window.unstored.dueAt <= now) window.unstored = null;
    }
    for (const row of customer.rows) {
      if (row.unstored && row.unstored.dueAt <= now) {
        row.unstored = null;
        moved = true;
      }
      if (resetAfterMs !== null && isResetDue(row, now, resetAfterMs) && !hangsReads(row)) {
        resetRow(row, now, () => this.newId("roll_", this.nextSeq(), now));
        moved = true;
      }
    }
    if (moved) this.changed();
  }

  /** Stores all tracked usage of a customer now. */
  flushUsage(customer: Customer): void {
    for (const held of [...customer.rows, ...customer.usageWindows]) held.unstored = null;
  }

  /** Loses the tracked usage of a customer that is not stored yet. */
  dropUsage(customer: Customer): void {
    for (const row of customer.rows) dropUnstored(row);
    dropUnstoredWindows(customer);
  }

  nextSeq(): number {
    return this.#nextSeq++;
  }

  /** An id that sorts by creation, as the real server's do. */
  newId(prefix: string, seq: number, now: number): string {
    const time = Math.max(0, Math.trunc(now)).toString(36).padStart(9, "0");
    return `${prefix}${time}${seq.toString(36).padStart(18, "0")}`;
  }

  /** The state as it is, not a copy of it. */
  state(): StoredState {
    return { features: [...this.features.values()], customers: this.customers(), nextSeq: this.#nextSeq };
  }

  load(state: StoredState): void {
    this.clear();
    const copy = structuredClone(state);
    for (const feature of copy.features) this.features.set(feature.id, feature);
    for (const customer of copy.customers) this.#index(complete(customer));
    this.#nextSeq = copy.nextSeq;
    this.changed();
  }

  clear(): void {
    this.features.clear();
    this.#customers.clear();
    this.#byInternalId.clear();
    this.#nextSeq = 1;
    this.changed();
  }

  #index(customer: Customer): void {
    this.#customers.set(customer.id, customer);
    this.#byInternalId.set(customer.internalId, customer);
  }
}

/** Adds what a state that was saved by an earlier release does not have. */
function complete(customer: Customer): Customer {
  const saved: Partial<Customer> = customer;
  return {
    ...customer,
    usageLimits: saved.usageLimits ?? null,
    usageWindows: saved.usageWindows ?? [],
    entities: customer.entities.map((entity) => ({ ...entity, usageLimits: entity.usageLimits ?? null })),
    rows: customer.rows.map((row) => ({
      ...row,
      rollover: row.rollover && { ...row.rollover, max_percentage: row.rollover.max_percentage ?? null },
      prepaidGrant: row.prepaidGrant ?? 0,
      price: row.price ?? null,
    })),
  };
}
