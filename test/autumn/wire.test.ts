// Answers of the wrong shape: said to be so, never believed, and never a crash.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AutumnClient, AutumnError } from "../../src/autumn/index.ts";
import { client, failureOf, serveAlways } from "./servers.ts";

const ROW = {
  id: "contracts:api_calls",
  plan_id: null,
  included_grant: 100,
  prepaid_grant: 0,
  remaining: 70,
  usage: 30,
  unlimited: false,
  reset: { interval: "month", resets_at: 2e12 },
  price: null,
  expires_at: null,
};
const CUSTOMER = {
  id: "acme",
  name: null,
  balances: { api_calls: { granted: 100, breakdown: [ROW] } },
  flags: { sso: { feature_id: "sso" } },
};
const LISTED = {
  ...ROW,
  feature_id: "api_calls",
  status: "active",
  rollovers: [{ balance: 5, expires_at: 2e12 }],
  customer_id: "acme",
  entity_id: null,
  created_at: 1.7e12,
};
const RAW = {
  id: "cus_ent_1",
  external_id: "contracts:api_calls",
  customer_id: "acme",
  feature_id: "api_calls",
  internal_entity_id: null,
  unlimited: false,
  balance: 70,
  adjustment: 0,
  next_reset_at: 2e12,
  expires_at: null,
  created_at: 1.7e12,
  entitlement: {
    allowance: 100,
    interval: "month",
    interval_count: 1,
    rollover: { max: 50, max_percentage: null, length: 1, duration: "month" },
  },
};

interface Route {
  good: unknown;
  read: (autumn: AutumnClient) => Promise<unknown>;
}
const ROUTES: Record<string, Route> = {
  "features.list": {
    good: { list: [{ id: "api_calls", type: "metered", consumable: true, archived: false }] },
    read: (autumn) => autumn.listFeatures(),
  },
  "customers.get": { good: CUSTOMER, read: (autumn) => autumn.getCustomer("acme") },
  "entities.get": {
    good: { ...CUSTOMER, id: "seat", feature_id: "seats" },
    read: (autumn) => autumn.getEntity("acme", "seat"),
  },
  "entities.list": {
    good: { list: [{ ...CUSTOMER, id: "seat", feature_id: "seats" }], next_cursor: null },
    read: (autumn) => autumn.listEntities("acme", null),
  },
  "customers.list": {
    good: { list: [CUSTOMER], next_cursor: null },
    read: (autumn) => autumn.listCustomers(null),
  },
  "balances.list": {
    good: { list: [LISTED], has_more: false, next_cursor: null },
    read: (autumn) => autumn.listBalances("acme", null),
  },
  "balances/list": { good: { balances: [RAW] }, read: (autumn) => autumn.listRawBalances("acme") },
};

/** A client of a server that gives this answer, without a socket: thousands of answers are tried. */
function answering(body: unknown): AutumnClient {
  const fetch = async (): Promise<Response> => Response.json(body);
  return client("http://autumn", { fetch, requestsPerSecond: Number.POSITIVE_INFINITY });
}

/** Every path to a field within a value. */
function pathsOf(value: unknown, path: string[] = []): string[][] {
  if (value === null || typeof value !== "object") return [path];
  return [path, ...Object.entries(value).flatMap(([name, inner]) => pathsOf(inner, [...path, name]))];
}

/** A copy with another value in one place; `undefined` leaves the field out. */
function withField(value: unknown, [name, ...path]: readonly string[], other: unknown): unknown {
  if (name === undefined) return other;
  const copy = structuredClone(value) as Record<string, unknown>;
  copy[name] = withField(copy[name], path, other);
  return copy;
}

it("adds up what rolled over in decimals", async () => {
  const rollovers = [{ balance: 0.1 }, { balance: 0.2 }];
  const { list } = await answering({ list: [{ ...LISTED, rollovers }], has_more: false }).listBalances(
    null,
    null,
  );
  expect(list).toMatchObject([{ rolled_over: 0.3 }]);
});

