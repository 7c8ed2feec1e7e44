// entities.create, entities.get and entities.list.
import { type Call, findEntity, findFeature, NeverAnswers, readCustomer, settle } from "../call.ts";
import { cursorNumbers, encodeCursor, readCursor } from "../cursor.ts";
import { ApiError, invalidInputs } from "../errors.ts";
import { pageLimit } from "../pages.ts";
import { presentBalances, presentFlags } from "../present.ts";
import { subjectRows } from "../select.ts";
import type { Customer, Entity } from "../types.ts";
import { presentUsageLimits, readUsageLimits } from "../usage-limits.ts";

export function createEntity(call: Call) {
  const { fields, store } = call;
  const customerId = fields.string("customer_id");
  const id = fields.string("entity_id");
  const featureId = fields.string("feature_id");
  if (id === "") throw invalidInputs("entity_id: must not be empty");
  findFeature(call, featureId);
  const customer = readCustomer(call, customerId);
  if (customer.entities.some((entity) => entity.id === id)) {
    throw new ApiError(409, "entity_already_exists", `Entity ${id} already exists`);
  }
  const name = fields.raw("name") === null ? null : (fields.optionalString("name") ?? null);
  const entity = store.addEntity(customer, { id, featureId, name, createdAt: call.now() });
  // Like a create or delete of a balance, it drops the customer's cache
  store.dropUsage(customer);
  return presentEntity(call, customer, entity);
}

/** Sets the usage limits of an entity. */
export function updateEntity(call: Call) {
  const entityId = call.fields.string("entity_id");
  const customer = readCustomer(call, call.fields.string("customer_id"));
  const entity = findEntity(customer, entityId);
  const limits = readUsageLimits(call.fields);
  if (limits) entity.usageLimits = limits;
  call.store.changed();
  return presentEntity(call, customer, entity);
}

export function getEntity(call: Call) {
  const entityId = call.fields.string("entity_id");
  const customer = readCustomer(call, call.fields.string("customer_id"));
  return presentEntity(call, customer, findEntity(customer, entityId));
}

export function listEntities(call: Call) {
  const { fields, store } = call;
  const limit = pageLimit(call);
  const start = readCursor(fields.optionalString("start_cursor"), cursorNumbers("o"))?.o ?? 0;
  const customerId = fields.optionalString("customer_id");
  const search = fields.optionalString("search")?.toLowerCase() ?? "";
  const customers = customerId === undefined ? store.customers() : [readCustomer(call, customerId)];
  const found = customers
    .flatMap((customer) => customer.entities.map((entity) => ({ customer, entity })))
    .filter(({ entity }) => [entity.id, entity.name].some((text) => text?.toLowerCase().includes(search)));
  const page = found.slice(start, start + limit);
  if (page.some(({ customer }) => store.hangs(customer))) throw new NeverAnswers();
  for (const { customer } of page) settle(call, customer, "look");
  const end = start + page.length;
  return {
    list: page.map(({ customer, entity }) => presentEntity(call, customer, entity)),
    next_cursor: end < found.length ? encodeCursor({ o: end }) : null,
  };
}

/** An entity shows its own rows together with those of its customer (scenario read-entities). */
function presentEntity(call: Call, customer: Customer, entity: Entity) {
  const rows = subjectRows(customer, entity, call.now());
  return {
    id: entity.id,
    name: entity.name,
    customer_id: customer.id,
    feature_id: entity.featureId,
    created_at: entity.createdAt,
    env: call.settings.env,
    subscriptions: [],
    purchases: [],
    balances: presentBalances(rows, [], call.now()),
    flags: presentFlags(rows),
    billing_controls: presentUsageLimits({
      customer,
      entity,
      features: call.store.features,
      now: call.now(),
    }),
    invoices: [],
  };
}
