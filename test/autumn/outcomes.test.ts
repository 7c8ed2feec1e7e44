// What an answer that is no success means: whether the call happened, and whether it is worth repeating.
import { describe, expect, it } from "vitest";
import { answer, client, create, failureOf, serve, serveAlways } from "./servers.ts";

interface Case {
  what: string;
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
  outcome: "refused" | "not_applied" | "unknown";
  code?: string;
  message?: RegExp;
}

const autumn = (code: string, message = "no"): object => ({ message, code, env: "sandbox" });
const html = "<!DOCTYPE html>\n<html><head><title>502 Bad\n Gateway</title></head><body>…</body></html>";

const CASES: readonly Case[] = [
  {
    what: "a bad request",
    status: 400,
    body: autumn("invalid_request"),
    outcome: "refused",
    code: "invalid_request",
  },
  {
    what: "a bad version",
    status: 400,
    body: autumn("invalid_api_version"),
    outcome: "refused",
    code: "invalid_api_version",
  },
  {
    what: "a wrong key",
    status: 401,
    body: autumn("invalid_secret_key"),
    outcome: "refused",
    code: "invalid_secret_key",
  },
  {
    what: "a missing route",
    status: 401,
    body: autumn("no_auth_header"),
    outcome: "refused",
    code: "no_auth_header",
  },
  {
    what: "a firewall",
    status: 403,
    body: "<html>forbidden</html>",
    outcome: "refused",
    message: /answered 403: the answer is a web page$/,
  },
  {
    what: "an unknown customer",
    status: 404,
    body: autumn("customer_not_found"),
    outcome: "refused",
    code: "customer_not_found",
  },
  { what: "a proxy that timed out", status: 408, body: "", outcome: "unknown", message: /no explanation/ },
  {
    what: "a taken balance_id",
    status: 409,
    body: autumn("invalid_request"),
    outcome: "refused",
    code: "invalid_request",
  },
  {
    what: "a used idempotency key",
    status: 409,
    body: autumn("duplicate_idempotency_key"),
    outcome: "refused",
    code: "duplicate_idempotency_key",
  },
  { what: "a body that is too large", status: 413, outcome: "refused" },
  { what: "an answer too early", status: 425, outcome: "not_applied" },
  {
    what: "a rate limit",
    status: 429,
    body: "Too many requests, please try again later.",
    outcome: "not_applied",
    message: /429: Too many requests/,
  },
  {
    what: "a contradiction",
    status: 500,
    body: autumn("invalid_inputs"),
    outcome: "refused",
    code: "invalid_inputs",
  },
  {
    what: "a broken server",
    status: 500,
    body: autumn("internal_error"),
    outcome: "unknown",
    code: "internal_error",
  },
  {
    what: "a gateway without a server",
    status: 502,
    body: html,
    outcome: "unknown",
    message: /answered 502: the answer is a web page, “502 Bad Gateway”$/,
  },
  { what: "an overloaded server", status: 503, headers: { "retry-after": "1" }, outcome: "unknown" },
  { what: "a gateway that gave up", status: 504, body: "", outcome: "unknown" },
  { what: "Cloudflare", status: 524, body: html, outcome: "unknown" },
  {
    what: "a redirect",
    status: 307,
    headers: { location: "https://evil.test/v1/balances.create" },
    outcome: "refused",
    code: "unexpected_answer",
    message:
      /answered 307: it redirects to https:\/\/evil\.test\/v1\/balances\.create, where the secret key is not sent$/,
  },
  {
    what: "a redirect to nowhere",
    status: 301,
    outcome: "refused",
    code: "unexpected_answer",
    message: /redirects elsewhere/,
  },
  {
    what: "success without a body",
    status: 204,
    outcome: "unknown",
    code: "unexpected_answer",
    message: /the answer is empty/,
  },
  {
    what: "success with an empty body",
    status: 200,
    body: "",
    outcome: "unknown",
    code: "unexpected_answer",
    message: /the answer is empty/,
  },
  {
    what: "a captive portal",
    status: 200,
    body: "<html><title>Welcome</title>",
    outcome: "unknown",
    code: "unexpected_answer",
    message: /web page, “Welcome”/,
  },
  {
    what: "half of the JSON",
    status: 200,
    body: '{"success":tr',
    outcome: "unknown",
    code: "unexpected_answer",
    message: /is not JSON: \{"success":tr$/,
  },
  {
    what: "JSON that is no object",
    status: 200,
    body: "[]",
    outcome: "unknown",
    code: "unexpected_answer",
    message: /the answer is not an object/,
  },
  {
    what: "success that says it is none",
    status: 200,
    body: { success: false },
    outcome: "unknown",
    code: "unexpected_answer",
  },
  {
    what: "success that does not say so",
    status: 200,
    body: {},
    outcome: "unknown",
    code: "unexpected_answer",
  },
  { what: "null", status: 500, body: "null", outcome: "unknown" },
  { what: "a code that is a number", status: 500, body: { code: 5, message: ["x"] }, outcome: "unknown" },
];

describe("a create answered with", () => {
  it.each(CASES)("$status, $what: $outcome", async ({ status, body, headers, outcome, code, message }) => {
    const server = await serveAlways(status, status === 204 ? "" : (body ?? ""), headers);
    const error = await failureOf(create(client(server.url)));
    expect(error).toMatchObject({ outcome, code, call: "balances.create" });
    expect(error.message).toMatch(message ?? /./);
    // What is wrong with JSON is found out after the answer has been taken
    if (error.status !== undefined) expect(error.status).toBe(status);
    expect(server.received).toHaveLength(1);
  });

  it("a redirect of any kind: it is not followed, and the key goes nowhere else", async () => {
    const elsewhere = await serveAlways(200, { success: true });
    for (const status of [301, 302, 303, 307, 308]) {
      const server = await serveAlways(status, "", { location: `${elsewhere.url}/v1/balances.create` });
      expect((await failureOf(create(client(server.url, { maxRetries: 3 })))).outcome).toBe("refused");
      expect(server.received).toHaveLength(1);
    }
    expect(elsewhere.received).toHaveLength(0);
  });
});

describe("an error's text", () => {
  it("is cut when it is huge, and its code still read", async () => {
    const body = { code: "invalid_inputs", message: `a${"b".repeat(700_000)}` };
    const error = await failureOf(create(client((await serveAlways(500, body)).url)));
    expect(error).toMatchObject({ outcome: "refused", code: "invalid_inputs" });
    expect(error.message.length).toBeLessThan(600);
  });

  it("is not read to the end when it has none", async () => {
    let written = 0;
    const server = await serve((_request, response) => {
      response.writeHead(503);
      const more = (): void => {
        if (response.destroyed) return;
        written += 65_536;
        response.write("x".repeat(65_536), () => setImmediate(more));
      };
      more();
    });
    const error = await failureOf(create(client(server.url)));
    expect(error).toMatchObject({ outcome: "unknown", status: 503 });
    expect(error.message.length).toBeLessThan(600);
    expect(written).toBeLessThan(20_000_000);
  });

  it("may break off: the status says enough", async () => {
    const server = await serve((_request, response) => {
      response.writeHead(400, { "content-length": "100" });
      response.write('{"code":');
      setTimeout(() => response.destroy(), 20);
    });
    const error = await failureOf(create(client(server.url)));
    expect(error).toMatchObject({ outcome: "refused", status: 400, code: undefined });
  });

  it("is one line", async () => {
    const error = await failureOf(create(client((await serveAlways(400, { message: "a\n\tb\r\n  c" })).url)));
    expect(error.message).toBe("balances.create answered 400: a b c");
  });
});

describe("what a 401 or 404 means", () => {
  it("a route that is missing is not a wrong key", async () => {
    const missing = await serveAlways(401, autumn("no_auth_header"));
    const wrong = await serveAlways(401, autumn("invalid_secret_key"));
    expect((await failureOf(client(missing.url).listBalances(null, null))).routeIsMissing).toBe(true);
    expect((await failureOf(client(wrong.url).listBalances(null, null))).routeIsMissing).toBe(false);
  });

  it("a customer that is not there is undefined", async () => {
    const { url } = await serveAlways(404, autumn("customer_not_found"));
    expect(await client(url).getCustomer("nobody")).toBeUndefined();
    expect(await client(url).listRawBalances("nobody")).toBeUndefined();
    expect(await client(url).getEntity("nobody", "seat")).toBeUndefined();
  });

  it.each([
    ["of an unknown path", "<html>not found</html>"],
    ["without a code", { message: "Not Found" }],
    ["of something else", autumn("feature_not_found")],
    ["of an entity, where none was asked for", autumn("entity_not_found")],
  ])("a 404 %s is never a missing customer", async (_what, body) => {
    const { url } = await serveAlways(404, body);
    expect(await failureOf(client(url).getCustomer("acme"))).toMatchObject({ status: 404 });
    expect(await failureOf(client(url).listRawBalances("acme"))).toMatchObject({ status: 404 });
  });

  it("an entity that is not there is undefined", async () => {
    const { url } = await serveAlways(404, autumn("entity_not_found"));
    expect(await client(url).getEntity("acme", "seat")).toBeUndefined();
  });
});

describe("both kinds of 409", () => {
  it("are told apart", async () => {
    const server = await serve((_request, response, nth) =>
      answer(response, 409, autumn(nth === 1 ? "duplicate_idempotency_key" : "invalid_request")),
    );
    const autumnClient = client(server.url);
    const used = await failureOf(create(autumnClient));
    const taken = await failureOf(create(autumnClient));
    expect([used.isConflict, used.isUsedIdempotencyKey]).toEqual([true, true]);
    expect([taken.isConflict, taken.isUsedIdempotencyKey]).toEqual([true, false]);
  });
});
