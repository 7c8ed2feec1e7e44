// Requests that are wrong, or mean harm.
import { describe, expect, it } from "vitest";
import { createEmulator, startEmulator } from "../../src/emulator/index.ts";
import { call, customer, FEATURES, frozen } from "./helpers.ts";

describe("a hostile body", () => {
  it("cannot reach a prototype", async () => {
    const emulator = frozen();
    const body = '{"customer_id":"__proto__","name":"x","metadata":{"__proto__":{"polluted":true}}}';
    expect(await call(emulator, "POST /v1/customers.get_or_create", body)).toMatchObject({ status: 200 });
    for (const id of ["__proto__", "constructor", "toString"]) {
      await call(emulator, "POST /v1/features.create", { feature_id: id, type: "metered" });
      await customer(emulator).create({ feature_id: id, included_grant: 1, balance_id: id });
    }
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    const { text } = await call(emulator, "POST /v1/customers.get", { customer_id: "c" });
    expect(text).toContain('"__proto__":{"feature_id":"__proto__"');
    expect(await call(emulator, "POST /v1/customers.get", '{"__proto__":{"customer_id":"c"}}')).toMatchObject(
      {
        status: 400,
      },
    );
    expect(await call(emulator, "POST /v1/customers.get", { customer_id: "valueOf" })).toMatchObject({
      status: 404,
    });
  });

  it("is refused above a megabyte, however it arrives", async () => {
    const emulator = frozen();
    const huge = JSON.stringify({ customer_id: "c".repeat(1_100_000) });
    expect(await call(emulator, "POST /v1/customers.get", huge)).toMatchObject({ status: 413 });
    const server = await startEmulator({ port: 0 });
    const chunks = new ReadableStream({
      pull(controller) {
        controller.enqueue(new TextEncoder().encode("x".repeat(100_000)));
      },
    });
    const init = { method: "POST", body: chunks, duplex: "half" } as RequestInit;
    const response = await fetch(`${server.url}/v1/customers.get`, init).catch(() => ({ status: 413 }));
    expect(response.status).toBe(413);
    await server.close();
  });

  it("is refused when it is nested too deep, and is no object", async () => {
    const emulator = frozen();
    const deep = `{"customer_id":${"[".repeat(50_000)}${"]".repeat(50_000)}}`;
    expect(await call(emulator, "POST /v1/customers.get", deep)).toMatchObject({ status: 400 });
    expect(emulator.requests()).toHaveLength(1);
    expect(await call(emulator, "POST /v1/customers.get", "[]")).toMatchObject({
      body: { code: "invalid_inputs" },
    });
    expect(await call(emulator, "POST /v1/customers.get", "{not json")).toMatchObject({ status: 400 });
    expect(await call(emulator, "POST /v1/features.list", "")).toMatchObject({ status: 200 });
  });

  it("cannot smuggle numbers that are none", async () => {
    const body = '{"customer_id":"c","feature_id":"api_calls","included_grant":1e999}';
    expect(await call(frozen(), "POST /v1/balances.create", body)).toMatchObject({ status: 400 });
  });
});

describe("the id of a customer", () => {
  it.each(["customers.get", "customers.get_or_create"])(
    "is letters, numbers, _, - and : in %s",
    async (route) => {
      const emulator = frozen();
      const answer = (id: string) => call(emulator, `POST /v1/${route}`, { customer_id: id });
      const refused = async (id: string) => {
        const { status, body } = await answer(id);
        expect(status).toBe(400);
        return [body.code, body.message];
      };
      const only = "Use only letters, numbers, underscores, hyphens, and colons.";
      for (const [id, what] of [
        ["jane@example.com", "@ symbol"],
        ["jane doe", "spaces"],
        ["jane.doe", "periods"],
        ["jané", "'é'"],
        ["a/b", "'/'"],
        ["😀", "'😀'"],
      ] as const) {
        expect(await refused(id)).toEqual(["invalid_inputs", `customer_id: cannot contain ${what}. ${only}`]);
      }
      expect((await answer("Team:7_a-b")).body.code).toBe(
        route === "customers.get" ? "customer_not_found" : undefined,
      );
    },
  );

  it("may be any text in a seed, so that clients can be tried on it", async () => {
    const emulator = createEmulator({
      seed: { features: FEATURES, customers: [{ id: "jane@example.com" }] },
    });
    expect(await call(emulator, "POST /v1/customers.get", { customer_id: "jane@example.com" })).toMatchObject(
      {
        body: { id: "jane@example.com" },
      },
    );
  });
});

describe("authentication", () => {
  it("tells a missing key, a wrong one and a wrong scheme apart", async () => {
    const emulator = frozen();
    const code = async (authorization: string) =>
      (await call(emulator, "POST /v1/features.list", {}, { authorization })).body;
    expect(await code("")).toMatchObject({ code: "no_secret_key", env: "sandbox" });
    expect(await code("Bearer am_sk_test_of_someone_else")).toMatchObject({ code: "invalid_secret_key" });
    expect((await code("Bearer am_sk_test_of_someone_else")).message).not.toContain("someone_else");
    expect(await code("Bearer hunter2")).toMatchObject({ code: "invalid_request" });
  });

  it("answers 401 no_auth_header to what is no route, key or not", async () => {
    const emulator = frozen();
    for (const route of [
      "GET /v1/balances.create",
      "POST /v1/nonsense",
      "GET /",
      "PUT /v1/balances.create",
    ]) {
      expect(await call(emulator, route)).toMatchObject({ status: 401, body: { code: "no_auth_header" } });
    }
  });

  it("knows old versions and refuses invented ones", async () => {
    const emulator = frozen();
    const status = async (version: string) =>
      (await call(emulator, "POST /v1/features.list", {}, { "x-api-version": version })).status;
    for (const version of ["2.3.0", "2.2.0", "2.1.0", "2.0.0", "1.2.0", "2.1", "2025-04-17"]) {
      expect(await status(version)).toBe(200);
    }
    for (const version of ["9.9.9", "latest", "2.3.0.1"]) expect(await status(version)).toBe(400);
  });

  it("says which environment a key belongs to", async () => {
    const emulator = createEmulator({
      key: "am_sk_live_x",
      seed: { features: FEATURES, customers: [{ id: "c" }] },
    });
    expect((await call(emulator, "POST /v1/customers.get", { customer_id: "c" })).body.env).toBe("live");
    expect((await call(emulator, "POST /v1/customers.get", { customer_id: "d" })).body.env).toBe("live");
  });
});
