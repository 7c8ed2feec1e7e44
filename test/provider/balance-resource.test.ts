// What an apply does with a balance that is destroyed at one address and created at another, where the plan could not
// tell: in every order that Terraform may choose.
import { describe, expect, it, vi } from "vitest";
import { balanceResource } from "../../src/provider/balance-resource.ts";
import { configure } from "../../src/provider/client.ts";
import {
  type CtyObject,
  type Diagnostic,
  DiagnosticError,
  UNKNOWN,
  type Unknown,
} from "../../src/provider/protocol/index.ts";
import { LEVELS, rowsOf, start, track } from "./acceptance/world.ts";

const CONFIG: CtyObject = {
  ...Object.fromEntries(Object.keys(balanceResource.schema.attributes).map((name) => [name, null])),
  customer_id: "acme",
  feature_id: "api_calls",
  included: 20n,
};
const NO_BYTES = new Uint8Array();

/** What one apply says and does. */
async function anApply(url: string, key: string) {
  vi.stubEnv("AUTUMN_BASE_URL", url);
  vi.stubEnv("AUTUMN_SECRET_KEY", key);
  const client = configure({ requests_per_second: 1000n });
  const said: Diagnostic[] = [];
  const context = {
    client,
    signal: new AbortController().signal,
    report: (one: Diagnostic) => said.push(one),
  };
  const { plan, planDelete } = balanceResource;
  if (!plan || !planDelete) throw new Error("the resource plans nothing");
  return {
    client,
    said,
    plan: async (included: bigint | Unknown = 20n) => {
      const config: CtyObject = { ...CONFIG, included };
      return (await plan({ prior: null, proposed: config, config, private: NO_BYTES }, context)).planned;
    },
    planDelete: async (state: CtyObject, bytes: Uint8Array) =>
      (await planDelete({ state, private: bytes }, context)) ?? bytes,
    create: (planned: CtyObject) =>
      balanceResource.create({ planned, config: CONFIG, private: NO_BYTES }, context),
    delete: async (state: CtyObject, bytes: Uint8Array) =>
      balanceResource.delete({ state, private: bytes }, context),
  };
}

/** A balance in a state, of which something is used, and the bytes of a plan to destroy it. */
async function granted() {
  const emulator = await start("2026-10");
  const apply = () => anApply(emulator.url, emulator.key);
  const first = await apply();
  const { state, private: bytes = NO_BYTES } = await first.create(await first.plan());
  await track(emulator, { customer_id: "acme", feature_id: "api_calls", value: 7 });
  const removal = await (await apply()).planDelete(state, bytes);
  return { emulator, apply, state, bytes, removal };
}

const row = (usage: number, grant = 20) => [
  expect.objectContaining({ id: "terraform:api_calls", grant, usage }),
];

describe("a balance that is destroyed at one address and created at another", () => {
  it("stays when its creation is planned before", async () => {
    const { emulator, apply, state, removal } = await granted();
    const now = await apply();
    const planned = await now.plan();
    await now.delete(state, removal);
    expect(await rowsOf(emulator, "acme")).toEqual(row(7));
    expect(now.said.map(({ summary }) => summary)).toContain("acme/api_calls stays");
    await now.create(planned);
    expect(await rowsOf(emulator, "acme")).toEqual(row(7));
  });

  it("stays when its creation is planned while it is about to be destroyed", async () => {
    const { emulator, apply, state, removal } = await granted();
    const now = await apply();
    const [planned] = await Promise.all([
      Promise.resolve().then(() => now.plan()),
      now.delete(state, removal),
    ]);
    await now.create(planned);
    expect(await rowsOf(emulator, "acme")).toEqual(row(7));
    expect(now.said.map(({ summary }) => summary)).toContain("acme/api_calls stays");
  });

  it("stays when it was created before", async () => {
    const { emulator, apply, state, removal } = await granted();
    const now = await apply();
    await now.create(await now.plan());
    await now.delete(state, removal);
    expect(await rowsOf(emulator, "acme")).toEqual(row(7));
  });

  it("is not granted anew in the same run when it is gone", async () => {
    const { emulator, apply, state, removal } = await granted();
    const now = await apply();
    await now.delete(state, removal);
    const refused = await now.plan().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(DiagnosticError);
    expect((refused as Error).message).toContain("acme/api_calls was destroyed a moment ago");
    expect(await rowsOf(emulator, "acme")).toEqual([]);
  });

  it("is refused by the plan, even if it is not known yet how much is to be granted", async () => {
    const { emulator, apply, state, bytes } = await granted();
    const first = await apply();
    await first.plan(UNKNOWN);
    await expect(first.planDelete(state, bytes)).rejects.toThrow("destroyed at one address");
    const second = await apply();
    await second.planDelete(state, bytes);
    await expect(second.plan(UNKNOWN)).rejects.toThrow("destroyed at one address");
    expect(await rowsOf(emulator, "acme")).toEqual(row(7));
  });

  it("is granted anew at its own address, as the plan said", async () => {
    const { emulator, apply, state, bytes } = await granted();
    const now = await apply();
    await now.delete(state, bytes);
    await now.create(await now.plan(21n));
    expect(await rowsOf(emulator, "acme")).toEqual(row(0, 21));
  });

  it("is granted anew at its own address too after a plan to destroy it came to nothing", async () => {
    const { apply, state, removal } = await granted();
    const { plan } = balanceResource;
    const client = configure({ requests_per_second: 1000n });
    const context = { client, signal: new AbortController().signal, report: () => {} };
    const config = { ...CONFIG, balance_id: "api_calls" };
    const kept = await plan?.({ prior: state, proposed: state, config, private: removal }, context);
    const now = await apply();
    await now.delete(state, kept?.private ?? removal);
    await expect(now.plan()).resolves.toMatchObject({ remote_id: "terraform:api_calls" });
  });
});

