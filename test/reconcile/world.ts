// A world in one process: the real client and engine on the emulator, with time that only moves when it is told
// to. Sleeping moves it, so that deadlines cost nothing.
import { AutumnClient, type CallRecord, type Clock } from "../../src/autumn/index.ts";
import { createEmulator, type Emulator, type EmulatorOptions } from "../../src/emulator/index.ts";
import { applyPlan, makePlan, type Outcome, type Plan, type PlanRequest } from "../../src/reconcile/index.ts";
import { type BalanceEntry, DEFAULT_LIMITS, desiredBalance } from "../../src/schema/index.ts";

export const START = Date.UTC(2026, 10, 22, 12);
export const DAY = 86_400_000;

export const FEATURES = [
  { id: "api_calls", type: "metered", consumable: true },
  { id: "storage", type: "metered", consumable: true },
  { id: "seats", type: "metered", consumable: false },
  { id: "sso", type: "boolean" },
  {
    id: "credits",
    type: "credit_system",
    credit_schema: [{ metered_feature_id: "api_calls", credit_cost: 2 }],
  },
] as const;

export type Level = "2026-08" | "2026-10";
export const LEVELS: readonly Level[] = ["2026-08", "2026-10"];

/** One row as it is stored, with its public names. */
export interface StoredRow {
  id: string | null;
  feature: string;
  grant: number;
  creationGrant: number;
  remaining: number;
  usage: number;
  resetsAt: number | null;
  expiresAt: number | null;
  unlimited: boolean | null;
  entity: string | null;
}

/** Without the noise of binary fractions. */
const rounded = (units: number): number => Number(units.toFixed(9));

/** What a plan of entries asks for. */
export const requestFor = (
  entries: readonly BalanceEntry[],
  options: Partial<PlanRequest> = {},
): PlanRequest => ({
  namespace: "test",
  environment: null,
  baseUrl: "http://autumn",
  balances: entries.map((entry) => desiredBalance(entry)),
  createCustomers: false,
  limits: DEFAULT_LIMITS,
  prune: false,
  wholeOrganisation: false,
  checkGrants: "auto",
  concurrency: 4,
  requestsPerSecond: 20,
  ...options,
});

/** Turns of the event loop in which a call that is under way is waited for: many more than the emulator takes. */
const MOST_TURNS = 2000;

export class World {
  ms = START;
  readonly emulator: Emulator;
  readonly clock: Clock = {
    now: () => this.ms,
    sleep: (ms) => this.sleep(ms),
  };
  /** Has every sleep last a moment of real time, for what an emulator does after its answers. */
  sleepsReally = false;
  /** Calls that are under way. */
  private busy = 0;
  private readonly sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  private isPassing = false;
  calls: CallRecord[] = [];
  /** The way from the client to the emulator: where a test gets in between. */
  route: Emulator["fetch"];

  constructor(options: EmulatorOptions = {}) {
    this.emulator = createEmulator({ clock: () => this.ms, ...options });
    this.route = this.emulator.fetch;
    this.emulator.seed({
      features: FEATURES,
      customers: [
        {
          id: "acme",
          entities: [
            { id: "seat_1", feature_id: "seats" },
            { id: "seat_2", feature_id: "seats" },
          ],
        },
        { id: "globex" },
      ],
    });
  }

  /** Time passes to the next who sleeps once nothing is under way any more, as it does outside of tests. */
  private sleep(ms: number): Promise<void> {
    return new Promise((wake) => {
      this.sleepers.push({ at: this.ms + ms, wake });
      if (!this.isPassing) void this.pass();
    });
  }

  private async pass(): Promise<void> {
    this.isPassing = true;
    while (this.sleepers.length > 0) {
      // A call that somebody holds back until another comes would keep time from passing for ever. Turns are counted, and
      // not real time, so that a busy machine makes no difference.
      let turns = MOST_TURNS;
      if (this.sleepsReally) await new Promise((resolve) => setTimeout(resolve, 1));
      do await new Promise((resolve) => setImmediate(resolve));
      while (this.busy > 0 && --turns > 0);
      // A run that was killed meanwhile has taken its sleepers with it.
      if (this.sleepers.length === 0) break;
      const first = this.sleepers.reduce((a, b) => (b.at < a.at ? b : a));
      this.sleepers.splice(this.sleepers.indexOf(first), 1);
      this.ms = Math.max(this.ms, first.at);
      first.wake();
    }
    this.isPassing = false;
  }

