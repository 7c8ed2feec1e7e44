// A storm: changes of the file, runs that are killed, answers that are lost, runs beside each other, usage and refunds
// at every moment, resets in the middle. After a calm run every balance has to be there exactly once, granted as
// declared and used exactly as was really used, rows of others untouched, and the plan empty.
import type { EmulatorOptions } from "../../src/emulator/index.ts";
import { isAction } from "../../src/reconcile/index.ts";
import type { BalanceEntry } from "../../src/schema/index.ts";
import { DAY, type Level, START, World } from "../reconcile/world.ts";
import { audit } from "./audit.ts";
import { CUSTOMER, inWords, StormFile } from "./file.ts";
import { type FeatureId, RULES, type Rules, type StormKind } from "./kinds.ts";
import { LATEST_MS, LateServer } from "./late.ts";
import { Ledger, type Tracked } from "./ledger.ts";
import { ofEntity, prepare } from "./prepare.ts";
import { Random } from "./random.ts";
import { applyFile, provide, untilKilled } from "./runs.ts";
import { describe, isThere, rowsOf, type Stored, storedRows } from "./stored.ts";
import { unitsOf } from "./units.ts";

export interface StormOptions {
  readonly seed: number;
  readonly level: Level;
  readonly emulator?: EmulatorOptions;
  readonly kind?: StormKind | undefined;
  /** Told of everything that happens, for a storm that is looked at closely. */
  readonly log?: (line: string) => void;
}

/** That an update which crosses another undoes it. */
const STALE_UPDATES = 0.3;

/** What is wrong after the storm; nothing when all is well. */
export async function storm(options: StormOptions): Promise<string[]> {
  const made = new Storm(options);
  await made.rage();
  return made.calm();
}

class Storm {
  private readonly random: Random;
  private readonly world: World;
  private readonly rules: Rules;
  private readonly ledger: Ledger;
  private readonly file: StormFile;
  private readonly late: LateServer;
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

  constructor({ seed, level, emulator = {}, kind, log = () => undefined }: StormOptions) {
    const random = new Random(seed);
    this.random = random;
    this.log = log;
    this.kind = kind;
    this.rules = RULES[kind ?? "standard"];
    this.ledger = new Ledger(this.rules.slots.map(({ feature }) => feature));
    // Before there is a world, it is the moment that it begins at.
    let now = (): number => START;
    this.late = new LateServer(random, () => now(), CUSTOMER);
    // Usage is stored at once: what the server drops of it inside one call is nobody's to save.
    const clock = (): number => this.late.at ?? now();
    const races = { random: () => random.next(), staleUpdates: STALE_UPDATES };
    const crossing = { races, sleep: () => new Promise<void>((resolve) => setImmediate(resolve)) };
    this.world = new World({
      level,
      storeDelayMs: 0,
      clock,
      ...(kind === "races" ? crossing : {}),
      ...emulator,
    });
    const { world } = this;
    now = () => world.ms;
    this.changesCycles = random.chance(0.4) || this.rules.resets === "at times";
    this.entity = random.chance(0.25) ? "seat_1" : null;
    this.isLimited = random.chance(0.15);
    this.retire = random.chance(0.15) ? "delete" : "end";
    this.isQuiet = this.isLimited || this.retire === "delete";
    const { changesCycles, entity, rules } = this;
    this.file = new StormFile({ random, rules, changesCycles, entity, now });
    world.route = this.route;
  }

  async rage(): Promise<void> {
    const { world, random, rules, entity, isLimited } = this;
    await prepare(world, random, { kind: this.kind, features: rules.used, entity, isLimited });
    this.file.change();
    const events = 3 + this.random.below(8);
    for (let n = 0; n < events; n++) {
      await this.event();
      await this.follow();
    }
  }

