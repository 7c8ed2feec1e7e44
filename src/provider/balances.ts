// The engine, one balance at a time: what Terraform asks for, on the same observe, diff and apply as the command
// line, so that the same promises hold.
import type { AutumnApi, Clock, WireCustomer, WireEntity, WireFeature } from "../autumn/index.ts";
import {
  applyPlan,
  type Change,
  type ChangeOutcome,
  changesOf,
  checkFeatures,
  checkTargets,
  diffUndeclared,
  type Generation,
  matchRows,
  nameOf,
  Observer,
  type Plan,
  parseRemoteId,
  type Row,
  settled,
} from "../reconcile/index.ts";
import {
  DEFAULT_LIMITS,
  type DesiredBalance,
  type Environment,
  type Problem,
  ProblemsError,
} from "../schema/index.ts";
import type { Birth } from "./birth.ts";
import type { ImportId } from "./import-id.ts";
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
  /** Our name of it. */
  readonly key: string;
  /** The row that it is known by: under a name of its own, the one that is taken over. */
  readonly remoteId: string;
}

/** Terraform's own parallelism is 10 unless told otherwise. */
const CONCURRENCY = 10;

export class Balances {
  private readonly reader: RowReader;
  private features: Promise<ReadonlyMap<string, WireFeature>> | undefined;
  private booleans: ReadonlySet<string> = new Set();
  /** The end of each customer's queue: the changes of one customer are made one after the other. */
  private readonly queues = new Map<string, Promise<unknown>>();
  private readonly customers = new Map<string, Promise<WireCustomer | undefined>>();
  private readonly entities = new Map<string, Promise<WireEntity | undefined>>();

