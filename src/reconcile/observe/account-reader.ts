// Reads the rows of the customers that a plan is about, with the fewest calls that show all of them.
import type {
  AutumnApi,
  Page,
  WireCustomer,
  WireFeature,
  WireListedRow,
  WireRawRow,
} from "../../autumn/index.ts";
import { AutumnError } from "../../autumn/index.ts";
import { balanceName, type DesiredBalance } from "../../schema/index.ts";
import { parseRemoteId } from "../remote-id.ts";
import { nameOf, type Row, rowOfList, rowOfPublicRead, rowOfRawRead } from "../row.ts";
import type { PlanEvent, Scope, Target } from "../types.ts";
import { EntityNames } from "./entity-names.ts";
import type { Observation } from "./observation.ts";
import { forEachOf } from "./pool.ts";
import { Wanted } from "./read-targets.ts";
import { pagesOf } from "./walk.ts";

export interface ReaderOptions {
  readonly namespace: string;
  readonly balances: readonly DesiredBalance[];
  /** What to read besides the rows of the balances. */
  readonly also?: Iterable<Target>;
  /**
   * How many pages of the organisation's list to try before reading by customer; one for each named customer by
   * default.
   */
  readonly mostPages?: number;
  /** Whether a customer's rows are of interest; those of all are when left out. */
  readonly includes?: (customerId: string) => boolean;
  /** Boolean features, if known without reading features. */
  readonly booleans?: ReadonlySet<string>;
  /** `false` where the server is known not to have balances.list. */
  readonly listsBalances?: boolean;
  /** Whether to find the names of entities that no entry names, too. */
  readonly discoversEntities?: boolean;
  readonly wholeOrganisation: boolean;
  readonly concurrency: number;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: PlanEvent) => void;
}

/**
 * Reads rows, and remembers for later reads which routes the server has, which customers exist, and the names of
 * entities. An observation never changes once it is returned.
 */
export class AccountReader {
  private readonly features = new Map<string, WireFeature>();
  private readonly rows = new Map<string, readonly Row[]>();
  private readonly missingCustomers = new Set<string>();
  private readonly partlyRead = new Set<string>();
  private scope: Scope = "customers";
  /** What stored rows do not show, by customer and name of the row. */
  private readonly told = new Map<string, Pick<Row, "paid" | "rolledOver">>();
  private readonly entityNames: EntityNames;
  private readonly wanted: Wanted;
  /** Whether the server has balances.list, as far as is known. */
  private listsBalances: boolean;
  private readsRaw = true;
  private readonly includes: (customerId: string) => boolean;

  constructor(
    private readonly api: AutumnApi,
    private readonly options: ReaderOptions,
  ) {
    this.listsBalances = options.listsBalances ?? true;
    this.includes = options.includes ?? (() => true);
    this.entityNames = new EntityNames(api, options.discoversEntities ?? false);
    this.wanted = new Wanted(options.namespace, options.balances, options.also ?? []);
  }

  /** @returns the features by id */
  async readFeatures(): Promise<ReadonlyMap<string, WireFeature>> {
    for (const feature of await this.api.listFeatures()) this.features.set(feature.id, feature);
    return this.features;
  }

  /** Everything that has been read so far. */
  private observation(): Observation {
    return {
      features: new Map(this.features),
      isBoolean: this.isBoolean,
      rows: new Map(this.rows),
      scope: this.scope,
      missingCustomers: new Set(this.missingCustomers),
      partlyRead: new Set(this.partlyRead),
      showsCreationGrants: this.readsRaw,
      listsBalances: this.listsBalances,
    };
  }

  private readonly isBoolean = (featureId: string): boolean =>
    this.features.get(featureId)?.type === "boolean" || this.options.booleans?.has(featureId) === true;

  /** Reads the whole organisation, or the customers that entries name, whichever takes fewer calls. */
  async readRows(): Promise<Observation> {
    const { wholeOrganisation, mostPages = Math.max(1, this.wanted.size) } = this.options;
    const pages = wholeOrganisation ? Number.POSITIVE_INFINITY : mostPages;
    const listed = await this.readListedRows(pages);
    if (listed !== undefined) return listed;
    await this.readByCustomersList(pages);
    return this.observation();
  }

