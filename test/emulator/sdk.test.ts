// Autumn's official SDK checks every answer against the API's schema: it must accept the emulator's.
import { Autumn } from "autumn-js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningEmulator, startEmulator } from "../../src/emulator/index.ts";
import { FEATURES } from "./helpers.ts";

let emulator: RunningEmulator;
let autumn: Autumn;

beforeAll(async () => {
  emulator = await startEmulator({ port: 0, seed: { features: FEATURES } });
  // failOpen would hide an answer that the SDK cannot read
  autumn = new Autumn({ secretKey: emulator.key, serverURL: emulator.url, failOpen: false });
});
afterAll(() => emulator.close());

describe("the official SDK", () => {
  it("creates, tracks, updates, reads and deletes a balance", async () => {
    const customer = await autumn.customers.getOrCreate({
      customerId: "acme",
      name: "Acme",
      email: "a@acme.test",
    });
    expect(customer).toMatchObject({ id: "acme", env: "sandbox", balances: {} });

    const place = { customerId: "acme", featureId: "api_calls", balanceId: "monthly" };
    const grant = {
      includedGrant: 100,
      reset: { interval: "month" },
      rollover: { max: 50, length: 1, duration: "month" },
    };
    expect(
      await autumn.balances.create({ ...place, ...grant } as Parameters<typeof autumn.balances.create>[0]),
    ).toEqual({
      success: true,
    });
    expect(await autumn.balances.create({ customerId: "acme", featureId: "sso" })).toEqual({ success: true });

    const tracked = await autumn.track({ customerId: "acme", featureId: "api_calls", value: 30 });
    expect(tracked).toMatchObject({ customerId: "acme", value: 30, balance: { remaining: 70 } });

    expect(await autumn.balances.update({ ...place, addToBalance: 50, includedGrant: 150 })).toEqual({
      success: true,
    });
    const read = await autumn.customers.get({ customerId: "acme" });
    expect(read.balances.api_calls).toMatchObject({
      granted: 150,
      remaining: 120,
      usage: 30,
      rollovers: [],
      breakdown: [{ id: "monthly", planId: null, reset: { interval: "month" } }],
    });
    expect(read.flags.sso).toMatchObject({ featureId: "sso" });

    expect(await autumn.balances.delete(place)).toEqual({ success: true });
    expect((await autumn.customers.get({ customerId: "acme" })).balances).toEqual({});
  });

  it("reads lists, entities and features", async () => {
    await autumn.customers.getOrCreate({ customerId: "globex" });
    const entity = { customerId: "globex", entityId: "seat_1" };
    expect(await autumn.entities.create({ ...entity, featureId: "seats", name: "Seat" })).toMatchObject({
      id: "seat_1",
    });
    await autumn.balances.create({ ...entity, featureId: "api_calls", includedGrant: 5 });
    expect((await autumn.entities.get(entity)).balances.api_calls).toMatchObject({ remaining: 5 });
    expect((await autumn.customers.list({})).list.map(({ id }) => id)).toContain("globex");
    expect((await autumn.features.list()).list).toHaveLength(FEATURES.length);
  });

  it("throws the API's errors", async () => {
    await expect(autumn.customers.get({ customerId: "nobody" })).rejects.toMatchObject({ statusCode: 404 });
  });
});
