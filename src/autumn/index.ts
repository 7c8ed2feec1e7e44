// The API: typed calls, pacing under the rate limit, retries, and errors that say what became of a call.
export {
  type AutumnApi,
  AutumnClient,
  type AutumnClientOptions,
  type CreateBalanceBody,
  type DeleteBalanceBody,
  PAGE_SIZE,
  type UpdateBalanceBody,
} from "./api.ts";
export { type Clock, systemClock } from "./clock.ts";
export {
  checkedBaseUrl,
  checkedSecretKey,
  DEFAULT_BASE_URL,
  environmentOfKey,
  redact,
} from "./credentials.ts";
export { AutumnError, type CallOutcome } from "./error.ts";
export type { CallRecord } from "./http.ts";
export { DEFAULT_SHARE, type PaceOptions, paceOf, type RateGroup } from "./pace.ts";
export type * from "./wire.ts";
