// Sends one call: paced, timed, retried where that is safe, and classified when it fails.

import type { Clock } from "./clock.ts";
import { AutumnError, type CallOutcome, outcomeOf } from "./error.ts";
import { codeWithoutAnswer, FOR_GOOD, outcomeWithoutAnswer, reasonWithoutAnswer } from "./network-failure.ts";
import type { Pacer } from "./pacing/pacer.ts";
import type { RateGroup } from "./pacing/rate-groups.ts";
import type { Turn } from "./pacing/rate-limiter.ts";
import { redact } from "./redact.ts";
import { type Answer, explanationOf, readAnswer } from "./response.ts";
import { backoff, retryAfter } from "./retry.ts";
import type { ServerClock } from "./server-clock.ts";

/** The API version that this tool was written for. */
export const API_VERSION = "2.3.0";

/** What a call does on the server. */
export type Effect =
  /** Nothing: it reads. */
  | "none"
  /** The same, however often it is sent. */
  | "repeatable"
  /**
   * Something else each time, so it is not retried while it may have happened. An idempotency key does not help: a
   * server that fails half-way frees the key of a call that is half done.
   */
  | "once";

/** A call to make. */
export interface Call {
  readonly method: "GET" | "POST" | "DELETE";
  /** The path after the base URL, with the query: `/v1/balances.create`. */
  readonly path: string;
  readonly body?: unknown;
  readonly group: RateGroup;
  readonly customerId?: string;
  readonly idempotencyKey?: string;
  readonly effect: Effect;
  /** Runs before each attempt, once the rate limit lets it pass; if it fails, so does the call. */
  readonly rightBefore?: () => Promise<void>;
  /** Instead of `API_VERSION`. */
  readonly apiVersion?: string;
}

/** An answer, whether or not it was a success. Its texts never contain the secret key. */
export interface RawAnswer {
  readonly status: number;
  /** Autumn's own code of a failure. */
  readonly code: string | undefined;
  /** The message of a failure; empty for a success. */
  readonly message: string;
  readonly headers: Headers;
}

/** Sends a request, as the global `fetch` does. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** What all calls share. */
export interface HttpOptions {
  readonly baseUrl: string;
  readonly secretKey: string;
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** Learns the server's time from its answers. */
  readonly serverClock: ServerClock;
  readonly pacer: Pacer;
  /** 0 to just below 1, for spreading retries. */
  readonly random: () => number;
  /** ms until an unanswered call is given up. */
  readonly timeoutMs: number;
  /** How often a call is retried. */
  readonly maxRetries: number;
  readonly signal?: AbortSignal;
  /** Called after every request, for logs and counts. Never sees the key. Must not throw. */
  readonly onCall?: (call: CallRecord) => void;
}

/** One request that was sent. */
export interface CallRecord {
  /** For example `balances.create`. */
  readonly call: string;
  readonly customerId: string | undefined;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** HTTP status, or `null` when there was no answer. */
  readonly status: number | null;
  /** From sending to the end of the answer. */
  readonly ms: number;
  /** Whether it is retried. */
  readonly again: boolean;
}

interface Failure {
  readonly error: AutumnError;
  /** 0 when the server does not say. */
  readonly retryAfterMs: number;
  /** Left out when there was none. */
  readonly answer?: Answer;
}

interface Success {
  readonly answer: Answer;
  readonly error?: undefined;
}

