// What differs between API versions 2.3 and 2.4, and fields that no version knows yet.
import { describe, expect, it } from "vitest";
import { call, customer, frozen } from "./helpers.ts";

const V24 = { "x-api-version": "2.4.0" };

describe("API version 2.4", () => {
  it.each(["customers.list", "entities.list"])("has at most 200 on a page of %s", async (route) => {
    const emulator = frozen();
    expect(await call(emulator, `POST /v1/${route}`, { limit: 1000 })).toMatchObject({ status: 200 });
    expect(await call(emulator, `POST /v1/${route}`, { limit: 200 }, V24)).toMatchObject({ status: 200 });
    expect(await call(emulator, `POST /v1/${route}`, { limit: 201 }, V24)).toMatchObject({ status: 400 });
  });

  it("leaves the balances of entities out of reads of their customer", async () => {
    const emulator = frozen();
    const c = customer(emulator);
    await c.create({ included_grant: 10, balance_id: "own" });
    await c.create({ included_grant: 5, balance_id: "seat", entity_id: "seat_1" });
    const read = async (headers: Record<string, string>) => {
      const got = await call(emulator, "POST /v1/customers.get", { customer_id: "c" }, headers);
      const list = (await call(emulator, "POST /v1/customers.list", {}, headers)).body.list;
      const listed = list[0] as unknown as typeof got.body;
      return [
        got.body.balances.api_calls?.granted,
        listed.balances.api_calls?.breakdown.map(({ id }) => id).sort(),
      ];
    };
    expect(await read({})).toEqual([15, ["own", "seat"]]);
    expect(await read(V24)).toEqual([10, ["own"]]);
    const entity = { customer_id: "c", entity_id: "seat_1" };
    const { body } = await call(emulator, "POST /v1/entities.get", entity, V24);
    expect(body.balances.api_calls).toMatchObject({ granted: 15 });
  });
});

describe("unknown fields", () => {
  it("stand in every object of an answer, but not among features", async () => {
    const emulator = frozen({ level: "2026-10", unknownFields: true });
    const c = customer(emulator);
    await c.create({ included_grant: 10, balance_id: "b", reset: { interval: "month" } });
    const { body } = await call(emulator, "POST /v1/customers.get", { customer_id: "c" });
    const unknown = { introduced_later: expect.anything() };
    expect(body).toMatchObject(unknown);
    expect(Object.keys(body.balances)).toEqual(["api_calls"]);
    expect(body.balances.api_calls).toMatchObject({
      ...unknown,
      breakdown: [{ ...unknown, id: "b", reset: unknown }],
    });
    expect(await c.raw()).toMatchObject([{ ...unknown, entitlement: unknown }]);
    const listed = await call(emulator, "POST /v1/balances.list", {});
    expect(listed.body).toMatchObject({ ...unknown, list: [{ ...unknown, id: "b" }] });
  });

  it("are left out unless asked for", async () => {
    const emulator = frozen();
    const { text } = await call(emulator, "POST /v1/customers.get", { customer_id: "c" });
    expect(text).not.toContain("introduced_later");
  });
});
