// What is sent again, when, and what is known afterwards.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AutumnClient, type AutumnClientOptions, AutumnError, systemClock } from "../../src/autumn/index.ts";
import { backoff, retryAfter } from "../../src/autumn/retry.ts";
import {
  add,
  answer,
  client,
  create,
  failureOf,
  hurried,
  KEY,
  type Recording,
  serve,
  serveAlways,
  serveRaw,
  TARGET,
} from "./servers.ts";

/** A server that answers with these statuses, one after the other, the last for ever. */
function serveStatuses(
  statuses: readonly number[],
  headers: Record<string, string> = {},
): Promise<Recording> {
  return serve((_request, response, nth) => {
    const status = statuses[Math.min(nth, statuses.length) - 1] ?? 500;
    answer(
      response,
      status,
      status === 200 ? { success: true } : { code: `c${status}`, message: "" },
      headers,
    );
  });
}

/** What the retries of a call waited, in ms. */
function waits(): { sleeps: number[] } & Pick<AutumnClientOptions, "clock" | "requestsPerSecond"> {
  const sleeps: number[] = [];
  const sleep = (ms: number): Promise<void> => {
    sleeps.push(ms);
    return hurried.sleep(ms);
  };
  return { sleeps, clock: { now: hurried.now, sleep }, requestsPerSecond: Number.POSITIVE_INFINITY };
}

describe("a call is sent again", () => {
  it.each([429, 425, 500, 502, 503, 504, 408])("after %i, under the same idempotency key", async (status) => {
    const server = await serveStatuses([status, status, 200]);
    await create(client(server.url, { maxRetries: 5 }), "the-key");
    expect(server.received.map(({ headers }) => headers["idempotency-key"])).toEqual(
      Array(3).fill("the-key"),
    );
    expect(new Set(server.received.map(({ text }) => text)).size).toBe(1);
  });

  it("after a broken connection", async () => {
    const url = await serveRaw((socket, nth) => {
      if (nth < 3) socket.resetAndDestroy();
      else socket.end('HTTP/1.1 200 OK\r\ncontent-length: 16\r\n\r\n{"success":true}');
    });
    const autumn = client(url, { maxRetries: 5 });
    await create(autumn);
    expect(autumn.calls.map(({ attempt, status }) => [attempt, status])).toEqual([
      [1, null],
      [2, null],
      [3, 200],
    ]);
  });

  it.each([400, 401, 403, 404, 409, 307])("but not after %i", async (status) => {
    const server = await serveStatuses([status, 200]);
    expect((await failureOf(create(client(server.url, { maxRetries: 5 })))).outcome).toBe("refused");
    expect(server.received).toHaveLength(1);
  });

  it("and not after a 500 that says the request contradicts itself", async () => {
    const server = await serveAlways(500, { code: "invalid_inputs", message: "x" });
    await failureOf(create(client(server.url, { maxRetries: 5 })));
    expect(server.received).toHaveLength(1);
  });

  it.each([0, 1, 3])("at most %i times", async (maxRetries) => {
    const server = await serveStatuses([503]);
    expect(await failureOf(create(client(server.url, { maxRetries })))).toMatchObject({ status: 503 });
    expect(server.received).toHaveLength(maxRetries + 1);
  });

  it("five times when nothing else is said", async () => {
    const server = await serveStatuses([429]);
    const { sleeps: _, ...options } = waits();
    const autumn = new AutumnClient({ baseUrl: server.url, secretKey: KEY, ...options });
    expect((await failureOf(create(autumn))).outcome).toBe("not_applied");
    expect(server.received).toHaveLength(6);
  });
});

describe("units are added once", () => {
  it.each([500, 502, 503, 504, 408])(
    "not again after %i: the key may be free and the units added",
    async (status) => {
      const server = await serveStatuses([status, 200]);
      expect(await failureOf(add(client(server.url, { maxRetries: 5 })))).toMatchObject({
        outcome: "unknown",
      });
      expect(server.received).toHaveLength(1);
    },
  );

  it("not again after a broken connection", async () => {
    const autumn = client(await serveRaw((socket) => socket.resetAndDestroy()), { maxRetries: 5 });
    expect(await failureOf(add(autumn))).toMatchObject({ outcome: "unknown" });
    expect(autumn.calls).toHaveLength(1);
  });

  it("again after a 429, and when nothing was added", async () => {
    const server = await serveStatuses([429, 200, 503, 200]);
    const autumn = client(server.url, { maxRetries: 5 });
    await add(autumn);
    await autumn.updateBalance({ ...TARGET, add_to_balance: 0 }, null);
    expect(server.received).toHaveLength(4);
    expect(server.received[3]?.headers).not.toHaveProperty("idempotency-key");
  });

  it("an update that only sets something may be repeated", async () => {
    const server = await serveStatuses([503, 200]);
    await client(server.url, { maxRetries: 5 }).updateBalance({ ...TARGET, expires_at: 2e12 }, "k");
    expect(server.received).toHaveLength(2);
  });
});

