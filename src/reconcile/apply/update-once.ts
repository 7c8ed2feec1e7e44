// Makes an update take effect once, whatever its answers: neither a 200 nor an error proves anything.
import { AutumnError, type UpdateBalanceBody } from "../../autumn/index.ts";
import { isMore, minus, sameAmount } from "../amounts.ts";
import { nameOf, type Row } from "../row.ts";
import { MARGIN_MS } from "../slice.ts";
import { type CustomerView, READ_BACK_MS, type RunEnvironment } from "./customer-view.ts";
import { isDoubtful, isTooLate, NotShownError } from "./errors.ts";
import { idempotencyKey } from "./idempotency.ts";
import type { Lease } from "./lease.ts";

/** What is sent to one row, and how its effect is told. */
export interface Update {
  readonly body: UpdateBalanceBody;
  /** Whether the row shows the effect. */
  readonly shows: (row: Row) => boolean;
  /** What to send when no effect has shown in time, with absolute amounts from the row by then. Safe to send twice. */
  readonly exact?: (row: Row) => UpdateBalanceBody;
  /** What else tells this change of the row from another, for its idempotency key. */
  readonly about?: unknown;
}

type Attempt = "sent" | "failed" | "no answer" | "key used" | "gone";

/** The row once it shows the effect, or was changed by another; `undefined` when it can no longer be changed. */
type Shown = Row | undefined | "not yet";

export class RowUpdater {
  constructor(
    private readonly environment: RunEnvironment,
    private readonly view: CustomerView,
    private readonly lease: Lease,
  ) {}

  /**
   * Sends an update so that it takes effect once, and reads the row back until it shows.
   * @returns the row as it reads then; `undefined` when it can no longer be changed, or another run has changed it
   * @throws AutumnError, NotShownError
   */
  async send(purpose: string, row: Row, { body, shows, exact, about }: Update): Promise<Row | undefined> {
    const name = nameOf(row);
    const settles = (now: Row): boolean => shows(now) || !isSameRow(now, row, body);
    let isCompleted = false;
    /** Reads the effect of what was sent, and sends what is left of it where only a part shows. */
    const completed = async (sent: Attempt, what: UpdateBalanceBody, patient: boolean): Promise<Shown> => {
      if (sent === "gone") return undefined;
      const atOnce = await this.view.untilShown(name, settles, { patient: false });
      if (atOnce !== "not yet") return atOnce;
      // A part may have been done, or undone by another call since. It is completed at once, before usage hides it: after
      // a kill, nobody could tell. Of a call whose answer was lost, nothing may have been done: that is seen later.
      const isAnswered = sent === "sent" || sent === "failed";
      const rest = isAnswered ? restOf(what, row, this.view.row(name), USED_AT_ONCE) : null;
      isCompleted ||= rest !== null;
      if (rest !== null && (await this.attempt(`${purpose} rest`, row, rest, this.lease.name)) === "gone")
        return undefined;
      if (!patient && rest === null) return atOnce;
      // Not waited for under a lease that ends meanwhile: another run would go on from a row that may still change.
      if (await this.lease.renew(READ_BACK_MS + MARGIN_MS)) return this.view.untilShown(name, settles);
      await this.view.read();
      return undefined;
    };

    this.view.isFresh = false;
    let sent = await this.attempt(purpose, row, body, null, about);
    const isOld = sent === "key used" && purpose !== "count" && !this.lease.isContended;
    const isHeldBack = sent === "key used" && !isOld;
    let shown = await completed(sent, body, !isOld);
    if (shown === "not yet" && !isCompleted && !isHeldBack) {
      // Either the key is an old one: the same change was made and undone within a day, and nobody else is at work. Or
      // the call never arrived: sent again under its key, it takes effect only once.
      sent = await this.attempt(purpose, row, body, isOld ? this.lease.name : null, about);
      shown = await completed(sent, body, sent !== "key used");
    }
    const now = this.view.row(name);
    if (shown === "not yet" && exact !== undefined && now !== undefined) {
      const left = isHeldBack ? null : restOf(body, row, now);
      if (left !== null || (await this.view.isStill(now))) {
        // It had no effect, or was undone, and the row no longer changes: the amount is set, and not added again. But if
        // another's use of the key held it back, nothing was sent, not even half of it: it is sent now, and does not
        // depend on usage or refunds meanwhile. Nor does what is left to do of one that was half done.
        const mend = isHeldBack && body.add_to_balance !== undefined ? body : (left ?? exact(now));
        sent = await this.attempt(`${purpose} exactly`, row, mend, this.lease.name);
        shown = await completed(sent, mend, true);
      }
    }
    if (shown === "not yet") throw new NotShownError(`${name} does not show what was sent`);
    // If somebody else has changed it, the next step is decided anew.
    return shown !== undefined && shows(shown) ? shown : undefined;
  }

