// Failures on demand: an error answer, a delay, a connection that breaks before or after the effect.
import { invalidInputs } from "./errors.ts";
import { Fields } from "./fields.ts";

const KINDS = ["status", "delay", "drop_before", "drop_after"] as const;

/** A failure to inject into requests that match. */
export interface Fault {
  /** `"POST /v1/balances.create"`, or `"*"` for every route. */
  readonly route: string;
  /**
   * - `status`: answers with `status` instead of handling the request, or after it with `after_effect`
   * - `delay`: waits `delay_ms` before handling the request
   * - `drop_before`: breaks the connection without an effect
   * - `drop_after`: handles the request, then breaks the connection without an answer
   */
  readonly kind: (typeof KINDS)[number];
  /** Which matching request from now on is the first to fail; default 1, the next one. */
  readonly nth?: number;
  /** How many matching requests fail from then on; default 1. */
  readonly times?: number;
  /** Only requests whose body or query names this customer. */
  readonly customer_id?: string;
  /** Of a `status` fault; default 500. */
  readonly status?: number;
  readonly code?: string;
  readonly message?: string;
  /** Added to the answer of a `status` fault. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Ms, in real time. */
  readonly delay_ms?: number;
  /** A `status` fault that comes after the effect. */
  readonly after_effect?: boolean;
}

/** Checks a fault that came as JSON. */
export function readFault(body: unknown): Fault {
  const fields = new Fields(body);
  const nth = fields.integer("nth", 1, 1_000_000, 1);
  const times = fields.integer("times", 1, 1_000_000, 1);
  const headers = fields.optionalObject("headers");
  const fault: Fault = {
    route: fields.string("route"),
    kind: fields.choice("kind", KINDS),
    nth,
    times,
    ...defined("customer_id", fields.optionalString("customer_id")),
    ...(fields.has("status") ? { status: fields.integer("status", 200, 599, 500) } : {}),
    ...defined("code", fields.optionalString("code")),
    ...defined("message", fields.optionalString("message")),
    ...(headers
      ? { headers: Object.fromEntries(headers.names().map((name) => [name, headers.string(name)])) }
      : {}),
    ...(fields.has("delay_ms") ? { delay_ms: fields.integer("delay_ms", 0, 600_000, 0) } : {}),
    ...defined("after_effect", fields.optionalBoolean("after_effect")),
  };
  if (fault.route !== "*" && !/^(GET|POST) \/v1\//.test(fault.route)) {
    throw invalidInputs(
      `route: expected "*" or a route such as "POST /v1/balances.create", received "${fault.route}"`,
    );
  }
  if (fault.kind === "delay" && fault.delay_ms === undefined)
    throw invalidInputs("delay_ms: required by a delay");
  return fault;
}

function defined<Name extends string, Value>(name: Name, value: Value | undefined) {
  return (value === undefined ? {} : { [name]: value }) as { [Key in Name]?: Value };
}

export class Faults {
  #armed: { fault: Fault; seen: number }[] = [];

  inject(fault: Fault): void {
    this.#armed.push({ fault: readFault(fault), seen: 0 });
  }

  clear(): void {
    this.#armed = [];
  }

  list(): Fault[] {
    return this.#armed.map(({ fault }) => fault);
  }

  /** The fault that strikes this request, if any. Every armed fault counts the request. */
  strike(route: string, customerId: string): Fault | undefined {
    let struck: Fault | undefined;
    for (const armed of this.#armed) {
      const { fault } = armed;
      if (fault.route !== "*" && fault.route !== route) continue;
      if (fault.customer_id !== undefined && fault.customer_id !== customerId) continue;
      armed.seen++;
      if (!struck && armed.seen >= (fault.nth ?? 1)) struck = fault;
    }
    this.#armed = this.#armed.filter(({ fault, seen }) => seen < (fault.nth ?? 1) + (fault.times ?? 1) - 1);
    return struck;
  }
}