describe("what is known after several attempts", () => {
  it.each(["refused", "not_applied"] as const)(
    "a write that may have happened stays in doubt, if what comes before the next attempt is %s",
    async (outcome) => {
      const server = await serveStatuses([503, 200]);
      const autumn = client(server.url, { maxRetries: 1 });
      const before = async (): Promise<void> => {
        if (server.received.length > 0)
          throw new AutumnError("it is not let through", { call: "balances.update", outcome, status: 403 });
      };
      const body = { ...TARGET, included_grant: 1 };
      const error = await failureOf(autumn.createBalance(body, "k", before));
      expect(error).toMatchObject({ outcome: "unknown", status: 403 });
      expect(server.received).toHaveLength(1);
    },
  );

  it.each([
    [[503, 401], 401],
    [[504, 404], 404],
    [[503, 409], 409],
    [[502, 429], 429],
  ])("%j: a write that may have happened stays in doubt", async (statuses, status) => {
    const server = await serveStatuses(statuses);
    const error = await failureOf(create(client(server.url, { maxRetries: 1 })));
    expect(error).toMatchObject({ outcome: "unknown", status, code: `c${status}` });
    expect(error.message).toMatch(/not known whether an earlier attempt went through/);
  });

  it("a write whose attempts all certainly failed has not happened", async () => {
    const server = await serveStatuses([429, 400]);
    expect((await failureOf(create(client(server.url, { maxRetries: 3 })))).outcome).toBe("refused");
  });

  it("a read is never in doubt: it changed nothing", async () => {
    const server = await serveStatuses([503, 401]);
    const error = await failureOf(client(server.url, { maxRetries: 3 }).listFeatures());
    expect(error).toMatchObject({ outcome: "refused", status: 401 });
  });
});

describe("before it is sent again", () => {
  it("a call waits twice as long each time, spread over half of it", async () => {
    const server = await serveStatuses([503]);
    for (const [random, expected] of [
      [0, [125, 250, 500, 1000, 2000]],
      [0.5, [187.5, 375, 750, 1500, 3000]],
    ] as const) {
      const { sleeps, ...options } = waits();
      await failureOf(create(client(server.url, { maxRetries: 5, random: () => random, ...options })));
      expect(sleeps).toEqual(expected);
    }
  });

  it("waits stay within bounds", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.double({ min: 0, max: 1e9, noNaN: true }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (attempt, asked, random) => {
          const ms = backoff(attempt, asked, random);
          expect(ms).toBeGreaterThanOrEqual(Math.min(asked, 60_000));
          expect(ms).toBeGreaterThanOrEqual(125);
          expect(ms).toBeLessThanOrEqual(Math.max(10_000, Math.min(asked, 60_000)));
        },
      ),
    );
  });

  it.each([
    ["seconds", "7", 7000],
    ["no time at all", "0", 125],
    ["parts of a second", "0.5", 500],
    ["a date", "Sun, 22 Nov 2026 12:00:09 GMT", 9000],
    ["a date that has passed", "Sun, 22 Nov 2026 11:00:00 GMT", 125],
    ["absurdly many seconds", "99999999999", 60_000],
    ["an absurd date", "Sun, 22 Nov 2099 12:00:00 GMT", 60_000],
    ["a negative number", "-5", 125],
    ["nothing", "", 125],
    ["nonsense", "soon", 125],
    ["infinity", "Infinity", 125],
    ["another notation", "0x10", 125],
  ])("a 503 that asks for %s is heard", async (_what, written, expected) => {
    const { sleeps, ...options } = waits();
    const now = "Sun, 22 Nov 2026 12:00:00 GMT";
    const server = await serveStatuses([503, 200], { "retry-after": written, date: now });
    await create(client(server.url, { maxRetries: 1, random: () => 0, ...options }));
    expect(sleeps).toEqual([expected]);
  });

  it("a date is measured by this machine's clock when the server does not tell the time", () => {
    const at = Date.UTC(2026, 10, 22, 12);
    const headers = new Headers({ "retry-after": new Date(at + 3000).toUTCString() });
    expect(retryAfter(headers, at)).toBe(3000);
  });

  it("a 429 without Retry-After, in plain text, waits for the next window", async () => {
    const { sleeps, ...options } = waits();
    const server = await serve((_request, response, nth) =>
      nth === 1 ? answer(response, 429, "Too many requests") : answer(response, 200),
    );
    await create(client(server.url, { maxRetries: 1, random: () => 0, ...options }));
    expect(sleeps.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThanOrEqual(990);
  });
});

describe("an aborted signal", () => {
  it("keeps a call from being sent", async () => {
    const server = await serveAlways(200, { success: true });
    const error = await failureOf(create(client(server.url, { signal: AbortSignal.abort() })));
    expect(error).toMatchObject({ outcome: "not_applied", code: "interrupted" });
    expect(server.received).toHaveLength(0);
  });

  it("ends the wait for a turn at once, for all who wait", async () => {
    const stop = new AbortController();
    const server = await serveAlways(200, { success: true });
    const options = { requestsPerSecond: 0.1, signal: stop.signal, clock: systemClock };
    const autumn = client(server.url, options);
    const calls = Array.from({ length: 30 }, (_unused, n) => create(autumn, `k${n}`));
    await calls[0];
    const startedAt = Date.now();
    stop.abort();
    for (const call of calls.slice(1)) {
      expect(await failureOf(call)).toMatchObject({ outcome: "not_applied", code: "interrupted" });
    }
    // Every turn would take ten seconds.
    expect(Date.now() - startedAt).toBeLessThan(9_000);
    expect(server.received).toHaveLength(1);
  });

  it("lets the call that is under way come to its end", async () => {
    const stop = new AbortController();
    const server = await serve((_request, response) => {
      stop.abort();
      setTimeout(() => answer(response, 200), 50);
    });
    await create(client(server.url, { signal: stop.signal }));
    expect(server.received).toHaveLength(1);
  });

  it("ends the wait for a retry, and what is known stays known", async () => {
    const stop = new AbortController();
    const server = await serve((_request, response) => {
      answer(response, 503, "", { "retry-after": "30" });
      setTimeout(() => stop.abort(), 20);
    });
    const error = await failureOf(
      create(client(server.url, { maxRetries: 5, signal: stop.signal, clock: systemClock })),
    );
    expect(error).toMatchObject({ outcome: "unknown", status: 503 });
    expect(server.received).toHaveLength(1);
  });
});
