// The secret key is in no error, no record, and not in the client when it is looked into.
import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AutumnClient, redact } from "../../src/autumn/index.ts";
import { client, create, failureOf, KEY, serve, serveAlways, serveRaw } from "./servers.ts";

const hex = (text: string, prefix: string, digits = 2): string =>
  [...text].map((c) => prefix + c.charCodeAt(0).toString(16).padStart(digits, "0")).join("");
const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** The ways in which a server might repeat the key. */
const SPELLINGS: [string, string][] = [
  ["as it is", KEY],
  ["with the scheme", `Bearer ${KEY}`],
  ["in capitals", KEY.toUpperCase()],
  ["with every character url-encoded", hex(KEY, "%")],
  ["url-encoded twice", hex(KEY, "%25")],
  ["in JSON escapes", hex(KEY, "\\u", 4)],
  ["in JSON escapes of JSON", hex(KEY, "\\\\u", 4)],
  ["partly in JSON escapes", hex(KEY.slice(0, 9), "\\u", 4) + KEY.slice(9)],
  ["in JavaScript escapes", hex(KEY, "\\x")],
  ["in HTML", [...KEY].map((c) => `&#${c.charCodeAt(0)};`).join("")],
  ["in HTML, in hex", [...KEY].map((c) => `&#x${c.charCodeAt(0).toString(16)};`).join("")],
  ["in base64", base64(KEY)],
  ["in base64 with the scheme", base64(`Bearer ${KEY}`)],
  ["in base64 as a password", base64(`x:${KEY}`)],
  ["in base64 among other things", base64(`{"authorization":"Bearer ${KEY}","a":1}`)],
  ["in base64 of URLs", Buffer.from(`ab${KEY}c`).toString("base64url")],
];

/** What is left of the key in a text, in any of the spellings: its longest piece. */
function longestPiece(text: string): number {
  const spelled = [KEY, KEY.toUpperCase(), hex(KEY, "%"), hex(KEY, "\\u", 4), hex(KEY, "\\x"), base64(KEY)];
  for (let length = KEY.length; length > 4; length--) {
    for (const one of spelled) {
      for (let at = 0; at + length <= one.length; at++)
        if (text.includes(one.slice(at, at + length))) return length;
    }
  }
  return 0;
}

const everythingOf = (value: unknown): string =>
  inspect(value, { depth: null, showHidden: true, maxStringLength: null }) + JSON.stringify(value);

describe("a server that repeats the key", () => {
  it.each(SPELLINGS)("%s, in a message, a code, plain text, a page, a redirect", async (_how, spelled) => {
    const answers: [number, unknown, Record<string, string>][] = [
      [400, { message: `bad key ${spelled}!`, code: `x_${spelled}` }, {}],
      [400, `bad key ${spelled}!`, {}],
      [500, `<html><title>${spelled}</title></html>`, {}],
      [200, `not JSON: ${spelled}`, {}],
      [400, { nested: { message: spelled } }, {}],
      [302, "", { location: `https://evil.test/?key=${encodeURI(spelled)}` }],
    ];
    for (const [status, body, headers] of answers) {
      const autumn = client((await serveAlways(status, body, headers)).url);
      const error = await failureOf(create(autumn));
      expect(longestPiece(everythingOf(error))).toBe(0);
      expect(longestPiece(everythingOf(autumn.calls))).toBe(0);
    }
  });

  it("where a text is cut: no part of it is left", async () => {
    for (let before = 460; before <= 500; before += 4) {
      const message = `${"x".repeat(before)}${KEY} and more`;
      const error = await failureOf(create(client((await serveAlways(400, { message })).url)));
      expect(longestPiece(everythingOf(error))).toBe(0);
    }
  });

  it("in an answer that is no HTTP", async () => {
    for (const raw of [`${KEY}\r\n\r\n`, `HTTP/1.1 200 OK\r\nx: \u0001${KEY}\r\n\r\n{}`]) {
      const error = await failureOf(create(client(await serveRaw((socket) => socket.end(raw)))));
      expect(longestPiece(everythingOf(error))).toBe(0);
    }
  });

  it("in an answer of the wrong shape", async () => {
    const autumn = client((await serveAlways(200, { list: [{ id: KEY, type: { [KEY]: 1 } }] })).url);
    expect(longestPiece(everythingOf(await failureOf(autumn.listFeatures())))).toBe(0);
  });

  it("in its status line and headers", async () => {
    const server = await serve((_request, response) => {
      response.writeHead(418, `I am ${KEY}`, { "x-echo": KEY, "retry-after": KEY, "ratelimit-limit": KEY });
      response.end();
    });
    expect(longestPiece(everythingOf(await failureOf(create(client(server.url)))))).toBe(0);
  });
});

describe("the client", () => {
  it("does not show the key when it is looked into", () => {
    const autumn = new AutumnClient({ baseUrl: "http://autumn", secretKey: KEY });
    expect(everythingOf(autumn)).not.toContain(KEY.slice(4, 16));
  });

  it("refuses a key that cannot stand in a header, without repeating it", () => {
    for (const secretKey of ["", " ", "am_sk_test_a\nb", "am_sk_test_ä", "am sk"]) {
      let thrown: unknown;
      try {
        new AutumnClient({ baseUrl: "http://autumn", secretKey });
      } catch (error) {
        thrown = error;
      }
      expect(everythingOf(thrown)).toContain("key");
      if (secretKey.trim()) expect((thrown as Error).message).not.toContain(secretKey);
    }
  });
});

describe("redact", () => {
  it("takes out every key of any characters, and leaves the rest", () => {
    const keys = fc.string({ unit: "grapheme-ascii", minLength: 12, maxLength: 60 });
    const rest = fc.string({ unit: "grapheme", maxLength: 30 });
    fc.assert(
      fc.property(keys, rest, rest, (key, before, after) => {
        const shown = redact(`${before}${key}${after}`, key);
        fc.pre(!`${before}${after}`.toLowerCase().includes(key.toLowerCase()));
        expect(shown.includes(key)).toBe(false);
        expect(redact(JSON.stringify({ a: key }), key)).not.toContain(JSON.stringify(key).slice(1, -1));
        expect(redact(encodeURIComponent(key), key)).toBe("[secret key]");
      }),
      { numRuns: 150 },
    );
  });

  it("leaves a text without the key as it is", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => redact(text, KEY) === text));
  });

  it("does not take out what is too short to be a key", () => {
    expect(redact("abc abc", "abc")).toBe("abc abc");
    expect(redact("", KEY)).toBe("");
  });

  it("comes to an end also on texts that nearly have the key again and again", () => {
    for (const text of [`${KEY.slice(0, -1)}%`.repeat(40_000), `${"\\".repeat(20)}u00`.repeat(40_000)]) {
      expect(redact(text, KEY) === text).toBe(true);
    }
  });
});
