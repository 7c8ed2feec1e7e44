// What is sent is what Autumn's official SDK sends for the same balance.
import { Autumn } from "autumn-js";
import { describe, expect, it } from "vitest";
import type { AutumnClient, CreateBalanceBody, UpdateBalanceBody } from "../../src/autumn/index.ts";
import { createBody } from "../../src/reconcile/apply/body.ts";
import { type BalanceEntry, desiredBalance } from "../../src/schema/index.ts";
import { client, KEY, type Received, serveAlways } from "./servers.ts";

type SdkCreate = Parameters<Autumn["balances"]["create"]>[0];
type SdkUpdate = Parameters<Autumn["balances"]["update"]>[0];

const NOW = Date.UTC(2026, 10, 22, 12);
const LATER = Date.UTC(2027, 0, 1);
const PLACE = { customer_id: "acme", feature_id: "api_calls" };
const SDK_PLACE = { customerId: "acme", featureId: "api_calls", balanceId: "contracts:api_calls" };

/** The one request that each of the two sends. */
async function sentBy(
  ours: (autumn: AutumnClient) => Promise<unknown>,
  theirs: (autumn: Autumn) => Promise<unknown>,
): Promise<{ ours: Received; theirs: Received }> {
  const server = await serveAlways(200, { success: true });
  await ours(client(server.url));
  await theirs(new Autumn({ secretKey: KEY, serverURL: server.url, failOpen: false }));
  const [first, second, ...more] = server.received;
  if (!first || !second || more.length > 0) throw new Error(`${server.received.length} requests`);
  return { ours: first, theirs: second };
}

/** JSON with keys in order, to the byte. */
function canonical(text: string): string {
  return JSON.stringify(JSON.parse(text), (_name, value) =>
    value && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

function expectAlike({ ours, theirs }: { ours: Received; theirs: Received }): void {
  expect(canonical(ours.text)).toBe(canonical(theirs.text));
  expect([ours.method, ours.url]).toEqual([theirs.method, theirs.url]);
  // The SDK is already at the next version of the API; ours is the one whose behaviour was recorded
  const { authorization, "content-type": type } = theirs.headers;
  expect(ours.headers).toMatchObject({ authorization, "content-type": type, "x-api-version": "2.3.0" });
}

describe("balances.create", () => {
  const cases: [string, Omit<BalanceEntry, "customer_id" | "feature_id">, Partial<SdkCreate>][] = [
    ["a grant", { included: 100 }, { includedGrant: 100 }],
    ["a grant with a fraction", { included: 0.1 }, { includedGrant: 0.1 }],
    ["a huge grant", { included: 9_007_199_254_740_991 }, { includedGrant: 9_007_199_254_740_991 }],
    ["of an entity", { included: 100, entity_id: "seat_42" }, { includedGrant: 100, entityId: "seat_42" }],
    ["unlimited", { unlimited: true }, { unlimited: true }],
    ["of a boolean feature", {}, {}],
    [
      "that resets monthly",
      { included: 100, reset: { interval: "month" } },
      { includedGrant: 100, reset: { interval: "month" } },
    ],
    [
      "that resets every other week",
      { included: 100, reset: { interval: "week", interval_count: 2 } },
      { includedGrant: 100, reset: { interval: "week", intervalCount: 2 } },
    ],
    [
      "whose first reset is set",
      { included: 100, reset: { interval: "month" }, next_reset_at: LATER },
      { includedGrant: 100, reset: { interval: "month" }, nextResetAt: LATER },
    ],
    ["that expires", { included: 100, expires_at: LATER }, { includedGrant: 100, expiresAt: LATER }],
    [
      "with a rollover",
      {
        included: 100,
        reset: { interval: "month" },
        rollover: { max: 50, length: 3, duration: "month" },
      },
      {
        includedGrant: 100,
        reset: { interval: "month" },
        rollover: { max: 50, length: 3, duration: "month" },
      },
    ],
    [
      "with a rollover in percent",
      {
        included: 100,
        reset: { interval: "month" },
        rollover: { max_percentage: 20, length: 1, duration: "month" },
      },
      {
        includedGrant: 100,
        reset: { interval: "month" },
        rollover: { maxPercentage: 20, length: 1, duration: "month" },
      },
    ],
    ["with a name of any characters", { included: 1, id: "ünï/cødé 😀" }, { includedGrant: 1 }],
  ];
  it.each(cases)("%s", async (_what, entry, grant) => {
    const desired = desiredBalance({ ...PLACE, ...entry } as BalanceEntry);
    const balanceId = `contracts:${desired.key}`;
    const body: CreateBalanceBody = createBody(desired, balanceId, NOW);
    expectAlike(
      await sentBy(
        (autumn) => autumn.createBalance(body, "key"),
        (autumn) => autumn.balances.create({ ...SDK_PLACE, balanceId, ...grant } as SdkCreate),
      ),
    );
  });
});

describe("balances.update", () => {
  const cases: [
    string,
    Omit<UpdateBalanceBody, "customer_id" | "feature_id" | "balance_id">,
    Partial<SdkUpdate>,
  ][] = [
    [
      "a raise that keeps usage",
      { included_grant: 150, add_to_balance: 50 },
      { includedGrant: 150, addToBalance: 50 },
    ],
    ["a cut", { included_grant: 50, add_to_balance: -50 }, { includedGrant: 50, addToBalance: -50 }],
    ["a flush", { add_to_balance: 0 }, { addToBalance: 0 }],
    ["another end", { expires_at: LATER }, { expiresAt: LATER }],
    [
      "usage carried, and the cycle",
      { add_to_balance: -30, next_reset_at: LATER },
      { addToBalance: -30, nextResetAt: LATER },
    ],
    ["of an entity", { add_to_balance: 1, entity_id: "seat_42" }, { addToBalance: 1, entityId: "seat_42" }],
  ];
  it.each(cases)("%s", async (_what, fields, sdkFields) => {
    expectAlike(
      await sentBy(
        (autumn) => autumn.updateBalance({ ...PLACE, balance_id: SDK_PLACE.balanceId, ...fields }, "key"),
        (autumn) => autumn.balances.update({ ...SDK_PLACE, ...sdkFields }),
      ),
    );
  });
});

describe("balances.delete", () => {
  it.each([undefined, "seat_42"])("of entity %s", async (entity) => {
    expectAlike(
      await sentBy(
        (autumn) =>
          autumn.deleteBalance({
            ...PLACE,
            balance_id: SDK_PLACE.balanceId,
            ...(entity ? { entity_id: entity } : {}),
          }),
        (autumn) => autumn.balances.delete({ ...SDK_PLACE, ...(entity ? { entityId: entity } : {}) }),
      ),
    );
  });
});
