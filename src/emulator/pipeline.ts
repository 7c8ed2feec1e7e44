// From a request to its answer: route, key, version, rate limit, faults, idempotency, and the handler.
import { type Call, NeverAnswers, type Settings } from "./call.ts";
import {
  ApiError,
  invalidApiVersion,
  invalidRequest,
  invalidSecretKey,
  noAuthHeader,
  noSecretKey,
} from "./errors.ts";
import type { Fault, Faults } from "./faults.ts";
import { Fields, parseBody } from "./fields.ts";
import type { IdempotencyKeys } from "./idempotency.ts";
import type { RateLimits } from "./limits.ts";
import type { Races } from "./races.ts";
import { type Route, routeOf } from "./routes.ts";
import type { Store } from "./store.ts";
import { withUnknownFields } from "./unknown-fields.ts";
import { isKnownVersion } from "./versions.ts";

/** What an answer is made of, before it becomes a Response. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer, or the connection breaks. */
export type Outcome = Answer | "dropped";

export interface Machine {
  readonly settings: Settings;
  readonly key: string;
  readonly latencyMs: number;
  readonly races: Races | null;
  readonly sleep: (ms: number) => Promise<void>;
  readonly limits: RateLimits | null;
  readonly store: Store;
  readonly keys: IdempotencyKeys;
  readonly faults: Faults;
  readonly now: () => number;
  readonly later: Call["later"];
  readonly requests: Call["requests"];
}

/** A request of which everything has been read. */
export interface Incoming {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly text: string;
}

export async function answer(machine: Machine, incoming: Incoming): Promise<Outcome> {
  const extra: Record<string, string> = {};
  try {
    const outcome = await passThrough(machine, incoming, extra);
    return outcome === "dropped" ? outcome : { ...outcome, headers: { ...extra, ...outcome.headers } };
  } catch (error) {
    const answered = errorAnswer(machine, error);
    return { ...answered, headers: { ...extra, ...answered.headers } };
  }
}

async function passThrough(
  machine: Machine,
  incoming: Incoming,
  extra: Record<string, string>,
): Promise<Outcome> {
  const name = `${incoming.method} ${incoming.url.pathname}`;
  const route = routeOf(name, machine.settings.level);
  if (!route) throw noAuthHeader();
  authorize(machine, incoming.headers);
  const version = incoming.headers.get("x-api-version");
  if (version !== null && !isKnownVersion(version)) throw invalidApiVersion(version);
  const body = readBody(incoming);
  const customerId = customerOf(incoming, body);
  if (machine.limits) {
    const counted = machine.limits.count(route.limit, customerId, version);
    Object.assign(extra, counted.headers);
    if (!counted.allowed) return { status: 429, body: "Too many requests, please try again later." };
  }
  const fault = machine.faults.strike(name, customerId);
  if (fault?.kind === "drop_before") return "dropped";
  if (fault?.kind === "status" && !fault.after_effect) {
    if (fault.delay_ms) await machine.sleep(fault.delay_ms);
    return faultAnswer(machine, fault);
  }
  if (fault?.kind === "delay") await machine.sleep(fault.delay_ms ?? 0);
  const outcome = await claimed(machine, incoming, route, body);
  const slowness = machine.races?.slowness() ?? 0;
  if (slowness > 0) await machine.sleep(slowness);
  if (fault?.kind === "drop_after") return "dropped";
  if (fault?.after_effect) {
    if (fault.delay_ms) await machine.sleep(fault.delay_ms);
    return faultAnswer(machine, fault);
  }
  return outcome;
}

/** Handles a request under its idempotency key. */
async function claimed(
  machine: Machine,
  incoming: Incoming,
  route: Route,
  body: Fields | ApiError,
): Promise<Answer> {
  const key = incoming.headers.get("idempotency-key");
  if (!key) return handled(machine, incoming, route, body);
  try {
    // Claimed before anything else happens: of parallel requests with one key exactly one passes
    machine.keys.claim(key, machine.now());
  } catch (error) {
    return errorAnswer(machine, error);
  }
  machine.store.changed();
  const answered = await handled(machine, incoming, route, body);
  machine.keys.settle(key, answered.status);
  machine.store.changed();
  return answered;
}

async function handled(
  machine: Machine,
  incoming: Incoming,
  route: Route,
  fields: Fields | ApiError,
): Promise<Answer> {
  try {
    if (machine.latencyMs > 0) await machine.sleep(machine.latencyMs);
    if (fields instanceof ApiError) throw fields;
    const { store, settings, now, later, races, sleep, requests } = machine;
    const query = incoming.url.searchParams;
    const version = incoming.headers.get("x-api-version");
    const call: Call = { store, settings, now, later, races, sleep, requests, fields, query, version };
    const body = await route.handler(call);
    return { status: 200, body: settings.unknownFields ? withUnknownFields(body) : body };
  } catch (error) {
    if (error instanceof NeverAnswers) return new Promise<Answer>(() => {});
    return errorAnswer(machine, error);
  }
}

/** The body, or what is wrong with it: to be answered only after the limits and the idempotency key. */
function readBody(incoming: Incoming): Fields | ApiError {
  try {
    return new Fields(incoming.method === "GET" ? {} : parseBody(incoming.text));
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
}

function authorize(machine: Machine, headers: Headers): void {
  const [scheme, key] = (headers.get("authorization") ?? "").split(" ");
  if (scheme !== "Bearer" || !key) throw noSecretKey();
  if (!key.startsWith("am_")) throw invalidRequest("Invalid authorization token prefix", 401);
  if (key !== machine.key) throw invalidSecretKey(key);
}

function errorAnswer(machine: Machine, error: unknown): Answer {
  const { env } = machine.settings;
  if (error instanceof ApiError) {
    return {
      status: error.status,
      body: { message: error.message, code: error.code, env },
      ...(error.status === 503 ? { headers: { "retry-after": "1" } } : {}),
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { status: 500, body: { message, code: "internal_error", env } };
}

function faultAnswer(machine: Machine, fault: Fault): Answer {
  const status = fault.status ?? 500;
  const headers = fault.headers ?? {};
  // A 429 comes from the limiter, as text
  if (status === 429) {
    return { status, body: fault.message ?? "Too many requests, please try again later.", headers };
  }
  const code = fault.code ?? (status === 503 ? "service_unavailable" : "internal_error");
  const message = fault.message ?? `Injected fault: ${status}`;
  return {
    status,
    body: { message, code, env: machine.settings.env },
    headers: { ...(status === 503 ? { "retry-after": "1" } : {}), ...headers },
  };
}

/** The customer a request names, for the limits and faults of one customer; empty when it names none. */
function customerOf(incoming: Incoming, body: Fields | ApiError): string {
  const named =
    body instanceof ApiError || incoming.method === "GET"
      ? incoming.url.searchParams.get("customer_id")
      : body.raw("customer_id");
  return typeof named === "string" ? named : "";
}
