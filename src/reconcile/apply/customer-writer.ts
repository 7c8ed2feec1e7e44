// Makes each step of the table once, on one customer's rows. Effects that later steps rely on are read back at once,
// all others by verify.ts.
import { AutumnError, type UpdateBalanceBody } from "../../autumn/index.ts";
import type { DesiredBalance } from "../../schema/index.ts";
import { isMore, minus, plus, sameAmount, units } from "../amounts.ts";
import { parseRemoteId } from "../remote-id.ts";
import { nameOf, type Row } from "../row.ts";
import { createdRow, markedFields, type Step } from "../transitions/transitions.ts";
import { createBody } from "./body.ts";
import type { CustomerView, RunEnvironment } from "./customer-view.ts";
import { BlockedError, isAboutTheRow, isDoubtful, isTooLate, NotShownError } from "./errors.ts";
import { idempotencyKey } from "./idempotency.ts";
import type { Lease } from "./lease.ts";
import { RowUpdater, USED_AT_ONCE } from "./update-once.ts";

/** ms from now at which a row is made to end: longer than a call takes to arrive. */
const END_IN_MS = 2500;
/** The same, for a server that was slower than that. */
const END_LATER_MS = 8000;
/** Attempts at a call, each made only once it is certain that the one before had no effect. */
const MAX_ATTEMPTS = 3;
/** ms before a reset in which nothing that depends on the cycle is sent. */
const RESET_SOON_MS = 3000;

export class CustomerWriter {
  /** How often rows were ended, by their name and how many live rows have it. */
  private readonly ends = new Map<string, number>();
  private limits: Set<string> | undefined;
  private readonly updater: RowUpdater;

  constructor(
    private readonly environment: RunEnvironment,
    private readonly view: CustomerView,
    private readonly lease: Lease,
  ) {
    this.updater = new RowUpdater(environment, view, lease);
  }

  /** Makes one step; the view's rows show what came of it. @throws AutumnError, BlockedError, NotShownError */
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

  private key(purpose: string, balanceId: string, content: unknown, slice: string | null): string {
    const { namespace } = this.environment;
    return idempotencyKey(
      purpose,
      { namespace, customerId: this.view.customerId, balanceId },
      content,
      slice,
    );
  }

