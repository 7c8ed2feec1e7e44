// The work on one customer's rows: fresh reads, stored usage, and each step of the table made once. A 200 proves
// nothing, and neither does an error: after each call the rows are read back, and what it was to change is compared
// with what they show.
import {
  type AutumnApi,
  AutumnError,
  type Clock,
  type UpdateBalanceBody,
  type WireCustomer,
} from "../../autumn/index.ts";
import type { DesiredBalance } from "../../schema/index.ts";
import { isMore, minus, plus, sameAmount } from "../amounts.ts";
import type { AccountReader } from "../observe/account-reader.ts";
import { parseRemoteId } from "../remote-id.ts";
import { nameOf, type Row, settled, stateOf } from "../row.ts";
import { createdRow, isEnding, markedFields, type Step } from "../transitions/transitions.ts";
import { createBody } from "./body.ts";
import { idempotencyKey } from "./idempotency.ts";
import type { Lease } from "./lease.ts";

/** How long reading back is repeated before an effect counts as absent; longer than a slow server takes, in ms. */
const READ_BACK_MS = 10_000;
/** ms from now at which a row is made to end: longer than a call takes to arrive. */
const END_IN_MS = 2500;
/** The same, for a server that was slower than that. */
const END_LATER_MS = 8000;
/** Tracked usage is stored about a second late, in ms; twice that between two reads that have to agree. */
const STORED_MS = 2000;
/** ms after its end at which a row stands still without being read twice. */
const LONG_OVER_MS = 30_000;
/** Attempts at a call, each made only once it is certain that the one before had no effect. */
const MAX_ATTEMPTS = 3;
/** ms before a reset in which nothing that depends on the cycle is sent. */
const RESET_SOON_MS = 3000;
/** Rows that are tried for a flush before it is given up. */
const FLUSH_CANDIDATES = 3;
/** Where updates take effect after their answers: how often usage is stored before a call that would drop it. */
const LATE_FLUSHES = 6;
const LATE_FLUSH_MS = 150;

/** A change that cannot be made now, though nothing is wrong with it. */
export class BlockedError extends Error {
  override readonly name = "BlockedError";
}

/** A change whose effect does not show, though it was sent. */
export class NotShownError extends Error {
  override readonly name = "NotShownError";
}

/** Exactly one row. */
export interface Target {
  customer_id: string;
  feature_id: string;
  balance_id: string;
  entity_id?: string;
}

/** What the work on all customers has in common. */
export interface RunEnvironment {
  readonly api: AutumnApi;
  readonly reader: AccountReader;
  /** Its sleep gives others time to work. */
  readonly clock: Clock;
  readonly namespace: string;
  /** Whether updates take effect after their answers; asked once. */
  readonly updatesLate: (probe: Target) => Promise<boolean>;
}

export class CustomerRun {
  /** As last read, with what this run has changed since. */
  rows: readonly Row[] = [];
  /** Whether `rows` were read after the last write. */
  private isFresh = false;
  /** Usage of rows that have ended, by their names, as it was read first since it is what it is; with the moment of that. */
  private readonly still = new Map<string, { usage: number; since: number; until: number }>();
  /** How often rows were made to end, by their names and how many have them. */
  private readonly ends = new Map<string, number>();
  private limits: Set<string> | undefined;
  /** Calls that have changed something, as far as is known. */
  writes = 0;

  constructor(
    private readonly environment: RunEnvironment,
    readonly customerId: string,
    private readonly lease: Lease,
  ) {}

  get now(): number {
    return this.environment.api.serverTime();
  }

  /** Reads the customer's rows as they are now, with all usage stored. */
  async read(): Promise<readonly Row[]> {
    await this.flush();
    return this.readStored();
  }

  private async readStored(): Promise<readonly Row[]> {
    const stored = (await this.environment.reader.readCustomer(this.customerId)) ?? [];
    const { now } = this;
    this.rows = stored.map((row) => settled(row, now));
    this.isFresh = true;
    for (const row of this.rows) if (stateOf(row, now) === "expired") this.note(row, now);
    return this.rows;
  }

  /** Takes what the read of the customer shows, those of plans among them. */
  async glance(customer: WireCustomer | undefined): Promise<void> {
    this.rows = await this.environment.reader.publicRowsOf(this.customerId, customer);
  }

