// Which customers have to be read, and whether a public read shows all that is needed of them.
import { balanceName, type DesiredBalance } from "../../schema/index.ts";
import { parseRemoteId, remoteId } from "../remote-id.ts";
import type { Row } from "../row.ts";
import type { Target } from "../types.ts";

/** customers.list shows the newest 30 rows of a customer: where it shows as many, there may be more. */
const ROWS_SHOWN_BY_CUSTOMERS_LIST = 30;

export class Wanted {
  private readonly entities = new Map<string, Set<string>>();
  private readonly adopted = new Set<string>();

  /** @param also what is needed besides the rows of the balances */
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
    for (const { customerId, adopt } of balances)
      if (adopt !== null) this.adopted.add(balanceName(customerId, adopt));
  }

  private *targets(): Iterable<Target> {
    for (const { customerId, entityId, key } of this.balances) {
      yield { customerId, entityId, balanceId: remoteId(this.namespace, key) };
    }
    yield* this.also;
  }

  /** Every customer that a balance or target names. */
  get customers(): IterableIterator<string> {
    return this.entities.keys();
  }

  get size(): number {
    return this.entities.size;
  }

  /** The entities of a customer that a balance or target names. */
  entitiesOf(customerId: string): Iterable<string> {
    return this.entities.get(customerId) ?? [];
  }

  /** Whether a row is of the namespace, or one that an entry adopts. */
  concerns(customerId: string, name: string): boolean {
    return (
      parseRemoteId(this.namespace, name) !== undefined || this.adopted.has(balanceName(customerId, name))
    );
  }

  /**
   * A predicate: whether a public read may hide rows of a customer that are needed. It leaves out drained, expired and
   * boolean rows, all rows beside an unlimited one, and the entity of every row (scenarios read-drained,
   * read-unlimited-hides, read-entities). The rows before a successor without resets have ended, and need not be seen.
   */
  hiddenFrom(): (customerId: string, rows: readonly Row[]) => boolean {
    const wanted = this.byCustomer();
    return (customerId, rows) => {
      if (rows.length >= ROWS_SHOWN_BY_CUSTOMERS_LIST || rows.some((row) => row.unlimited)) return true;
      const shown = new Set(rows.map((row) => this.firstNameOf(row)));
      return wanted.get(customerId)?.some((id) => !shown.has(id)) ?? false;
    };
  }

  /** For a row without resets, the balance_id of its first generation, which it stands for; otherwise its own. */
  private firstNameOf({ balanceId, resetsAt }: Row): string | null {
    const own = resetsAt === null ? parseRemoteId(this.namespace, balanceId) : undefined;
    return own ? remoteId(this.namespace, own.key) : balanceId;
  }

  /** The balance_ids that a public read has to show, by customer. */
  private byCustomer(): Map<string, string[]> {
    const wanted = new Map<string, string[]>();
    for (const { customerId, entityId, balanceId } of this.targets()) {
      if (balanceId === null) continue;
      // A public read never shows the entity of a row: an id that no row has leads to a full read of the customer.
      const id = entityId === null ? balanceId : "";
      const list = wanted.get(customerId);
      if (list) list.push(id);
      else wanted.set(customerId, [id]);
    }
    return wanted;
  }
}
