// A storm: changes of the file, runs that are killed, answers that are lost, runs beside each other, usage and refunds
// at every moment, resets in the middle. After a calm run every balance has to be there exactly once, granted as
// declared and used exactly as was really used, rows of others untouched, and the plan empty.
import type { EmulatorOptions } from "../../src/emulator/index.ts";
import type { BalanceEntry } from "../../src/schema/index.ts";
import { desiredBalance } from "../../src/schema/index.ts";
import { DAY, type Level, START, type StoredRow, World } from "../reconcile/world.ts";
import { Account } from "./ledger.ts";
import { Random } from "./random.ts";

export interface StormOptions {
  readonly seed: number;
  readonly level: Level;
  readonly emulator?: EmulatorOptions;
  readonly kind?: StormKind | undefined;
  /** Told of everything that happens, for a storm that is looked at closely. */
  readonly log?: (line: string) => void;
}

/**
 * - `stacked`: two balances stand for the usage of one feature; no cycle ends.
 * - `late`: updates take effect some moments after their answers.
 */
export type StormKind = "stacked" | "late";
/** ms by which updates take effect late, at the most. */
const LATEST_MS = 1500;

/** The balances of a storm: each the only one of its feature, so that all usage of the feature is its usage. */
const FEATURES = ["api_calls", "storage"] as const;
type FeatureId = (typeof FEATURES)[number];

const GRANTS = [50, 100, 100, 150, 200, 300, 0.3, 12.5] as const;
const CUSTOMER = "acme";

/** What is wrong after the storm; nothing when all is well. */
export async function storm(options: StormOptions): Promise<string[]> {
  const made = new Storm(options);
  await made.rage();
  return made.calm();
}

class Storm {
  private readonly random: Random;
  private readonly world: World;
  private readonly accounts = new Map<FeatureId, Account>(FEATURES.map((id) => [id, new Account()]));
  /** The versions of the file so far, the newest last. */
  private readonly versions: BalanceEntry[][] = [];
  /** Whether balances change between granting once and granting again; cycles do not end then. */
  private readonly changesCycles: boolean;
  /** The entity that holds the balances of storage, if one does. */
  private readonly entity: string | null;
  private readonly isLimited: boolean;
  private readonly retire: "end" | "delete";
  /** Whether balances are used only between runs: under a limit, and where rows are deleted, a call can lose usage. */
  private readonly isQuiet: boolean;
  private isStormy = true;
  private readonly log: (line: string) => void;
  private readonly kind: StormKind | undefined;
  /** Updates that were answered, and take effect later; and the moment of one that does. */
  private effectAt: number | null = START;
  private late: { readonly at: number; readonly takeEffect: () => Promise<unknown> }[] = [];

  constructor({ seed, level, emulator = {}, kind, log = () => undefined }: StormOptions) {
    this.random = new Random(seed);
    this.log = log;
    // Usage is stored at once: what the server drops of it inside one call is nobody's to save.
    const clock = (): number => this.effectAt ?? this.world.ms;
    this.world = new World({ level, storeDelayMs: 0, clock, ...emulator });
    this.effectAt = null;
    const { random } = this;
    this.kind = kind;
    this.changesCycles = random.chance(0.4) || kind === "stacked";
    this.entity = random.chance(0.25) ? "seat_1" : null;
    this.isLimited = random.chance(0.15);
    this.retire = random.chance(0.15) ? "delete" : "end";
    this.isQuiet = this.isLimited || this.retire === "delete";
    this.world.route = this.route;
  }

  async rage(): Promise<void> {
    await this.foreign();
    if (this.isLimited) {
      const usage_limits = [{ feature_id: "api_calls", enabled: true, limit: 160, interval: "month" }];
      await this.world.call("customers.update", {
        customer_id: CUSTOMER,
        billing_controls: { usage_limits },
      });
    }
    this.versions.push(this.version());
    const events = 3 + this.random.below(8);
    for (let n = 0; n < events; n++) {
      await this.event();
      await this.follow();
    }
  }

  private async foreign(): Promise<void> {
    await this.world.call("balances.create", {
      customer_id: CUSTOMER,
      feature_id: "credits",
      balance_id: "somebody:else",
      included_grant: 77,
    });
  }

