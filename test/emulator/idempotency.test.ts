// The Idempotency-Key header: when a key is taken, kept and freed.
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createEmulator } from "../../src/emulator/index.ts";
import { call, customer, DAY, FEATURES, frozen } from "./helpers.ts";

const key = { "idempotency-key": "k" };

describe("an idempotency key", () => {
  it("lets exactly one of parallel requests pass, whatever their bodies", async () => {
    const c = customer(frozen({ latencyMs: 5 }));
    const replies = await Promise.all(
      Array.from({ length: 10 }, (_, i) => c.create({ included_grant: 1, balance_id: `b${i}` }, key)),
    );
    expect(replies.filter((reply) => reply.status === 200)).toHaveLength(1);
    expect(replies.filter((reply) => reply.body.code === "duplicate_idempotency_key")).toHaveLength(9);
    expect(await c.raw()).toHaveLength(1);
  });

  it("counts on every route of the organisation", async () => {
    const emulator = frozen();
    await call(emulator, "POST /v1/customers.get", { customer_id: "c" }, key);
    expect(await customer(emulator, "d").create({ included_grant: 1 }, key)).toMatchObject({ status: 409 });
  });

  it("is kept after a 409 that has another reason", async () => {
    const c = customer(frozen());
    await c.create({ included_grant: 1, balance_id: "b" });
    expect(await c.create({ included_grant: 1, balance_id: "b" }, key)).toMatchObject({ status: 409 });
    expect((await c.create({ included_grant: 1, balance_id: "x" }, key)).body.code).toBe(
      "duplicate_idempotency_key",
    );
  });

  it.each([
    [400, { included_grant: "1" }],
    [404, { feature_id: "nope", included_grant: 1 }],
    [500, {}],
  ])("is freed by a %i", async (status, body) => {
    const c = customer(frozen());
    expect(await c.create(body, key)).toMatchObject({ status });
    expect(await c.create({ included_grant: 1 }, key)).toMatchObject({ status: 200 });
  });

  it("lives 24 hours by the emulator's clock", async () => {
    const emulator = frozen();
    const c = customer(emulator);
    await c.create({ included_grant: 1 }, key);
    emulator.advance(DAY - 1);
    expect(await c.create({ included_grant: 1 }, key)).toMatchObject({ status: 409 });
    emulator.advance(1);
    expect(await c.create({ included_grant: 1 }, key)).toMatchObject({ status: 200 });
  });

  it("is not used up by a 429, nor by a fault that comes before the effect", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    onTestFinished(() => void vi.useRealTimers());
    const emulator = createEmulator({
      limits: "production",
      seed: { features: FEATURES, customers: [{ id: "c" }] },
    });
    const c = customer(emulator);
    const replies = await Promise.all(
      Array.from({ length: 30 }, (_, i) => c.create({ included_grant: 1 }, { "idempotency-key": `k${i}` })),
    );
    const refused = replies.findIndex((reply) => reply.status === 429);
    vi.advanceTimersByTime(1000);
    const again = { "idempotency-key": `k${refused}` };
    emulator.inject({ route: "*", kind: "status", status: 503 });
    expect(await c.create({ included_grant: 1 }, again)).toMatchObject({ status: 503 });
    emulator.inject({ route: "*", kind: "drop_before" });
    await expect(c.create({ included_grant: 1 }, again)).rejects.toThrow("fetch failed");
    expect(await c.create({ included_grant: 1 }, again)).toMatchObject({ status: 200 });
    expect(await c.create({ included_grant: 1 }, again)).toMatchObject({ status: 409 });
  });
});
