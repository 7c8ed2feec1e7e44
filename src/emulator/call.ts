// What a route handler is given, and how it finds features, customers and entities.
import { customerNotFound, entityNotFound, featureNotFound } from "./errors.ts";
import type { Fields } from "./fields.ts";
import type { Races } from "./races.ts";
import type { LoggedRequest } from "./request-log.ts";
import type { Store } from "./store.ts";
import type { Customer, Entity, Feature } from "./types.ts";

/** Which server is emulated: the one that was recorded, or its successor with balances.list. */
export type Level = "2026-08" | "2026-10";

export interface Settings {
  readonly env: "sandbox" | "live";
  readonly level: Level;
  readonly storeDelayMs: number;
  readonly asyncUpdatesMs: number;
  readonly listScanCap: number;
  /**
   * Ms after a row's reset date until the server's job resets it, if nobody reads its customer; null when the job is
   * off.
   */
  readonly resetJobMs: number | null;
  /** Whether every object of an answer has a field that nobody knows. */
  readonly unknownFields: boolean;
}

/** One request as a handler sees it. */
export interface Call {
  readonly store: Store;
  readonly settings: Settings;
  /** The emulator's clock, ms since the epoch. */
  readonly now: () => number;
  readonly fields: Fields;
  readonly query: URLSearchParams;
  /** The version that the request names, or null. */
  readonly version: string | null;
  /** Null when nothing races. */
  readonly races: Races | null;
  /** The requests so far, oldest first. */
  readonly requests: () => LoggedRequest[];
  /** Waits. */
  readonly sleep: (ms: number) => Promise<void>;
  /** Runs something later in real time, unless the emulator is reset before. */
  readonly later: (ms: number, run: () => void) => void;
}

/** Answers a call with a JSON body. */
export type Handler = (call: Call) => unknown;

/** Thrown where the real server falls into an endless loop: the request is never answered. */
export class NeverAnswers extends Error {}

export function findFeature(call: Call, id: string): Feature {
  const feature = call.store.features.get(id);
  if (!feature) throw featureNotFound(id);
  return feature;
}

/**
 * Finds a customer and brings it up to date. Throws `NeverAnswers` when the customer has a row whose
 * interval_count makes the real server loop for ever.
 */
export function readCustomer(call: Call, id: string): Customer {
  const customer = call.store.customer(id);
  if (!customer) throw customerNotFound(id);
  if (call.store.hangs(customer)) throw new NeverAnswers();
  settle(call, customer, "read");
  return customer;
}

/**
 * Brings a customer up to date. A call that reads its rows as a subject (`read`) resets those that are due;
 * one that looks into the database (`look`) finds them reset only when the server's job has been there.
 */
export function settle(call: Call, customer: Customer, how: "read" | "look"): void {
  call.store.settle(customer, call.now(), how === "read" ? 0 : call.settings.resetJobMs);
}

/** As `readCustomer`, for calls that look into the database. */
export function lookAtCustomer(call: Call, id: string): Customer {
  const customer = call.store.customer(id);
  if (!customer) throw customerNotFound(id);
  if (call.store.hangs(customer)) throw new NeverAnswers();
  settle(call, customer, "look");
  return customer;
}

/** Runs a create or delete of a customer's rows, which other calls may cross and which drops the customer's cache. */
export async function changing(
  call: Call,
  customer: Customer,
  write: () => void | Promise<void>,
): Promise<void> {
  const { races } = call;
  if (!races) return write();
  await races.whileChanging(customer, write);
  races.dropped(customer);
}

/** As `readCustomer`, for calls that take an empty id for the most recently created customer. */
export function customerOrNewest(call: Call, id: string): Customer {
  const customer = id === "" ? call.store.newestCustomer() : call.store.customer(id);
  if (!customer) throw customerNotFound(id);
  return customer;
}

/** Finds an entity by its own id or by Autumn's. */
export function findEntity(customer: Customer, id: string): Entity {
  const entity =
    customer.entities.find((candidate) => candidate.id === id) ??
    customer.entities.find((candidate) => candidate.internalId === id);
  if (!entity) throw entityNotFound(id);
  return entity;
}

/** The entity a body names, or null when it names none. */
export function namedEntity(call: Call, customer: Customer): Entity | null {
  const id = call.fields.optionalString("entity_id");
  return id === undefined ? null : findEntity(customer, id);
}