describe.each(Object.entries(ROUTES))("%s", (name, { good, read }) => {
  it("is read", async () => {
    const { url } = await serveAlways(200, good);
    expect(await read(client(url))).toMatchSnapshot();
  });

  it.each([
    ["null", null],
    ["a list", []],
    ["text", "ok"],
    ["a number", 5],
    ["an empty object", {}],
  ])("that answers %s says so", async (_what, body) => {
    const { url } = await serveAlways(200, JSON.stringify(body), { "content-type": "application/json" });
    const error = await failureOf(read(client(url, { maxRetries: 3 })));
    expect(error).toMatchObject({ outcome: "unknown", code: "unexpected_answer", call: name });
    expect(error.message.startsWith(`${name} answered something unexpected: `)).toBe(true);
  });

  it("is read or refused, but never crashes, whatever one field is", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...pathsOf(good)),
        fc.jsonValue({ maxDepth: 2 }),
        async (path, other) => {
          try {
            await read(answering(withField(good, path, other)));
          } catch (error) {
            expect(error).toBeInstanceOf(AutumnError);
            expect((error as AutumnError).code).toBe("unexpected_answer");
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("a field of the wrong type is named", () => {
  it.each([
    ["features.list", ["list", "0", "type"], 5, "type is not a text"],
    ["features.list", ["list", "0", "id"], "", "id is not a text"],
    ["features.list", ["list", "0", "consumable"], "yes", "consumable is not true or false"],
    ["customers.get", ["balances"], [], "balances is not an object"],
    ["customers.get", ["balances", "api_calls", "breakdown"], {}, "breakdown is not a list"],
    [
      "customers.get",
      ["balances", "api_calls", "breakdown", "0", "remaining"],
      "70",
      "remaining is not a number",
    ],
    [
      "customers.get",
      ["balances", "api_calls", "breakdown", "0", "unlimited"],
      "false",
      "unlimited is not true or false",
    ],
    [
      "customers.get",
      ["balances", "api_calls", "breakdown", "0", "reset"],
      "month",
      "reset is not an object",
    ],
    ["customers.list", ["next_cursor"], undefined, "next_cursor is missing"],
    ["customers.list", ["next_cursor"], 5, "next_cursor is not a text"],
    ["balances.list", ["has_more"], undefined, "has_more is missing"],
    ["balances.list", ["has_more"], "true", "has_more is not true or false"],
    ["balances.list", ["has_more"], true, "next_cursor is not a text"],
    ["balances.list", ["list", "0", "customer_id"], null, "customer_id is not a text"],
    ["balances.list", ["list", "0", "rollovers"], {}, "rollovers is not a list"],
    ["balances/list", ["balances", "0", "entitlement"], null, "entitlement is not an object"],
    ["balances/list", ["balances", "0", "unlimited"], 1, "unlimited is not true or false"],
    ["balances/list", ["balances", "0", "balance"], "70", "balance is not a number"],
  ])("%s: %j = %j", async (name, path, other, expected) => {
    const { good, read } = ROUTES[name] as Route;
    const error = await failureOf(read(answering(withField(good, path, other))));
    expect(error.message).toBe(`${name} answered something unexpected: ${expected}`);
  });
});

describe("what is new or left out", () => {
  it("a kind of feature that came later takes a grant, and does not stop everything", async () => {
    const list = ["metered", "boolean", "credit_system", "ai_credit_system", "something_new"].map((type) => ({
      id: type,
      type,
    }));
    const features = await answering({ list }).listFeatures();
    expect(features.map(({ type }) => type)).toEqual([
      "metered",
      "boolean",
      "credit_system",
      "credit_system",
      "credit_system",
    ]);
  });

  it("a customer without an id of its own is passed over", async () => {
    const page = await answering({
      list: [{ ...CUSTOMER, id: null }, CUSTOMER],
      next_cursor: null,
    }).listCustomers(null);
    expect(page.list.map(({ id }) => id)).toEqual(["acme"]);
  });

  it("a customer without balances and flags has none", async () => {
    expect(await answering({ id: "acme" }).getCustomer("acme")).toEqual({
      id: "acme",
      rows: [],
      hasBalances: false,
      flags: [],
      granted_flags: [],
      limited: [],
    });
  });

  it("a flag that no plan has turned on is told by its row, where the server tells it", async () => {
    const flags = {
      a: { id: "contracts:a", plan_id: null },
      b: { plan_id: null },
      c: { id: "cus_ent_1", plan_id: "pro" },
      d: { feature_id: "d" },
      e: null,
    };
    const customer = await answering({ id: "acme", flags }).getCustomer("acme");
    expect(customer?.flags).toEqual(["a", "b", "c", "d", "e"]);
    expect(customer?.granted_flags).toEqual(["contracts:a", null]);
  });

  it("a feature named like a property of every object is a feature", async () => {
    const body = JSON.parse(`{"id":"acme","balances":{"__proto__":{"breakdown":[${JSON.stringify(ROW)}]}}}`);
    const customer = await answering(body).getCustomer("acme");
    expect(customer?.rows.map((row) => row.feature_id)).toEqual(["__proto__"]);
  });
});