  private entry(feature: FeatureId, before?: BalanceEntry): BalanceEntry {
    const { random } = this;
    const monthly = before === undefined || this.changesCycles ? random.chance(0.6) : "reset" in before;
    const ends = !monthly && random.chance(0.3);
    return {
      customer_id: CUSTOMER,
      feature_id: feature,
      included: random.pick(GRANTS),
      ...(monthly ? { reset: { interval: "month" } } : {}),
      ...(feature === "storage" && this.entity !== null ? { entity_id: this.entity, id: "storage" } : {}),
      ...(ends ? { expires_at: this.world.ms + (300 + random.below(5)) * DAY } : {}),
    } as unknown as BalanceEntry;
  }

  /** A version of the file. */
  private version(before?: readonly BalanceEntry[]): BalanceEntry[] {
    const entries = before?.slice(0, FEATURES.length);
    const version = FEATURES.map((id, n) => this.entry(id, entries?.[n]));
    if (this.kind !== "stacked") return version;
    return [...version, { ...this.entry("api_calls", before?.[FEATURES.length]), id: "more" }];
  }

  private get newest(): BalanceEntry[] {
    return this.versions.at(-1) as BalanceEntry[];
  }

  private async event(): Promise<void> {
    const { random } = this;
    const kind = random.pick([
      "change",
      "change",
      "run",
      "killed",
      "killed",
      "beside",
      "use",
      "use",
      "time",
    ] as const);
    this.log(`--- ${kind} at ${this.world.ms}`);
    switch (kind) {
      case "change":
        this.versions.push(this.version(this.newest));
        return this.run(this.newest);
      case "run":
        return this.run(random.pick(this.versions.slice(-2)));
      case "killed":
        if (random.chance(0.5)) {
          this.versions.push(this.version(this.newest));
        }
        return this.killed(this.newest);
      case "beside":
        await Promise.all([this.run(this.newest), this.run(random.pick(this.versions.slice(-2)))]);
        return;
      case "use":
        return this.use(random.pick(FEATURES));
      case "time":
        this.world.ms += this.changesCycles
          ? random.below(DAY)
          : random.pick([5000, 60_000, DAY, 20 * DAY, 40 * DAY]);
    }
  }

  /** Units to use, or to give back: never all, which nobody could tell from a call that was undone. */
  private amount(feature: FeatureId): number {
    const { random } = this;
    const used = this.accounts.get(feature)?.used ?? 0;
    if (random.chance(0.15)) return -Math.min(random.below(30), Math.floor(used / 2));
    return random.pick([1, 3, 10, 0.1, 40, 100, 1000]);
  }

  private async run(entries: readonly BalanceEntry[]): Promise<void> {
    this.log(
      `run ${entries.map((one) => `${one.feature_id} ${one.included}${one.reset ? " monthly" : ""}${one.expires_at ? " ends" : ""}`).join(", ")}`,
    );
    try {
      const plan = await this.world.plan(entries, { retire: this.retire });
      const { results } = await this.world.apply(plan);
      for (const { change, result, problem } of results) {
        this.log(`  ${change.kind} ${change.balanceId}: ${result}${problem ? ` (${problem.message})` : ""}`);
      }
    } catch (error) {
      this.log(`  failed: ${error}`);
    }
  }

  /** A run that is killed at one of its calls, before or after that has its effect. */
  private async killed(entries: readonly BalanceEntry[]): Promise<void> {
    const { random, world } = this;
    let left = 3 + random.below(25);
    const takesEffect = random.chance(0.5);
    const never = new Promise<never>(() => undefined);
    await new Promise<void>((resolve) => {
      let isDead = false;
      world.route = async (input, init): Promise<Response> => {
        if (isDead) return never;
        const isLast = --left === 0;
        if (isLast) isDead = true;
        if (!isLast) return this.route(input, init);
        this.log(`  killed ${takesEffect ? "after" : "before"} ${String(input)} ${String(init?.body ?? "")}`);
        if (takesEffect) await this.reach(input, init);
        resolve();
        return never;
      };
      void this.run(entries).then(resolve);
    });
    world.forgetCalls();
    world.route = this.route;
  }

