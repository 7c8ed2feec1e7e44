// What was asked of the emulator, for tests to look at.
import { isTooDeep } from "./fields.ts";

/** One request as it came. */
export interface LoggedRequest {
  /** Ms since the epoch by the emulator's clock. */
  readonly at: number;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Lower-case names; `authorization` is redacted. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON, text that is no JSON or nested too deep, or null without a body. */
  readonly body: unknown;
  /** Null when the request was not answered (yet). */
  status: number | null;
}

/** Older requests are forgotten beyond this. */
const KEPT = 20_000;

export class RequestLog {
  #entries: LoggedRequest[] = [];

  add(request: Request, path: string, text: string, at: number): LoggedRequest {
    const headers: Record<string, string> = {};
    for (const [name, value] of request.headers)
      headers[name] = name === "authorization" ? "[redacted]" : value;
    const entry: LoggedRequest = {
      at,
      method: request.method,
      path,
      headers,
      body: parsed(text),
      status: null,
    };
    if (this.#entries.length >= KEPT * 2) this.#entries = this.#entries.slice(-KEPT);
    this.#entries.push(entry);
    return entry;
  }

  list(): LoggedRequest[] {
    return this.#entries.slice(-KEPT);
  }

  clear(): void {
    this.#entries = [];
  }
}

function parsed(text: string): unknown {
  if (text === "") return null;
  if (isTooDeep(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
