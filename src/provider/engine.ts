// The engine, one balance at a time: what Terraform asks for, on the same observe, diff and apply as the command
// line, so that the same promises hold.
import type { AutumnApi, Clock, WireCustomer, WireEntity, WireFeature } from "../autumn/index.ts";
import {
  AccountReader,
  applyPlan,
  type Change,
  type ChangeOutcome,
  changesOf,
  checkFeatures,
  checkTargets,
  diffUndeclared,
  type Generation,
  Leases,
  matchRows,
  nameOf,
  type Plan,
  parseRemoteId,
  type Row,
  settled,
  stateOf,
} from "../reconcile/index.ts";
import {
  DEFAULT_LIMITS,
  type DesiredBalance,
  type Environment,
  type Problem,
  ProblemsError,
} from "../schema/index.ts";
import { named } from "../text/index.ts";
import { type ImportId, whatThereIs, withEntity } from "./import-id.ts";
import type { Birth } from "./private-state.ts";
import { RowReader } from "./row-reader.ts";

export interface BalancesOptions {
  readonly namespace: string;
  readonly environment: Environment | null;
  readonly baseUrl: string;
  readonly clock: Clock;
}

/** A row to import. */
export interface Found {
  /** The newest row that stands for it. */
  readonly row: Row;
  /** The key that the balance has, or gets. */
  readonly key: string;
  /** The balance_id that the balance is known by; of a row that is taken over, the id of that row. */
  readonly remoteId: string;
}

/** Terraform's own parallelism is 10 unless told otherwise. */
const CONCURRENCY = 10;

export class Balances {
  private readonly reader: RowReader;
  private readonly leases: Leases;
  private features: Promise<ReadonlyMap<string, WireFeature>> | undefined;
  private booleans: ReadonlySet<string> = new Set();
  /** Ids of features that were looked for twice. */
  private readonly missing = new Set<string>();
  /** The end of each customer's queue: the changes of one customer are made one after the other. */
  private readonly queues = new Map<string, Promise<unknown>>();
  private readonly customers = new Map<string, Promise<WireCustomer | undefined>>();
  private readonly entities = new Map<string, Promise<WireEntity | undefined>>();
  /** When the rows were read that a change was decided by, in ms since 1970. */
  private readonly decidedAt = new WeakMap<Change, number>();

  constructor(
    readonly api: AutumnApi,
    readonly options: BalancesOptions,
  ) {
    const { namespace } = options;
    this.leases = new Leases(api, { clock: options.clock, keeps: true });
    this.reader = new RowReader(api, { namespace, concurrency: CONCURRENCY, booleans: () => this.booleans });
  }

  /** Every feature, read once. */
  async allFeatures(): Promise<ReadonlyMap<string, WireFeature>> {
    this.features ??= this.api.listFeatures().then(
      (list) => {
        this.booleans = new Set(list.filter(({ type }) => type === "boolean").map(({ id }) => id));
        return new Map(list.map((feature) => [feature.id, feature]));
      },
      (error) => {
        this.features = undefined;
        throw error;
      },
    );
    return this.features;
  }

  /** The features, read once more for one that is missing: it may have been made in this run. */
  async featuresWith(id: string): Promise<ReadonlyMap<string, WireFeature>> {
    const isKnown = this.features !== undefined;
    const features = await this.allFeatures();
    if (features.has(id) || !isKnown || this.missing.has(id)) return features;
    this.missing.add(id);
    this.features = undefined;
    return this.allFeatures();
  }

  /** What is wrong with the balance, given the features of the server. */
  async problemsOf(desired: DesiredBalance): Promise<Problem[]> {
    return checkFeatures([desired], await this.featuresWith(desired.featureId));
  }

  /** The rows that stand for a balance, newest generation first. */
  async generationsOf(
    desired: DesiredBalance,
    remoteId: string | null,
    birth: Birth | null,
  ): Promise<Generation[]> {
    return this.matched(desired, await this.rowsOf(desired, remoteId, birth));
  }

