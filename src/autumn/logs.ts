// The request log of hosted Autumn (logs.search), as far as it shows who changed balances. Rows are of many kinds, and
// unknown ones are skipped: the log only explains, and nothing depends on it.
import { Reader } from "./reader.ts";

/** One request that somebody sent. */
export interface LoggedCall {
  /** ms since 1970. */
  readonly at: number;
  /** Such as `/v1/balances.update`. */
  readonly path: string;
  /** `null` if it was sent with a key, or the log does not tell. */
  readonly userEmail: string | null;
  /** Such as `secret_key`; `null` if the log does not tell. */
  readonly authType: string | null;
  readonly customerId: string | null;
  /** The body of the request. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** The requests that could be read, and how many rows the answer has. */
export function readLoggedCalls(answer: unknown): { calls: LoggedCall[]; rows: number } {
  const reader = new Reader("logs.search");
  const list = reader.list(reader.object(answer, "the answer").list, "list");
  return { calls: list.flatMap((value) => callOf(value) ?? []), rows: list.length };
}

function callOf(value: unknown): LoggedCall | undefined {
  const row = fields(value);
  const at = typeof row.timestamp === "string" ? Date.parse(row.timestamp) : Number.NaN;
  const path = text(fields(row.request).path);
  const status = row.status_code;
  if (Number.isNaN(at) || path === null) return undefined;
  if (typeof status === "number" && status >= 400) return undefined;
  const context = fields(row.context);
  const body = fields(row.request_body);
  return {
    at,
    path,
    userEmail: text(context.user_email),
    authType: text(context.auth_type),
    customerId: text(body.customer_id) ?? text(context.customer_id),
    body,
  };
}

const fields = (value: unknown): Readonly<Record<string, unknown>> =>
  value !== null && typeof value === "object" && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};

const text = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);
