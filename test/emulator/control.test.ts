// The control surface over HTTP, the state file, snapshots and seeds.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import {
  createEmulator,
  type Emulator,
  type EmulatorSeed,
  SeedError,
  type Snapshot,
  startEmulator,
} from "../../src/emulator/index.ts";
import { call, customer, DAY, FEATURES, frozen, START } from "./helpers.ts";

const folder = mkdtempSync(join(tmpdir(), "emulator-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface ControlBody {
  now: number;
  iso: string;
  routes: string[];
  control: Record<string, string>;
  faults: unknown[];
  requests: unknown[];
}

async function control(emulator: Emulator, route: string, body: unknown = {}, headers = {}) {
  const [method = "", path = ""] = route.split(" ");
  const init = { method, headers, ...(method === "POST" ? { body: JSON.stringify(body) } : {}) };
  const response = await emulator.fetch(`http://autumn.test/_emulator/${path}`, init);
  return { status: response.status, body: (await response.json()) as ControlBody };
}

describe("the control surface", () => {
  it("says what there is", async () => {
    const { body } = await control(frozen({ level: "2026-10" }), "GET ");
    expect(body).toMatchObject({ level: "2026-10", now: START });
    expect(body.routes).toContain("POST /v1/balances.list");
    expect(Object.keys(body.control)).toContain("POST /_emulator/clock");
  });

  it("moves the clock", async () => {
    const emulator = frozen();
    expect(await control(emulator, "POST clock", { advance_ms: 5 })).toMatchObject({
      body: { now: START + 5 },
    });
    expect(await control(emulator, "POST clock", { set: "2027-01-31T00:00:00Z" })).toMatchObject({
      status: 200,
    });
    const advanced = await control(emulator, "POST clock", { advance: { months: 1 } });
    expect(advanced.body.iso).toBe("2027-02-28T00:00:00.000Z");
    expect((await control(emulator, "POST clock", { advance: "P1DT2H" })).body.iso).toBe(
      "2027-03-01T02:00:00.000Z",
    );
    expect((await control(emulator, "GET clock")).body.iso).toBe("2027-03-01T02:00:00.000Z");
    expect(await control(emulator, "POST clock", { set: "soon" })).toMatchObject({ status: 400 });
    expect(await control(emulator, "POST clock", {})).toMatchObject({ status: 400 });
    // What is refused changes nothing.
    expect(await control(emulator, "POST clock", { advance_ms: 1e300 })).toMatchObject({ status: 400 });
    expect((await control(emulator, "GET clock")).body.iso).toBe("2027-03-01T02:00:00.000Z");
  });

  it("arms and disarms faults", async () => {
    const emulator = frozen();
    await control(emulator, "POST faults", { route: "*", kind: "status", status: 502 });
    expect((await control(emulator, "GET faults")).body.faults).toHaveLength(1);
    expect(await call(emulator, "POST /v1/features.list")).toMatchObject({ status: 502 });
    await control(emulator, "POST faults", { route: "*", kind: "drop_before" });
    await control(emulator, "DELETE faults");
    expect(await call(emulator, "POST /v1/features.list")).toMatchObject({ status: 200 });
    expect(await control(emulator, "POST faults", { route: "*" })).toMatchObject({ status: 400 });
  });

  it("shows the requests, without the key", async () => {
    const emulator = frozen();
    await customer(emulator).create({ included_grant: 1 }, { "idempotency-key": "k" });
    const { body } = await control(emulator, "GET requests");
    expect(body.requests).toMatchObject([
      {
        at: START,
        method: "POST",
        path: "/v1/balances.create",
        body: { customer_id: "c", included_grant: 1 },
        headers: { authorization: "[redacted]", "idempotency-key": "k" },
        status: 200,
      },
    ]);
    await control(emulator, "DELETE requests");
    expect(emulator.requests()).toEqual([]);
  });

  it("resets everything", async () => {
    const emulator = frozen();
    await customer(emulator).create({ included_grant: 1 }, { "idempotency-key": "k" });
    emulator.advance(DAY);
    await control(emulator, "POST reset");
    expect(emulator.now()).toBe(START);
    expect(
      (await call(emulator, "POST /v1/customers.list", {}, { "idempotency-key": "k" })).body.list,
    ).toEqual([]);
  });

  it("does not obey web pages, and knows no other control", async () => {
    const emulator = frozen();
    const headers = { "sec-fetch-site": "cross-site" };
    expect(await control(emulator, "POST reset", {}, headers)).toMatchObject({ status: 403 });
    expect(await control(emulator, "POST explode")).toMatchObject({ status: 404 });
    expect(await control(emulator, "GET toString")).toMatchObject({ status: 404 });
  });

  it("answers over HTTP on this machine only", async () => {
    const server = await startEmulator({ port: 0 });
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await fetch(`${server.url}/_emulator/`)).status).toBe(200);
    await server.close();
    await expect(fetch(`${server.url}/_emulator/`)).rejects.toThrow();
  });

  it("fails to start on a port that is taken", async () => {
    const server = await startEmulator({ port: 0 });
    await expect(startEmulator({ port: Number(new URL(server.url).port) })).rejects.toThrow(/EADDRINUSE/);
    await server.close();
  });
});

