// One customer's rows during an apply: reads them, reads them back until they show an effect, and tells when usage can
// no longer change.
import type { AutumnApi, Clock, WireCustomer } from "../../autumn/index.ts";
import { sameAmount } from "../amounts.ts";
import type { AccountReader } from "../observe/account-reader.ts";
import { parseRemoteId } from "../remote-id.ts";
import { nameOf, type Row, settled, stateOf } from "../row.ts";
import { isEnding } from "../transitions/transitions.ts";
import { flush, flushable, type Target } from "./store-usage.ts";

/** How long reading back is repeated before an effect counts as absent; longer than a slow server takes, in ms. */
export const READ_BACK_MS = 10_000;
/** ms between two reads that have to agree: twice the second by which tracked usage is stored late. */
const STORED_MS = 2000;
/** ms after its end from which a row's usage counts as final without being read twice. */
const LONG_OVER_MS = 30_000;
/** How often usage is stored before a call that would drop it, and how many ms apart, if updates take effect late. */
const LATE_FLUSHES = 6;
const LATE_FLUSH_MS = 150;

/** What the work on all customers shares. */
export interface RunEnvironment {
  readonly api: AutumnApi;
  readonly reader: AccountReader;
  /** Its sleep lends the slot to other customers. */
  readonly clock: Clock;
  readonly namespace: string;
  /** Whether updates take effect after their answers; asked once. */
  readonly updatesLate: (probe: Target) => Promise<boolean>;
}

export class CustomerView {
  /** As last read, with what this run has changed since. */
  rows: readonly Row[] = [];
  /** Whether `rows` were read after the last write. */
  isFresh = false;
  /** For ended rows, by name: their usage, and when it was first and last read to be this much. */
  private readonly still = new Map<string, { usage: number; since: number; until: number }>();
  /** Calls that have changed something, as far as is known. */
  writes = 0;

  constructor(
    private readonly environment: RunEnvironment,
    readonly customerId: string,
    /** Names a feature of the customer, in case there are no rows. */
    private readonly lastResort: { readonly featureId: string } | undefined,
  ) {}

  get now(): number {
    return this.environment.api.serverTime();
  }

  /** Has usage stored, then reads the customer's rows. */
  async read(): Promise<void> {
    await this.flush();
    await this.readStored();
  }

  private async readStored(): Promise<void> {
    const stored = (await this.environment.reader.readCustomer(this.customerId)) ?? [];
    const { now } = this;
    this.rows = stored.map((row) => settled(row, now));
    this.isFresh = true;
    for (const row of this.rows) if (stateOf(row, now) === "expired") this.note(row, now);
  }

  /** Takes the rows of a public read, including those of plans. */
  async glance(customer: WireCustomer | undefined): Promise<void> {
    this.rows = await this.environment.reader.publicRowsOf(this.customerId, customer);
  }

  private note(row: Row, now: number): void {
    const before = this.still.get(nameOf(row));
    const since = before !== undefined && sameAmount(before.usage, row.usage) ? before.since : now;
    this.still.set(nameOf(row), { usage: row.usage, since, until: now });
  }

  /** Whether the row's usage can no longer change. */
  readonly standsStill = (row: Row): boolean => {
    const { now } = this;
    const state = stateOf(row, now);
    // A drained row takes no more usage, and `isFresh` says that it was read after its usage was stored.
    if (state === "drained") return this.isFresh;
    const read = this.still.get(nameOf(row));
    if (state !== "expired" || row.expiresAt === null || read === undefined) return false;
    return read.until - read.since >= STORED_MS || read.until - row.expiresAt >= LONG_OVER_MS;
  };

  /** Waits until the rows' usage may be final, and reads them again. */
  async wait(rows: readonly Row[]): Promise<void> {
    const { now } = this;
    const ends = rows.filter((row) => isEnding(row, now)).map((row) => row.expiresAt ?? now);
    // The usage of a drained row is final: it only has to be read once more.
    const hasEnded = rows.some((row) => stateOf(row, now) === "expired");
    const ms = ends.length > 0 ? Math.max(...ends) - now + 200 : hasEnded ? STORED_MS : 0;
    if (ms > 0) await this.environment.clock.sleep(ms);
    await this.read();
  }

  isLive(row: Row): boolean {
    return stateOf(row, this.now) === "live";
  }

  /** Whether the row is one of this namespace. */
  owns(row: Row): boolean {
    return parseRemoteId(this.environment.namespace, row.balanceId) !== undefined;
  }

  /** The row with this balance_id, or with this id of Autumn's own if it has none; as last read. */
  row(name: string): Row | undefined {
    return this.rows.find((row) => nameOf(row) === name);
  }

  /** The fields with which a call reaches exactly this row. */
  target(row: Row): Target {
    return {
      customer_id: row.customerId,
      feature_id: row.featureId,
      balance_id: nameOf(row),
      ...(row.entityRef === null ? {} : { entity_id: row.entityRef }),
    };
  }