  private note(row: Row, now: number): void {
    const before = this.still.get(nameOf(row));
    const since = before !== undefined && sameAmount(before.usage, row.usage) ? before.since : now;
    this.still.set(nameOf(row), { usage: row.usage, since, until: now });
  }

  /** Whether nothing more will be read of what was used of the row. */
  readonly standsStill = (row: Row): boolean => {
    const { now } = this;
    const state = stateOf(row, now);
    // Nothing lands on a used-up row, and it was read after its usage had been stored.
    if (state === "drained") return this.isFresh;
    const read = this.still.get(nameOf(row));
    if (state !== "expired" || row.expiresAt === null || read === undefined) return false;
    return read.until - read.since >= STORED_MS || read.until - row.expiresAt >= LONG_OVER_MS;
  };

  /** Waits until the rows may stand still, and reads them again. */
  async wait(rows: readonly Row[]): Promise<void> {
    const { now } = this;
    const ends = rows.filter((row) => isEnding(row, now)).map((row) => row.expiresAt ?? now);
    // A used-up row stands still, and has only to be read once more.
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

  /** The row with this balance_id or, without one, with this id of Autumn's own; as last read. */
  row(name: string): Row | undefined {
    return this.rows.find((row) => nameOf(row) === name);
  }

  /** What a call has to say to reach exactly this row. */
  target(row: Row): Target {
    return {
      customer_id: row.customerId,
      feature_id: row.featureId,
      balance_id: nameOf(row),
      ...(row.entityRef === null ? {} : { entity_id: row.entityRef }),
    };
  }

  /** Makes one step. What it has come to is in the rows. @throws AutumnError, BlockedError, NotShownError */
  async make(step: Exclude<Step, { kind: "wait" }>, desired: DesiredBalance | null): Promise<void> {
    switch (step.kind) {
      case "create":
        return this.create(step, desired as DesiredBalance);
      case "end":
        return this.end(step.row);
      case "delete":
        return this.remove(step.row);
      case "mark":
        return this.mark(step);
      case "count":
        return this.count(step);
      case "update":
        return this.update(step);
    }
  }

  /**
   * Has tracked usage stored that is not stored yet. A create or delete on the customer would drop it (scenario
   * create-drops-unsynced-usage); an update stores it, even one that adds nothing.
   */
  async flush(): Promise<void> {
    const { api, namespace } = this.environment;
    const known = this.rows.find((row) => row.balanceId !== null) ?? this.rows[0];
    // Where no read shows a row, all may have been used up this moment, and a row that is not found does as well.
    const anything = known ?? this.lastResort;
    const candidates = (await this.flushable()).map((row) => this.target(row));
    if (anything !== undefined) {
      const featureId = anything.featureId;
      candidates.push({
        customer_id: this.customerId,
        feature_id: featureId,
        balance_id: `${namespace}:${featureId}`,
      });
    }
    for (const [n, target] of candidates.entries()) {
      try {
        await api.updateBalance({ ...target, add_to_balance: 0 }, null);
        return;
      } catch (error) {
        // It was used up or removed a moment ago: the next does as well.
        if (!(error instanceof AutumnError)) throw error;
        const isLast = n === candidates.length - 1;
        if (!error.isNotFound && !(isLast && error.status === 400)) throw error;
      }
    }
  }

  /** A feature of the customer, where there are no rows. */
  lastResort: { readonly featureId: string } | undefined;

  /** Rows that an update reaches, our own first, and last the unlimited, of which public reads hide the balance_id. */
  private async flushable(): Promise<Row[]> {
    const rank = (row: Row): number => Number(!this.owns(row)) + 2 * Number(row.unlimited);
    const usable = (rows: readonly Row[]): Row[] =>
      rows
        .filter((row) => this.isLive(row) && !row.boolean && (row.balanceId ?? row.internalId) !== null)
        .sort((a, b) => rank(a) - rank(b))
        .slice(0, FLUSH_CANDIDATES);
    const known = usable(this.rows);
    return known.length > 0 ? known : usable(await this.environment.reader.publicRows(this.customerId));
  }

  /** What comes right before a create or delete, once it is its turn at the pace. */
  private readonly storeUsage = async (): Promise<void> => {
    const row = this.rows.find((one) => this.isLive(one) && !one.boolean && !one.unlimited);
    const isLate = row !== undefined && (await this.environment.updatesLate(this.target(row)));
    await this.flush();
    for (let n = 1; isLate && n < LATE_FLUSHES; n++) {
      await this.environment.clock.sleep(LATE_FLUSH_MS);
      await this.flush();
    }
  };

  private key(purpose: string, balanceId: string, content: unknown, slice: string | null): string {
    const { namespace } = this.environment;
    return idempotencyKey(purpose, { namespace, customerId: this.customerId, balanceId }, content, slice);
  }

  private async create(step: Step & { kind: "create" }, desired: DesiredBalance): Promise<void> {
    const { balanceId, grant, nextResetAt } = step;
    if (await this.lettingPass(nextResetAt)) {
      await this.read();
      return;
    }
    const { now } = this;
    const body = createBody(desired, balanceId, now, { grant, nextResetAt });
    let slice: string | null = null;
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      try {
        await this.environment.api.createBalance(
          body,
          this.key("create", balanceId, null, slice),
          this.storeUsage,
        );
        this.writes += 1;
        // What is replaced may not end before its successor is there, whatever the answer said.
        if (step.succeeds && !(await this.isShown(balanceId))) {
          if (await this.until(() => this.row(balanceId) !== undefined)) return;
          slice = this.lease.name;
          continue;
        }
        this.rows = [...this.rows, createdRow(desired, step, now)];
        this.isFresh = false;
        return;
      } catch (error) {
        if (error instanceof AutumnError && isTooLate(error, body.next_reset_at, this.now)) {
          await this.read();
          return;
        }
        if (!isDoubtful(error)) throw error;
        const isOld = error.isUsedIdempotencyKey && slice === null && !this.lease.isContended;
        if (await this.until(() => this.row(balanceId) !== undefined, { patient: !isOld })) return;
        // A row of this name was created before within a day, and is gone: nobody else is at work on it.
        if (error.isUsedIdempotencyKey) slice = this.lease.name;
        if (error.isConflict && !error.isUsedIdempotencyKey)
          throw new BlockedError(takenText(desired, balanceId));
        if (attempt === MAX_ATTEMPTS) throw error;
      }
    }
    throw new NotShownError(`${balanceId} does not show, though it was created`);
  }