  /**
   * @param slice see `idempotencyKey`
   * @param about what else tells this change of the row from another
   */
  private async attempt(
    purpose: string,
    row: Row,
    body: UpdateBalanceBody,
    slice: string | null,
    about: unknown = null,
  ): Promise<Attempt> {
    // The key holds the row as it was found, and not what the call should do: of all that is decided on one read of a
    // row, even by different versions of the file, one takes effect. `createdAt` tells it from an earlier row of the
    // same name.
    const { createdAt, grant, resetsAt, expiresAt } = row;
    const found = [createdAt, grant, resetsAt, expiresAt, about];
    const { namespace } = this.environment;
    const subject = { namespace, customerId: this.view.customerId, balanceId: nameOf(row) };
    const key = idempotencyKey(purpose, subject, found, slice);
    // If the lease has ended since the row was read, another run may have changed it.
    if (!(await this.lease.renew())) {
      await this.view.read();
      return "gone";
    }
    try {
      await this.environment.api.updateBalance(body, key);
      this.view.wrote();
    } catch (error) {
      if (isDoubtful(error)) {
        if (error.isUsedIdempotencyKey) return "key used";
        return error.status === 500 ? "failed" : "no answer";
      }
      const isLate = error instanceof AutumnError && isTooLate(error, body.next_reset_at, this.view.now);
      if (!isLate && !(error instanceof AutumnError && error.isNotFound)) throw error;
      // Drained, removed or reset just now: the next step is decided anew.
      await this.view.read();
      return "gone";
    }
    return "sent";
  }
}

/** The part of an amount that is taken by which usage may have risen between two reads. */
export const USED_AT_ONCE = 1 / 50;

/**
 * What a half-done update has left to do: units were added or set, but the grant or the reset has not moved. Servers before
 * October 2026 apply its fields one by one, and may stop in between; and another call may undo one of them.
 * @param now the row as it reads now; customers may have gone on using it
 * @param share how much of a cut they may have used since, from 0 to 1
 * @returns `null` when nothing was done, as far as can be told
 */
function restOf(
  body: UpdateBalanceBody,
  before: Row,
  now: Row | undefined,
  share = 0,
): UpdateBalanceBody | null {
  const { add_to_balance: add, remaining, ...rest } = body;
  if (now === undefined || !isSameRow(now, before, body)) return null;
  if (remaining !== undefined) {
    const isSet = sameAmount(now.remaining, remaining) && !sameAmount(before.remaining, remaining);
    return isSet ? rest : null;
  }
  if (!add) return null;
  // Usage meanwhile looks like a subtraction and a refund like an addition, but hardly of this size.
  const used = minus(now.usage, before.usage);
  const isDone =
    add > 0 ? isMore(-used, add / 2) : sameAmount(used, -add) || (used > -add && used <= -add * (1 + share));
  return isDone ? rest : null;
}

/** Whether the row has not changed, except for its usage, and for its end as the update sets it. */
const isSameRow = (now: Row, before: Row, { expires_at }: UpdateBalanceBody): boolean =>
  sameAmount(now.grant, before.grant) &&
  now.resetsAt === before.resetsAt &&
  (now.expiresAt === before.expiresAt || now.expiresAt === expires_at);
