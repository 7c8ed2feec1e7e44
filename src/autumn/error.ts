// API errors, classified by what they mean for the caller.
//
// They have no `cause`: a network error can hold what the server sent, and with it the secret key, where nobody would
// look for it. Their message says what is worth knowing.

/**
 * - `refused`: nothing happened, and a retry is useless: the server said no, or must not be sent a key.
 * - `not_applied`: nothing happened; the same call may succeed later.
 * - `unknown`: it may have happened; only reading back tells.
 */
export type CallOutcome = "refused" | "not_applied" | "unknown";

/** Details of a failed call, besides its message. */
export interface AutumnErrorDetails {
  readonly outcome: CallOutcome;
  /** For example `balances.create`. */
  readonly call: string;
  /** HTTP status of the last answer; left out when there was none. */
  readonly status?: number;
  /**
   * Autumn's own code, such as `customer_not_found`, or one of ours: `unexpected_answer` for an answer that is not
   * Autumn's, `interrupted` for a call that was not sent, and `untrusted_certificate`, `expired_certificate`,
   * `certificate_of_another_host`, `no_tls` and `blocked_port`.
   */
  readonly code?: string;
  /** The customer that the call was about, if it was about one. */
  readonly customerId?: string;
}

/**
 * A call that failed. Its message never contains the secret key.
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

  /** The server does not know the route: it is too old. */
  get routeIsMissing(): boolean {
    return this.status === 401 && this.code === "no_auth_header";
  }

  /** A 404; the code says what was not found. */
  get isNotFound(): boolean {
    return this.status === 404;
  }

  /** The server rejects the request as invalid, for example because of an id that it does not allow. */
  get isBadRequest(): boolean {
    return this.status === 400 || (this.status === 500 && this.outcome === "refused");
  }

  /** A 409 of any kind: the idempotency key was used, or the balance_id or flag is taken. */
  get isConflict(): boolean {
    return this.status === 409;
  }

  /** The 409 of a used idempotency key: a call with it has taken effect, or is about to. */
  get isUsedIdempotencyKey(): boolean {
    return this.status === 409 && this.code === "duplicate_idempotency_key";
  }
}

/** Whether a call took effect, by the status and code of an answer that is no success. */
export function outcomeOf(status: number, code: string | undefined): CallOutcome {
  if (status === 429 || status === 425) return "not_applied";
  // 500 with this code is Autumn's answer to a contradiction in the request (scenario create-contradictions).
  if (status === 500 && code === "invalid_inputs") return "refused";
  // A 408 comes from a proxy, which does not say how far the call got.
  return status >= 500 || status === 408 ? "unknown" : "refused";
}