  /** The way to the server: slow, at times broken, and customers go on using what they have. */
  private readonly route: World["route"] = async (input, init) => {
    const { random, world } = this;
    world.ms += random.below(150);
    if (!this.isStormy) return this.reach(input, init);
    if (!this.isQuiet && random.chance(0.06)) await this.use(random.pick(FEATURES));
    const fate = random.next();
    const what = `${String(input).slice(17)} ${String(init?.body ?? "")}`;
    if (fate < 0.01) {
      this.log(`  lost before: ${what}`);
      throw new TypeError("fetch failed");
    }
    if (fate < 0.02) {
      // It is done, and the server fails: the key is free again.
      const headers = new Headers(init?.headers);
      headers.delete("idempotency-key");
      await this.reach(input, { ...init, headers });
      this.log(`  failed after: ${what}`);
      return Response.json({ message: "broken", code: "internal_error" }, { status: 500 });
    }
    const answer = await this.reach(input, init);
    if (init?.method === "POST" && /update|create|delete/.test(String(input)))
      this.log(`  ${answer.status} ${what}`);
    if (fate < 0.03) {
      this.log(`  lost after: ${what}`);
      throw new TypeError("fetch failed");
    }
    if (!this.isQuiet && random.chance(0.06)) await this.use(random.pick(FEATURES));
    return answer;
  };

  /** The server. */
  private readonly reach: World["route"] = async (input, init) => {
    const { world } = this;
    if (this.kind !== "late") return world.emulator.fetch(input, init);
    await this.letComeTrue();
    if (!String(input).endsWith("balances.update")) return world.emulator.fetch(input, init);
    const headers = new Headers(init?.headers);
    const key = headers.get("idempotency-key");
    if (key !== null) {
      // The key is taken at once.
      const body = JSON.stringify({ customer_id: CUSTOMER });
      const url = String(input).replace("balances.update", "customers.get");
      const answer = await world.emulator.fetch(url, { ...init, body });
      if (!answer.ok) return answer;
      headers.delete("idempotency-key");
    }
    const at = world.ms + this.random.below(LATEST_MS);
    this.late.push({ at, takeEffect: () => world.emulator.fetch(input, { ...init, headers, signal: null }) });
    return Response.json({ success: true });
  };

  /** Has updates take effect that are due by now. */
  private async letComeTrue(): Promise<void> {
    const due = this.late.filter(({ at }) => at <= this.world.ms).sort((a, b) => a.at - b.at);
    this.late = this.late.filter(({ at }) => at > this.world.ms);
    for (const { at, takeEffect } of due) {
      this.effectAt = at;
      await takeEffect();
      this.effectAt = null;
    }
  }

  private async use(feature: FeatureId): Promise<void> {
    const { world } = this;
    await this.letComeTrue();
    const value = this.amount(feature);
    const { deductions } = (await world.call("balances.track", {
      customer_id: CUSTOMER,
      feature_id: feature,
      value,
      ...(feature === "storage" && this.entity !== null ? { entity_id: this.entity } : {}),
    })) as { deductions: { feature_id: string; value: number }[] };
    const units = deductions.reduce((sum, one) => (one.feature_id === feature ? sum + one.value : sum), 0);
    this.accounts.get(feature)?.use(units, world.ms);
    this.log(`  ${value} of ${feature} asked for, ${units} used at ${world.ms}`);
  }

  /** Has the ledger know the cycles, as far as there are rows of them. */
  private async follow(): Promise<void> {
    await this.letComeTrue();
    const rows = await this.world.rows(CUSTOMER);
    for (const feature of FEATURES) {
      const row = newestOf(rows, feature);
      const reset = row?.resetsAt == null ? null : ({ interval: "month", intervalCount: 1 } as const);
      this.accounts.get(feature)?.follow(reset, row?.resetsAt ?? null, this.world.ms);
    }
    for (const row of rows) this.log(`      ${describe(row)}`);
  }

