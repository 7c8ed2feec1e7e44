// The engine, one balance at a time: what Terraform asks for, on the same observe, diff and apply as the command
// line, so that the same promises hold.
import type { AutumnApi, Clock, WireFeature } from "../autumn/index.ts";
import {
  applyPlan,
  type Change,
  type ChangeOutcome,
  changesOf,
  checkFeatures,
  diffUndeclared,
  type Generation,
  matchRows,
  Observer,
  type Plan,
  parseRemoteId,
  type Row,
} from "../reconcile/index.ts";
import {
  DEFAULT_LIMITS,
  type DesiredBalance,
  type Environment,
  type Problem,
  ProblemsError,
} from "../schema/index.ts";
import { RowReader } from "./row-reader.ts";

export interface BalancesOptions {
  readonly namespace: string;
  readonly environment: Environment | null;
  readonly baseUrl: string;
  readonly clock: Clock;
}

/** What was learned of a row when it was created; a row's creation never changes. */
export interface Birth {
  readonly remoteId: string;
  readonly creationGrant: number | null;
}

/** Terraform's own parallelism is 10 unless told otherwise. */
const CONCURRENCY = 10;

export class Balances {
  private readonly reader: RowReader;
  private features: Promise<ReadonlyMap<string, WireFeature>> | undefined;
  private booleans: ReadonlySet<string> = new Set();
  /** The end of each customer's queue: the changes of one customer are made one after the other. */
  private readonly queues = new Map<string, Promise<unknown>>();

  constructor(
    readonly api: AutumnApi,
    readonly options: BalancesOptions,
  ) {
    const { namespace } = options;
    this.reader = new RowReader(api, { namespace, concurrency: CONCURRENCY, booleans: () => this.booleans });
  }

  /** Every feature, read once. */
  async allFeatures(): Promise<ReadonlyMap<string, WireFeature>> {
    this.features ??= this.api.listFeatures().then((list) => {
      this.booleans = new Set(list.filter(({ type }) => type === "boolean").map(({ id }) => id));
      return new Map(list.map((feature) => [feature.id, feature]));
    });
    return this.features;
  }

  /** What is wrong with the balance in view of the features there are. */
  async problemsOf(desired: DesiredBalance): Promise<Problem[]> {
    return checkFeatures([desired], await this.allFeatures());
  }

  /** The rows that stand for a balance, newest generation first. */
  async generationsOf(desired: DesiredBalance, remoteId: string | null): Promise<Generation[]> {
    const rows = await this.rowsOf(desired, remoteId);
    const matched = matchRows([desired], new Map([[desired.customerId, rows]]), this.options.namespace)
      .declared[0];
    return [...(matched ?? [])].sort((a, b) => b.generation - a.generation);
  }

  /** What has to happen for the balance to be as declared. */
  async changeOf(desired: DesiredBalance, remoteId: string | null, birth: Birth | null): Promise<Change> {
    const stored = await this.rowsOf(desired, remoteId);
    const rows = stored.map((row) => withBirth(row, birth));
    const { declared } = changesOf([desired], new Map([[desired.customerId, rows]]), this.context());
    return declared[0] as Change;
  }

  /**
   * What has to happen for the balance to be gone; `undefined` when nothing is left of it, or only history. Rows of
   * later generations than the one of `remoteId` belong to whoever made them.
   */
  async removalOf(desired: DesiredBalance, remoteId: string): Promise<Change | undefined> {
    const { namespace } = this.options;
    const last = parseRemoteId(namespace, remoteId)?.generation ?? 0;
    const generations = await this.generationsOf(desired, remoteId);
    const own = generations.filter(({ generation }) => generation <= last);
    const { now, isBoolean } = this.context();
    const rowsOf = (): readonly Row[] => own.map(({ row }) => row);
    return diffUndeclared(desired.key, own, { namespace, now, isBoolean, rowsOf });
  }

  /** Whether the balance_id is one of this namespace. */
  owns(remoteId: string): boolean {
    return parseRemoteId(this.options.namespace, remoteId) !== undefined;
  }

  /**
   * The row that an import means: the newest generation of one of ours, or a row of somebody else's by its exact
   * balance_id. Read as it is stored, with the grant given at creation.
   * @throws ProblemsError when there is none
   */
  async find(customerId: string, name: string): Promise<{ row: Row; key: string }> {
    const { namespace } = this.options;
    const observer = new Observer(this.api, {
      namespace,
      balances: [],
      also: [{ customerId, entityId: null, balanceId: null }],
      booleans: this.booleans,
      wholeOrganisation: false,
      concurrency: 1,
    });
    const rows = await observer.readCustomer(customerId);
    const own = rows
      .flatMap((row) => ({ row, id: parseRemoteId(namespace, row.balanceId) }))
      .filter(({ id }) => id?.key === name)
      .sort((a, b) => (b.id?.generation ?? 0) - (a.id?.generation ?? 0))[0];
    const row = own?.row ?? rows.find((one) => one.balanceId === name || one.internalId === name);
    if (row) return { row, key: own ? name : (parseRemoteId(namespace, row.balanceId)?.key ?? name) };
    const known = observer.missingCustomers.has(customerId);
    throw new ProblemsError([
      {
        code: "nothing-to-import",
        message: known ? `there is no customer ${customerId}` : `${customerId} has no balance ${name}`,
        hint: known
          ? "check the customer's id"
          : `it has: ${rows.map((one) => one.balanceId ?? one.internalId).join(", ") || "none"}`,
      },
    ]);
  }

  /** Makes a change, after all earlier ones of the same customer. */
  apply(change: Change): Promise<ChangeOutcome> {
    const { customerId } = change;
    const work = async (): Promise<ChangeOutcome> => {
      try {
        const outcome = await applyPlan(this.api, this.planOf(change), {
          clock: this.options.clock,
          concurrency: 1,
        });
        return outcome.results[0] as ChangeOutcome;
      } finally {
        this.reader.forget(customerId);
      }
    };
    const before = this.queues.get(customerId) ?? Promise.resolve();
    const turn = before.then(work, work);
    this.queues.set(customerId, turn);
    return turn;
  }

  private rowsOf(desired: DesiredBalance, remoteId: string | null): Promise<readonly Row[]> {
    const { customerId, entityId, key } = desired;
    return this.reader.rowsOf({
      customerId,
      entityId,
      balanceId: remoteId ?? `${this.options.namespace}:${key}`,
    });
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
      scope: "customers",
      customers: 1,
      ownedRows: 0,
      changes: [change],
      unchanged: 0,
      leftOver: [],
      totals: [],
      warnings: [],
      limits: DEFAULT_LIMITS,
      estimate: { calls: 0, ms: 0 },
    };
  }
}

/** The row with the creation grant that lists do not show. */
function withBirth(row: Row, birth: Birth | null): Row {
  if (birth === null || row.balanceId !== birth.remoteId || row.creationGrant !== undefined) return row;
  return { ...row, creationGrant: birth.creationGrant ?? undefined };
}