  private async create(step: Step & { kind: "create" }, desired: DesiredBalance): Promise<void> {
    const { balanceId, grant, nextResetAt } = step;
    if (await this.lettingPass(nextResetAt)) {
      await this.view.read();
      return;
    }
    const { now } = this.view;
    const body = createBody(desired, balanceId, now, { grant, nextResetAt });
    let slice: string | null = null;
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      if (!(await this.lease.renew())) {
        await this.view.read();
        return;
      }
      try {
        await this.environment.api.createBalance(
          body,
          this.key("create", balanceId, null, slice),
          this.view.storeUsage,
        );
        this.view.wrote();
        // The predecessor may not end before its successor shows in a read, whatever the answer was.
        if (step.succeeds && !(await this.view.isShown(balanceId))) {
          if (await this.view.until(() => this.view.row(balanceId) !== undefined)) return;
          slice = this.lease.name;
          continue;
        }
        this.view.add(createdRow(desired, step, now));
        return;
      } catch (error) {
        if (error instanceof AutumnError && isTooLate(error, body.next_reset_at, this.view.now)) {
          await this.view.read();
          return;
        }
        if (!isDoubtful(error)) throw error;
        const isOld = error.isUsedIdempotencyKey && slice === null && !this.lease.isContended;
        // A successor of it says as much: another run may have made and replaced the row since the plan, and deleted it.
        if (await this.view.until(() => this.isThere(balanceId), { patient: !isOld })) return;
        // The key is of a create within the last day, whose row is gone: another slice makes another key.
        if (error.isUsedIdempotencyKey) slice = this.lease.name;
        if (error.isConflict && !error.isUsedIdempotencyKey)
          throw new BlockedError(takenText(desired, balanceId));
        if (attempt === MAX_ATTEMPTS) throw error;
      }
    }
    throw new NotShownError(`${balanceId} does not show, though it was created`);
  }

  /** Whether there is a row of this name, or a successor of it. */
  private isThere(balanceId: string): boolean {
    const { namespace } = this.environment;
    const wanted = parseRemoteId(namespace, balanceId);
    return this.view.rows.some((row) => {
      const own = parseRemoteId(namespace, row.balanceId);
      return own !== undefined && own.key === wanted?.key && own.generation >= wanted.generation;
    });
  }

  private async end(row: Row): Promise<void> {
    const name = nameOf(row);
    // Of several rows with one id, each call ends one.
    const key = `${name} ${this.view.rows.filter((one) => nameOf(one) === name && this.view.isLive(one)).length}`;
    const before = this.ends.get(key) ?? 0;
    if (before === MAX_ATTEMPTS) throw new NotShownError(`${name} could not be ended`);
    this.ends.set(key, before + 1);
    // If the call takes effect late, the nearer end may have passed by then: the later one is tried.
    for (const ms of before === 0 ? [END_IN_MS, END_LATER_MS] : [END_LATER_MS]) {
      const expiresAt = this.view.now + ms;
      try {
        // It needs no key: sent twice, it sets the same end.
        await this.environment.api.updateBalance({ ...this.view.target(row), expires_at: expiresAt }, null);
        this.view.wrote();
        this.view.change(row, { expiresAt });
        return;
      } catch (error) {
        if (!(error instanceof AutumnError) || (error.outcome === "refused" && !isAboutTheRow(error)))
          throw error;
        // Drained, gone, or ended already; or the call arrived after the end that it named.
        await this.view.read();
        const now = this.view.row(name);
        if (now === undefined || !this.view.isLive(now) || now.expiresAt !== row.expiresAt) return;
      }
    }
    throw new NotShownError(`${name} could not be ended`);
  }

  private async remove(row: Row): Promise<void> {
    const name = nameOf(row);
    try {
      await this.environment.api.deleteBalance(this.view.target(row), this.view.storeUsage);
      this.view.wrote();
    } catch (error) {
      if (!(error instanceof AutumnError)) throw error;
      if (error.outcome !== "unknown" && !error.isNotFound) throw error;
      await this.view.read();
      const left = this.view.row(name);
      if (left === undefined || !this.view.isLive(left)) return;
      if (!error.isNotFound) throw error;
      // A delete cannot find it, as it is not among the newest rows after all.
      return this.end(left);
    }
    this.view.drop(name);
  }

  private async mark({ row, mark }: Step & { kind: "mark" }): Promise<void> {
    const { resetsAt, grant } = markedFields(row, mark);
    const target = this.view.target(row);
    const body =
      resetsAt != null
        ? { ...target, next_reset_at: resetsAt }
        : { ...target, included_grant: grant as number, add_to_balance: minus(grant as number, row.grant) };
    const shows = (now: Row): boolean =>
      resetsAt != null ? now.resetsAt === resetsAt : sameAmount(now.grant, grant as number);
    await this.updater.send("mark", row, { body, shows });
  }

  /**
   * Counts usage on a row once and exactly, while the customer goes on using it. Under a usage limit, the API cuts a
   * negative `add_to_balance`; setting `remaining` is exact and does not count as usage (observed).
   */
  private async count({ row, debt, grant, nextResetAt }: Step & { kind: "count" }): Promise<void> {
    if (!this.view.isFresh || (await this.lettingPass(row.resetsAt))) {
      await this.view.read();
      return;
    }
    const add = minus(minus(grant, row.grant), debt.usage);
    const used = plus(row.usage, debt.usage);
    const cycle = nextResetAt === null ? {} : { next_reset_at: nextResetAt };
    const moved = { ...this.view.target(row), ...(row.resetsAt === null ? { included_grant: grant } : {}) };
    const exact = (now: Row): UpdateBalanceBody => {
      return { ...moved, remaining: minus(grant, plus(now.usage, debt.usage)), ...cycle };
    };
    const relative: UpdateBalanceBody = { ...moved, ...(add === 0 ? {} : { add_to_balance: add }), ...cycle };
    const isLimited = await this.isLimited(row);
    // The row as last seen before the effect showed.
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
    const counted = await this.updater.send("count", row, { body, shows, exact, about });
    if (counted === undefined || debt.usage === 0 || hasBeenReset(counted, nextResetAt)) return;
    // The mark is off, but nothing or too little was counted: another call wrote back an old value. Under a limit, units
    // that are taken would be cut.
    if (isLimited) {
      if (isMore(used, counted.usage)) await this.setUsage(counted, used);
      return;
    }
    // A refund seen before the effect leaves the same amount.
    const isRefunded = isNear(plus(before.remaining, add), counted.remaining, add);
    if (isNear(row.remaining, counted.remaining, add) && !isRefunded) await this.addAgain(counted, add);
  }

  private async update({ row, grant, expiresAt }: Step & { kind: "update" }): Promise<void> {
    if (!this.view.isFresh) {
      await this.view.read();
      return;
    }
    const target = { ...this.view.target(row), ...(expiresAt === null ? {} : { expires_at: expiresAt }) };
    const shows = (now: Row): boolean =>
      (grant === null || sameAmount(now.grant, grant)) && (expiresAt === null || now.expiresAt === expiresAt);
    if (grant === null) {
      await this.updater.send("update", row, { body: target, shows, exact: () => target });
      return;
    }
    const add = minus(grant, row.grant);
    const exact = (now: Row): UpdateBalanceBody => {
      return { ...target, included_grant: grant, remaining: minus(grant, now.usage) };
    };
    // Both fields, or usage would be off by the difference (scenarios update-grant-only, update-grant-and-add).
    const relative = { ...target, included_grant: grant, add_to_balance: add };
    const isLimited = await this.isLimited(row);
    const updated = await this.updater.send("update", row, {
      body: isLimited ? exact(row) : relative,
      shows,
      exact,
    });
    if (updated === undefined) return;
    // What remains was lowered by less, or another run, which held the customer and never released it, has added as well.
    const isDoubled = add > 0 && this.lease.isContended && sameAmount(updated.usage, minus(row.usage, add));
    if (isDoubled || (isLimited && isMore(row.usage, updated.usage)))
      return this.setUsage(updated, row.usage);
    // The grant was lowered, but what remains was not: another call wrote back an old value.
    if (!isLimited && add < 0 && isNear(row.remaining, updated.remaining, add))
      await this.addAgain(updated, add);
  }

  /** Sets the usage of a row that no longer changes. @throws NotShownError when it does not stand still */
  private async setUsage(row: Row, usage: number): Promise<void> {
    if (!(await this.view.isStill(row))) {
      const text = `${nameOf(row)} reads ${units(row.usage)} used, but should have been at ${units(usage)}`;
      throw new NotShownError(`${text}, and is in use, so that it cannot be set`);
    }
    const body = { ...this.view.target(row), remaining: minus(row.grant, usage) };
    await this.updater.send("set usage", row, { body, shows: (now) => !isMore(usage, now.usage) });
  }

  /** Adds what another call has undone, unless the effect has only come late. Customers may go on using the row. */
  private async addAgain(row: Row, add: number): Promise<void> {
    const isLate = await this.environment.updatesLate(this.view.target(row));
    await (isLate ? this.view.settle() : this.view.read());
    const now = this.view.row(nameOf(row));
    if (now === undefined || now.resetsAt !== row.resetsAt || hasMoved(row, now, add)) return;
    if (!this.view.isLive(now)) throw new NotShownError(undoneText(row, add));
    const body = { ...this.view.target(now), add_to_balance: add };
    const exact = (last: Row): UpdateBalanceBody => {
      return { ...this.view.target(now), remaining: plus(last.remaining, add) };
    };
    const shows = (last: Row): boolean => hasMoved(now, last, add);
    const again = await this.updater.send("add again", now, { body, shows, exact, about: now.usage });
    if (again === undefined) throw new NotShownError(undoneText(row, add));
  }

  /**
   * Waits for a reset that is about to come, as nobody could tell whether a call met the row before or after it.
   * @returns whether it waited
   */
  private async lettingPass(resetsAt: number | null): Promise<boolean> {
    const left = (resetsAt ?? 0) - this.view.now;
    if (left <= 0 || left > RESET_SOON_MS) return false;
    await this.environment.clock.sleep(left + 50);
    return true;
  }

  /** Whether usage of the row's feature is limited for the customer, or for the entity that holds the row. */
  private async isLimited(row: Row): Promise<boolean> {
    const { customer } = this.lease;
    if (customer?.limited.includes(row.featureId)) return true;
    if (row.entityId == null) return false;
    if (this.limits === undefined) {
      const entity = await this.environment.api.getEntity(this.view.customerId, row.entityId);
      this.limits = new Set(entity?.limited ?? []);
    }
    return this.limits.has(row.featureId);
  }
}

/**
 * Whether what is left of a row has not moved by `add`. Where units were to be taken, customers may have used a few. More
 * would be taken for it too often when there was a refund of about that amount.
 */
const isNear = (remaining: number, now: number, add: number): boolean =>
  sameAmount(remaining, now) || (now < remaining && minus(remaining, now) <= -add * USED_AT_ONCE);

/** Whether `add`, or most of it, has been added between two reads of the row. */
const hasMoved = (before: Row, now: Row, add: number): boolean =>
  minus(now.remaining, before.remaining) / add > 3 / 4;

const hasBeenReset = (row: Row, expected: number | null): boolean =>
  expected !== null && row.resetsAt !== null && row.resetsAt > expected;

const undoneText = (row: Row, add: number): string =>
  `another call has undone what was sent to ${nameOf(row)}, which can no longer be changed: ` +
  `its usage reads ${units(Math.abs(add))} too ${add < 0 ? "low" : "high"}`;

function takenText(desired: DesiredBalance, balanceId: string): string {
  return desired.included === null && !desired.unlimited
    ? `${desired.featureId} is on already, by another grant`
    : `${balanceId} exists already, and is used up or has ended; a fresh grant needs another \`id\``;
}