  private matched(desired: DesiredBalance, rows: readonly Row[]): Generation[] {
    const { declared } = matchRows([desired], new Map([[desired.customerId, rows]]), this.options.namespace);
    return [...(declared[0] ?? [])].sort((a, b) => b.generation - a.generation);
  }

  /** What has to happen for the balance to be as declared. */
  async changeOf(desired: DesiredBalance, remoteId: string | null, birth: Birth | null): Promise<Change> {
    const change = this.diff(desired, await this.rowsOf(desired, remoteId, birth));
    this.decidedAt.set(change, this.reader.knownUntil(desired.customerId));
    if (!this.needsCloserLook(change)) return change;
    const startedAt = this.api.serverTime();
    const stored = await this.reader.storedRowsOf(desired);
    const now = this.api.serverTime();
    const closer = this.diff(
      desired,
      stored.map((row) => settled(row, now)),
    );
    this.decidedAt.set(closer, startedAt);
    return closer;
  }

  private diff(desired: DesiredBalance, rows: readonly Row[]): Change {
    const { declared } = changesOf([desired], new Map([[desired.customerId, rows]]), this.context());
    return declared[0] as Change;
  }

  /**
   * Whether lists show too little to decide by: they hide rows, and do not say whether a successor was created with the
   * grant that it has.
   */
  private needsCloserLook({ kind, row, reasons, customerId }: Change): boolean {
    if (kind === "none") return false;
    if (this.reader.isPartlyKnown(customerId)) return true;
    if (row === null || row.boolean || row.unlimited || row.creationGrant !== undefined) return false;
    if (reasons.some(({ code }) => ["interrupted", "takes-over", "duplicate"].includes(code))) return true;
    const generation = parseRemoteId(this.options.namespace, row.balanceId)?.generation ?? 1;
    return row.resetsAt === null && generation > 1;
  }

  /**
   * The change, once it is sure that customer and entity exist; blocked when a plan of Autumn has turned the flag on.
   * @throws ProblemsError
   */
  async withTargets(change: Change): Promise<Change> {
    const { customerId } = change;
    const rows = await this.rowsOf(change, null, null);
    const api = {
      getCustomer: (id: string) =>
        this.reader.exists(id) === false
          ? Promise.resolve(undefined)
          : once(this.customers, id, () => this.api.getCustomer(id)),
      getEntity: (id: string, entityId: string) =>
        once(this.entities, JSON.stringify([id, entityId]), () => this.api.getEntity(id, entityId)),
    };
    const observed = { rows: new Map([[customerId, rows]]), isBoolean: this.context().isBoolean };
    const { declared } = await checkTargets(
      api,
      [change],
      observed,
      { concurrency: 1, createCustomers: false },
      {},
    );
    return declared[0] as Change;
  }

  /**
   * What has to happen for the balance to be gone; `undefined` when nothing is left of it, or only history. Rows of
   * later generations than the one of `remoteId` belong to whoever made them.
   */
  async removalOf(desired: DesiredBalance, remoteId: string): Promise<Change | undefined> {
    const { namespace } = this.options;
    // When a row of another name was taken over, an interrupted replacement may have left our first generation beside
    // it.
    const own = parseRemoteId(namespace, remoteId);
    const last = own?.key === desired.key ? own.generation : 1;
    const known = await this.generationsOf(desired, remoteId, null);
    // What has replaced a used-up row is shown, and the row itself may not be.
    const isPart = known.length > 0 && this.reader.isPartlyKnown(desired.customerId);
    const generations = isPart ? this.matched(desired, await this.reader.storedRowsOf(desired)) : known;
    const owned = generations.filter(({ generation }) => generation <= last);
    const { now, isBoolean } = this.context();
    const rowsOf = (): readonly Row[] => owned.map(({ row }) => row);
    const change = diffUndeclared(desired.key, owned, { namespace, now, isBoolean, rowsOf, retire: "end" });
    return change && waitingFor(owned, change, now);
  }

