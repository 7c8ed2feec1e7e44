// What a failed call means for the caller, which is the only thing that matters of it.

/**
 * - `refused`: the server said no, for good; nothing happened.
 * - `not_applied`: nothing happened; the same call may succeed later.
 * - `unknown`: it may or may not have happened; only reading back tells.
 */
export type CallOutcome = "refused" | "not_applied" | "unknown";

export interface AutumnErrorDetails {
  readonly outcome: CallOutcome;
  /** For example `balances.create`. */
  readonly call: string;
  readonly status?: number;
  /** Autumn's own code, such as `customer_not_found`. */
  readonly code?: string;
  readonly cause?: unknown;
}

export class AutumnError extends Error {
  override readonly name = "AutumnError";
  readonly outcome: CallOutcome;
  readonly call: string;
  readonly status: number | undefined;
  readonly code: string | undefined;

  constructor(message: string, details: AutumnErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.outcome = details.outcome;
    this.call = details.call;
    this.status = details.status;
    this.code = details.code;
  }

  /** The server does not know the route: it is older than the route is. */
  get routeIsMissing(): boolean {
    return this.status === 401 && this.code === "no_auth_header";
  }

  get isNotFound(): boolean {
    return this.status === 404;
  }

  /** Either kind of 409: the idempotency key was used, or the balance_id (or the flag) is taken. */
  get isConflict(): boolean {
    return this.status === 409;
  }

  get isUsedIdempotencyKey(): boolean {
    return this.status === 409 && this.code === "duplicate_idempotency_key";
  }
}

/** What an answer's status and code say about whether the call happened. */
export function outcomeOf(status: number, code: string | undefined): CallOutcome {
  if (status === 429) return "not_applied";
  // 500 with this code is Autumn's answer to a contradiction in the request (scenario create-contradictions).
  if (status === 500 && code === "invalid_inputs") return "refused";
  return status >= 500 ? "unknown" : "refused";
}
