// One call to the API: paced, timed, repeated where repeating is safe, and classified when it fails.
import type { Clock } from "./clock.ts";
import { redact } from "./credentials.ts";
import { AutumnError, type CallOutcome, outcomeOf } from "./error.ts";
import type { Pacer, RateGroup } from "./pace.ts";

/** The API version whose behaviour this tool was written against. */
const API_VERSION = "2.3.0";

const LONGEST_WAIT_MS = 60_000;

export interface Call {
  readonly method: "GET" | "POST";
  /** From the base URL, with the query: `/v1/balances.create`. */
  readonly path: string;
  readonly body?: unknown;
  readonly group: RateGroup;
  readonly customerId?: string;
  readonly idempotencyKey?: string;
  /** Whether the call may be sent again when it is unknown if it happened. */
  readonly repeatable: boolean;
}

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
  /** Told of every request sent, for logs and counts. Never sees the key. */
  readonly onCall?: (call: CallRecord) => void;
}

export interface CallRecord {
  readonly call: string;
  readonly customerId: string | undefined;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** HTTP status, or `null` when there was no answer. */
  readonly status: number | null;
  readonly ms: number;
}

export class Http {
  constructor(readonly options: HttpOptions) {}

  /** The parsed body of a 2xx answer. @throws AutumnError */
  async send(call: Call): Promise<unknown> {
    const { clock, maxRetries, random, signal } = this.options;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.attempt(call, attempt);
      } catch (error) {
        if (!(error instanceof CallFailure)) throw error;
        const { failure, retryAfterMs } = error;
        const again = failure.outcome === "not_applied" || (failure.outcome === "unknown" && call.repeatable);
        if (!again || attempt > maxRetries || signal?.aborted) throw failure;
        const backoff = Math.min(250 * 2 ** (attempt - 1), 10_000) * (0.5 + random() / 2);
        await clock.sleep(Math.min(Math.max(retryAfterMs, backoff), LONGEST_WAIT_MS), signal);
      }
    }
  }

  private async attempt(call: Call, attempt: number): Promise<unknown> {
    const { baseUrl, secretKey, clock, pacer, signal, timeoutMs, onCall } = this.options;
    const name = call.path.replace(/^\/v1\//, "").replace(/\?.*$/, "");
    await pacer.take(call.group, call.customerId, signal);
    const startedAt = clock.now();
    const record = (status: number | null): void =>
      onCall?.({ call: name, customerId: call.customerId, attempt, status, ms: clock.now() - startedAt });

    let response: Response;
    let text: string;
    try {
      response = await this.options.fetch(`${baseUrl}${call.path}`, {
        method: call.method,
        headers: {
          authorization: `Bearer ${secretKey}`,
          "x-api-version": API_VERSION,
          accept: "application/json",
          ...(call.body === undefined ? {} : { "content-type": "application/json" }),
          ...(call.idempotencyKey === undefined ? {} : { "idempotency-key": call.idempotencyKey }),
        },
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
        redirect: "error",
        signal: AbortSignal.timeout(timeoutMs),
      });
      text = await response.text();
    } catch (cause) {
      record(null);
      throw this.failure(name, { cause });
    }
    record(response.status);

    const body = parseJson(text);
    if (response.ok) {
      pacer.answered(call.group, call.customerId, response.headers);
      if (body === undefined)
        throw this.failure(name, { status: response.status, message: "the answer is not JSON" });
      return body;
    }
    const failure = this.failure(name, { status: response.status, ...errorBody(body, text) });
    const retryAfterMs = retryAfter(response.headers, clock);
    if (response.status === 429) pacer.refused(call.group, call.customerId, retryAfterMs || 1000);
    else pacer.answered(call.group, call.customerId, response.headers);
    throw new CallFailure(failure.failure, retryAfterMs);
  }

  private failure(
    call: string,
    what: { status?: number; code?: string | undefined; message?: string; cause?: unknown },
  ): CallFailure {
    const { status, code } = what;
    const outcome =
      status === undefined
        ? outcomeWithoutAnswer(what.cause)
        : status < 300
          ? "unknown"
          : outcomeOf(status, code);
    const said = what.message ?? reasonOf(what.cause);
    const where = status === undefined ? call : `${call} answered ${status}${code ? ` ${code}` : ""}`;
    const message = redact(`${where}: ${said}`, this.options.secretKey);
    return new CallFailure(
      new AutumnError(message, {
        outcome,
        call,
        ...(status === undefined ? {} : { status }),
        ...(code === undefined ? {} : { code }),
      }),
      0,
    );
  }
}

/** Carries what only the retry loop needs; never leaves this file. */
class CallFailure extends Error {
  constructor(
    readonly failure: AutumnError,
    readonly retryAfterMs: number,
  ) {
    super(failure.message);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function errorBody(body: unknown, text: string): { code?: string; message: string } {
  const said = (body ?? {}) as { code?: unknown; message?: unknown };
  const message = typeof said.message === "string" ? said.message : text;
  return {
    ...(typeof said.code === "string" ? { code: said.code.slice(0, 100) } : {}),
    message: message.slice(0, 500) || "no explanation",
  };
}

/** ms, from seconds or an HTTP date; 0 when the server does not say. */
function retryAfter(headers: Headers, clock: Clock): number {
  const written = headers.get("retry-after");
  if (written === null) return 0;
  const seconds = Number(written);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(written) - clock.now();
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), LONGEST_WAIT_MS) : 0;
}

/** Error codes of a connection that was never made, so that nothing can have happened. */
const NEVER_CONNECTED = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);

function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const own = (error as { code?: unknown }).code;
  const inner = error instanceof AggregateError ? error.errors.flatMap(codesOf) : [];
  return [...(typeof own === "string" ? [own] : []), ...inner, ...codesOf(error.cause)];
}

function outcomeWithoutAnswer(cause: unknown): CallOutcome {
  const codes = codesOf(cause);
  return codes.some((code) => NEVER_CONNECTED.has(code)) ? "not_applied" : "unknown";
}

function reasonOf(cause: unknown): string {
  if (cause instanceof Error && cause.name === "TimeoutError") return "no answer in time";
  const [code] = codesOf(cause);
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : undefined;
  return inner || code || (cause instanceof Error ? cause.message : "the connection broke");
}
