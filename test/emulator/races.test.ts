// What happens only when calls cross or the server is busy, drawn from randomness that is passed in.
import { describe, expect, it } from "vitest";
import type { RaceOptions } from "../../src/emulator/index.ts";
import { call, customer, frozen } from "./helpers.ts";

/** Draws these numbers in turn, over and over. */
function drawing(...numbers: number[]): () => number {
  let drawn = 0;
  return () => numbers[drawn++ % numbers.length] ?? 0;
}

describe.each(["2026-08", "2026-10"] as const)("at level %s, an update that crosses another one", (level) => {
  async function crossed(races: RaceOptions | undefined) {
    const c = customer(frozen({ level, storeDelayMs: 0, races }));
    await c.create({ included_grant: 100, balance_id: "a" });
    await c.create({ included_grant: 100, balance_id: "b" });
    const answers = await Promise.all([
      c.update({ balance_id: "a", included_grant: 150, add_to_balance: 50 }),
      c.update({ balance_id: "b", included_grant: 150, add_to_balance: 50 }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    return (await c.raw()).map(({ balance, adjustment }) => [balance, adjustment]);
  }

  it("leaves it alone unless races are on", async () => {
    expect(await crossed(undefined)).toEqual([
      [150, 50],
      [150, 50],
    ]);
    expect(await crossed({ random: drawing(0.6), staleUpdates: 0.5 })).toEqual([
      [150, 50],
      [150, 50],
    ]);
  });

  it("can undo its balance", async () => {
    expect(await crossed({ random: drawing(0.2), staleUpdates: 0.5 })).toEqual([
      [100, 50],
      [150, 50],
    ]);
  });

  it("can undo its grant", async () => {
    expect(await crossed({ random: drawing(0.2, 0.7), staleUpdates: 0.5 })).toEqual([
      [150, 0],
      [150, 50],
    ]);
  });

  it("cannot when it comes after it, and is told by the numbers drawn alone", async () => {
    const c = customer(frozen({ level, races: { random: drawing(0), staleUpdates: 1 } }));
    await c.create({ included_grant: 100, balance_id: "a" });
    await c.update({ balance_id: "a", included_grant: 150 });
    await c.update({ balance_id: "a", add_to_balance: 50 });
    expect(await c.raw()).toMatchObject([{ balance: 150, adjustment: 50 }]);
  });
});

describe("tracking while rows of the customer change", () => {
  const refused = { status: 500, body: { code: "SUBJECT_VIEW_CHANGED" } };

  it("is answered 500 and takes nothing", async () => {
    const emulator = frozen({ storeDelayMs: 0, races: { random: () => 0, subjectViewChanged: 1 } });
    const c = customer(emulator);
    await c.create({ included_grant: 100, balance_id: "a" });
    emulator.advance(1000);
    expect(await c.track(1)).toMatchObject({ status: 200 });
    const [, tracked] = await Promise.all([c.create({ included_grant: 1 }), c.track(1)]);
    expect(tracked).toMatchObject(refused);
    expect(await c.track(1)).toMatchObject(refused);
    emulator.advance(1000);
    expect(await c.track(1)).toMatchObject({ status: 200 });
    expect((await c.raw())[0]).toMatchObject({ balance: 98 });
  });

  it("is not while rows of another customer do", async () => {
    const emulator = frozen({ races: { random: () => 0, subjectViewChanged: 1 } });
    emulator.seed({ customers: [{ id: "other" }] });
    await customer(emulator).create({ included_grant: 1 });
    expect(await customer(emulator, "other").track(1)).toMatchObject({ status: 200 });
  });
});

describe("the window of a usage limit", () => {
  it("shows as empty after a create, and still holds back", async () => {
    const emulator = frozen({ storeDelayMs: 0, races: { random: () => 0, emptyWindows: 1 } });
    const c = customer(emulator);
    await c.create({ included_grant: 100, balance_id: "a" });
    const limit = { feature_id: "api_calls", enabled: true, limit: 40, interval: "month" };
    const controls = { billing_controls: { usage_limits: [limit] } };
    await call(emulator, "POST /v1/customers.update", { customer_id: "c", ...controls });
    await c.track(30);
    const shown = async () =>
      (await call(emulator, "POST /v1/customers.get", { customer_id: "c" })).body.billing_controls
        ?.usage_limits?.[0]?.usage;
    await c.create({ feature_id: "storage", included_grant: 1 });
    expect(await shown()).toBe(0);
    await c.track(30);
    expect(await c.get()).toMatchObject({ usage: 40 });
    emulator.advance(1000);
    expect(await shown()).toBe(40);
  });
});

describe("a busy server", () => {
  it("takes two seconds for an answer, after its effect, by the clock it is given", async () => {
    const waits: number[] = [];
    const emulator = frozen({
      races: { random: drawing(0.1, 0.9), slowAnswers: 0.5 },
      sleep: async (ms) => {
        waits.push(ms);
      },
    });
    const c = customer(emulator);
    await c.create({ included_grant: 1 });
    await c.create({ included_grant: 1 });
    // Each create also waits between its check and its insert
    expect(waits).toEqual([1, 2000, 1]);
  });
});
