// The production limits, counted in real time.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createEmulator } from "../../src/emulator/index.ts";
import { RateLimits } from "../../src/emulator/limits.ts";
import { call, customer, FEATURES, frozen } from "./helpers.ts";

// What counts as one second is told by this clock.
beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

describe("production limits", () => {
  const limited = () =>
    createEmulator({
      level: "2026-10",
      limits: "production",
      seed: { features: FEATURES, customers: [{ id: "c" }] },
    });

  it("refuse the 26th call of the organisation in a second, as text", async () => {
    const emulator = limited();
    const replies = [];
    for (let i = 0; i < 26; i++) replies.push(await call(emulator, "POST /v1/features.list"));
    expect(replies.slice(0, 25).every((reply) => reply.status === 200)).toBe(true);
    const [last] = replies.slice(-1);
    expect(last?.status).toBe(429);
    expect(last?.text).toMatch(/^Too many requests/);
    expect(Object.fromEntries(last?.headers ?? [])).toMatchObject({
      "content-type": "text/plain; charset=UTF-8",
      "retry-after": "1",
      "ratelimit-limit": "25",
      "ratelimit-remaining": "0",
      "ratelimit-reset": "1",
      "ratelimit-policy": "25;w=1",
    });
  });

  it("share one counter between create, delete, list, features and entities", async () => {
    const emulator = limited();
    const c = customer(emulator);
    const remaining = (reply: { headers: Headers }) => Number(reply.headers.get("ratelimit-remaining"));
    expect(remaining(await c.create({ included_grant: 1 }))).toBe(24);
    expect(remaining(await c.remove({ balance_id: "nobody" }))).toBe(23);
    expect(remaining(await call(emulator, "GET /v1/balances/list?customer_id=c"))).toBe(22);
    expect(remaining(await call(emulator, "POST /v1/balances.list"))).toBe(21);
    expect(remaining(await call(emulator, "POST /v1/features.list"))).toBe(20);
    expect(remaining(await c.update({ balance_id: "nobody" }))).toBe(9999);
    expect(remaining(await call(emulator, "POST /v1/customers.get", { customer_id: "c" }))).toBe(9999);
  });

  it("count a window of one second from its first call, refused calls too", () => {
    let now = 0;
    const limits = new RateLimits(() => now);
    const allowed = () => limits.count("general", "", "2.3.0").allowed;
    expect(Array.from({ length: 30 }, allowed).filter(Boolean)).toHaveLength(25);
    now = 999;
    expect(allowed()).toBe(false);
    now = 1000;
    expect(allowed()).toBe(true);
  });

  it("depend on the customer for reads of one, and on the version for lists", () => {
    let now = 0;
    const limits = new RateLimits(() => now);
    const count = (group: "entity" | "list", customerId: string, version: string, times: number) =>
      Array.from({ length: times }, () => limits.count(group, customerId, version)).filter(
        (state) => state.allowed,
      ).length;
    expect(count("entity", "a", "2.3.0", 60)).toBe(50);
    expect(count("entity", "b", "2.3.0", 60)).toBe(50);
    expect(count("list", "", "2.2.0", 10)).toBe(5);
    // Versions by calendar are older than those by number.
    now = 1000;
    expect(count("list", "", "2025-04-17", 10)).toBe(5);
    now = 2000;
    expect(count("list", "", "2.3", 60)).toBe(50);
  });

  it("put no header on answers when they are off", async () => {
    const reply = await call(frozen(), "POST /v1/features.list");
    expect([...reply.headers.keys()].filter((name) => name.startsWith("ratelimit"))).toEqual([]);
  });
});