  /** Whether the balance_id is one that this namespace gives to a balance of that name. */
  names(key: string, remoteId: string): boolean {
    return parseRemoteId(this.options.namespace, remoteId)?.key === key;
  }

  /**
   * The row that an import means: the newest generation of one of our balances, or any other row by its exact
   * balance_id. Read as it is stored, with the grant given at creation.
   * @throws ProblemsError when there is none
   */
  async find({ customerId, entityId, maybeEntities, balanceId, name }: ImportId): Promise<Found> {
    const { namespace } = this.options;
    const entities = entityId === null ? maybeEntities : [entityId, ...maybeEntities];
    const reader = this.readerOf(customerId, { entities, discoversEntities: true });
    const now = this.api.serverTime();
    const stored = await reader.readCustomer(customerId);
    const rows = (stored ?? []).map((row) => settled(row, now));
    const own = rows
      .flatMap((row) => ({ row, id: parseRemoteId(namespace, row.balanceId) }))
      .filter(({ id }) => id?.key === (name ?? balanceId))
      .sort((a, b) => (b.id?.generation ?? 0) - (a.id?.generation ?? 0))[0]?.row;
    const exact = rows.find((one) => one.balanceId === balanceId || one.internalId === balanceId);
    const found = own ?? exact;
    if (found) {
      const row = withEntity(found, entityId);
      const key = name ?? (own ? balanceId : parseRemoteId(namespace, row.balanceId)?.key) ?? balanceId;
      // When our row of that name is there as well, the other one was left by an interrupted replacement.
      return { row, key, remoteId: nameOf((name === null ? undefined : exact) ?? row) };
    }
    const missing = stored === undefined;
    const sought =
      name === null
        ? `no balance ${named(balanceId)}`
        : `neither ${named(balanceId)} nor ${namespace}:${name}`;
    throw new ProblemsError([
      {
        code: "nothing-to-import",
        message: missing ? `there is no customer ${named(customerId)}` : `${customerId} has ${sought}`,
        hint: missing ? "check the customer's id" : whatThereIs(rows.map(nameOf), balanceId),
      },
    ]);
  }

  /** The grant that the row's resets go back to; null where the server does not tell, or it does not matter. */
  async creationGrantOf({ customerId, reset }: DesiredBalance, name: string): Promise<number | null> {
    if (reset === null) return null;
    const row = (await this.readerOf(customerId).readCustomer(customerId))?.find(
      (one) => nameOf(one) === name,
    );
    return row?.creationGrant ?? null;
  }

  /** Every row of a customer that any read shows, with the ids of the entities that hold them. */
  async everythingOf(customerId: string): Promise<readonly Row[] | undefined> {
    await this.allFeatures();
    const reader = this.readerOf(customerId, { discoversEntities: true });
    const [stored, shown] = await Promise.all([
      reader.readCustomer(customerId),
      reader.publicRows(customerId),
    ]);
    if (stored === undefined) return undefined;
    // Stored rows are without those that were bought, too.
    const isStored = new Set(stored.map(nameOf));
    const others = shown.filter((row) => row.planId !== null || (row.paid && !isStored.has(nameOf(row))));
    return [...stored, ...others];
  }

  /** @param about `entities`: those that may hold rows; `discoversEntities`: whether to look for all others too */
  private readerOf(
    customerId: string,
    about: { readonly entities?: readonly string[]; readonly discoversEntities?: boolean } = {},
  ): AccountReader {
    const { entities = [], discoversEntities = false } = about;
    return new AccountReader(this.api, {
      namespace: this.options.namespace,
      balances: [],
      also: [null, ...entities].map((entityId) => ({ customerId, entityId, balanceId: null })),
      booleans: this.booleans,
      discoversEntities,
      wholeOrganisation: false,
      concurrency: 1,
    });
  }

