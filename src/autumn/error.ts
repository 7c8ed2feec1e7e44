// What a failed call means for the caller, which is the only thing that matters of it.
//
// An error has no `cause`: those of the network can hold what the server sent, and with it the secret key, in places
// where nobody would look for it. What is worth knowing of them is in the message.

/**
 * - `refused`: the server said no, for good, or is none to send a key to; nothing happened.
 * - `not_applied`: nothing happened; the same call may succeed later.
 * - `unknown`: it may or may not have happened; only reading back tells.
 */
export type CallOutcome = "refused" | "not_applied" | "unknown";

/** What there is to know of a failed call besides its message. */
export interface AutumnErrorDetails {
  readonly outcome: CallOutcome;
  /** For example `balances.create`. */
  readonly call: string;
  /** HTTP status of the last answer; left out when there was none. */
  readonly status?: number;
  /**
   * Autumn's own code, such as `customer_not_found`, or one of ours: `unexpected_answer` from something that is
   * not Autumn, `interrupted` for a call that was not sent, and `untrusted_certificate`, `expired_certificate`,
   * `certificate_of_another_host`, `no_tls` and `blocked_port`.
   */
  readonly code?: string;
  /** The customer that the call was about, if it was about one. */
  readonly customerId?: string;
}

/**
 * A call that failed. Its message never has the secret key.
 * @example
 * ```ts
 * if (error instanceof AutumnError && error.outcome === "unknown") await readBack();
 * ```
 */
export class AutumnError extends Error {
  override readonly name = "AutumnError";
  readonly outcome: CallOutcome;
  readonly call: string;
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly customerId: string | undefined;

  constructor(message: string, details: AutumnErrorDetails) {
    super(message);
    this.outcome = details.outcome;
    this.call = details.call;
    this.status = details.status;
    this.code = details.code;
    this.customerId = details.customerId;
  }

  /** The server does not know the route: it is older than the route is. */
  get routeIsMissing(): boolean {
    return this.status === 401 && this.code === "no_auth_header";
  }

  /** Some 404; what is not found only the code tells. */
  get isNotFound(): boolean {
    return this.status === 404;
  }

  /** The server takes the call for wrong as it is, such as for an id that it does not allow. */
  get isBadRequest(): boolean {
    return this.status === 400 || (this.status === 500 && this.outcome === "refused");
  }

  /** Either kind of 409: the idempotency key was used, or the balance_id (or the flag) is taken. */
  get isConflict(): boolean {
    return this.status === 409;
  }

  /** The 409 of the idempotency key: a call with it had its effect, or is having it. */
  get isUsedIdempotencyKey(): boolean {
    return this.status === 409 && this.code === "duplicate_idempotency_key";
  }
}

/** What the status and code of an answer that is no success say about whether the call happened. */
export function outcomeOf(status: number, code: string | undefined): CallOutcome {
  if (status === 429 || status === 425) return "not_applied";
  // 500 with this code is Autumn's answer to a contradiction in the request (scenario create-contradictions).
  if (status === 500 && code === "invalid_inputs") return "refused";
  // 408 comes from proxies, which do not say how far the call came.
  return status >= 500 || status === 408 ? "unknown" : "refused";
}
