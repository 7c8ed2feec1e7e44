// The names of entities, which are their public ids. Stored rows only have Autumn's own id of an entity, which no
// public read shows: its name is that of the entity whose list has a row of the same id.
import { type AutumnApi, AutumnError, type WireRawRow } from "../../autumn/index.ts";
import type { Row } from "../row.ts";
import { pagesOf } from "./walk.ts";

/** Where names are looked for, the cheapest first. */
interface NameSources {
  /** Rows of the customer that have been read before. */
  readonly known: readonly Row[];
  /** The rows of balances.list, with names; `undefined` if the server has no such route. */
  readonly listed: () => Promise<readonly Row[] | undefined>;
  /** Entities of the customer whose names are known from elsewhere. */
  readonly asked: Iterable<string>;
  /** Whether the entity of a row matters: if none of these has it, all of the customer's are looked at. */
  readonly matters: (row: WireRawRow) => boolean;
}

export class EntityNames {
  private readonly names = new Map<string, string>();
  private listsEntities = true;

  /** @param discovers whether to look at all entities of a customer, and not only at those in `asked` */
  constructor(
    private readonly api: AutumnApi,
    private readonly discovers: boolean,
  ) {}

  readonly of = (internalId: string): string | undefined => this.names.get(internalId);

  /** Finds the names of the entities that hold some of the rows, as far as reads show them. */
  async learn(
    customerId: string,
    stored: readonly WireRawRow[],
    { known, listed, asked, matters }: NameSources,
  ): Promise<void> {
    const isUnknown = (row: WireRawRow): boolean =>
      row.internal_entity_id !== null && !this.names.has(row.internal_entity_id);
    const learn = (id: string | null, entityId: string): void => {
      // An unlimited row is shown by Autumn's own id, although it has a balance_id (scenario create-unlimited).
      const row = stored.find(
        (one) => isUnknown(one) && id !== null && (one.external_id === id || one.id === id),
      );
      if (row?.internal_entity_id) this.names.set(row.internal_entity_id, entityId);
    };
    const learnFrom = (rows: readonly Row[]): void => {
      for (const row of rows) if (row.entityId != null) learn(row.balanceId ?? row.internalId, row.entityId);
    };
    if (!stored.some(isUnknown)) return;
    learnFrom(known);
    if (!stored.some(isUnknown)) return;
    const named = await listed();
    if (named) return learnFrom(named);
    for (const entityId of asked) {
      // The answer has rows of the customer as well, but as stored, those have no entity.
      const entity = await this.api.getEntity(customerId, entityId);
      for (const row of entity?.rows ?? []) learn(row.id, entityId);
    }
    const isMissed = (row: WireRawRow): boolean =>
      isUnknown(row) && (this.discovers || (matters(row) && isShown(row, this.api.serverTime())));
    if (stored.some(isMissed)) await this.discover(customerId, () => !stored.some(isMissed), learn);
  }

  /** Looks at all entities of the customer until nothing is left to find. */
  private async discover(
    customerId: string,
    isDone: () => boolean,
    learn: (id: string, entityId: string) => void,
  ): Promise<void> {
    if (!this.listsEntities) return;
    try {
      for await (const { list } of pagesOf((cursor) => this.api.listEntities(customerId, cursor))) {
        for (const entity of list) for (const row of entity.rows) learn(row.id, entity.id);
        if (isDone()) return;
      }
    } catch (error) {
      if (!(error instanceof AutumnError) || !error.routeIsMissing) throw error;
      this.listsEntities = false;
    }
  }
}

/** Whether the list of an entity has the row: those that are used up or have ended are hidden, and so are flags. */
const isShown = ({ unlimited, balance, expires_at }: WireRawRow, now: number): boolean =>
  unlimited !== null && (unlimited || balance !== 0) && (expires_at === null || expires_at > now);
