// Reads the answer of a call: its status, its JSON, and what a failure says.

/** Bytes of a failed answer that are read: more than any explanation needs. */
const LONGEST_FAILURE = 1_000_000;
/** Characters of a failed answer that are shown. */
const LONGEST_MESSAGE = 500;
const LONGEST_CODE = 100;

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Whether it is a 2xx. */
  readonly ok: boolean;
  /** The parsed JSON; `undefined` if the text is not JSON. */
  readonly json: unknown;
  readonly text: string;
}

/** @throws what `fetch` throws when a 2xx breaks off; for a failure, the status says enough */
export async function readAnswer(response: Response): Promise<Answer> {
  const { status, headers, ok } = response;
  const text = ok ? await response.text() : await beginningOf(response).catch(() => "");
  return { status, headers, ok, json: parsed(text), text };
}

async function beginningOf(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return "";
  const decoder = new TextDecoder();
  let text = "";
  for (let bytes = 0; bytes < LONGEST_FAILURE; ) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    text += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return text;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What an answer says went wrong. */
export interface Explanation {
  /** Autumn's own code, when it is there. */
  readonly code: string | undefined;
  readonly message: string;
}

/** @param clean removes what must not be shown; called before the text is cut, as a cut could leave half of it */
export function explanationOf(answer: Answer, clean: (text: string) => string): Explanation {
  const { status, headers, json, text } = answer;
  const said = (json ?? {}) as { code?: unknown; message?: unknown };
  const code = typeof said.code === "string" ? clean(said.code).slice(0, LONGEST_CODE) : undefined;
  const show = (message: string): string =>
    clean(message).replace(/\s+/g, " ").trim().slice(0, LONGEST_MESSAGE);
  if (status >= 300 && status < 400) {
    const to = headers.get("location");
    const where = to === null ? "elsewhere" : `to ${show(to)}`;
    return { code, message: `it redirects ${where}, where the secret key is not sent` };
  }
  if (typeof said.message === "string") return { code, message: show(said.message) || "no explanation" };
  if (text.trim() === "") return { code, message: answer.ok ? "the answer is empty" : "no explanation" };
  if (/^\s*</.test(text)) {
    const title = /<title[^>]*>([^<]*)/i.exec(text)?.[1]?.trim();
    return { code, message: `the answer is a web page${title ? `, “${show(title)}”` : ""}` };
  }
  return { code, message: answer.ok ? `the answer is not JSON: ${show(text)}` : show(text) };
}
