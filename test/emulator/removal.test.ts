// Deleting customers and features, and archiving features.
import { expect, it } from "vitest";
import { createEmulator } from "../../src/emulator/index.ts";

const seed = {
  features: [
    { id: "api_calls", type: "metered" },
    { id: "credits", type: "credit_system", credit_schema: [{ metered_feature_id: "api_calls" }] },
    { id: "sso", type: "boolean" },
  ],
  customers: [{ id: "acme", balances: [{ feature_id: "sso" }] }, { id: "globex" }],
};

function autumn() {
  const emulator = createEmulator({ seed });
  return async (route: string, body: object) => {
    const response = await emulator.fetch(`http://autumn/v1/${route}`, {
      method: "POST",
      headers: { authorization: `Bearer ${emulator.key}` },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  };
}

it("deletes a customer with everything it holds", async () => {
  const post = autumn();
  expect(await post("customers.delete", { customer_id: "acme" })).toMatchObject({
    status: 200,
    body: { success: true },
  });
  expect(await post("customers.get", { customer_id: "acme" })).toMatchObject({ status: 404 });
  expect(await post("customers.delete", { customer_id: "acme" })).toMatchObject({
    status: 404,
    body: { code: "customer_not_found" },
  });
  expect(await post("customers.get_or_create", { customer_id: "acme" })).toMatchObject({
    body: { flags: {} },
  });
});

it("deletes no customer that is not named", async () => {
  const post = autumn();
  expect(await post("customers.delete", { customer_id: "" })).toMatchObject({ status: 400 });
  expect(await post("customers.get", { customer_id: "globex" })).toMatchObject({ status: 200 });
});

it("deletes a feature that nothing is made of", async () => {
  const post = autumn();
  expect(await post("features.delete", { feature_id: "sso" })).toMatchObject({
    status: 400,
    body: { code: "invalid_request" },
  });
  expect(await post("features.delete", { feature_id: "api_calls" })).toMatchObject({ status: 400 });
  expect(await post("features.delete", { feature_id: "credits" })).toMatchObject({ status: 200 });
  expect(await post("features.delete", { feature_id: "api_calls" })).toMatchObject({ status: 200 });
  expect(await post("features.delete", { feature_id: "api_calls" })).toMatchObject({
    status: 404,
    body: { code: "feature_not_found" },
  });
  const { body } = (await post("features.list", {})) as {
    body: { list: { id: string; archived: boolean }[] };
  };
  expect(body.list.map(({ id }) => id)).toEqual(["sso"]);
});

it("archives a feature", async () => {
  const post = autumn();
  expect(await post("features.update", { feature_id: "sso", archived: true })).toMatchObject({
    status: 200,
    body: { id: "sso", archived: true },
  });
  const { body } = (await post("features.list", {})) as {
    body: { list: { id: string; archived: boolean }[] };
  };
  expect(body.list.find(({ id }) => id === "sso")?.archived).toBe(true);
});
