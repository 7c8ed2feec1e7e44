// Failures on demand, in process and over a real connection.
import { afterEach, describe, expect, it } from "vitest";
import { createEmulator, type Fault, type RunningEmulator, startEmulator } from "../../src/emulator/index.ts";
import { call, customer, FEATURES, frozen } from "./helpers.ts";

const CREATE = "POST /v1/balances.create";
const seed = { features: FEATURES, customers: [{ id: "c" }] };
let running: RunningEmulator | undefined;

afterEach(async () => {
  await running?.close();
  running = undefined;
});

describe("a fault, in process", () => {
  it("answers an error instead of the effect", async () => {
    const emulator = frozen();
    const c = customer(emulator);
    emulator.inject({ route: CREATE, kind: "status", status: 503, headers: { "x-why": "test" } });
    const reply = await c.create({ included_grant: 1 });
    expect(reply).toMatchObject({ status: 503, body: { code: "service_unavailable", env: "sandbox" } });
    expect(reply.headers.get("retry-after")).toBe("1");
    expect(reply.headers.get("x-why")).toBe("test");
    expect(await c.raw()).toEqual([]);
    expect(await c.create({ included_grant: 1 })).toMatchObject({ status: 200 });
  });

  it("answers an error after the effect", async () => {
    const emulator = frozen();
    const c = customer(emulator);
    emulator.inject({
      route: CREATE,
      kind: "status",
      status: 500,
      code: "internal_error",
      after_effect: true,
    });
    expect(await c.create({ included_grant: 1 }, { "idempotency-key": "k" })).toMatchObject({ status: 500 });
    expect(await c.raw()).toHaveLength(1);
    expect(await c.create({ included_grant: 1 }, { "idempotency-key": "k" })).toMatchObject({ status: 409 });
  });

  it("breaks the connection before the effect, or after it", async () => {
    const emulator = frozen();
    const c = customer(emulator);
    emulator.inject({ route: CREATE, kind: "drop_before" });
    await expect(c.create({ included_grant: 1 })).rejects.toBeInstanceOf(TypeError);
    expect(await c.raw()).toEqual([]);
    emulator.inject({ route: CREATE, kind: "drop_after" });
    await expect(c.create({ included_grant: 1 }, { "idempotency-key": "k" })).rejects.toBeInstanceOf(
      TypeError,
    );
    expect(await c.raw()).toHaveLength(1);
    expect(await c.create({ included_grant: 1 }, { "idempotency-key": "k" })).toMatchObject({ status: 409 });
    expect(emulator.requests().map((request) => request.status)).toEqual([null, 200, null, 200, 409]);
  });

  it("strikes the nth request that matches, as often as it says", async () => {
    const emulator = frozen();
    emulator.inject({ route: CREATE, kind: "status", nth: 2, times: 2, customer_id: "c" });
    const statuses = [];
    for (let i = 0; i < 5; i++) {
      statuses.push((await customer(emulator).create({ included_grant: 1 })).status);
      await customer(emulator, "other").create({ included_grant: 1 });
    }
    expect(statuses).toEqual([200, 500, 500, 200, 200]);
    expect(emulator.faults()).toEqual([]);
  });

  it("delays, and a caller that gives up does not undo the effect", async () => {
    const emulator = frozen();
    const c = customer(emulator);
    emulator.inject({ route: CREATE, kind: "delay", delay_ms: 40 });
    const given = emulator.fetch("http://autumn.test/v1/balances.create", {
      method: "POST",
      headers: { authorization: `Bearer ${emulator.key}` },
      body: JSON.stringify({ customer_id: "c", feature_id: "api_calls", included_grant: 1 }),
      signal: AbortSignal.timeout(10),
    });
    await expect(given).rejects.toThrow(/timeout/);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(await c.raw()).toHaveLength(1);
  });

  it("answers a 429 as text, with the headers given", async () => {
    const emulator = frozen();
    emulator.inject({ route: "*", kind: "status", status: 429 });
    const reply = await call(emulator, "POST /v1/features.list");
    expect([reply.status, reply.headers.get("retry-after")]).toEqual([429, null]);
    expect(reply.headers.get("content-type")).toMatch(/^text\/plain/);
  });

  it("can be called off", async () => {
    const emulator = frozen();
    emulator.inject({ route: "*", kind: "drop_before" });
    emulator.clearFaults();
    expect(await call(emulator, "POST /v1/features.list")).toMatchObject({ status: 200 });
  });

  it("is refused when it makes no sense", () => {
    const emulator = createEmulator();
    const inject = (fault: unknown) => () => emulator.inject(fault as Fault);
    expect(inject({ route: "balances.create", kind: "delay", delay_ms: 1 })).toThrow(/route: expected/);
    expect(inject({ route: "*", kind: "explode" })).toThrow(/kind/);
    expect(inject({ route: "*", kind: "delay" })).toThrow(/delay_ms/);
  });
});

describe("a fault, over HTTP", () => {
  it("destroys the socket before the effect, or after it", async () => {
    const server = await startEmulator({ port: 0, seed });
    running = server;
    const http = { fetch, key: server.key };
    const create = () =>
      call(http, CREATE, { customer_id: "c", feature_id: "api_calls", included_grant: 1 }, {}, server.url);
    const rows = async () =>
      (await call(http, "GET /v1/balances/list?customer_id=c", {}, {}, server.url)).body.balances;
    server.inject({ route: CREATE, kind: "drop_before" });
    await expect(create()).rejects.toThrow("fetch failed");
    expect(await rows()).toHaveLength(0);
    server.inject({ route: CREATE, kind: "drop_after" });
    await expect(create()).rejects.toThrow("fetch failed");
    expect(await rows()).toHaveLength(1);
    expect(await create()).toMatchObject({ status: 200 });
  });

  it("leaves the process's Request and Response as they were", async () => {
    const { Request: before, Response: beforeResponse } = globalThis;
    running = await startEmulator({ port: 0 });
    expect([globalThis.Request, globalThis.Response]).toEqual([before, beforeResponse]);
  });

  it("does not keep the server from closing while a read hangs", async () => {
    const server = await startEmulator({ port: 0, seed });
    const http = { fetch, key: server.key };
    const reset = { interval: "month", interval_count: -1 };
    const body = { customer_id: "c", feature_id: "api_calls", included_grant: 1, reset };
    await call(http, CREATE, body, {}, server.url);
    const hanging = call(http, "POST /v1/customers.get", { customer_id: "c" }, {}, server.url);
    const broken = expect(hanging).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await server.close();
    await broken;
  });
});
