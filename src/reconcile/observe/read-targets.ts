// Whose rows somebody wants to know, and whether a public read shows all that is wanted.
import type { DesiredBalance } from "../../schema/index.ts";
import { parseRemoteId, remoteId } from "../remote-id.ts";
import type { Row } from "../row.ts";
import type { Target } from "../types.ts";

/** customers.list shows the newest 30 rows of a customer, so a full house may hide some. */
const ROWS_SHOWN_BY_CUSTOMERS_LIST = 30;

export class Wanted {
  private readonly entities = new Map<string, Set<string>>();

  /** @param also what to look at besides the balances */
  constructor(
    private readonly namespace: string,
    private readonly balances: readonly DesiredBalance[],
    private readonly also: Iterable<Target>,
  ) {
    for (const target of this.targets()) {
      const entities = this.entities.get(target.customerId) ?? new Set();
      if (target.entityId !== null) entities.add(target.entityId);
      this.entities.set(target.customerId, entities);
    }
  }

  private *targets(): Iterable<Target> {
    for (const { customerId, entityId, key } of this.balances) {
      yield { customerId, entityId, balanceId: remoteId(this.namespace, key) };
    }
    yield* this.also;
  }

  /** Every customer somebody names. */
  get customers(): IterableIterator<string> {
    return this.entities.keys();
  }

  get size(): number {
    return this.entities.size;
  }

  /** The entities of a customer that somebody names. */
  entitiesOf(customerId: string): Iterable<string> {
    return this.entities.get(customerId) ?? [];
  }

  /**
   * Tells whether a public read may hide rows of a customer. It leaves out drained, expired and boolean rows, all rows
   * beside an unlimited one, and the entity of every row (scenarios read-drained, read-unlimited-hides, read-entities).
   * The rows before a successor without resets have ended, and need not be seen.
   */
  hiddenFrom(): (customerId: string, rows: readonly Row[]) => boolean {
    const wanted = this.byCustomer();
    return (customerId, rows) => {
      if (rows.length >= ROWS_SHOWN_BY_CUSTOMERS_LIST || rows.some((row) => row.unlimited)) return true;
      const shown = new Set(rows.map((row) => this.firstNameOf(row)));
      return wanted.get(customerId)?.some((id) => !shown.has(id)) ?? false;
    };
  }

  /** The balance_id of the first row of a balance, where the row says enough of it. */
  private firstNameOf({ balanceId, resetsAt }: Row): string | null {
    const own = resetsAt === null ? parseRemoteId(this.namespace, balanceId) : undefined;
    return own ? remoteId(this.namespace, own.key) : balanceId;
  }

  /** By customer, the balance_ids that have to be seen for an entry to be as declared. */
  private byCustomer(): Map<string, string[]> {
    const wanted = new Map<string, string[]>();
    for (const { customerId, entityId, balanceId } of this.targets()) {
      if (balanceId === null) continue;
      // The entity of a row is never shown: an id that no row has makes the customer be read in full.
      const id = entityId === null ? balanceId : "";
      const list = wanted.get(customerId);
      if (list) list.push(id);
      else wanted.set(customerId, [id]);
    }
    return wanted;
  }
}
