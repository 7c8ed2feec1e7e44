// Fills the emulator with features, customers and balances from one description.

import { exact } from "./amounts.ts";
import { instant } from "./clock.ts";
import { ApiError } from "./errors.ts";
import { Fields } from "./fields.ts";
import { newRow, readGrant, refuseContradictions, refuseImpossibleTimes } from "./grants.ts";
import { refuseTaken } from "./handlers/create-balance.ts";
import { readFeature } from "./handlers/features.ts";
import type { Store } from "./store.ts";
import type { CreditCost, Customer, FeatureType, Interval, RolloverTerms } from "./types.ts";

export interface SeedFeature {
  readonly id: string;
  readonly name?: string;
  readonly type: FeatureType;
  readonly consumable?: boolean;
  readonly credit_schema?: readonly CreditCost[];
  readonly archived?: boolean;
}

/** A balance as balances.create takes it, without `customer_id`; instants are ms or ISO 8601. */
export interface SeedBalance {
  readonly feature_id: string;
  readonly entity_id?: string;
  readonly balance_id?: string;
  readonly included_grant?: number;
  readonly unlimited?: boolean;
  readonly reset?: { readonly interval: Interval; readonly interval_count?: number };
  readonly rollover?: Partial<RolloverTerms>;
  readonly expires_at?: number | string;
  readonly next_reset_at?: number | string;
  /** Units that were bought on top of the grant: what makes a row that looks standalone a paid one. */
  readonly prepaid_grant?: number;
  /** What was paid, as reads show it; it makes a paid row, too. */
  readonly price?: Readonly<Record<string, unknown>>;
  /** Units used already; they are stored. */
  readonly usage?: number;
}

export interface SeedCustomer {
  readonly id: string;
  readonly name?: string;
  readonly email?: string;
  readonly entities?: readonly { readonly id: string; readonly feature_id: string; readonly name?: string }[];
  /** Plans the customer is on; their rows have a `plan_id` and no `balance_id`. */
  readonly plans?: readonly { readonly plan_id: string; readonly balances?: readonly SeedBalance[] }[];
  /** Standalone balances. */
  readonly balances?: readonly SeedBalance[];
}

/**
 * What an emulator starts with, as it stands in a YAML or JSON file.
 * @example
 * ```yaml
 * features:
 *   - { id: api_calls, name: API Calls, type: metered, consumable: true }
 *   - { id: seats, type: metered, consumable: false }
 * customers:
 *   - id: acme
 *     entities: [{ id: seat_1, feature_id: seats }]
 *     plans: [{ plan_id: pro, balances: [{ feature_id: api_calls, included_grant: 1000, reset: { interval: month } }] }]
 *     balances: [{ feature_id: api_calls, included_grant: 500, balance_id: bonus, usage: 30 }]
 * ```
 */
export interface EmulatorSeed {
  readonly features?: readonly SeedFeature[];
  readonly customers?: readonly SeedCustomer[];
}

/** A mistake in a seed; the message says where. */
export class SeedError extends Error {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super(`seed: ${message}`, options);
    this.name = "SeedError";
  }
}

/**
 * Adds a seed to the store. Features and customers that are there already are kept, their balances are added.
 * @throws SeedError; the store may then hold a part of the seed
 */
export function applySeed(store: Store, seed: unknown, now: number): void {
  try {
    const fields = strict(new Fields(seed, "seed"), ["features", "customers"]);
    for (const item of list(fields, "features")) addFeature(store, item, now);
    for (const item of list(fields, "customers")) addCustomer(store, item, now);
  } catch (error) {
    if (error instanceof SeedError) throw error;
    if (error instanceof ApiError) throw new SeedError(place(error.message), { cause: error });
    throw error;
  }
}

function addFeature(store: Store, fields: Fields, now: number): void {
  strict(fields, ["id", "name", "type", "consumable", "credit_schema", "archived"]);
  const feature = readFeature(fields, now, store.newId("fe_", store.nextSeq(), now));
  if (!store.features.has(feature.id)) store.features.set(feature.id, feature);
}