  /** Has Autumn store tracked usage that it has not stored yet. */
  private async flush(): Promise<void> {
    const { api, reader, namespace } = this.environment;
    const usable = (rows: readonly Row[]): Row[] => flushable(rows, (row) => this.owns(row), this.now);
    const known = usable(this.rows);
    const rows = known.length > 0 ? known : usable(await reader.publicRows(this.customerId));
    const candidates = rows.map((row) => this.target(row));
    // If no read shows a live row, all may just have been drained: an update that finds no row stores usage as well.
    const anything = this.rows.find((row) => row.balanceId !== null) ?? this.rows[0] ?? this.lastResort;
    if (anything !== undefined) {
      const { featureId } = anything;
      const balanceId = `${namespace}:${featureId}`;
      candidates.push({ customer_id: this.customerId, feature_id: featureId, balance_id: balanceId });
    }
    await flush(api, candidates);
  }

  /** To be done right before a create or delete, once the rate limit lets it pass. */
  readonly storeUsage = async (): Promise<void> => {
    const row = this.rows.find((one) => this.isLive(one) && !one.boolean && !one.unlimited);
    const isLate = row !== undefined && (await this.environment.updatesLate(this.target(row)));
    await this.flush();
    for (let n = 1; isLate && n < LATE_FLUSHES; n++) {
      await this.environment.clock.sleep(LATE_FLUSH_MS);
      await this.flush();
    }
  };

  /** Records a call that has changed something, as far as is known. */
  wrote(): void {
    this.writes += 1;
    this.isFresh = false;
  }

  /** Applies to a row what a call has changed, until it is read again. */
  change(row: Row, fields: Partial<Row>): void {
    const changed = this.rows.find((one) => nameOf(one) === nameOf(row) && this.isLive(one));
    this.rows = this.rows.map((one) => (one === changed ? { ...one, ...fields } : one));
    this.isFresh = false;
  }

  /** Adds a row that was created. */
  add(row: Row): void {
    this.rows = [...this.rows, row];
    this.isFresh = false;
  }

  /** Removes a row that was deleted; of several with one name, the first. */
  drop(name: string): void {
    const [first] = this.rows.filter((one) => nameOf(one) === name);
    this.rows = this.rows.filter((one) => one !== first);
    this.isFresh = false;
  }

  /** Whether the row shows in a read that is outside the organisation's rate limit. */
  async isShown(balanceId: string): Promise<boolean> {
    const shown = await this.environment.reader.publicRows(this.customerId);
    return shown.some((row) => row.balanceId === balanceId);
  }

  /** The row once it shows an effect; `undefined` if there is no such row, "not yet" once the deadline has passed. */
  async untilShown(
    name: string,
    shows: (row: Row) => boolean,
    options: { patient?: boolean } = {},
  ): Promise<Row | undefined | "not yet"> {
    const isSeen = await this.until(
      () => {
        const row = this.row(name);
        return row === undefined || shows(row);
      },
      { name, ...options },
    );
    return isSeen ? this.row(name) : "not yet";
  }

  /** Reads the rows two seconds later, when all usage until now is stored. */
  async settle(): Promise<void> {
    await this.environment.clock.sleep(STORED_MS);
    await this.read();
  }

  /** Whether the row reads the same two seconds later. */
  async isStill(row: Row): Promise<boolean> {
    await this.settle();
    const now = this.row(nameOf(row));
    return now !== undefined && sameAmount(now.usage, row.usage) && sameAmount(now.grant, row.grant);
  }

  /**
   * Reads the rows back until `shows` is true. With `name`, only that row matters, and a cheap read may show it.
   * Without `patient`, they are read once.
   * @returns `false` when the deadline passes first
   */
  async until(
    shows: () => boolean,
    { name, patient = true }: { name?: string; patient?: boolean } = {},
  ): Promise<boolean> {
    const { clock } = this.environment;
    const deadline = this.now + (patient ? READ_BACK_MS : 0);
    for (let wait = 100; ; wait = Math.min(wait * 2, 1000)) {
      if (name === undefined || !(await this.look(name))) await this.readStored();
      if (shows()) return true;
      if (this.now >= deadline) return false;
      await clock.sleep(wait);
    }
  }

  /** Reads one row outside the organisation's rate limit. @returns `false` when that read does not show it */
  private async look(name: string): Promise<boolean> {
    const seen = (await this.environment.reader.publicRows(this.customerId)).find(
      (row) => nameOf(row) === name,
    );
    const known = this.row(name);
    if (seen === undefined || known === undefined || seen.planId !== null || known.unlimited) return false;
    const { grant, remaining, usage, resetsAt, expiresAt } = seen;
    this.change(known, { grant, remaining, usage, resetsAt, expiresAt });
    return true;
  }
}