describe("a balance of which two resources are", () => {
  it("is refused by the plan, even if it is not known yet how much one of them is to grant", async () => {
    const { apply, state } = await granted();
    const { client, plan } = await apply();
    const context = { client, signal: new AbortController().signal, report: () => {} };
    const config: CtyObject = { ...CONFIG, included: UNKNOWN };
    const proposed: CtyObject = { ...state, included: UNKNOWN };
    await balanceResource.plan?.({ prior: state, proposed, config, private: NO_BYTES }, context);
    await expect(plan()).rejects.toThrow("Two resources are the balance");
  });
});

describe("a balance that would have ended before it is granted", () => {
  it("is refused where only the apply can tell, and is in no state", async () => {
    const emulator = await start("2026-10");
    const now = await anApply(emulator.url, emulator.key);
    const planned = { ...(await now.plan()), expires_at: "2020-01-31T00:00:00Z" };
    await expect(now.create(planned)).rejects.toThrow(DiagnosticError);
    expect(await rowsOf(emulator, "acme")).toEqual([]);
  });
});

describe("a balance that is used up while its update waits for its turn", () => {
  it("is replaced, and has the remote_id that was planned until it is read again", async () => {
    const { emulator, state, bytes } = await granted();
    await track(emulator, { customer_id: "acme", feature_id: "api_calls", value: 13 });
    const context = {
      client: configure({ requests_per_second: 1000n }),
      signal: new AbortController().signal,
      report: () => {},
    };
    const planned = { ...state, included: 50n };
    const wanted = { planned, prior: state, config: CONFIG, private: bytes };
    const stored = await balanceResource.update(wanted, context);
    expect(stored.state).toMatchObject({ included: 50n, remote_id: "terraform:api_calls" });
    expect(await rowsOf(emulator, "acme")).toContainEqual(
      expect.objectContaining({ id: "terraform:api_calls~2", grant: 50, usage: 20 }),
    );
    const read = await balanceResource.read({ state: stored.state, private: NO_BYTES }, context);
    expect(read?.state).toMatchObject({ included: 50n, remote_id: "terraform:api_calls~2" });
  });
});

describe.each(LEVELS)("a balance whose row before it is used up and resets, server of %s", (level) => {
  it.each([
    ["reset = month", { interval: "month", interval_count: null }],
    ["no reset", null],
  ])("is not destroyed before that row can be, successor with %s", async (_, reset) => {
    const emulator = await start(level);
    vi.stubEnv("AUTUMN_BASE_URL", emulator.url);
    vi.stubEnv("AUTUMN_SECRET_KEY", emulator.key);
    const context = () => ({
      client: configure({ requests_per_second: 1000n }),
      signal: new AbortController().signal,
      report: () => {},
    });
    const monthly = { interval: "month", interval_count: null };
    const planned: CtyObject = { ...CONFIG, balance_id: "api_calls", reset: monthly, remote_id: UNKNOWN };
    const granted = { planned, config: CONFIG, private: NO_BYTES };
    const first = await balanceResource.create(granted, context());
    await track(emulator, { customer_id: "acme", feature_id: "api_calls", value: 20 });
    const raised: CtyObject = { ...planned, included: 50n, reset };
    const update = { planned: raised, prior: first.state, config: CONFIG, private: NO_BYTES };
    const { state } = await balanceResource.update(update, context());
    expect(await rowsOf(emulator, "acme")).toHaveLength(2);
    const destroyed = { state, private: NO_BYTES };
    const refused = expect.objectContaining({
      summary: "terraform:api_calls~2 cannot be changed now",
      detail: expect.stringMatching(/^terraform:api_calls is used up.* It can be done after 20\d\d-/),
    });
    for (const destroy of [balanceResource.planDelete, balanceResource.delete]) {
      await expect(destroy?.(destroyed, context())).rejects.toMatchObject({ diagnostics: [refused] });
    }
    emulator.advance({ days: 32 });
    await balanceResource.delete(destroyed, context());
    const live = (await rowsOf(emulator, "acme")).filter(
      ({ expiresAt }) => expiresAt === null || expiresAt > emulator.now(),
    );
    expect(live).toEqual([]);
  });
});