  /** Whether a read shows the row that is not limited for the whole organisation. */
  private async isShown(balanceId: string): Promise<boolean> {
    const shown = await this.environment.reader.publicRows(this.customerId);
    return shown.some((row) => row.balanceId === balanceId);
  }

  private async end(row: Row): Promise<void> {
    const name = nameOf(row);
    // Of several rows with one id, each call ends one.
    const key = `${name} ${this.rows.filter((one) => nameOf(one) === name && this.isLive(one)).length}`;
    const before = this.ends.get(key) ?? 0;
    if (before === MAX_ATTEMPTS) throw new NotShownError(`${name} could not be ended`);
    this.ends.set(key, before + 1);
    // Where updates take effect long after their answers, a moment so soon may have passed by then.
    for (const ms of before === 0 ? [END_IN_MS, END_LATER_MS] : [END_LATER_MS]) {
      const expiresAt = this.now + ms;
      try {
        // Sent twice, it ends twice at the same moment.
        await this.environment.api.updateBalance({ ...this.target(row), expires_at: expiresAt }, null);
        this.writes += 1;
        this.change(row, { expiresAt });
        return;
      } catch (error) {
        if (!(error instanceof AutumnError) || (error.outcome === "refused" && !isAboutTheRow(error)))
          throw error;
        // Used up, gone, or ended already; or the call came after the moment that it named.
        await this.read();
        const now = this.row(name);
        if (now === undefined || !this.isLive(now) || now.expiresAt !== row.expiresAt) return;
      }
    }
    throw new NotShownError(`${name} could not be ended`);
  }

  private async remove(row: Row): Promise<void> {
    const name = nameOf(row);
    try {
      await this.environment.api.deleteBalance(this.target(row), this.storeUsage);
      this.writes += 1;
    } catch (error) {
      if (!(error instanceof AutumnError)) throw error;
      if (error.outcome !== "unknown" && !error.isNotFound) throw error;
      await this.read();
      const left = this.row(name);
      if (left === undefined || !this.isLive(left)) return;
      if (!error.isNotFound) throw error;
      // Not among the newest rows, after all.
      return this.end(left);
    }
    const [first] = this.rows.filter((one) => nameOf(one) === name);
    // Of several with one id, the call deleted one.
    this.rows = this.rows.filter((one) => one !== first);
    this.isFresh = false;
  }