  /** As `readRows`, by balances.list alone. @returns `undefined` when the server has no balances.list */
  async readListedRows(pages = Number.POSITIVE_INFINITY): Promise<Observation | undefined> {
    if (!this.listsBalances) return undefined;
    try {
      await this.readByBalancesList(pages);
      return this.observation();
    } catch (error) {
      if (!(error instanceof AutumnError) || !error.routeIsMissing) throw error;
      this.listsBalances = false;
      return undefined;
    }
  }

  /**
   * Reads customers one by one, in full.
   * @param openly customers with a public read first: it shows more, and has Autumn apply resets that are due
   * @returns everything that has been read so far
   */
  async readCustomers(
    customers: Iterable<string>,
    openly: ReadonlySet<string> = new Set(),
  ): Promise<Observation> {
    const { concurrency, signal } = this.options;
    await forEachOf(
      customers,
      concurrency,
      async (customerId) => {
        if (openly.has(customerId)) await this.publicRows(customerId);
        await this.readCustomer(customerId);
      },
      signal,
    );
    return this.observation();
  }

  private async readByBalancesList(pages: number): Promise<void> {
    const walked = new Map<string, Row[]>();
    const complete = await this.walk(
      (cursor) => this.api.listBalances(null, cursor),
      pages,
      (wire) => {
        if (this.includes(wire.customer_id)) push(walked, wire.customer_id, this.listedRow(wire));
      },
    );
    if (complete) {
      this.scope = "organisation";
      for (const [customerId, rows] of walked) this.rows.set(customerId, rows);
      return;
    }
    await this.each(this.wanted.customers, async (customerId) => {
      this.remember(customerId, await this.listedRows(customerId));
    });
  }

  /** The rows of a public read. What stored rows do not show is remembered for them. */
  learn({ id, rows }: WireCustomer): Row[] {
    const shown = rows.map((row) => rowOfPublicRead(row, id));
    for (const row of shown) this.remark(row);
    return shown;
  }

  private listedRow(wire: WireListedRow): Row {
    const row = rowOfList(wire, this.isBoolean);
    this.remark(row);
    return row;
  }

  private remark(row: Row): void {
    const { paid, rolledOver, customerId } = row;
    const name = balanceName(customerId, nameOf(row));
    if (paid || rolledOver !== 0) this.told.set(name, { paid, rolledOver });
    else this.told.delete(name);
  }

  private async listedRows(customerId: string): Promise<Row[] | undefined> {
    const rows: Row[] = [];
    try {
      await this.walk(
        (cursor) => this.api.listBalances(customerId, cursor),
        Number.POSITIVE_INFINITY,
        (wire: WireListedRow) => rows.push(this.listedRow(wire)),
      );
    } catch (error) {
      if (error instanceof AutumnError && error.code === "customer_not_found") return undefined;
      throw error;
    }
    return rows;
  }

  /**
   * For servers without balances.list: cheap pages of everyone, and full reads of customers where those may hide rows.
   */
  private async readByCustomersList(pages: number): Promise<void> {
    const seen = new Set<string>();
    const incomplete = new Set<string>();
    const hidesRows = this.wanted.hiddenFrom();
    const complete = await this.walk(
      (cursor) => this.api.listCustomers(cursor),
      pages,
      (customer: WireCustomer) => {
        if (!this.includes(customer.id)) return;
        seen.add(customer.id);
        const rows = this.learn(customer).filter((row) => row.planId === null);
        this.rows.set(customer.id, rows);
        this.partlyRead.add(customer.id);
        if (hidesRows(customer.id, rows) || this.mayHaveFlags(customer)) incomplete.add(customer.id);
      },
    );
    if (complete) this.scope = "organisation";
    for (const customerId of this.wanted.customers) {
      if (seen.has(customerId)) continue;
      if (complete) this.missingCustomers.add(customerId);
      else incomplete.add(customerId);
    }
    await this.each(incomplete, async (customerId) => {
      this.remember(customerId, await this.storedRows(customerId));
    });
  }

