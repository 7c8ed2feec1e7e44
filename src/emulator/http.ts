// Between the emulator and the web's Request and Response.
import { bodyTooLarge } from "./errors.ts";
import type { Answer } from "./pipeline.ts";

/** The body as text, or undefined when it is larger than `limit` bytes. */
export async function readText(request: Request, limit: number): Promise<string | undefined> {
  if (Number(request.headers.get("content-length") ?? 0) > limit) return undefined;
  if (!request.body) return "";
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body) {
    bytes += chunk.byteLength;
    if (bytes > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** A web page must not control the emulator of the person who opens it. */
export function isForeign(request: Request): boolean {
  const site = request.headers.get("sec-fetch-site");
  return site !== null && site !== "same-origin" && site !== "none";
}

/** The answer to a body above `limit` bytes. */
export function tooLarge(limit: number): Answer {
  const { status, code, message } = bodyTooLarge(limit);
  return { status, body: { message, code } };
}

/** The answer as a Response: text stays text, everything else is JSON. */
export function toResponse(answered: Answer): Response {
  const isText = typeof answered.body === "string";
  const headers = new Headers({ "content-type": isText ? "text/plain; charset=UTF-8" : "application/json" });
  for (const [name, value] of Object.entries(answered.headers ?? {})) headers.set(name, value);
  return new Response(isText ? String(answered.body) : JSON.stringify(answered.body), {
    status: answered.status,
    headers,
  });
}

/** What `fetch` rejects with when the connection breaks. */
export function connectionLost(): TypeError {
  const cause = Object.assign(new Error("other side closed"), { code: "UND_ERR_SOCKET" });
  return new TypeError("fetch failed", { cause });
}

/** What `fetch` does when its signal aborts: it rejects, whatever the server goes on to do. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