  private async mark({ row, mark }: Step & { kind: "mark" }): Promise<void> {
    const { resetsAt, grant } = markedFields(row, mark);
    const target = this.target(row);
    const body =
      resetsAt != null
        ? { ...target, next_reset_at: resetsAt }
        : { ...target, included_grant: grant as number, add_to_balance: minus(grant as number, row.grant) };
    const shows = (now: Row): boolean =>
      resetsAt != null ? now.resetsAt === resetsAt : sameAmount(now.grant, grant as number);
    await this.write("mark", row, { body, shows });
  }

  /**
   * Counts usage on a row: once, and exactly, though the customer goes on using it. Under a limit of usage the API cuts
   * what is taken off a balance; what remains, it sets exactly, and does not count (observed).
   */
  private async count({ row, debt, grant, nextResetAt }: Step & { kind: "count" }): Promise<void> {
    if (!this.isFresh || (await this.lettingPass(row.resetsAt))) {
      await this.read();
      return;
    }
    const add = minus(minus(grant, row.grant), debt.usage);
    const used = plus(row.usage, debt.usage);
    const cycle = nextResetAt === null ? {} : { next_reset_at: nextResetAt };
    const moved = { ...this.target(row), ...(row.resetsAt === null ? { included_grant: grant } : {}) };
    const exact = (now: Row): UpdateBalanceBody => {
      return { ...moved, remaining: minus(grant, plus(now.usage, debt.usage)), ...cycle };
    };
    const relative: UpdateBalanceBody = { ...moved, ...(add === 0 ? {} : { add_to_balance: add }), ...cycle };
    const isLimited = await this.isLimited(row);
    // As last seen without its effect, where that comes late.
    let before = row;
    const shows = (now: Row): boolean => {
      const isShown =
        row.resetsAt === null
          ? sameAmount(now.grant, grant)
          : now.resetsAt !== row.resetsAt || nextResetAt === row.resetsAt;
      if (!isShown) before = now;
      return isShown;
    };
    const body = isLimited ? exact(row) : relative;
    const about = debt.rows.map((one) => [nameOf(one), one.resetsAt]);
    const counted = await this.write("count", row, { body, shows, exact, about });
    if (counted === undefined || debt.usage === 0 || hasBeenReset(counted, nextResetAt)) return;
    // The mark is off and nothing was counted, or less: another call wrote back what it had read before.
    // A refund that was seen before is none.
    const isRefunded = sameAmount(minus(before.remaining, debt.usage), counted.remaining);
    const isUndone =
      (sameAmount(counted.remaining, row.remaining) && !isRefunded) ||
      (isLimited && isMore(used, counted.usage));
    if (!isUndone || !(await this.isStill(counted))) return;
    await this.setUsage(counted, used);
  }

  private async update({ row, grant, expiresAt }: Step & { kind: "update" }): Promise<void> {
    if (!this.isFresh) {
      await this.read();
      return;
    }
    const target = { ...this.target(row), ...(expiresAt === null ? {} : { expires_at: expiresAt }) };
    const shows = (now: Row): boolean =>
      (grant === null || sameAmount(now.grant, grant)) && (expiresAt === null || now.expiresAt === expiresAt);
    if (grant === null) {
      await this.write("update", row, { body: target, shows, exact: () => target });
      return;
    }
    const add = minus(grant, row.grant);
    const exact = (now: Row): UpdateBalanceBody => {
      return { ...target, included_grant: grant, remaining: minus(grant, now.usage) };
    };
    // Both, or usage would be off by the difference (scenarios update-grant-only, update-grant-and-add).
    const relative = { ...target, included_grant: grant, add_to_balance: add };
    const isLimited = await this.isLimited(row);
    const updated = await this.write("update", row, {
      body: isLimited ? exact(row) : relative,
      shows,
      exact,
    });
    if (updated === undefined) return;
    // The grant was lowered, and what is left was not, or not by as much; or another run, which had the customer before
    // and was not heard of since, has raised it too.
    const isUndone = add < 0 && sameAmount(updated.usage, plus(row.usage, add));
    const isDoubled = add > 0 && this.lease.isContended && sameAmount(updated.usage, minus(row.usage, add));
    const isCut = isLimited && isMore(row.usage, updated.usage);
    if (!(isUndone || isDoubled || isCut) || !(await this.isStill(updated))) return;
    await this.setUsage(updated, row.usage);
  }