  constructor(
    readonly api: AutumnApi,
    readonly options: BalancesOptions,
  ) {
    const { namespace } = options;
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

  /** What is wrong with the balance in view of the features there are. */
  async problemsOf(desired: DesiredBalance): Promise<Problem[]> {
    return checkFeatures([desired], await this.allFeatures());
  }

  /** The rows that stand for a balance, newest generation first. */
  async generationsOf(
    desired: DesiredBalance,
    remoteId: string | null,
    birth: Birth | null,
  ): Promise<Generation[]> {
    const rows = await this.rowsOf(desired, remoteId, birth);
    const matched = matchRows([desired], new Map([[desired.customerId, rows]]), this.options.namespace)
      .declared[0];
    return [...(matched ?? [])].sort((a, b) => b.generation - a.generation);
  }

  /** What has to happen for the balance to be as declared. */
  async changeOf(desired: DesiredBalance, remoteId: string | null, birth: Birth | null): Promise<Change> {
    const rows = await this.rowsOf(desired, remoteId, birth);
    const { declared } = changesOf([desired], new Map([[desired.customerId, rows]]), this.context());
    return declared[0] as Change;
  }

  /**
   * The change, once it is sure that customer and entity exist; or what it is when a plan has the flag on.
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
    const [checked] = await checkTargets(
      api,
      [change],
      observed,
      { concurrency: 1, createCustomers: false },
      {},
    );
    return checked as Change;
  }

  /**
   * What has to happen for the balance to be gone; `undefined` when nothing is left of it, or only history. Rows of
   * later generations than the one of `remoteId` belong to whoever made them.
   */
  async removalOf(desired: DesiredBalance, remoteId: string): Promise<Change | undefined> {
    const { namespace } = this.options;
    // Of a row taken over under another name, an interrupted replacement has left our first one beside it.
    const own = parseRemoteId(namespace, remoteId);
    const last = own?.key === desired.key ? own.generation : 1;
    const generations = await this.generationsOf(desired, remoteId, null);
    const owned = generations.filter(({ generation }) => generation <= last);
    const { now, isBoolean } = this.context();
    const rowsOf = (): readonly Row[] => owned.map(({ row }) => row);
    return diffUndeclared(desired.key, owned, { namespace, now, isBoolean, rowsOf });
  }

  /** Whether the balance_id is one that this namespace gives to a balance of that name. */
  names(key: string, remoteId: string): boolean {
    return parseRemoteId(this.options.namespace, remoteId)?.key === key;
  }

  /**
   * The row that an import means: the newest generation of one of ours, or a row of somebody else's by its exact
   * balance_id. Read as it is stored, with the grant given at creation.
   * @throws ProblemsError when there is none
   */
  async find({ customerId, entityId, balanceId, name }: ImportId): Promise<Found> {
    const { namespace } = this.options;
    const observer = this.observer(customerId, entityId);
    const now = this.options.clock.now();
    const rows = (await observer.readCustomer(customerId)).map((row) => settled(row, now));
    const own = rows
      .flatMap((row) => ({ row, id: parseRemoteId(namespace, row.balanceId) }))
      .filter(({ id }) => id?.key === (name ?? balanceId))
      .sort((a, b) => (b.id?.generation ?? 0) - (a.id?.generation ?? 0))[0]?.row;
    const exact = rows.find((one) => one.balanceId === balanceId || one.internalId === balanceId);
    const row = own ?? exact;
    if (row) {
      const key = name ?? (own ? balanceId : parseRemoteId(namespace, row.balanceId)?.key) ?? balanceId;
      // Beside our row under that name, the other one is what an interrupted replacement has left.
      return { row, key, remoteId: nameOf((name === null ? undefined : exact) ?? row) };
    }
    const missing = observer.missingCustomers.has(customerId);
    const sought =
      name === null ? `no balance ${balanceId}` : `neither ${balanceId} nor ${namespace}:${name}`;
    throw new ProblemsError([
      {
        code: "nothing-to-import",
        message: missing ? `there is no customer ${customerId}` : `${customerId} has ${sought}`,
        hint: missing ? "check the customer's id" : `it has: ${rows.map(nameOf).join(", ") || "none"}`,
      },
    ]);
  }

  /** The grant that the row's resets go back to; null where the server does not tell, or it does not matter. */
  async creationGrantOf({ customerId, reset }: DesiredBalance, name: string): Promise<number | null> {
    if (reset === null) return null;
    const row = (await this.observer(customerId).readCustomer(customerId)).find(
      (one) => nameOf(one) === name,
    );
    return row?.creationGrant ?? null;
  }

  private observer(customerId: string, entityId: string | null = null): Observer {
    return new Observer(this.api, {
      namespace: this.options.namespace,
      balances: [],
      also: [{ customerId, entityId, balanceId: null }],
      booleans: this.booleans,
      wholeOrganisation: false,
      concurrency: 1,
    });
  }

  /** Does something with a customer's rows, after all that was to be done with them before. */
  inTurn<T>(customerId: string, work: () => Promise<T>): Promise<T> {
    const before = this.queues.get(customerId) ?? Promise.resolve();
    const turn = before.then(work, work);
    this.queues.set(customerId, turn);
    return turn;
  }

  /** Makes a change, when it is the customer's turn. */
  async apply(change: Change): Promise<ChangeOutcome> {
    try {
      const outcome = await applyPlan(this.api, this.planOf(change), {
        clock: this.options.clock,
        concurrency: 1,
      });
      return outcome.results[0] as ChangeOutcome;
    } finally {
      this.reader.forget(change.customerId);
    }
  }

  private async rowsOf(
    { customerId, entityId, key }: Pick<DesiredBalance, "customerId" | "entityId" | "key">,
    remoteId: string | null,
    birth: Birth | null,
  ): Promise<readonly Row[]> {
    const balanceId = remoteId ?? `${this.options.namespace}:${key}`;
    const stored = await this.reader.rowsOf({ customerId, entityId, balanceId });
    const now = this.options.clock.now();
    return stored.map((row) => settled(withBirth(row, birth), now));
  }

  private context() {
    const { namespace, clock } = this.options;
    return { namespace, now: clock.now(), isBoolean: (featureId: string) => this.booleans.has(featureId) };
  }

  private planOf(change: Change): Plan {
    const { namespace, environment, baseUrl, clock } = this.options;
    return {
      namespace,
      environment,
      baseUrl,
      madeAt: clock.now(),
      base: null,
      scope: "customers",
      shard: null,
      customers: 1,
      ownedRows: 0,
      changes: [change],
      unchanged: 0,
      leftOver: [],
      totals: [],
      warnings: [],
      lifted: [],
      limits: DEFAULT_LIMITS,
      estimate: { calls: 0, ms: 0 },
    };
  }
}

/** The row with the creation grant that lists do not show. */
function withBirth(row: Row, birth: Birth | null): Row {
  if (birth === null || nameOf(row) !== birth.remoteId || row.creationGrant !== undefined) return row;
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