describe("a snapshot", () => {
  it("brings everything back: rows, unstored usage, keys and time", async () => {
    const emulator = frozen();
    const c = customer(emulator);
    await c.create({ included_grant: 100 }, { "idempotency-key": "k" });
    await c.track(30);
    emulator.advance(500);
    const { body: snapshot } = await control(emulator, "GET snapshot");
    emulator.advance(DAY);
    await c.create({ included_grant: 5 });
    expect(await control(emulator, "POST snapshot", snapshot)).toMatchObject({ status: 200 });
    expect(emulator.now()).toBe(START + 500);
    expect(await c.raw()).toMatchObject([{ balance: 100 }]);
    expect(await c.get()).toMatchObject({ remaining: 70 });
    expect(await c.create({ included_grant: 5 }, { "idempotency-key": "k" })).toMatchObject({ status: 409 });
  });

  it("of a release that knew no usage limits and no paid rows is understood", async () => {
    const emulator = frozen();
    const c = customer(emulator);
    await c.create({ included_grant: 10, balance_id: "b" });
    const unknown = new Set(["usageLimits", "usageWindows", "prepaidGrant", "price", "max_percentage"]);
    const old = JSON.stringify(emulator.snapshot(), (name, value) => (unknown.has(name) ? undefined : value));
    emulator.restore(JSON.parse(old) as Snapshot);
    await c.track(3);
    expect(await c.get()).toMatchObject({ granted: 10, usage: 3, breakdown: [{ prepaid_grant: 0 }] });
  });

  it("is refused when it is none", async () => {
    const emulator = frozen();
    expect(await control(emulator, "POST snapshot", {})).toMatchObject({ status: 400 });
    expect(await control(emulator, "POST snapshot", { version: 1, customers: [] })).toMatchObject({
      status: 400,
    });
  });
});