  /**
   * Whether there may be rows of boolean features, which lists of customers leave out. Only where all rows without an
   * entry are looked for: those of entries are read anyway, and this takes a call for each such customer.
   */
  private mayHaveFlags({ granted_flags: ids = [] }: WireCustomer): boolean {
    const { namespace, wholeOrganisation } = this.options;
    const isOurs = (id: string | null): boolean => id === null || parseRemoteId(namespace, id) !== undefined;
    return wholeOrganisation && ids.some(isOurs);
  }

  /**
   * Reads the rows of one customer as they are stored now, with the grants given at creation where the server shows
   * them. @returns `undefined` where there is no such customer
   */
  async readCustomer(customerId: string): Promise<readonly Row[] | undefined> {
    const rows = this.readsRaw ? await this.storedRows(customerId) : await this.listedRows(customerId);
    this.remember(customerId, rows);
    return rows;
  }

  /** The rows of a public read, with those of plans and the latest usage; the stored rows when it shows none. */
  async publicRows(customerId: string): Promise<readonly Row[]> {
    return this.publicRowsOf(customerId, await this.api.getCustomer(customerId));
  }

  /** The same, for a customer that has been read. */
  async publicRowsOf(customerId: string, customer: WireCustomer | undefined): Promise<readonly Row[]> {
    if (customer === undefined) return [];
    if (customer.rows.length > 0) return this.learn(customer);
    // Rows of entities are counted, but not shown (scenario read-entities).
    return (customer.hasBalances ? await this.readCustomer(customerId) : undefined) ?? [];
  }

  private async storedRows(customerId: string): Promise<Row[] | undefined> {
    let stored: WireRawRow[] | undefined;
    try {
      stored = await this.api.listRawBalances(customerId);
    } catch (error) {
      if (!(error instanceof AutumnError) || !error.routeIsMissing || !this.listsBalances) throw error;
      this.readsRaw = false;
      return this.listedRows(customerId);
    }
    if (stored === undefined) return undefined;
    const known = this.rows.get(customerId) ?? [];
    await this.entityNames.learn(customerId, stored, {
      known,
      listed: () => this.listedRowsIfAny(customerId),
      asked: this.wanted.entitiesOf(customerId),
      matters: ({ external_id: name }) => name !== null && this.wanted.concerns(customerId, name),
    });
    return stored.map((wire) => {
      const row = rowOfRawRead(wire, this.entityNames.of);
      return { ...row, ...this.told.get(balanceName(customerId, nameOf(row))) };
    });
  }

  private async listedRowsIfAny(customerId: string): Promise<Row[] | undefined> {
    if (!this.listsBalances) return undefined;
    try {
      return await this.listedRows(customerId);
    } catch (error) {
      if (!(error instanceof AutumnError) || !error.routeIsMissing) throw error;
      this.listsBalances = false;
      return undefined;
    }
  }

  private remember(customerId: string, rows: readonly Row[] | undefined): void {
    if (rows === undefined) this.missingCustomers.add(customerId);
    else this.missingCustomers.delete(customerId);
    this.partlyRead.delete(customerId);
    this.rows.set(customerId, rows ?? []);
  }

  /** Reads pages, `pages` at most. @returns whether these were all */
  private async walk<T>(
    read: (cursor: string | null) => Promise<Page<T>>,
    pages: number,
    take: (item: T) => void,
  ): Promise<boolean> {
    let rows = 0;
    let left = pages;
    if (left < 1) return false;
    for await (const { list, next } of pagesOf(read, this.options.signal)) {
      for (const item of list) take(item);
      rows += list.length;
      this.options.onEvent?.({ type: "read", rows, customers: this.rows.size });
      if (next === null) return true;
      if (--left < 1) return false;
    }
    return false;
  }

  private each(customers: Iterable<string>, work: (customerId: string) => Promise<void>): Promise<void> {
    const { concurrency, signal, onEvent } = this.options;
    let customersRead = 0;
    let rows = 0;
    return forEachOf(
      customers,
      concurrency,
      async (customerId) => {
        await work(customerId);
        rows += this.rows.get(customerId)?.length ?? 0;
        onEvent?.({ type: "read", rows, customers: ++customersRead });
      },
      signal,
    );
  }
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