  /** Sets what was used of a row that stands still. */
  private async setUsage(row: Row, usage: number): Promise<void> {
    const body = { ...this.target(row), remaining: minus(row.grant, usage) };
    await this.write("set usage", row, { body, shows: (now) => !isMore(usage, now.usage) });
  }

  /** Lets a reset that is about to come pass, as a call would meet the row before it or after, and nobody could tell. */
  private async lettingPass(resetsAt: number | null): Promise<boolean> {
    const left = (resetsAt ?? 0) - this.now;
    if (left <= 0 || left > RESET_SOON_MS) return false;
    await this.environment.clock.sleep(left + 50);
    return true;
  }

  /**
   * Sends an update once, whatever happens to the answers, and reads the row back until it shows.
   * @returns the row as it reads then; `undefined` when it cannot be changed any more, or another run has changed it
   * @throws AutumnError, NotShownError
   */
  private async write(
    purpose: string,
    row: Row,
    { body, shows, exact, about }: Write,
  ): Promise<Row | undefined> {
    const name = nameOf(row);
    const settles = (now: Row): boolean => shows(now) || !isSameRow(now, row);
    this.isFresh = false;
    let sent = await this.send(purpose, row, body, null, about);
    if (sent === "gone") return undefined;
    const isOld = sent === "key used" && purpose !== "count" && !this.lease.isContended;
    const atOnce = await this.untilShown(name, settles, { patient: false });
    // Looked at before customers have used much of it meanwhile, and put right at once: nobody who comes after a kill
    // could tell.
    const rest = sent === "failed" && atOnce === "not yet" ? restOf(body, row, this.row(name)) : null;
    const looksOn = !isOld && rest === null && atOnce === "not yet";
    let shown = looksOn ? await this.untilShown(name, settles) : atOnce;
    if (shown === "not yet" && rest !== null) {
      if ((await this.send(`${purpose} rest`, row, rest, this.lease.name)) === "gone") return undefined;
      shown = await this.untilShown(name, settles);
    } else if (shown === "not yet" && (isOld || sent !== "key used")) {
      // Either the same was done before within a day, and undone, and nobody else is at work on it; or the call never
      // arrived: sent again under its key, it can have its effect once only.
      sent = await this.send(purpose, row, body, isOld ? this.lease.name : null, about);
      if (sent === "gone") return undefined;
      shown = await this.untilShown(name, settles, { patient: sent !== "key used" });
    }
    const now = this.row(name);
    if (shown === "not yet" && exact !== undefined && now !== undefined && (await this.isStill(now))) {
      // Nothing has come of it, or it was undone, and the row stands still: not added again, but set.
      const mend = restOf(body, row, now) ?? exact(now);
      if ((await this.send(`${purpose} exactly`, row, mend, this.lease.name)) === "gone") return undefined;
      shown = await this.untilShown(name, settles);
    }
    if (shown === "not yet") throw new NotShownError(`${name} does not show what was sent`);
    // Somebody else has changed it: what comes next is decided anew.
    return shown !== undefined && shows(shown) ? shown : undefined;
  }

  /**
   * @param slice as of `idempotencyKey`
   * @param about what else tells this change of the row from another
   */
  private async send(
    purpose: string,
    row: Row,
    body: UpdateBalanceBody,
    slice: string | null,
    about: unknown = null,
  ): Promise<"sent" | "failed" | "key used" | "gone"> {
    // The row as it was found, and not what is to become of it: of all that is decided on one sight of a row, one can
    // have its effect, whatever version of the file it comes from. Of a row made anew under its old name it is another.
    const { createdAt, grant, resetsAt, expiresAt } = row;
    const found = [createdAt, grant, resetsAt, expiresAt, about];
    try {
      await this.environment.api.updateBalance(body, this.key(purpose, nameOf(row), found, slice));
      this.writes += 1;
    } catch (error) {
      if (isDoubtful(error)) {
        if (error.isUsedIdempotencyKey) return "key used";
        return error.status === 500 ? "failed" : "sent";
      }
      const isLate = error instanceof AutumnError && isTooLate(error, body.next_reset_at, this.now);
      if (!isLate && !(error instanceof AutumnError && error.isNotFound)) throw error;
      // Used up, removed or reset this moment: what comes next is decided anew.
      await this.read();
      return "gone";
    }
    return "sent";
  }