/** The name of a call, from its path. */
export const nameOfCall = (path: string): string => path.replace(/^\/v1\//, "").replace(/\?.*$/, "");

export class Http {
  // A `#` field, so that inspecting a client does not show the key.
  readonly #options: HttpOptions;
  #quickestMs = Number.POSITIVE_INFINITY;

  constructor(options: HttpOptions) {
    this.#options = options;
  }

  /** ms of the quickest call so far, from sending it to the end of its answer; 0 before the first. */
  get quickestMs(): number {
    return Number.isFinite(this.#quickestMs) ? this.#quickestMs : 0;
  }

  /** The parsed JSON of a 2xx answer. @throws AutumnError */
  async send(call: Call): Promise<unknown> {
    const result = await this.#answered(call);
    if (result.error !== undefined) throw result.error;
    return result.answer.json;
  }

  /**
   * Sends the call, and returns refusals as well as successes.
   * @throws AutumnError when there is no answer, or the failure may pass
   */
  async ask(call: Call): Promise<RawAnswer> {
    const { answer, error } = await this.#answered(call);
    if (answer === undefined || (error !== undefined && error.outcome !== "refused")) throw error;
    const { status, headers } = answer;
    return { status, code: error?.code, message: error?.message ?? "", headers };
  }

  /** Retries a call until it has succeeded, or until a retry is useless or unsafe. */
  async #answered(call: Call): Promise<Success | Failure> {
    const { clock, random, signal } = this.#options;
    /** Whether an earlier attempt may have taken effect. */
    let inDoubt = false;
    let last: AutumnError | undefined;
    for (let attempt = 1; ; attempt++) {
      const turn = await this.#turn(call);
      if (turn === undefined) throw last ?? this.#interrupted(call);
      try {
        await call.rightBefore?.();
      } catch (thrown) {
        throw inDoubt && thrown instanceof AutumnError ? stillInDoubt(thrown) : thrown;
      }
      const result = await this.#attempt(call, attempt, turn);
      if (result.error === undefined) return result;
      const { error, retryAfterMs } = result;
      last = inDoubt ? stillInDoubt(error) : error;
      inDoubt ||= error.outcome === "unknown" && call.effect !== "none";
      if (!this.#isSentAgain(call, attempt, error) || signal?.aborted) return { ...result, error: last };
      await clock.sleep(backoff(attempt, retryAfterMs, random()), signal);
    }
  }

  #isSentAgain({ effect }: Call, attempt: number, { outcome, code }: AutumnError): boolean {
    if (FOR_GOOD.has(code)) return false;
    const { maxRetries, signal } = this.#options;
    if (attempt > maxRetries || signal?.aborted) return false;
    return outcome === "not_applied" || (outcome === "unknown" && effect !== "once");
  }

  /** `undefined` when the signal was aborted first. */
  async #turn({ group, customerId }: Call): Promise<Turn | undefined> {
    const { pacer, signal } = this.#options;
    if (signal?.aborted) return undefined;
    try {
      return await pacer.take(group, customerId, signal);
    } catch (error) {
      if (signal?.aborted) return undefined;
      throw error;
    }
  }

  #interrupted({ path }: Call): AutumnError {
    const call = nameOfCall(path);
    return new AutumnError(`${call} was not sent: interrupted`, {
      outcome: "not_applied",
      call,
      code: "interrupted",
    });
  }

  async #attempt(call: Call, attempt: number, turn: Turn): Promise<Success | Failure> {
    const { clock, serverClock, timeoutMs, onCall } = this.#options;
    const name = nameOfCall(call.path);
    const startedAt = clock.now();
    const record = (status: number | null, failed?: AutumnError): void => {
      const ms = Math.max(0, clock.now() - startedAt);
      // Only successes count: a refusal is quicker than the work that it refuses.
      if (failed === undefined) this.#quickestMs = Math.min(this.#quickestMs, ms);
      const again = failed !== undefined && this.#isSentAgain(call, attempt, failed);
      onCall?.({ call: name, customerId: call.customerId, attempt, status, ms, again });
    };
    let answer: Answer;
    try {
      answer = await within(timeoutMs, async (signal) => {
        const response = await this.#fetch(call, signal);
        serverClock.learn(response.headers.get("date"), startedAt, clock.now());
        return readAnswer(response);
      });
    } catch (thrown) {
      const message = this.#clean(`${name}: ${reasonWithoutAnswer(thrown, timeoutMs)}`);
      const code = codeWithoutAnswer(thrown);
      const error = new AutumnError(message, {
        outcome: outcomeWithoutAnswer(thrown),
        call: name,
        ...(code === undefined ? {} : { code }),
        ...(call.customerId === undefined ? {} : { customerId: call.customerId }),
      });
      record(null, error);
      return { error, retryAfterMs: 0 };
    }
    const isGood = answer.ok && answer.json !== undefined;
    const error = isGood ? undefined : this.#errorOf(name, call, answer);
    record(answer.status, error);

    const retryAfterMs = retryAfter(answer.headers, clock.now());
    if (answer.status === 429) turn.refused(answer.headers, retryAfterMs);
    else turn.answered(answer.headers);
    return error === undefined ? { answer } : { error, retryAfterMs, answer };
  }

  #fetch(
    { method, path, body, idempotencyKey, apiVersion = API_VERSION }: Call,
    signal: AbortSignal,
  ): Promise<Response> {
    const { baseUrl, secretKey } = this.#options;
    return this.#options.fetch(`${baseUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${secretKey}`,
        "x-api-version": apiVersion,
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // Following a redirect would send the key and the call to wherever it points.
      redirect: "manual",
      signal,
    });
  }

  #errorOf(call: string, { customerId }: Call, answer: Answer): AutumnError {
    const { status, ok } = answer;
    const explanation = explanationOf(answer, (text) => this.#clean(text));
    const isStrange = ok || (status >= 300 && status < 400);
    const code = explanation.code ?? (isStrange ? "unexpected_answer" : undefined);
    const outcome: CallOutcome = ok ? "unknown" : outcomeOf(status, code);
    const shown = explanation.code === undefined ? "" : ` ${explanation.code}`;
    return new AutumnError(`${call} answered ${status}${shown}: ${explanation.message}`, {
      outcome,
      call,
      status,
      ...(code === undefined ? {} : { code }),
      ...(customerId === undefined ? {} : { customerId }),
    });
  }

  #clean(text: string): string {
    return redact(text, this.#options.secretKey);
  }
}

/** Gives up after `ms`, even if `work` ignores the signal: nothing may wait for ever. */
async function within<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const over = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, refuse) => {
    timer = setTimeout(() => {
      const error = new DOMException("The operation was aborted due to timeout", "TimeoutError");
      over.abort(error);
      // Work that heeds the signal may report more, such as the status of an answer that broke off: it goes first.
      setImmediate(refuse, error);
    }, ms);
  });
  try {
    return await Promise.race([work(over.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A refusal says nothing about an earlier attempt that may have taken effect. */
function stillInDoubt(error: AutumnError): AutumnError {
  if (error.outcome === "unknown") return error;
  return new AutumnError(`${error.message} (and it is not known whether an earlier attempt went through)`, {
    outcome: "unknown",
    call: error.call,
    ...(error.status === undefined ? {} : { status: error.status }),
    ...(error.code === undefined ? {} : { code: error.code }),
    ...(error.customerId === undefined ? {} : { customerId: error.customerId }),
  });
}
