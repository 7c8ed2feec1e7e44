// customers.get_or_create, customers.get and customers.list.
import { type Call, NeverAnswers, readCustomer, settle } from "../call.ts";
import { cursorNumbers, encodeCursor, readCursor } from "../cursor.ts";
import { invalidInputs } from "../errors.ts";
import { readMetadata } from "../grants.ts";
import { pageLimit } from "../pages.ts";
import { presentBalances, presentFlags } from "../present.ts";
import { isLive, storedView } from "../rows.ts";
import { customerRows, subjectRows } from "../select.ts";
import type { Customer, Row } from "../types.ts";
import { presentUsageLimits, readUsageLimits } from "../usage-limits.ts";
import { isSince } from "../versions.ts";

export function getOrCreateCustomer(call: Call) {
  const id = call.fields.string("customer_id");
  if (id === "") throw invalidInputs("customer_id: must not be empty");
  refuseBadId(call, id);
  if (!call.store.customer(id)) {
    call.store.addCustomer(
      {
        id,
        name: nullableString(call, "name"),
        email: nullableString(call, "email"),
        metadata: readMetadata(call.fields.raw("metadata")),
      },
      call.now(),
    );
  }
  return customerAnswer(call, readCustomer(call, id));
}

/** Changes what the body names; anything else stays. */
export function updateCustomer(call: Call) {
  const { fields, store } = call;
  const customer = readCustomer(call, fields.string("customer_id"));
  const name = nullableString(call, "name");
  const email = nullableString(call, "email");
  const limits = readUsageLimits(fields);
  if (name !== undefined) customer.name = name;
  if (email !== undefined) customer.email = email;
  if (fields.has("metadata")) customer.metadata = readMetadata(fields.raw("metadata"));
  if (limits) customer.usageLimits = limits;
  store.changed();
  return customerAnswer(call, customer);
}

export function getCustomer(call: Call) {
  const id = call.fields.string("customer_id");
  refuseBadId(call, id);
  return customerAnswer(call, readCustomer(call, id));
}

/**
 * Refuses an id that no customer can be created with. A customer of a seed may have one all the same, so that a
 * client can be tried on it.
 */
function refuseBadId(call: Call, id: string): void {
  const wrong = /[^a-z0-9_:-]/iu.exec(id)?.[0];
  if (wrong === undefined || call.store.customer(id)) return;
  const what = { "@": "@ symbol", " ": "spaces", ".": "periods" }[wrong] ?? `'${wrong}'`;
  throw invalidInputs(
    `customer_id: cannot contain ${what}. Use only letters, numbers, underscores, hyphens, and colons.`,
  );
}

/** Since API version 2.4 reads of a customer leave out the balances of its entities. */
function hidesEntityRows(call: Call): boolean {
  return isSince(call.version, 2, 4);
}

/** Customers, newest first, with at most the newest 30 standalone rows each and usage as it is stored. */
export function listCustomers(call: Call) {
  const limit = pageLimit(call);
  const after = readCursor(call.fields.optionalString("start_cursor"), cursorNumbers("s"));
  const search = call.fields.optionalString("search")?.toLowerCase() ?? "";
  const found = call.store
    .customers()
    .filter((customer) => (!after || customer.seq < after.s) && matches(customer, search))
    .sort((a, b) => b.seq - a.seq);
  const page = found.slice(0, limit);
  if (page.some((customer) => call.store.hangs(customer))) throw new NeverAnswers();
  const last = page.at(-1);
  return {
    list: page.map((customer) => storedAnswer(call, customer)),
    next_cursor: last && found.length > page.length ? encodeCursor({ s: last.seq }) : null,
  };
}

function nullableString(call: Call, name: string): string | null | undefined {
  return call.fields.raw(name) === null ? null : call.fields.optionalString(name);
}

function matches(customer: Customer, search: string): boolean {
  return [customer.id, customer.name, customer.email].some((text) => text?.toLowerCase().includes(search));
}

function customerAnswer(call: Call, customer: Customer) {
  const now = call.now();
  // The rows of entities are not shown, they only count in the totals (scenario read-entities)
  const ofEntities = hidesEntityRows(call)
    ? []
    : customer.rows.filter((row) => row.internalEntityId !== null && isLive(row, now));
  return presentCustomer(call, customer, subjectRows(customer, null, now), ofEntities);
}

function storedAnswer(call: Call, customer: Customer) {
  const now = call.now();
  settle(call, customer, "look");
  const own = hidesEntityRows(call)
    ? customer.rows.filter((row) => row.internalEntityId === null)
    : customer.rows;
  const stored = { ...customer, rows: own.map(storedView) };
  return presentCustomer(call, customer, customerRows(stored, null, now), []);
}

function presentCustomer(call: Call, customer: Customer, rows: Row[], aggregated: Row[]) {
  return {
    id: customer.id,
    name: customer.name,
    email: customer.email,
    created_at: customer.createdAt,
    fingerprint: null,
    stripe_id: null,
    env: call.settings.env,
    metadata: customer.metadata,
    send_email_receipts: false,
    billing_controls: presentUsageLimits(
      { customer, entity: null, features: call.store.features, now: call.now() },
      call.races?.showsEmptyWindows(customer),
    ),
    subscriptions: customer.plans.map(presentSubscription),
    purchases: [],
    licenses: [],
    balances: presentBalances(rows, aggregated, call.now()),
    flags: presentFlags(rows),
    config: { disable_pooled_balance: false },
    processors: {},
  };
}

function presentSubscription(plan: { planId: string; startedAt: number }) {
  return {
    id: plan.planId,
    plan_id: plan.planId,
    auto_enable: false,
    add_on: false,
    status: "active",
    past_due: false,
    canceled_at: null,
    expires_at: null,
    trial_ends_at: null,
    started_at: plan.startedAt,
    current_period_start: null,
    current_period_end: null,
    quantity: 1,
  };
}
