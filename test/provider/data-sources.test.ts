// What the data sources tell of customers whose rows are not as usual.
import { describe, expect, it, vi } from "vitest";
import { configure } from "../../src/provider/client.ts";
import { dataSources } from "../../src/provider/data-sources.ts";
import { type CtyObject, type Diagnostic, UNKNOWN } from "../../src/provider/protocol/index.ts";
import { desiredOf } from "../../src/provider/values.ts";
import { LEVELS, type Level, listen, send, start } from "./acceptance/world.ts";

/** A customer of the level's server, with what a plan, a purchase and somebody else gave them. */
async function reading(level: Level) {
  const emulator = await start(level);
  emulator.seed({
    customers: [
      {
        id: "initech",
        plans: [{ plan_id: "pro", balances: [{ feature_id: "api_calls", included_grant: 10 }] }],
        balances: [
          { feature_id: "api_calls", balance_id: "top-up", included_grant: 5, prepaid_grant: 7, usage: 2 },
          { feature_id: "storage", balance_id: "granted", included_grant: 3 },
          { feature_id: "storage", balance_id: "far", included_grant: 4, expires_at: 1e18 },
        ],
      },
    ],
  });
  vi.stubEnv("AUTUMN_BASE_URL", emulator.url);
  vi.stubEnv("AUTUMN_SECRET_KEY", emulator.key);
  const said: Diagnostic[] = [];
  const context = {
    client: configure({ requests_per_second: 1000n }),
    signal: new AbortController().signal,
    report: (one: Diagnostic) => void said.push(one),
  };
  const read = await dataSources.autumn_balances?.read({ customer_id: "initech" }, context);
  const balances = (read?.balances ?? []) as CtyObject[];
  return { said, row: (id: string) => balances.filter(({ balance_id }) => balance_id === id) };
}

describe.each(LEVELS)("the balances of a customer, server of %s", (level) => {
  it("are with those that were bought, once each", async () => {
    const { row } = await reading(level);
    const bought = { plan_id: null, included: 5, remaining: 10, usage: 2 };
    expect(row("top-up")).toEqual([expect.objectContaining(bought)]);
    expect(row("granted")).toHaveLength(1);
  });

  it("are told even if one of them ends at no moment of any calendar", async () => {
    const { row, said } = await reading(level);
    expect(row("far")).toEqual([expect.objectContaining({ included: 4, expires_at: null, state: "live" })]);
    expect(said).toEqual([
      {
        severity: "warning",
        summary: "far of initech cannot be worked with",
        detail: expect.stringContaining("Its expires_at is 1000000000000000000"),
      },
    ]);
  });
});

describe("a feature that is made in the same run", () => {
  it("is found, although all features were read before; and one that is missing is looked for twice", async () => {
    const emulator = await start("2026-10");
    vi.stubEnv("AUTUMN_BASE_URL", emulator.url);
    vi.stubEnv("AUTUMN_SECRET_KEY", emulator.key);
    const client = configure({ requests_per_second: 1000n });
    const context = { client, signal: new AbortController().signal, report: () => {} };
    const read = async (id: string) => dataSources.autumn_feature?.read({ feature_id: id }, context);
    const desired = desiredOf({ customer_id: "acme", feature_id: "exports", included: 5n });
    await expect(client?.balances.problemsOf(desired)).resolves.toHaveLength(1);
    await send(emulator, "POST", "features.create", { feature_id: "reports", type: "boolean" });
    await expect(read("reports")).resolves.toMatchObject({ type: "boolean" });
    const asked = listen(emulator);
    for (const id of ["sso", "nothing", "nothing", "nothing"]) await read(id).catch(() => {});
    expect(asked()).toEqual(["POST /v1/features.list"]);
    await send(emulator, "POST", "features.create", { feature_id: "credits", type: "metered" });
    const credits = desiredOf({ customer_id: "acme", feature_id: "credits", included: 5n });
    await expect(client?.balances.problemsOf(credits)).resolves.toEqual([]);
  });
});

describe("the id of a data source", () => {
  const context = { signal: new AbortController().signal, report: () => undefined };
  const check = async (source: string, config: CtyObject): Promise<void> =>
    dataSources[source]?.validate?.(config, context);

  it.each([
    ["autumn_balances", "customer_id"],
    ["autumn_customer", "customer_id"],
    ["autumn_feature", "feature_id"],
  ])("of %s is neither blank nor null", async (source, path) => {
    for (const id of ["", " "])
      await expect(check(source, { [path]: id })).rejects.toThrow(`\`${path}\` is empty`);
    await expect(check(source, { [path]: null })).rejects.toThrow(`\`${path}\` is null`);
    await check(source, { [path]: "acme" });
    await check(source, { [path]: UNKNOWN });
  });
});
