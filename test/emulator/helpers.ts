// What the tests of the emulator share: an emulator with features and a customer, and a way to call it.
import {
  createEmulator,
  type Emulator,
  type EmulatorOptions,
  type EmulatorSeed,
} from "../../src/emulator/index.ts";

export const FEATURES = [
  { id: "api_calls", name: "API Calls", type: "metered", consumable: true },
  { id: "storage", type: "metered", consumable: true },
  { id: "seats", type: "metered", consumable: false },
  { id: "sso", type: "boolean" },
  {
    id: "credits",
    type: "credit_system",
    credit_schema: [{ metered_feature_id: "api_calls", credit_cost: 2 }],
  },
] as const satisfies EmulatorSeed["features"];

/** 2027-01-01T00:00:00Z, the instant at which a frozen clock stands. */
export const START = Date.UTC(2027, 0, 1);
export const DAY = 86_400_000;

export interface Row {
  id: string;
  plan_id: string | null;
  included_grant: number;
  remaining: number;
  usage: number;
  unlimited: boolean;
  reset: { interval: string; resets_at: number | null } | null;
  expires_at: number | null;
}
export interface Balance {
  granted: number;
  remaining: number;
  usage: number;
  unlimited: boolean;
  next_reset_at: number | null;
  breakdown: Row[];
  rollovers?: { granted: number; balance: number; expires_at: number }[];
}
export interface RawRow {
  id: string;
  external_id: string | null;
  feature_id: string;
  internal_entity_id: string | null;
  balance: number;
  adjustment: number;
  next_reset_at: number | null;
  expires_at: number | null;
  entitlement: { allowance: number | null; interval: string };
}

// The wire is read loosely here: a test that reads the wrong field fails anyway
export interface Body {
  success?: boolean;
  code?: string;
  message?: string;
  env?: string;
  balances: Record<string, Balance>;
  flags: Record<string, { feature_id: string }>;
  list: (Row & { customer_id: string; entity_id: string | null; status: string; feature_id: string })[];
  next_cursor: string | null;
  has_more: boolean;
  billing_controls?: { usage_limits?: Record<string, unknown>[] };
}
export interface Reply {
  status: number;
  headers: Headers;
  body: Body;
  text: string;
}

/** Calls a route of an emulator, without a socket unless `fetch` is given. */
export async function call(
  emulator: { fetch: typeof fetch; key: string },
  route: string,
  body: unknown = {},
  headers: Record<string, string> = {},
  baseUrl = "http://autumn.test",
): Promise<Reply> {
  const [method = "", path = ""] = route.split(" ");
  const response = await emulator.fetch(baseUrl + path, {
    method,
    headers: { authorization: `Bearer ${emulator.key}`, "x-api-version": "2.3.0", ...headers },
    ...(method === "GET" ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json");
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : text };
}

/** An emulator with a clock that stands still, the five features, and the customer `c` with two seats. */
export function frozen(options: EmulatorOptions = {}): Emulator {
  return createEmulator({
    clock: () => START,
    level: "2026-08",
    seed: {
      features: FEATURES,
      customers: [
        {
          id: "c",
          entities: [
            { id: "seat_1", feature_id: "seats" },
            { id: "seat_2", feature_id: "seats" },
          ],
        },
      ],
    },
    ...options,
  });
}

/** Short forms for the calls that most tests make on customer `c`. */
export function customer(emulator: Emulator, id = "c") {
  const of = (body: object) => ({ customer_id: id, feature_id: "api_calls", ...body });
  return {
    create: (body: object, headers?: Record<string, string>) =>
      call(emulator, "POST /v1/balances.create", of(body), headers),
    update: (body: object, headers?: Record<string, string>) =>
      call(emulator, "POST /v1/balances.update", of(body), headers),
    remove: (body: object) => call(emulator, "POST /v1/balances.delete", of(body)),
    track: (value: number, body: object = {}) =>
      call(emulator, "POST /v1/balances.track", of({ value, ...body })),
    get: async (feature = "api_calls") =>
      (await call(emulator, "POST /v1/customers.get", { customer_id: id })).body.balances[feature],
    raw: async () => {
      const { body } = await call(emulator, `GET /v1/balances/list?customer_id=${id}`);
      return body.balances as unknown as RawRow[];
    },
  };
}