describe("a state file", () => {
  it("is written on close and read at the next start, which then takes no seed", async () => {
    const stateFile = join(folder, "state.json");
    const seed = { features: FEATURES, customers: [{ id: "c" }] };
    const first = createEmulator({ stateFile, seed });
    await customer(first).create({ included_grant: 7 });
    await first.close();
    const second = createEmulator({ stateFile, seed });
    expect(await customer(second).raw()).toMatchObject([{ balance: 7 }]);
    await second.close();
  });

  it("is written soon after a change, whole", async () => {
    const stateFile = join(folder, "soon.json");
    const emulator = createEmulator({ stateFile, seed: { features: FEATURES, customers: [{ id: "c" }] } });
    await customer(emulator).create({ included_grant: 7 });
    await expect
      .poll(() => existsSync(stateFile) && JSON.parse(readFileSync(stateFile, "utf8")).customers[0].rows)
      .toHaveLength(1);
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
    await emulator.close();
  });

  it("is left to the next emulator after close, even if it was being written", async () => {
    const stateFile = join(folder, "left.json");
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const first = createEmulator({ stateFile, seed: { features: FEATURES } });
      vi.runOnlyPendingTimers();
      first.seed({ customers: [{ id: "while it is written" }] });
      await first.close();
      const second = createEmulator({ stateFile });
      second.seed({ customers: [{ id: "of the second" }] });
      await second.close();
      first.seed({ customers: [{ id: "too late" }] });
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
    const { customers } = JSON.parse(readFileSync(stateFile, "utf8"));
    expect(customers.map(({ id }: { id: string }) => id)).toEqual(["while it is written", "of the second"]);
  });

  it("that is broken is named", () => {
    const stateFile = join(folder, "broken.json");
    writeFileSync(stateFile, "{");
    expect(() => createEmulator({ stateFile })).toThrow(stateFile);
    expect(existsSync(stateFile)).toBe(true);
  });
});

describe("a seed", () => {
  it("makes standalone rows, rows of plans and usage", async () => {
    const emulator = frozen();
    const seed = {
      customers: [
        {
          id: "acme",
          entities: [{ id: "seat", feature_id: "seats" }],
          balances: [
            {
              feature_id: "api_calls",
              included_grant: 100,
              balance_id: "b",
              usage: 30,
              expires_at: "2027-06-01",
            },
            { feature_id: "api_calls", included_grant: 5, entity_id: "seat" },
          ],
        },
      ],
    };
    emulator.seed(seed);
    expect(await customer(emulator, "acme").get()).toMatchObject({ granted: 105, remaining: 75, usage: 30 });
    expect((await customer(emulator, "acme").raw())[0]?.expires_at).toBe(Date.UTC(2027, 5, 1));
  });

  it.each<[string, unknown]>([
    ["seed: expected object, received array", []],
    ["seed: people: unknown field; known are features, customers", { people: [] }],
    ["seed: customers[0].id: expected string, received undefined", { customers: [{}] }],
    [
      "seed: customers[0].balances[0].feature_id: feature nope is not among features",
      { customers: [{ id: "x", balances: [{ feature_id: "nope" }] }] },
    ],
    [
      "seed: customers[0].balances[0]: Provide either included_grant or unlimited",
      { customers: [{ id: "x", balances: [{ feature_id: "api_calls" }] }] },
    ],
    [
      'seed: customers[0].balances[0].expires_at: "soon" is not an ISO 8601 instant such as 2027-01-31T00:00:00Z',
      {
        customers: [
          { id: "x", balances: [{ feature_id: "api_calls", included_grant: 1, expires_at: "soon" }] },
        ],
      },
    ],
  ])("with a mistake says where: %s", (message, seed) => {
    const emulator = frozen();
    const before = emulator.snapshot();
    expect(() => emulator.seed(seed as EmulatorSeed)).toThrow(new SeedError(message.replace("seed: ", "")));
    expect(emulator.snapshot().customers).toEqual(before.customers);
  });

  it("of 10,000 customers is read without losing a row", async () => {
    const balances = [1, 2, 3].map((n) => ({
      feature_id: "api_calls",
      included_grant: n,
      balance_id: `b${n}`,
    }));
    const customers = Array.from({ length: 10_000 }, (_, i) => ({ id: `c${i}`, balances }));
    const emulator = createEmulator({ level: "2026-10", seed: { features: FEATURES, customers } });
    let rows = 0;
    for (let cursor: string | null = ""; cursor !== null; ) {
      const { body } = await call(emulator, "POST /v1/balances.list", { limit: 200, start_cursor: cursor });
      rows += body.list.length;
      cursor = body.next_cursor;
    }
    expect(rows).toBe(30_000);
  });
});
