// How long a page of customers.list and entities.list may be.
import type { Call } from "./call.ts";
import { invalidRequest } from "./errors.ts";
import { isSince } from "./versions.ts";

const DEFAULT_LIMIT = 50;

/** The `limit` of a body: at most 200 since API version 2.4, 1000 before. @throws ApiError above it */
export function pageLimit(call: Call): number {
  const most = isSince(call.version, 2, 4) ? 200 : 1000;
  const limit = call.fields.integer("limit", 1, Number.MAX_SAFE_INTEGER, DEFAULT_LIMIT);
  if (limit > most) throw invalidRequest(`limit must not be above ${most}`);
  return limit;
}
