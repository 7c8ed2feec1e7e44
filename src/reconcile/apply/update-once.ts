// An update sent once, whatever happens to the answers: a 200 proves nothing, and neither does an error.
import { AutumnError, type UpdateBalanceBody } from "../../autumn/index.ts";
import { isMore, minus, sameAmount } from "../amounts.ts";
import { nameOf, type Row } from "../row.ts";
import type { CustomerView, RunEnvironment } from "./customer-view.ts";
import { isDoubtful, isTooLate, NotShownError } from "./errors.ts";
import { idempotencyKey } from "./idempotency.ts";
import type { Lease } from "./lease.ts";

/** What is sent to one row, and how its effect is told. */
export interface Update {
  readonly body: UpdateBalanceBody;
  /** Whether the row shows what was sent. */
  readonly shows: (row: Row) => boolean;
  /** What to send when no effect has shown in time, of the row as it is by then: it may be sent twice. */
  readonly exact?: (row: Row) => UpdateBalanceBody;
  /** What else tells this change of the row from another. */
  readonly about?: unknown;
}

export class RowUpdater {
  constructor(
    private readonly environment: RunEnvironment,
    private readonly view: CustomerView,
    private readonly lease: Lease,
  ) {}

  /**
   * Sends an update once, whatever happens to the answers, and reads the row back until it shows.
   * @returns the row as it reads then; `undefined` when it cannot be changed any more, or another run has changed it
   * @throws AutumnError, NotShownError
   */
  async send(purpose: string, row: Row, { body, shows, exact, about }: Update): Promise<Row | undefined> {
    const name = nameOf(row);
    const settles = (now: Row): boolean => shows(now) || !isSameRow(now, row);
    this.view.isFresh = false;
    let sent = await this.attempt(purpose, row, body, null, about);
    if (sent === "gone") return undefined;
    const isOld = sent === "key used" && purpose !== "count" && !this.lease.isContended;
    const isHeldBack = sent === "key used" && !isOld;
    const atOnce = await this.view.untilShown(name, settles, { patient: false });
    // Looked at before customers have used much of it meanwhile, and put right at once: nobody who comes after a kill
    // could tell.
    const rest = sent === "failed" && atOnce === "not yet" ? restOf(body, row, this.view.row(name)) : null;
    const looksOn = !isOld && rest === null && atOnce === "not yet";
    let shown = looksOn ? await this.view.untilShown(name, settles) : atOnce;
    if (shown === "not yet" && rest !== null) {
      if ((await this.attempt(`${purpose} rest`, row, rest, this.lease.name)) === "gone") return undefined;
      shown = await this.view.untilShown(name, settles);
    } else if (shown === "not yet" && (isOld || sent !== "key used")) {
      // Either the same was done before within a day, and undone, and nobody else is at work on it; or the call never
      // arrived: sent again under its key, it can have its effect once only.
      sent = await this.attempt(purpose, row, body, isOld ? this.lease.name : null, about);
      if (sent === "gone") return undefined;
      shown = await this.view.untilShown(name, settles, { patient: sent !== "key used" });
    }
    const now = this.view.row(name);
    if (shown === "not yet" && exact !== undefined && now !== undefined && (await this.view.isStill(now))) {
      // Nothing has come of it, or it was undone, and the row stands still: not added again, but set. Where somebody
      // else's use of the key held it back, nothing was sent, not even half of it: it is sent now, and what is used
      // meanwhile, or given back, need not be guessed.
      const mend =
        isHeldBack && body.add_to_balance !== undefined ? body : (restOf(body, row, now) ?? exact(now));
      if ((await this.attempt(`${purpose} exactly`, row, mend, this.lease.name)) === "gone") return undefined;
      shown = await this.view.untilShown(name, settles);
    }
    if (shown === "not yet") throw new NotShownError(`${name} does not show what was sent`);
    // Somebody else has changed it: what comes next is decided anew.
    return shown !== undefined && shows(shown) ? shown : undefined;
  }

  /**
   * @param slice as of `idempotencyKey`
   * @param about what else tells this change of the row from another
   */
  private async attempt(
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
    const { namespace } = this.environment;
    const subject = { namespace, customerId: this.view.customerId, balanceId: nameOf(row) };
    const key = idempotencyKey(purpose, subject, found, slice);
    try {
      await this.environment.api.updateBalance(body, key);
      this.view.wrote();
    } catch (error) {
      if (isDoubtful(error)) {
        if (error.isUsedIdempotencyKey) return "key used";
        return error.status === 500 ? "failed" : "sent";
      }
      const isLate = error instanceof AutumnError && isTooLate(error, body.next_reset_at, this.view.now);
      if (!isLate && !(error instanceof AutumnError && error.isNotFound)) throw error;
      // Used up, removed or reset this moment: what comes next is decided anew.
      await this.view.read();
      return "gone";
    }
    return "sent";
  }
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