  private async event(): Promise<void> {
    const { random, file } = this;
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
        file.change();
        return this.run(file.newest);
      case "run":
        return this.run(file.oneOfTheLast());
      case "killed":
        if (random.chance(0.5)) file.change();
        return this.killed(file.newest);
      case "beside":
        await Promise.all([this.run(file.newest), this.run(file.oneOfTheLast())]);
        return;
      case "use":
        // What a run that was killed has set takes effect late, and is no more to be used in between than its calls.
        if (this.isQuiet && this.kind === "late") this.world.ms += LATEST_MS;
        return this.use(random.pick(this.rules.used));
      case "time":
        return this.time();
    }
  }

  private async time(): Promise<void> {
    const { random, world } = this;
    if (this.rules.isVisited) {
      this.isStormy = false;
      world.ms += 60_000;
      await this.run(this.file.newest);
      this.isStormy = true;
      await this.follow();
      world.ms += random.pick([3_600_000, DAY, 3 * DAY, 9 * DAY]) + random.below(3_600_000);
    } else {
      world.ms += this.changesCycles
        ? random.below(DAY)
        : random.pick([5000, 60_000, DAY, 20 * DAY, 40 * DAY]);
    }
    this.ledger.begin(await this.rows());
  }

  private get options(): { retire: "end" | "delete"; prune: boolean } {
    return { retire: this.retire, prune: this.rules.prunes };
  }

  private async run(entries: readonly BalanceEntry[]): Promise<void> {
    const { world, log, options } = this;
    log(`run ${entries.map(inWords).join(", ")}`);
    try {
      if (this.kind === "providers" && this.random.chance(0.5)) await provide(world, entries, log);
      else await applyFile(world, entries, options, log);
    } catch (error) {
      log(`  failed: ${error}`);
    }
  }

  /** A run that is killed at one of its calls, before or after that has its effect. */
  private async killed(entries: readonly BalanceEntry[]): Promise<void> {
    const { random, world, route, reach, log } = this;
    const kill = { at: 3 + random.below(25), takesEffect: random.chance(0.5) };
    await untilKilled(world, { route, reach }, kill, () => this.run(entries), log);
  }

  /** The way to the server: slow, at times broken, and customers go on using what they have. */
  private readonly route: World["route"] = async (input, init) => {
    const { random, world, rules } = this;
    world.ms += random.below(150);
    if (!this.isStormy) return this.reach(input, init);
    if (!this.isQuiet && random.chance(0.06)) await this.use(random.pick(rules.used));
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
    if (!this.isQuiet && random.chance(0.06)) await this.use(random.pick(rules.used));
    return answer;
  };

  /** The server. */
  private readonly reach: World["route"] = async (input, init) => {
    const { kind, world, random } = this;
    const { fetch } = world.emulator;
    if (kind === "late") return this.late.answer(fetch, input, init);
    const isUpdate = String(input).endsWith("balances.update");
    if (kind === "races" && isUpdate && this.isStormy && random.chance(0.15)) {
      const [answer] = await Promise.all([fetch(input, init), this.updateForeign()]);
      return answer;
    }
    const answer = await fetch(input, init);
    if (this.rules.prunes && String(input).endsWith("balances.delete")) this.forgetWhatIsGone();
    return answer;
  };

  /** An update of the product, of a balance that is none of ours, unless that is used up. */
  private async updateForeign(): Promise<void> {
    const foreign = storedRows(this.world.emulator, CUSTOMER).find(({ name }) => name === "somebody:else");
    if (foreign === undefined || !isThere(foreign, this.world.ms)) return;
    const target = { customer_id: CUSTOMER, feature_id: "credits", balance_id: "somebody:else" };
    await this.world.call("balances.update", { ...target, add_to_balance: -0.001 });
  }

  /** A balance of which no row is left is granted anew when it comes back. */
  private forgetWhatIsGone(): void {
    const rows = storedRows(this.world.emulator, CUSTOMER);
    for (const { feature } of this.rules.slots) {
      const key = feature === "storage" && this.entity !== null ? "storage" : feature;
      if (rowsOf(rows, key).length === 0) this.ledger.forget(feature);
    }
  }

  private async use(feature: FeatureId): Promise<void> {
    const { world, ledger } = this;
    await this.late.letComeTrue();
    const value = unitsOf(this.random, ledger.usedOf(feature), this.kind === "refunds");
    const before = this.rolledOver();
    const answer = (await world.call("balances.track", {
      customer_id: CUSTOMER,
      feature_id: feature,
      value,
      ...ofEntity(feature, this.entity),
    })) as Tracked;
    ledger.use(answer, before, this.rolledOver(), world.ms);
    const units = answer.deductions.map((one) => `${one.value} of ${one.balance_id}`).join(", ");
    this.log(`  ${value} of ${feature} asked for, used at ${world.ms}: ${units}`);
  }

  /** The rows, where they say more of a use than its answer. */
  private rolledOver(): readonly Stored[] {
    return this.kind === "rollover" ? storedRows(this.world.emulator, CUSTOMER) : [];
  }

  /** The rows as they are, with the resets that are due. */
  private async rows(): Promise<Stored[]> {
    await this.late.letComeTrue();
    await this.world.call("customers.get", { customer_id: CUSTOMER });
    return storedRows(this.world.emulator, CUSTOMER);
  }

  /** Has the ledger know the cycles. */
  private async follow(): Promise<void> {
    const rows = await this.rows();
    this.ledger.follow(rows, this.world.ms);
    for (const row of rows) this.log(`      ${describe(row)}`);
  }

  /** Runs the newest version in peace, and says what is wrong then. */
  async calm(): Promise<string[]> {
    this.log("=== calm");
    this.isStormy = false;
    const { world, file, kind, ledger, retire } = this;
    world.ms = file.quietFrom(world.ms + 60_000, 600_000);
    for (let n = 0; n < 3; n++) {
      await this.run(file.newest);
      await this.follow();
      world.ms += 60_000;
    }
    const { changes } = await world.plan(file.newest, this.options);
    const left = this.rules.prunes ? changes.filter(isAction) : changes;
    const { level } = world.emulator;
    const scene = { kind, level, entries: file.newest, ledger, retire, now: world.ms };
    const wrong = audit({ ...scene, rows: await this.rows() });
    if (left.length === 0) return wrong;
    return [`the plan is not empty: ${left.map((one) => `${one.kind} ${one.balanceId}`)}`, ...wrong];
  }
}
