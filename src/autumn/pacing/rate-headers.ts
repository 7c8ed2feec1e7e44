// What an answer says about its rate limit: `ratelimit-limit`, `-remaining`, `-reset` and `-policy`.

/** The state of a limit when the server counted a call. */
export interface RateHeaders {
  /** Calls allowed in a window. */
  readonly limit: number;
  /** ms */
  readonly windowMs: number;
  /** Calls left in the window; `undefined` when the server does not say. */
  readonly remaining: number | undefined;
  /** ms until the window ends, rounded up to whole seconds by the server. */
  readonly resetMs: number;
}

/** `undefined` for an answer without these headers, or with invalid ones. */
export function readRateHeaders(headers: Headers): RateHeaders | undefined {
  const limit = count(headers.get("ratelimit-limit"));
  if (limit === undefined || limit === 0) return undefined;
  const policy = /;\s*w=(\d+)/.exec(headers.get("ratelimit-policy") ?? "")?.[1] ?? null;
  const windowMs = (count(policy) || 1) * 1000;
  const reset = count(headers.get("ratelimit-reset"));
  return {
    limit,
    windowMs,
    remaining: count(headers.get("ratelimit-remaining")),
    resetMs: reset === undefined ? windowMs : reset * 1000,
  };
}

function count(written: string | null): number | undefined {
  if (written === null || !/^\s*\d+(\.\d+)?\s*$/.test(written)) return undefined;
  const n = Number(written);
  return Number.isFinite(n) ? n : undefined;
}
