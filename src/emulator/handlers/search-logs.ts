// logs.search: the requests of the last seven days. Of its query language only what is documented is understood: a
// bound on status_code, and the order.
import type { Call } from "../call.ts";
import { invalidRequest } from "../errors.ts";
import type { LoggedRequest } from "../request-log.ts";

const DAYS_KEPT = 7;
const MOST_ROWS = 200;
const DAY_MS = 86_400_000;
const QUERY = /^(?:where status_code (<|<=|>|>=|==) (\d{3})(?: \| |$))?(?:order by timestamp (asc|desc))?$/;

export function searchLogs(call: Call): unknown {
  const query = call.fields.optionalString("query") ?? "";
  const limit = call.fields.optionalNumber("limit") ?? 50;
  if (limit < 1 || limit > MOST_ROWS) throw invalidRequest(`limit must be from 1 to ${MOST_ROWS}`);
  const [, operator, bound, order] = QUERY.exec(query) ?? fail();
  const since = call.now() - DAYS_KEPT * DAY_MS;
  const rows = call
    .requests()
    .filter(({ at, status }) => at >= since && status !== null && holds(status, operator, Number(bound)));
  if (order !== "asc") rows.reverse();
  return { list: rows.slice(0, limit).map(present) };
}

function fail(): never {
  throw invalidRequest("the query is not understood");
}

function holds(status: number, operator: string | undefined, bound: number): boolean {
  if (operator === undefined) return true;
  if (operator === "<") return status < bound;
  if (operator === "<=") return status <= bound;
  if (operator === ">") return status > bound;
  return operator === ">=" ? status >= bound : status === bound;
}

function present({ at, method, path, headers, body, status }: LoggedRequest) {
  const sent = body !== null && typeof body === "object" ? (body as Readonly<Record<string, unknown>>) : {};
  // The user who is logged in to the dashboard comes from a header that only the emulator knows.
  const email = headers["x-emulator-user"] ?? null;
  return {
    timestamp: new Date(at).toISOString(),
    source: "api_request",
    status_code: status,
    request: { method, url: `https://api.useautumn.com${path}`, path: path.split("?")[0] },
    context: {
      org_id: "org_emulator",
      customer_id: typeof sent.customer_id === "string" ? sent.customer_id : null,
      entity_id: typeof sent.entity_id === "string" ? sent.entity_id : null,
      auth_type: email === null ? "secret_key" : "dashboard",
      user_id: email === null ? null : "user_emulator",
      user_email: email,
    },
    stripe: { event_id: null, event_type: null, object_id: null },
    request_body: body,
    response_body: null,
  };
}
