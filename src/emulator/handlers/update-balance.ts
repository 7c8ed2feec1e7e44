// balances.update. The older server applies field after field; its successor all of them or none.
import { exact, sum } from "../amounts.ts";
import { type Call, customerOrNewest, findFeature, NeverAnswers, namedEntity } from "../call.ts";
import { deduct } from "../deduct.ts";
import { ApiError, invalidInputs, invalidRequest } from "../errors.ts";
import type { Fields } from "../fields.ts";
import { INTERVALS } from "../intervals.ts";
import { grantOf } from "../rows.ts";
import { matching, type RowTarget, subjectRows } from "../select.ts";
import type { Interval, Row } from "../types.ts";

interface Update {
  readonly customerId: string;
  readonly featureId: string;
  readonly entityId: string | undefined;
  readonly balanceId: string | undefined;
  readonly rowId: string | undefined;
  readonly interval: Interval | undefined;
  readonly remaining: number | undefined;
  readonly addToBalance: number | undefined;
  readonly usage: number | undefined;
  readonly includedGrant: number | undefined;
  readonly nextResetAt: number | undefined;
  readonly expiresAt: number | undefined;
}

export function updateBalance(call: Call) {
  const update = readUpdate(call.fields);
  findFeature(call, update.featureId);
  if (update.expiresAt !== undefined && update.expiresAt <= call.now()) {
    throw invalidRequest("expires_at must be in the future");
  }
  if (call.settings.asyncUpdatesMs > 0) {
    call.later(call.settings.asyncUpdatesMs, () => ignoringErrors(() => apply(call, update)));
  } else {
    apply(call, update);
  }
  return { success: true };
}

function readUpdate(fields: Fields): Update {
  const update = {
    customerId: fields.string("customer_id"),
    featureId: fields.string("feature_id"),
    entityId: fields.optionalString("entity_id"),
    balanceId: fields.optionalString("balance_id"),
    rowId: fields.optionalString("customer_entitlement_id"),
    interval: fields.optionalChoice("interval", INTERVALS),
    remaining: fields.optionalNumber("remaining") ?? fields.optionalNumber("current_balance"),
    addToBalance: fields.optionalNumber("add_to_balance"),
    usage: fields.optionalNumber("usage"),
    includedGrant: fields.optionalNumber("included_grant") ?? fields.optionalNumber("granted_balance"),
    nextResetAt: fields.optionalNumber("next_reset_at"),
    expiresAt: fields.optionalNumber("expires_at"),
  };
  if (update.remaining !== undefined && update.addToBalance !== undefined) {
    throw invalidInputs("Cannot specify both add_to_balance and remaining");
  }
  if (update.remaining !== undefined && update.usage !== undefined) {
    throw invalidInputs("Cannot specify both usage and remaining");
  }
  return update;
}

function apply(call: Call, update: Update): void {
  const { store } = call;
  const customer = customerOrNewest(call, update.customerId);
  if (store.hangs(customer)) throw new NeverAnswers();
  const entity = namedEntity(call, customer);
  store.settle(customer, call.now());
  // An update stores usage first; it is the way to keep usage across a create or delete
  store.flushUsage(customer);
  const target: RowTarget = {
    featureId: update.featureId,
    balanceId: update.balanceId || undefined,
    rowId: update.rowId,
    interval: update.interval,
  };
  const rows = matching(subjectRows(customer, entity, call.now()), target);
  if (call.settings.level === "2026-10") refuseWhole(update, rows);
  moveBalance(rows, update, call.now());
  if (update.includedGrant !== undefined) moveGrant(found(rows, update), update.includedGrant);
  if (update.nextResetAt !== undefined) moveReset(found(rows, update), update.nextResetAt);
  if (update.expiresAt !== undefined) soonest(found(rows, update), "expiresAt").expiresAt = update.expiresAt;
  store.changed();
}

/** The successor refuses before it changes anything. */
function refuseWhole(update: Update, rows: Row[]): void {
  const asked = [
    update.remaining,
    update.addToBalance,
    update.usage,
    update.includedGrant,
    update.nextResetAt,
    update.expiresAt,
  ];
  if (rows.length === 0 && asked.some((value) => value !== undefined)) {
    throw new ApiError(404, "balance_not_found", notFoundMessage(update));
  }
  if (update.nextResetAt !== undefined) refuseLifetime(soonest(rows, "nextResetAt"));
}

/** Moves what is left. On the older server nothing to move is no error (scenario update-unknown-id). */
function moveBalance(rows: Row[], update: Update, now: number): void {
  const draw = (amount: number) => deduct(rows, amount, { now, overage: "allow" });
  if (update.addToBalance !== undefined) draw(-update.addToBalance);
  if (update.remaining !== undefined) draw(exact(sum(rows.map((row) => row.balance)) - update.remaining));
  if (update.usage !== undefined) {
    // Against the grant before this update moves it (scenario update-grant-and-usage)
    const left = exact(sum(rows.map(grantOf)) - update.usage);
    draw(exact(sum(rows.map((row) => row.balance)) - left));
  }
}

/**
 * Bends the first row until the allowances of all rows found, with its adjustment, sum up to `grant`
 * (scenario update-without-target). What is left stays, so usage moves along (scenario update-grant-only).
 */
function moveGrant(rows: [Row, ...Row[]], grant: number): void {
  rows[0].adjustment = exact(grant - sum(rows.map((row) => row.allowance)));
}

function moveReset(rows: [Row, ...Row[]], at: number): void {
  const row = soonest(rows, "nextResetAt");
  refuseLifetime(row);
  row.nextResetAt = at;
}

function refuseLifetime(row: Row): void {
  if (row.interval === "one_off") {
    throw invalidRequest(`Cannot update next reset at for lifetime balance (feature ${row.featureId})`);
  }
}

function soonest(rows: Row[], column: "nextResetAt" | "expiresAt"): Row {
  const at = (row: Row) => row[column] ?? Number.POSITIVE_INFINITY;
  return rows.reduce((first, row) => (at(row) < at(first) ? row : first));
}

function found(rows: Row[], update: Update): [Row, ...Row[]] {
  const [first, ...others] = rows;
  if (!first) throw invalidRequest(notFoundMessage(update), 404);
  return [first, ...others];
}

function notFoundMessage(update: Update): string {
  const narrowed = update.balanceId ? ` matching balance_id '${update.balanceId}'` : "";
  return `No balance found for feature '${update.featureId}' on customer '${update.customerId}'${narrowed}`;
}

/** An asynchronous update has been answered already: nobody is left to hear of its errors. */
function ignoringErrors(run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof ApiError) && !(error instanceof NeverAnswers)) throw error;
  }
}
