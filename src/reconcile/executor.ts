// What every write to one customer's rows needs: fresh rows, stored usage, deterministic keys, and patience where
// the outcome of a call is not known. Reading back decides, never an assumption.
import {
  type AutumnApi,
  AutumnError,
  type Clock,
  type CreateBalanceBody,
  type UpdateBalanceBody,
} from "../autumn/index.ts";
import type { DesiredBalance } from "../schema/index.ts";
import { idempotencyKey } from "./idempotency.ts";
import { type Generation, matchRows } from "./match.ts";
import type { Observer } from "./observe.ts";
import { nameOf, type Row, settled, stateOf } from "./row.ts";

/** How long reading back is repeated before an effect counts as absent; longer than a slow server takes, in ms. */
const READ_BACK_MS = 10_000;
/** Attempts under a new key, each made only once the one before is certain to have had no effect. */
const MAX_ATTEMPTS = 4;
/** Rows that are tried for a flush before it is given up. */
const FLUSH_CANDIDATES = 3;

/** A change that cannot be made now, though nothing is wrong with it. */
export class BlockedError extends Error {
  override readonly name = "BlockedError";
}

/** Exactly one row. */
export interface Target {
  customer_id: string;
  feature_id: string;
  balance_id: string;
  entity_id?: string;
}

export class Executor {
  rows: readonly Row[] = [];
  constructor(
    readonly api: AutumnApi,
    private readonly observer: Observer,
    readonly clock: Clock,
    readonly namespace: string,
    readonly customerId: string,
  ) {}

  /** Reads the customer's rows as they are now. */
  async read(): Promise<readonly Row[]> {
    const stored = await this.observer.readCustomer(this.customerId);
    const now = this.clock.now();
    this.rows = stored.map((row) => settled(row, now));
    return this.rows;
  }

  /** Reads what the cheapest read shows of the customer's rows, those of plans among them. */
  async glance(): Promise<void> {
    this.rows = await this.observer.publicRows(this.customerId);
  }

  /** The row with this balance_id or, without one, with this id of Autumn's own; as last read. */
  row(name: string): Row | undefined {
    return this.rows.find((row) => nameOf(row) === name);
  }

  /** The rows that stand for a balance, as last read. */
  generationsOf(desired: DesiredBalance): readonly Generation[] {
    const rows = new Map([[this.customerId, this.rows]]);
    return matchRows([desired], rows, this.namespace).declared[0] ?? [];
  }

  /** Whether the row is one of this namespace. */
  owns(row: Row): boolean {
    return this.observer.owns(row);
  }

  isLive(row: Row): boolean {
    return stateOf(row, this.clock.now()) === "live";
  }

  key(purpose: string, balanceId: string, content: unknown, attempt = 1): string {
    const { namespace, customerId } = this;
    return idempotencyKey(purpose, { namespace, customerId, balanceId }, content, attempt);
  }

  /**
   * Has tracked usage stored that is not stored yet. A create or delete on the customer would drop it (scenario
   * create-drops-unsynced-usage); an update stores it, even one that adds nothing.
   */
  async flush(lastResort: Target): Promise<void> {
    // Where no read shows a row, all may have been used up this moment, and a row that is not found does as well.
    for (const target of [...(await this.flushable()).map((row) => this.target(row)), lastResort]) {
      try {
        await this.api.updateBalance({ ...target, add_to_balance: 0 }, null);
        return;
      } catch (error) {
        // It was used up or removed a moment ago: the next does as well.
        if (!(error instanceof AutumnError)) throw error;
        if (!error.isNotFound && !(target === lastResort && error.status === 400)) throw error;
      }
    }
  }

  /** Rows that an update reaches, our own first, and last the unlimited, of which public reads hide the balance_id. */
  private async flushable(): Promise<Row[]> {
    const rank = (row: Row): number => Number(!this.observer.owns(row)) + 2 * Number(row.unlimited);
    const usable = (rows: readonly Row[]): Row[] =>
      rows
        .filter((row) => this.isLive(row) && !row.boolean && (row.balanceId ?? row.internalId) !== null)
        .sort((a, b) => rank(a) - rank(b))
        .slice(0, FLUSH_CANDIDATES);
    const known = usable(this.rows);
    return known.length > 0 ? known : usable(await this.observer.publicRows(this.customerId));
  }

  /** What a call has to say to reach exactly this row. */
  target(row: Row): Target {
    return {
      customer_id: row.customerId,
      feature_id: row.featureId,
      balance_id: nameOf(row),
      ...(row.entityRef === null ? {} : { entity_id: row.entityRef }),
    };
  }

  /**
   * Creates a row once, whatever happens to the answers.
   * @param content what two pipelines with the same intent have in common
   * @returns `used-up` when the balance_id belongs to a row in limbo, which no read shows
   */
  async create(body: CreateBalanceBody, content: unknown): Promise<"created" | "exists" | "used-up"> {
    for (let attempt = 1; ; attempt++) {
      const key = this.key("create", body.balance_id, content, attempt);
      try {
        await this.api.createBalance(body, key);
        return "created";
      } catch (error) {
        if (!isDoubtful(error)) throw error;
        if (await this.until(() => this.row(body.balance_id) !== undefined)) return "exists";
        if (error.isConflict && !error.isUsedIdempotencyKey) return "used-up";
        if (attempt === MAX_ATTEMPTS) throw error;
      }
    }
  }

  /**
   * Updates a row once, whatever happens to the answers.
   * @param content what two pipelines with the same intent have in common
   * @param shows whether the rows, as last read, show the effect
   */
  async update(
    purpose: string,
    body: UpdateBalanceBody,
    content: unknown,
    shows: () => boolean,
  ): Promise<"updated" | "was-updated"> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.api.updateBalance(body, this.key(purpose, body.balance_id, content, attempt));
        return "updated";
      } catch (error) {
        if (!isDoubtful(error)) throw error;
        if (await this.until(shows)) return "was-updated";
        if (attempt === MAX_ATTEMPTS) throw error;
      }
    }
  }

  /** Deletes a row by its exact id. @throws BlockedError when it is there but cannot be deleted. */
  async remove(row: Row): Promise<void> {
    const name = nameOf(row);
    try {
      await this.api.deleteBalance(this.target(row));
    } catch (error) {
      if (!(error instanceof AutumnError)) throw error;
      if (error.outcome !== "unknown" && !error.isNotFound) throw error;
      await this.read();
      const left = this.rows.find((one) => nameOf(one) === name);
      if (!left) return;
      if (!error.isNotFound) throw error;
      throw new BlockedError(
        this.isLive(left)
          ? `${name} is not among the newest rows of the customer, the only ones the API can delete`
          : `${name} is used up or has ended, and the API cannot delete it now`,
      );
    }
    this.rows = this.rows.filter((one) => nameOf(one) !== name);
  }

  /** Reads back until the rows show it. `false` when they do not within the deadline. */
  async until(shows: () => boolean): Promise<boolean> {
    const deadline = this.clock.now() + READ_BACK_MS;
    for (let wait = 100; ; wait = Math.min(wait * 2, 1000)) {
      await this.read();
      if (shows()) return true;
      if (this.clock.now() >= deadline) return false;
      await this.clock.sleep(wait);
    }
  }
}

/** Whether it is open if the call had its effect: a 409 says that this or another run has made it before. */
function isDoubtful(error: unknown): error is AutumnError {
  return error instanceof AutumnError && (error.outcome === "unknown" || error.isConflict);
}
