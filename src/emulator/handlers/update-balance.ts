// balances.update. The older server (2026-08) applies field after field; the newer one (2026-10) all of them or none.
import { exact, sum } from "../amounts.ts";
import { type Call, customerOrNewest, findFeature, NeverAnswers, namedEntity, settle } from "../call.ts";
import { creditCosts, limitsOn } from "../costs.ts";
import { type DeductOptions, deduct, setTotal } from "../deduct.ts";
import { ApiError, invalidRequest } from "../errors.ts";
import type { Fields } from "../fields.ts";
import { INTERVALS } from "../intervals.ts";
import { fullGrantOf, keepUntilStored } from "../rows.ts";
import { matching, type RowTarget, subjectRows } from "../select.ts";
import type { Customer, Entity, Interval, Row } from "../types.ts";

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

/** Between what an update reads and what it writes, other requests get their turn. */
const READ_TO_WRITE_MS = 1;

export async function updateBalance(call: Call) {
  const update = readUpdate(call.fields);
  findFeature(call, update.featureId);
  if (update.expiresAt !== undefined && update.expiresAt <= call.now()) {
    throw invalidRequest("expires_at must be in the future");
  }
  if (call.settings.asyncUpdatesMs > 0) {
    call.later(call.settings.asyncUpdatesMs, () => ignoringErrors(() => apply(call, update)));
  } else {
    await applyAmongOthers(call, update);
  }
  return { success: true };
}

function readUpdate(fields: Fields): Update {
  return {
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
}

/** Where races are on, an update that crosses another one of its customer may write back what it had cached. */
async function applyAmongOthers(call: Call, update: Update): Promise<void> {
  const { races } = call;
  if (!races) return apply(call, update);
  const customer = customerOrNewest(call, update.customerId);
  await races.whileChanging(customer, async () => {
    const view = races.view(customer);
    await call.sleep(READ_TO_WRITE_MS);
    races.write(customer, view, () => apply(call, update));
  });
}

function apply(call: Call, update: Update): void {
  const { store } = call;
  const customer = customerOrNewest(call, update.customerId);
  if (store.hangs(customer)) throw new NeverAnswers();
  const entity = namedEntity(call, customer);
  settle(call, customer, "read");
  // The newer server stores usage before it looks at the request
  const whole = call.settings.level === "2026-10";
  if (whole) store.flushUsage(customer);
  const seen = subjectRows(customer, entity, call.now());
  const rows = matching(seen, { ...targetOf(update), featureId: update.featureId });
  if (whole) refuseWhole(update, rows);
  if (update.remaining !== undefined) {
    setTotal(rows, update.remaining, freely(call));
  } else if (update.addToBalance !== undefined) {
    addToBalance(call, { customer, entity }, update, seen);
  }
  if (update.usage !== undefined) {
    // Against the grant before this update moves it (scenario update-grant-and-usage)
    const granted = sum(rows.map((row) => (row.unlimited ? 0 : fullGrantOf(row))));
    setTotal(rows, exact(granted - update.usage), freely(call));
  }
  if (update.includedGrant !== undefined) moveGrant(found(rows, update), update.includedGrant);
  if (update.nextResetAt !== undefined) moveReset(found(rows, update), update.nextResetAt);
  if (update.expiresAt !== undefined) soonest(found(rows, update), "expiresAt").expiresAt = update.expiresAt;
  // The older server stores usage when an update was not refused: this is how a client keeps usage across a create or
  // delete
  store.flushUsage(customer);
  store.changed();
}

function targetOf(update: Update): RowTarget {
  return { balanceId: update.balanceId || undefined, rowId: update.rowId, interval: update.interval };
}

/**
 * Moves what is left by an amount. It goes where tracking of the feature would go: to the feature's rows and
 * to those of credit systems that pay for it. What it takes is held back by usage limits on the older server,
 * and is counted in their windows on both.
 */
function addToBalance(
  call: Call,
  subject: { customer: Customer; entity: Entity | null },
  update: Update,
  seen: Row[],
): void {
  const whole = call.settings.level === "2026-10";
  const costs = whole ? new Map([[update.featureId, 1]]) : creditCosts(call, update.featureId);
  const rows = matching(seen, targetOf(update)).filter((row) => costs.has(row.featureId));
  const limits = limitsOn(call, subject, costs.keys(), !whole);
  const cost = (row: Row) => costs.get(row.featureId) ?? 1;
  const gate = rows.some((row) => row.unlimited) ? undefined : limits;
  deduct(rows, exact(-(update.addToBalance ?? 0)), { ...freely(call), cost, gate });
  gate?.count(call.now() + call.settings.storeDelayMs);
}

/** An update moves balances in the cache, as tracking does, but without regard to zero and to the grant. */
function freely(call: Call): DeductOptions {
  const { storeDelayMs } = call.settings;
  const now = call.now();
  return { now, overage: "allow", beforeChange: (row) => keepUntilStored(row, storeDelayMs, now) };
}

/** The newer server refuses before it changes anything. */
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

/**
 * Adjusts the first row until the allowances of all rows found and its adjustment add up to `grant` (scenario
 * update-without-target). What is left stays, so usage moves along (scenario update-grant-only).
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
