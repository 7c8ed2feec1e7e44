// When a call is sent again.

/** ms beyond which no call waits before it is sent again, whatever the server asks for. */
const LONGEST_WAIT_MS = 60_000;
const FIRST_BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 10_000;

/**
 * ms to wait before the next attempt. They double from one to the next, and are spread so that calls that failed
 * together do not come back together.
 * @param attempt the one that failed, from 1
 * @param random 0 to just below 1
 */
export function backoff(attempt: number, retryAfterMs: number, random: number): number {
  const ms = Math.min(FIRST_BACKOFF_MS * 2 ** (attempt - 1), LONGEST_BACKOFF_MS) * (0.5 + random / 2);
  return Math.min(Math.max(retryAfterMs, ms), LONGEST_WAIT_MS);
}

/**
 * ms that `retry-after` asks for, as seconds or as a date; 0 when it does not say, a minute at most.
 * @param now ms since 1970, for servers that do not tell their own time
 */
export function retryAfter(headers: Headers, now: number): number {
  const written = headers.get("retry-after")?.trim() ?? "";
  if (/^\d+(\.\d+)?$/.test(written)) return within(Number(written) * 1000);
  const serverNow = Date.parse(headers.get("date") ?? "");
  return within(Date.parse(written) - (Number.isNaN(serverNow) ? now : serverNow));
}

function within(ms: number): number {
  return Number.isNaN(ms) ? 0 : Math.min(Math.max(ms, 0), LONGEST_WAIT_MS);
}