  /**
   * Does `work` on a customer once everything that was queued for it before is done. The last in the queue gives the
   * customer's lease back before it ends, because the process may end right after.
   */
  inTurn<T>(customerId: string, work: () => Promise<T>): Promise<T> {
    const before = this.queues.get(customerId) ?? Promise.resolve();
    const turn: Promise<T> = before.then(work, work).finally(async () => {
      if (this.queues.get(customerId) !== turn) return;
      await this.leases.giveBack(customerId);
      if (this.queues.get(customerId) === turn) this.queues.delete(customerId);
    });
    this.queues.set(customerId, turn);
    return turn;
  }

  /** Makes a change; call it within `inTurn`. Sends nothing once `signal` has been aborted. */
  async apply(change: Change, signal: AbortSignal): Promise<ChangeOutcome> {
    try {
      const outcome = await applyPlan(this.api, this.planOf(change), {
        clock: this.options.clock,
        concurrency: 1,
        leases: this.leases,
        signal,
      });
      return outcome.results[0] as ChangeOutcome;
    } finally {
      this.reader.forget(change.customerId);
    }
  }

  private async rowsOf(
    {
      customerId,
      entityId,
      key,
      adopt = null,
    }: Pick<DesiredBalance, "customerId" | "entityId" | "key"> & Partial<Pick<DesiredBalance, "adopt">>,
    remoteId: string | null,
    birth: Birth | null,
  ): Promise<readonly Row[]> {
    const { namespace } = this.options;
    const isOwn = remoteId === null || parseRemoteId(namespace, remoteId)?.key === key;
    // Asked for by the balance_id of the first generation: a public read that shows a successor may hide the rows
    // before it, whose usage may still have to be counted.
    const balanceId = adopt ?? (isOwn ? `${namespace}:${key}` : remoteId);
    const stored = await this.reader.rowsOf({ customerId, entityId, balanceId });
    const now = this.api.serverTime();
    return stored.map((row) => settled(withBirth(row, birth), now));
  }

  private context() {
    const { namespace } = this.options;
    return {
      namespace,
      now: this.api.serverTime(),
      isBoolean: (featureId: string) => this.booleans.has(featureId),
    };
  }

  private planOf(change: Change): Plan {
    const { namespace, environment, baseUrl } = this.options;
    return {
      namespace,
      retire: "end",
      environment,
      baseUrl,
      madeAt: this.decidedAt.get(change) ?? this.api.serverTime(),
      base: null,
      scope: "customers",
      shard: null,
      leftOut: null,
      scheduled: [],
      customers: 1,
      ownedRows: 0,
      changes: [change],
      unchanged: 0,
      leftOver: [],
      totals: [],
      warnings: [],
      lifted: [],
      policy: null,
      limits: DEFAULT_LIMITS,
      estimate: { calls: 0, ms: 0 },
    };
  }
}

/**
 * The removal, which has to wait where a used-up row will come back at its reset: once the state has forgotten the
 * balance, nobody would end it then.
 */
function waitingFor(owned: readonly Generation[], change: Change, now: number): Change {
  const row = owned
    .map((one) => one.row)
    .find((one) => one.resetsAt !== null && stateOf(one, now) === "drained");
  if (change.kind !== "delete" || row === undefined) return change;
  const text = `${nameOf(row)} is used up, and its reset brings it back: only then can it be removed as well`;
  return {
    ...change,
    kind: "blocked",
    retires: [],
    reasons: [{ code: "waits-for-reset", text }],
    unblocksAt: row.resetsAt,
  };
}

/**
 * Adds the creation grant, which lists do not show, to a row that resets. Not to others: a successor that does not
 * reset is created with another grant than the one it ends up with.
 */
function withBirth(row: Row, birth: Birth | null): Row {
  if (birth === null || nameOf(row) !== birth.remoteId || row.creationGrant !== undefined) return row;
  if (row.resetsAt === null) return row;
  return { ...row, creationGrant: birth.creationGrant ?? undefined };
}

/** Asks once, and again only after a failure. */
function once<T>(asked: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> {
  const before = asked.get(key);
  if (before) return before;
  const answer = ask();
  asked.set(key, answer);
  answer.catch(() => asked.delete(key));
  return answer;
}