  client(): AutumnClient {
    return new AutumnClient({
      baseUrl: "http://autumn",
      secretKey: this.emulator.key,
      fetch: (async (input, init) => {
        this.busy += 1;
        try {
          return await this.route(input as string, init);
        } finally {
          this.busy = Math.max(0, this.busy - 1);
        }
      }) as typeof fetch,
      clock: this.clock,
      random: () => 0.5,
      requestsPerSecond: Number.POSITIVE_INFINITY,
      maxRetries: 2,
      onCall: (call) => this.calls.push(call),
    });
  }

  plan(entries: readonly BalanceEntry[], options: Partial<PlanRequest> = {}): Promise<Plan> {
    return makePlan(this.client(), requestFor(entries, options), { clock: this.clock });
  }

  apply(plan: Plan, signal?: AbortSignal): Promise<Outcome> {
    return applyPlan(this.client(), plan, {
      clock: this.clock,
      concurrency: 4,
      ...(signal ? { signal } : {}),
    });
  }

  /** After a run was killed: nothing of it is under way any more. */
  forgetCalls(): void {
    this.busy = 0;
    this.sleepers.length = 0;
  }

  /** Plans and applies; throws unless everything converged. */
  async converge(entries: readonly BalanceEntry[], options: Partial<PlanRequest> = {}): Promise<Plan> {
    const plan = await this.plan(entries, options);
    const outcome = await this.apply(plan);
    const wrong = outcome.results.filter(({ result }) => result !== "converged");
    if (wrong.length > 0)
      throw new Error(wrong.map(({ result, problem }) => `${result}: ${problem?.message}`).join("\n"));
    return plan;
  }

  /** Any call to the API, past the client. */
  async call(path: string, body?: object): Promise<unknown> {
    const response = await this.emulator.fetch(`http://autumn/v1/${path}`, {
      method: body ? "POST" : "GET",
      headers: {
        authorization: `Bearer ${this.emulator.key}`,
        "x-api-version": "2.3.0",
        "content-type": "application/json",
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  }

  /** Uses units, and lets the usage be stored. */
  async use(customerId: string, featureId: string, value: number, entityId?: string): Promise<void> {
    await this.call("balances.track", {
      customer_id: customerId,
      feature_id: featureId,
      value,
      ...(entityId ? { entity_id: entityId } : {}),
    });
    this.ms += 1500;
  }

  /** A balance that somebody else granted. */
  async grantByHand(customerId: string, featureId: string, rest: object = {}): Promise<void> {
    await this.call("balances.create", { customer_id: customerId, feature_id: featureId, ...rest });
  }

  /** The bodies of the calls to `balances.<route>` so far, oldest first. */
  sent(route: "create" | "update" | "delete"): Record<string, unknown>[] {
    return this.emulator
      .requests()
      .filter(({ path }) => path === `/v1/balances.${route}`)
      .map(({ body }) => body as Record<string, unknown>);
  }

  /** The rows that have not ended. */
  async live(customerId: string): Promise<StoredRow[]> {
    const rows = await this.rows(customerId);
    return rows.filter(({ expiresAt }) => expiresAt === null || expiresAt > this.ms);
  }

  async rows(customerId: string): Promise<StoredRow[]> {
    // The customer is read first, so that resets that are due are carried out.
    await this.call("customers.get", { customer_id: customerId });
    const { balances } = (await this.call(`balances/list?customer_id=${encodeURIComponent(customerId)}`)) as {
      balances: {
        external_id: string | null;
        feature_id: string;
        internal_entity_id: string | null;
        unlimited: boolean | null;
        balance: number;
        adjustment: number;
        next_reset_at: number | null;
        expires_at: number | null;
        entitlement: { allowance: number | null };
      }[];
    };
    return balances
      .map((row) => {
        const creationGrant = row.entitlement.allowance ?? 0;
        const grant = rounded(creationGrant + row.adjustment);
        return {
          id: row.external_id,
          feature: row.feature_id,
          grant,
          creationGrant,
          remaining: row.balance,
          usage: rounded(grant - row.balance),
          resetsAt: row.next_reset_at,
          expiresAt: row.expires_at,
          unlimited: row.unlimited,
          entity: row.internal_entity_id,
        };
      })
      .sort((a, b) => (`${a.id}` < `${b.id}` ? -1 : 1));
  }
}