  /** The row once it shows an effect, as far as there is such a row. */
  private async untilShown(
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

  /** Whether the row reads the same a while later. */
  private async isStill(row: Row): Promise<boolean> {
    await this.environment.clock.sleep(STORED_MS);
    await this.read();
    const now = this.row(nameOf(row));
    return now !== undefined && sameAmount(now.usage, row.usage) && sameAmount(now.grant, row.grant);
  }

  /** Whether usage of the row's feature is limited for the customer, or for the entity that holds the row. */
  private async isLimited(row: Row): Promise<boolean> {
    const { customer } = this.lease;
    if (customer?.limited.includes(row.featureId)) return true;
    if (row.entityId == null) return false;
    if (this.limits === undefined) {
      const entity = await this.environment.api.getEntity(this.customerId, row.entityId);
      this.limits = new Set(entity?.limited ?? []);
    }
    return this.limits.has(row.featureId);
  }

  private change(row: Row, fields: Partial<Row>): void {
    const changed = this.rows.find((one) => nameOf(one) === nameOf(row) && this.isLive(one));
    this.rows = this.rows.map((one) => (one === changed ? { ...one, ...fields } : one));
    this.isFresh = false;
  }

  /**
   * Reads back until the rows show it.
   * `name` is the one row that it is about, which a cheap read may show; without patience they are read once.
   * @returns `false` when they do not within the deadline
   */
  private async until(
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

  /** Looks at one row by a read that is not limited for the whole organisation. `false` when that does not show it. */
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

/** An update of one row. */
interface Write {
  readonly body: UpdateBalanceBody;
  /** Whether the row shows what was sent. */
  readonly shows: (row: Row) => boolean;
  /** What to send when no effect has shown in time, of the row as it is by then: it may be sent twice. */
  readonly exact?: (row: Row) => UpdateBalanceBody;
  /** What else tells this change of the row from another. */
  readonly about?: unknown;
}

/**
 * What an update that failed has left to do. Servers before October 2026 carry out its fields one after the other, and
 * may stop in the middle: units were added, and the grant, or the reset, has not moved.
 * @param now the row as it reads now; customers may have gone on using it
 * @returns `null` when nothing was done, as far as can be told
 */
function restOf(body: UpdateBalanceBody, before: Row, now: Row | undefined): UpdateBalanceBody | null {
  const { add_to_balance: add, ...rest } = body;
  if (now === undefined || !add || !isSameRow(now, before)) return null;
  // Usage meanwhile looks like what takes from a balance, and a refund like what adds to it, though hardly for as much.
  const isDone =
    add > 0
      ? isMore(minus(before.usage, now.usage), add / 2)
      : sameAmount(minus(before.usage, add), now.usage);
  return isDone ? rest : null;
}

/** Whether nobody has changed the row; customers may have used it. */
const isSameRow = (a: Row, b: Row): boolean =>
  sameAmount(a.grant, b.grant) && a.resetsAt === b.resetsAt && a.expiresAt === b.expiresAt;

/** Whether it is open if the call had its effect: a 409 says that this or another run has made it before. */
function isDoubtful(error: unknown): error is AutumnError {
  return error instanceof AutumnError && (error.outcome === "unknown" || error.isConflict);
}

/** A reset that has passed on the way. */
const isTooLate = (error: AutumnError, nextResetAt: number | undefined, now: number): boolean =>
  error.status === 400 && nextResetAt !== undefined && nextResetAt <= now;

/** 404: it cannot be found. 400: its end had passed when the call came. */
const isAboutTheRow = (error: AutumnError): boolean => error.isNotFound || error.status === 400;

const hasBeenReset = (row: Row, expected: number | null): boolean =>
  expected !== null && row.resetsAt !== null && row.resetsAt > expected;

function takenText(desired: DesiredBalance, balanceId: string): string {
  return desired.included === null && !desired.unlimited
    ? `${desired.featureId} is on already, by another grant`
    : `${balanceId} exists already, and is used up or has ended; a fresh grant needs another \`id\``;
}
