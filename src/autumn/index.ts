// The API: typed calls, pacing under the rate limit, retries, and errors that say what became of a call.
export type { AutumnApi, CreateBalanceBody, DeleteBalanceBody, UpdateBalanceBody } from "./api.ts";
export { AutumnClient, type AutumnClientOptions, LOG_ROWS, PAGE_SIZE } from "./client.ts";
export { type Clock, systemClock } from "./clock.ts";
export {
  checkedBaseUrl,
  checkedSecretKey,
  DEFAULT_BASE_URL,
  environmentOfKey,
} from "./credentials.ts";
export { AutumnError, type CallOutcome } from "./error.ts";
export { API_VERSION, type Call, type CallRecord, type RawAnswer } from "./http.ts";
export type { LoggedCall } from "./logs.ts";
export { codeWithoutAnswer } from "./network-failure.ts";
export { type PaceOptions, paceOf, type RateGroup } from "./pacing/rate-groups.ts";
export { problemOfApi, problemOfRefusedId } from "./problem.ts";
export { redact } from "./redact.ts";
export type * from "./wire.ts";
