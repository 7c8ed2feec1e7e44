// Who resets a row that is due: whoever reads its customer, or the server's own job.
import { describe, expect, it } from "vitest";
import type { EmulatorOptions } from "../../src/emulator/index.ts";
import { call, customer, DAY, frozen, START } from "./helpers.ts";

describe.each(["2026-08", "2026-10"] as const)("a drained row that is due to reset at level %s", (level) => {
  async function drained(options: EmulatorOptions) {
    const emulator = frozen({ level, storeDelayMs: 0, ...options });
    const c = customer(emulator);
    await c.create({ included_grant: 10, reset: { interval: "day" }, balance_id: "b" });
    await c.track(10);
    emulator.advance(DAY);
    return { emulator, c };
  }

  it("is reset at once, unless told otherwise", async () => {
    const { c } = await drained({});
    expect(await c.raw()).toMatchObject([{ balance: 10, next_reset_at: START + 2 * DAY }]);
  });

  it("stays hidden while nobody reads it and the job is off", async () => {
    const { emulator, c } = await drained({ resetJob: "off" });
    emulator.advance(10 * DAY);
    expect(await c.raw()).toMatchObject([{ balance: 0, next_reset_at: START + DAY }]);
    expect(await c.remove({ balance_id: "b" })).toMatchObject({ status: 404 });
    const { body } = await call(emulator, "POST /v1/customers.list", {});
    expect(body.list).toMatchObject([{ balances: {} }]);
    if (level === "2026-10") {
      const listed = await call(emulator, "POST /v1/balances.list", { customer_id: "c" });
      expect(listed.body.list).toMatchObject([{ id: "b", remaining: 0 }]);
    }
  });

  it.each([
    ["customers.get", "POST /v1/customers.get", { customer_id: "c" }],
    ["entities.get", "POST /v1/entities.get", { customer_id: "c", entity_id: "seat_1" }],
    ["tracking", "POST /v1/balances.track", { customer_id: "c", feature_id: "storage", value: 1 }],
  ])("comes back when %s reads its customer", async (_, route, body) => {
    const { emulator, c } = await drained({ resetJob: "off" });
    await call(emulator, route, body);
    expect(await c.raw()).toMatchObject([{ balance: 10, next_reset_at: START + 2 * DAY }]);
  });

  it("comes back when the job has been there", async () => {
    const { emulator, c } = await drained({ resetJob: 60_000 });
    expect(await c.raw()).toMatchObject([{ balance: 0 }]);
    emulator.advance(60_000);
    expect(await c.raw()).toMatchObject([{ balance: 10 }]);
  });
});
