// One call to the API: paced, timed, repeated where repeating is safe, and classified when it fails.
import { type Answer, explanationOf, readAnswer } from "./answer.ts";
import type { Clock } from "./clock.ts";
import { AutumnError, type CallOutcome, outcomeOf } from "./error.ts";
import type { Turn } from "./lane.ts";
import { outcomeWithoutAnswer, reasonWithoutAnswer } from "./no-answer.ts";
import type { Pacer } from "./pace.ts";
import type { RateGroup } from "./rate-groups.ts";
import { redact } from "./redact.ts";
import { backoff, retryAfter } from "./retry.ts";

/** The API version whose behaviour this tool was written against. */
const API_VERSION = "2.3.0";

/** What a call does on the server. */
export type Effect =
  /** Nothing: it reads. */
  | "none"
  /** The same, however often it is sent. */
  | "repeatable"
  /**
   * Something else each time, so it is not sent again while it may have happened. An idempotency key is no help:
   * a server that fails half-way frees the key of what it has half done.
   */
  | "once";

/** A call to make. */
export interface Call {
  readonly method: "GET" | "POST";
  /** From the base URL, with the query: `/v1/balances.create`. */
  readonly path: string;
  readonly body?: unknown;
  readonly group: RateGroup;
  readonly customerId?: string;
  readonly idempotencyKey?: string;
  readonly effect: Effect;
}

/** What all calls have in common. */
export interface HttpOptions {
  readonly baseUrl: string;
  readonly secretKey: string;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly pacer: Pacer;
  /** 0 to just below 1, for spreading retries. */
  readonly random: () => number;
  /** ms until an unanswered call is given up. */
  readonly timeoutMs: number;
  /** How often a call is sent again. */
  readonly maxRetries: number;
  readonly signal?: AbortSignal;
  /** Told of every request sent, for logs and counts. Never sees the key. Must not throw. */
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
}

interface Failure {
  readonly error: AutumnError;
  /** 0 when the server does not say. */
  readonly retryAfterMs: number;
}

/** The name of a call, from its path. */
export const nameOfCall = (path: string): string => path.replace(/^\/v1\//, "").replace(/\?.*$/, "");

export class Http {
  // Private to the language, so that no inspection of a client shows the key.
  readonly #options: HttpOptions;

  constructor(options: HttpOptions) {
    this.#options = options;
  }

  /** The parsed JSON of a 2xx answer. @throws AutumnError */
  async send(call: Call): Promise<unknown> {
    const { clock, maxRetries, random, signal } = this.#options;
    /** Whether an attempt before this one may have had its effect. */
    let inDoubt = false;
    let last: AutumnError | undefined;
    for (let attempt = 1; ; attempt++) {
      const turn = await this.#turn(call);
      if (turn === undefined) throw last ?? this.#interrupted(call);
      const result = await this.#attempt(call, attempt, turn);
      if ("json" in result) return result.json;
      const { error, retryAfterMs } = result;
      last = inDoubt ? stillInDoubt(error) : error;
      inDoubt ||= error.outcome === "unknown" && call.effect !== "none";
      const again =
        error.outcome === "not_applied" || (error.outcome === "unknown" && call.effect !== "once");
      if (!again || attempt > maxRetries || signal?.aborted) throw last;
      await clock.sleep(backoff(attempt, retryAfterMs, random()), signal);
    }
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

  async #attempt(call: Call, attempt: number, turn: Turn): Promise<{ json: unknown } | Failure> {
    const { clock, timeoutMs, onCall } = this.#options;
    const name = nameOfCall(call.path);
    const startedAt = clock.now();
    const record = (status: number | null): void => {
      const ms = Math.max(0, clock.now() - startedAt);
      onCall?.({ call: name, customerId: call.customerId, attempt, status, ms });
    };
    let answer: Answer;
    try {
      answer = await readAnswer(await this.#fetch(call));
    } catch (thrown) {
      record(null);
      const message = this.#clean(`${name}: ${reasonWithoutAnswer(thrown, timeoutMs)}`);
      const outcome = outcomeWithoutAnswer(thrown);
      return { error: new AutumnError(message, { outcome, call: name }), retryAfterMs: 0 };
    }
    record(answer.status);

    const retryAfterMs = retryAfter(answer.headers, clock.now());
    if (answer.status === 429) turn.refused(answer.headers, retryAfterMs);
    else turn.answered(answer.headers);
    if (answer.ok && answer.json !== undefined) return { json: answer.json };
    return { error: this.#errorOf(name, answer), retryAfterMs };
  }

  #fetch({ method, path, body, idempotencyKey }: Call): Promise<Response> {
    const { baseUrl, secretKey, timeoutMs } = this.#options;
    return this.#options.fetch(`${baseUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${secretKey}`,
        "x-api-version": API_VERSION,
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // Followed, a redirect would take the key and the call to wherever it points.
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
  }

  #errorOf(call: string, answer: Answer): AutumnError {
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
    });
  }

  #clean(text: string): string {
    return redact(text, this.#options.secretKey);
  }
}

/** A later refusal says nothing about an attempt that went before it and may have had its effect. */
function stillInDoubt(error: AutumnError): AutumnError {
  if (error.outcome === "unknown") return error;
  return new AutumnError(`${error.message} (and it is not known whether an earlier attempt went through)`, {
    outcome: "unknown",
    call: error.call,
    ...(error.status === undefined ? {} : { status: error.status }),
    ...(error.code === undefined ? {} : { code: error.code }),
  });
}