function addCustomer(store: Store, fields: Fields, now: number): void {
  strict(fields, ["id", "name", "email", "entities", "plans", "balances"]);
  const id = notEmpty(fields, "id");
  const customer =
    store.customer(id) ??
    store.addCustomer(
      { id, name: fields.optionalString("name"), email: fields.optionalString("email") },
      now,
    );
  for (const item of list(fields, "entities")) {
    strict(item, ["id", "feature_id", "name"]);
    const entityId = notEmpty(item, "id");
    if (customer.entities.some((entity) => entity.id === entityId)) continue;
    const name = item.optionalString("name") ?? null;
    const featureId = knownFeature(store, item).id;
    store.addEntity(customer, { id: entityId, featureId, name, createdAt: now });
  }
  for (const plan of list(fields, "plans")) {
    strict(plan, ["plan_id", "balances"]);
    const planId = notEmpty(plan, "plan_id");
    customer.plans.push({ planId, startedAt: now });
    for (const item of list(plan, "balances")) addBalance(store, customer, item, planId, now);
  }
  for (const item of list(fields, "balances")) addBalance(store, customer, item, null, now);
}

const BALANCE_FIELDS = [
  ...["feature_id", "entity_id", "balance_id", "included_grant", "granted_balance", "unlimited", "reset"],
  ...["rollover", "expires_at", "next_reset_at", "usage", "prepaid_grant", "price"],
];

function addBalance(
  store: Store,
  customer: Customer,
  item: Fields,
  planId: string | null,
  now: number,
): void {
  strict(item, BALANCE_FIELDS);
  const at = item.path("").replace(/\.$/, "");
  const fields = withInstants(item, at);
  const feature = knownFeature(store, fields);
  const request = {
    ...readGrant(fields),
    prepaidGrant: fields.optionalNumber("prepaid_grant"),
    price: fields.optionalObject("price")?.data(),
  };
  located(at, () => {
    refuseContradictions(request, feature);
    refuseImpossibleTimes(request, feature, now);
    if (request.balanceId) refuseTaken(customer, request.balanceId);
  });
  if (planId !== null && request.balanceId !== undefined) {
    throw new SeedError(`${place(at)}: a row of a plan has no balance_id`);
  }
  const entityId = fields.optionalString("entity_id");
  const entity = customer.entities.find((candidate) => candidate.id === entityId);
  if (entityId !== undefined && !entity)
    throw new SeedError(`${place(at)}: entity ${entityId} is not among entities`);
  const place_ = { feature, internalEntityId: entity?.internalId ?? null, planId, now };
  const row = store.addRow(customer, newRow(request, place_));
  row.balance = exact(row.balance - (fields.optionalNumber("usage") ?? 0));
}

/** The same fields with ISO 8601 instants as ms. */
function withInstants(fields: Fields, at: string): Fields {
  const copy = { ...fields.data() };
  for (const name of ["expires_at", "next_reset_at"]) {
    const value = copy[name];
    if (typeof value === "string") {
      try {
        copy[name] = instant(value);
      } catch (cause) {
        throw new SeedError(`${place(`${at}.${name}`)}: ${(cause as Error).message}`, { cause });
      }
    }
  }
  return new Fields(copy, at);
}

function knownFeature(store: Store, fields: Fields) {
  const id = fields.string("feature_id");
  const feature = store.features.get(id);
  if (!feature)
    throw new SeedError(`${place(fields.path("feature_id"))}: feature ${id} is not among features`);
  return feature;
}

function notEmpty(fields: Fields, name: string): string {
  const value = fields.string(name);
  if (value === "") throw new SeedError(`${place(fields.path(name))}: must not be empty`);
  return value;
}

function list(fields: Fields, name: string): Fields[] {
  const at = fields.path(name);
  return (fields.optionalArray(name) ?? []).map((item, index) => new Fields(item, `${at}[${index}]`));
}

function strict(fields: Fields, names: readonly string[]): Fields {
  for (const name of fields.names()) {
    if (!names.includes(name)) {
      throw new SeedError(`${place(fields.path(name))}: unknown field; known are ${names.join(", ")}`);
    }
  }
  return fields;
}

function located(at: string, check: () => void): void {
  try {
    check();
  } catch (error) {
    throw error instanceof ApiError
      ? new SeedError(`${place(at)}: ${error.message}`, { cause: error })
      : error;
  }
}

/** A path without its leading `seed.`, which every message starts with. */
function place(path: string): string {
  return path.replace(/^seed(?:\.|: )?/, "");
}