  /** Runs the newest version in peace, and says what is wrong then. */
  async calm(): Promise<string[]> {
    this.log("=== calm");
    this.isStormy = false;
    const { world } = this;
    world.ms += 60_000;
    for (let n = 0; n < 3; n++) {
      await this.run(this.newest);
      await this.follow();
      world.ms += 60_000;
    }
    const wrong: string[] = [];
    const plan = await world.plan(this.newest, { retire: this.retire });
    if (plan.changes.length > 0) {
      wrong.push(
        `the plan is not empty: ${plan.changes.map(({ kind, balanceId }) => `${kind} ${balanceId}`)}`,
      );
    }
    const rows = await world.rows(CUSTOMER);
    for (const entry of this.newest) wrong.push(...this.audit(entry, rows));
    if (this.kind === "stacked") wrong.push(...this.auditStacked(rows));
    const foreign = rows.filter(({ id }) => id === "somebody:else");
    if (foreign.length !== 1 || foreign[0]?.grant !== 77 || foreign[0].expiresAt !== null) {
      wrong.push("a balance of somebody else was touched");
    }
    return wrong;
  }

  private audit(entry: BalanceEntry, rows: readonly StoredRow[]): string[] {
    const { featureId, included, expiresAt, key, reset } = desiredBalance(entry);
    const own = rows.filter(({ id }) => id?.replace(/~\d+$/, "") === `test:${key}`);
    const live = own.filter(
      (row) => (row.expiresAt === null || row.expiresAt > this.world.ms) && row.remaining !== 0,
    );
    const account = this.accounts.get(featureId as FeatureId) as Account;
    account.pass(this.world.ms);
    const { used } = account;
    const grant = included ?? 0;
    const row = newestOf(own, featureId);
    if (row === undefined) return [`${featureId} is not there`];
    const wrong: string[] = [];
    if (live.length > 1) wrong.push(`${featureId} is there ${live.length} times`);
    if (row.remaining === 0) {
      if (this.kind === "stacked" && featureId === "api_calls") return wrong;
      // What was used beyond a balance that is used up cannot be counted on it.
      if (used < grant - 0.001) wrong.push(`${featureId} is used up: ${used} were used of ${grant}`);
      return wrong;
    }
    if (live[0] !== row) return [...wrong, `${featureId}: what lives is not the newest`];
    if (row.grant !== grant) wrong.push(`${featureId} is granted ${row.grant}, declared are ${grant}`);
    if (reset !== null && row.creationGrant !== grant)
      wrong.push(`${featureId} resets to ${row.creationGrant}`);
    if (row.expiresAt !== expiresAt) wrong.push(`${featureId} ends at ${row.expiresAt}`);
    if ((row.resetsAt === null) !== (reset === null)) wrong.push(`${featureId} resets at ${row.resetsAt}`);
    if (this.kind === "stacked" && featureId === "api_calls") return wrong;
    // Where rows are deleted, what is used of one between a killed run and the next goes with it.
    const isLost = this.retire === "delete" && row.usage < used;
    if (Math.abs(row.usage - used) > 1e-6 && !isLost)
      wrong.push(`${featureId} counts ${row.usage}, used were ${used}`);
    return wrong;
  }

  /** What was used of a feature, by whichever of its balances. */
  private auditStacked(rows: readonly StoredRow[]): string[] {
    const newest = this.newest
      .filter(({ feature_id }) => feature_id === "api_calls")
      .map((entry) => {
        const id = `test:${desiredBalance(entry).key}`;
        return newestOf(
          rows.filter((row) => row.id?.replace(/~\d+$/, "") === id),
          "api_calls",
        );
      });
    // What was used beyond a balance that is used up cannot be counted on it.
    if (newest.some((row) => row === undefined || row.remaining === 0)) return [];
    const counted = newest.reduce((sum, row) => sum + (row?.usage ?? 0), 0);
    const { used } = this.accounts.get("api_calls") as Account;
    if (Math.abs(counted - used) < 1e-6 || (this.retire === "delete" && counted < used)) return [];
    return [`api_calls counts ${counted} together, used were ${used}`];
  }
}

const generationOf = ({ id }: StoredRow): number => Number(/~(\d+)$/.exec(id ?? "")?.[1] ?? 1);

function newestOf(rows: readonly StoredRow[], feature: string): StoredRow | undefined {
  const own = rows.filter((row) => row.feature === feature && row.id?.startsWith("test:"));
  return own.reduce<StoredRow | undefined>(
    (newest, row) => (newest === undefined || generationOf(row) > generationOf(newest) ? row : newest),
    undefined,
  );
}

const describe = (row: StoredRow): string =>
  `${row.id}: ${row.grant} (${row.creationGrant}) used ${row.usage} left ${row.remaining} resets ${row.resetsAt} ends ${row.expiresAt}`;
