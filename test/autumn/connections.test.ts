// Calls without an answer: whether they can have reached the server.
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, createServer } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { type AutumnError, problemOfApi } from "../../src/autumn/index.ts";
import { CERTIFICATE, CERTIFICATE_KEY } from "./certificate.ts";
import { answer, client, create, failureOf, serve, serveAlways, serveRaw } from "./servers.ts";

/** A port nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const hintOf = (error: AutumnError): string =>
  problemOfApi(error, { baseUrl: "AUTUMN_BASE_URL", rate: "--rate" }).hint ?? "";

async function secure(options: object): Promise<number> {
  const server = createSecureServer(options, (_request, response) => response.end('{"success":true}'));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

describe("a connection that was never made carried nothing", () => {
  it("nobody listens", async () => {
    const error = await failureOf(create(client(`http://127.0.0.1:${await closedPort()}`)));
    expect(error).toMatchObject({ outcome: "not_applied", status: undefined, code: undefined });
    expect(error.message).toMatch(/^balances\.create: connect ECONNREFUSED 127\.0\.0\.1:\d+$/);
  });

  it("nobody listens on any address of a name", async () => {
    const error = await failureOf(create(client(`http://localhost:${await closedPort()}`)));
    expect(error.outcome).toBe("not_applied");
    expect(error.message).toContain("ECONNREFUSED");
  });

  it("the name does not exist", async () => {
    const error = await failureOf(create(client("http://autumn.invalid")));
    expect(error.outcome).toBe("not_applied");
    expect(error.message).toMatch(/getaddrinfo E\w+ autumn\.invalid/);
  });

  it("the server does not speak TLS", async () => {
    const { url } = await serveAlways(200, { success: true });
    const autumn = client(url.replace("http:", "https:"), { maxRetries: 3 });
    const error = await failureOf(create(autumn));
    expect(autumn.calls).toHaveLength(1);
    expect(hintOf(error)).toContain("begin the base URL (AUTUMN_BASE_URL) with http://");
    expect(error.outcome).toBe("not_applied");
    expect(error.message).toBe("balances.create: wrong version number (ERR_SSL_WRONG_VERSION_NUMBER)");
  });

  it("the port is one that fetch refuses", async () => {
    const autumn = client("http://127.0.0.1:6000", { maxRetries: 3 });
    const error = await failureOf(create(autumn));
    expect(error).toMatchObject({ outcome: "not_applied", code: "blocked_port" });
    expect(autumn.calls).toHaveLength(1);
    expect(hintOf(error)).toContain("give the server another one (AUTUMN_BASE_URL)");
  });

  it("the handshake fails", async () => {
    expect((await failureOf(create(client(`https://127.0.0.1:${await secure({})}`)))).outcome).toBe(
      "not_applied",
    );
  });

  it("the certificate is not to be trusted: refused, and the key not sent", async () => {
    const port = await secure({ key: CERTIFICATE_KEY, cert: CERTIFICATE });
    const autumn = client(`https://localhost:${port}`, { maxRetries: 3 });
    const error = await failureOf(create(autumn));
    expect(error.outcome).toBe("refused");
    expect(error.message).toBe("balances.create: self-signed certificate (DEPTH_ZERO_SELF_SIGNED_CERT)");
    expect(autumn.calls).toHaveLength(1);
  });
});

describe("a connection that breaks leaves it open whether the call happened", () => {
  const breaks: [string, Parameters<typeof serveRaw>[0]][] = [
    ["reset before the headers", (socket) => socket.resetAndDestroy()],
    ["closed before the headers", (socket) => socket.end()],
    ["closed within the headers", (socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-le")],
    [
      "reset after the headers",
      (socket) => {
        socket.write("HTTP/1.1 200 OK\r\ncontent-length: 16\r\n\r\n");
        setTimeout(() => socket.resetAndDestroy(), 20);
      },
    ],
    [
      "closed within the body",
      (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 16\r\n\r\n{"success":'),
    ],
    [
      "closed within a chunk",
      (socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n10\r\n{"succ'),
    ],
    ["no HTTP at all", (socket) => socket.end("220 mail.example.com ESMTP\r\n")],
  ];
  it.each(breaks)("%s", async (_what, onRequest) => {
    const autumn = client(await serveRaw(onRequest));
    const error = await failureOf(create(autumn));
    expect(error).toMatchObject({ outcome: "unknown", status: undefined });
    expect(autumn.calls).toMatchObject([{ call: "balances.create", attempt: 1, status: null }]);
  });

  it("no answer in time", async () => {
    const autumn = client(await serveRaw(() => undefined), { timeoutMs: 100 });
    const error = await failureOf(create(autumn));
    expect(error.outcome).toBe("unknown");
    expect(error.message).toBe("balances.create: no answer within 0.1 s");
  });

  it("no answer in time, by a fetch that does not heed its signal", async () => {
    const autumn = client("http://autumn", { timeoutMs: 100, fetch: () => new Promise(() => {}) });
    const error = await failureOf(create(autumn));
    expect(error.outcome).toBe("unknown");
    expect(error.message).toBe("balances.create: no answer within 0.1 s");
  });

  it("an answer that does not end in time", async () => {
    const url = await serveRaw((socket) => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 16\r\n\r\n{"));
    expect((await failureOf(create(client(url, { timeoutMs: 100 })))).outcome).toBe("unknown");
  });

  it.each(["EHOSTUNREACH", "ENETUNREACH", "ETIMEDOUT"])(
    "%s while reading, unlike while connecting",
    async (code) => {
      const failing =
        (syscall: string): typeof fetch =>
        () =>
          Promise.reject(
            Object.assign(new TypeError("fetch failed"), {
              cause: Object.assign(new Error(`${syscall} ${code}`), { code, syscall }),
            }),
          );
      const outcome = async (syscall: string): Promise<string> =>
        (await failureOf(create(client("http://autumn", { fetch: failing(syscall) })))).outcome;
      expect(await outcome("read")).toBe("unknown");
      expect(await outcome("connect")).toBe("not_applied");
    },
  );
});

describe("connections", () => {
  it("are kept: any number of calls in a row takes no more", async () => {
    const server = await serveAlways(200, { success: true });
    const autumn = client(server.url);
    for (let n = 0; n < 50; n++) await create(autumn, `key-${n}`);
    expect(server.received).toHaveLength(50);
    // Node's fetch makes a second one when an answer ends just as the next call begins
    expect(server.sockets).toBeLessThanOrEqual(2);
  });

  it("are kept over failures, and are as few as there are calls at a time", async () => {
    const server = await serve((_request, response, nth) =>
      nth % 3 === 0
        ? answer(response, 404, { code: "customer_not_found", message: "x" })
        : answer(response, 200),
    );
    const autumn = client(server.url);
    await Promise.all(
      Array.from({ length: 8 }, async (_, worker) => {
        for (let n = 0; n < 20; n++) await create(autumn, `key-${worker}-${n}`).catch(() => undefined);
      }),
    );
    expect(server.received).toHaveLength(160);
    expect(server.sockets).toBeLessThanOrEqual(2 * 8);
  });

  it("carry the version, the key and JSON", async () => {
    const server = await serveAlways(200, { success: true });
    await create(client(server.url));
    expect(server.received[0]?.headers).toMatchObject({
      "x-api-version": "2.3.0",
      authorization: "Bearer am_sk_test_Zk9vQ2xlYW5Lyw7",
      "content-type": "application/json",
      accept: "application/json",
      "idempotency-key": "key-1",
    });
  });
});
