// What the real server does that a client would not expect, and what becomes of balances there all the same.
import { describe, expect, it } from "vitest";
import { changesOf } from "../../src/reconcile/decide/changes.ts";
import { proposeEntries, readInFull } from "../../src/reconcile/index.ts";
import { rowOfPublicRead, rowOfRawRead } from "../../src/reconcile/row.ts";
import { type BalanceEntry, desiredBalance } from "../../src/schema/index.ts";
import { ACME, monthly, oneOff, summary } from "./entries.ts";
import { DAY, LEVELS, START, World } from "./world.ts";

/** Limits how much of a feature can be used in a window. */
async function limitUsage(
  world: World,
  feature_id: string,
  limit: number,
  entity_id?: string,
): Promise<void> {
  const usage_limits = [{ feature_id, enabled: true, limit, interval: "month" }];
  const route = entity_id ? "entities.update" : "customers.update";
  await world.call(route, {
    ...ACME,
    ...(entity_id ? { entity_id } : {}),
    billing_controls: { usage_limits },
  });
}

describe.each(LEVELS)("a limit of usage, on a server of %s,", (level) => {
  it("takes nothing of what was used of a monthly grant that is raised", async () => {
    const world = new World({ level });
    await limitUsage(world, "api_calls", 40);
    await world.converge([monthly(100)]);
    await world.use("acme", "api_calls", 30);
    await world.converge([monthly(150)]);
    expect(await world.live("acme")).toMatchObject([{ grant: 150, usage: 30, remaining: 120 }]);
  });

  it("takes nothing of a grant that is lowered", async () => {
    const world = new World({ level });
    await limitUsage(world, "storage", 40);
    await world.converge([oneOff(100)]);
    await world.use("acme", "storage", 30);
    await world.converge([oneOff(50)]);
    expect(await world.live("acme")).toMatchObject([{ grant: 50, usage: 30, remaining: 20 }]);
  });

  it("is not used up by usage that is counted on a successor", async () => {
    const world = new World({ level });
    await limitUsage(world, "api_calls", 40);
    await world.converge([monthly(100)]);
    await world.use("acme", "api_calls", 30);
    await world.converge([monthly(150)]);
    await world.use("acme", "api_calls", 10);
    expect(await world.live("acme")).toMatchObject([{ usage: 40 }]);
  });

  it("of an entity is seen as well", async () => {
    const world = new World({ level });
    await limitUsage(world, "api_calls", 40, "seat_1");
    await world.converge([monthly(100, { entity_id: "seat_1" })]);
    await world.use("acme", "api_calls", 30, "seat_1");
    await world.converge([monthly(150, { entity_id: "seat_1" })]);
    expect(await world.live("acme")).toMatchObject([{ grant: 150, usage: 30 }]);
  });
});

describe.each(LEVELS)("on a server of %s,", (level) => {
  it("a rollover for ever is created, and leaves nothing to do", async () => {
    const world = new World({ level });
    const entry = monthly(100, { rollover: { max: 50, duration: "forever" } });
    await world.converge([entry]);
    expect(world.sent("create")).toMatchObject([{ rollover: { max: 50, length: 1, duration: "forever" } }]);
    expect((await world.plan([entry])).changes).toEqual([]);
  });

  it("a row that was bought looks granted, and is neither imported nor touched", async () => {
    const world = new World({ level });
    const bought = { feature_id: "storage", balance_id: "top-up", included_grant: 0, prepaid_grant: 500 };
    world.emulator.seed({ customers: [{ id: "acme", balances: [bought] }] });
    const before = await world.rows("acme");
    const now = world.ms;
    const found = await readInFull(world.client(), { namespace: "test", customers: null, concurrency: 2 });
    const { proposals, leftOut } = proposeEntries(found.rows, {
      namespace: "test",
      balances: [],
      now,
      features: found.features,
      adoptNamespaces: new Set(),
      isSecret: () => false,
    });
    expect(proposals).toEqual([]);
    expect(leftOut.every(({ code }) => code === "paid")).toBe(true);
    await world.converge([oneOff(100)]);
    await world.converge([oneOff(70)]);
    await world.converge([], { prune: true });
    expect(await world.rows("acme")).toEqual(before);
  });

  it("fields that are not known are passed over in every answer", async () => {
    const world = new World({ level, unknownFields: true });
    await world.converge([monthly(100), oneOff(50)]);
    await world.use("acme", "api_calls", 30);
    await world.converge([monthly(150), oneOff(70)]);
    expect((await world.plan([monthly(150), oneOff(70)])).changes).toEqual([]);
  });

  it("a used-up balance whose reset has passed comes back once the customer is read", async () => {
    const world = new World({ level, resetJob: "off" });
    await world.converge([monthly(100)]);
    await world.use("acme", "api_calls", 100);
    world.ms += 40 * DAY;
    expect((await world.plan([monthly(100)])).changes).toEqual([]);
    const plan = await world.converge([monthly(150)]);
    expect(summary(plan)).toEqual(["replace test:api_calls~2 (changed-for-good)"]);
    expect(await world.live("acme")).toMatchObject([{ grant: 150, usage: 0 }]);
  });

  it("a used-up balance that the server does not reset is told, and still replaced", async () => {
    const world = new World({ level, resetJob: "off" });
    await world.converge([monthly(100)]);
    await world.use("acme", "api_calls", 100);
    world.ms += 40 * DAY;
    // A server that resets by a job only.
    const real = world.emulator.fetch;
    world.route = (input, init) =>
      String(input).endsWith("customers.get") && !new Headers(init?.headers).has("idempotency-key")
        ? Promise.resolve(Response.json({ id: "acme", balances: {}, flags: {} }))
        : real(input, init);
    const { changes, warnings } = await world.plan([monthly(100)]);
    expect(changes).toEqual([]);
    expect(warnings).toMatchObject([
      { code: "reset-overdue", message: expect.stringContaining("2026-12-22") },
    ]);
  });
});

describe("a feature that entries grant both without a limit and with one", () => {
  const unlimited = { ...ACME, feature_id: "storage", id: "all", unlimited: true };
  const codes = async (world: World, ...entries: BalanceEntry[]): Promise<string[]> =>
    (await world.plan(entries)).warnings.map(({ code }) => code);

  it("is told when one of them is granted, as newer servers count only what is limited", async () => {
    const world = new World();
    const plan = await world.plan([unlimited, oneOff(5), monthly(5)]);
    expect(plan.warnings).toMatchObject([
      { code: "limited-and-unlimited", message: expect.stringContaining("acme is granted storage without") },
    ]);
    await world.converge([unlimited]);
    expect(await codes(world, unlimited, oneOff(5))).toEqual(["limited-and-unlimited"]);
    await world.converge([unlimited, oneOff(5)]);
    expect(await codes(world, unlimited, oneOff(5), monthly(5))).toEqual([]);
  });

  it("is none where they are for others, at other times, or of another feature", async () => {
    const world = new World();
    expect(
      await codes(
        world,
        unlimited,
        monthly(5),
        oneOff(5, { customer_id: "globex" }),
        oneOff(5, { entity_id: "seat_1" }),
        oneOff(5, { id: "later", starts_at: START + DAY }),
        oneOff(5, { id: "over", expires_at: START - DAY }),
      ),
    ).toEqual(["already-over"]);
  });
});

const shown = {
  id: "test:api_calls",
  feature_id: "api_calls",
  plan_id: null,
  included_grant: 100,
  remaining: 70,
  usage: 30,
  unlimited: false,
  reset: null,
  expires_at: null,
  paid: false,
  rolled_over: 0,
};

it("amounts of a public read are without the noise of the server's own sums", () => {
  const noisy = { included_grant: 0.09999999999999432, remaining: 0.100000000000001, usage: 0 };
  const row = rowOfPublicRead({ ...shown, ...noisy }, "acme");
  expect(row).toMatchObject({ grant: 0.1, remaining: 0.1, usage: 0 });
  const { declared } = changesOf(
    [desiredBalance(oneOff(40, { feature_id: "api_calls" }))],
    new Map([["acme", [row]]]),
    {
      namespace: "test",
      now: START,
      isBoolean: () => false,
    },
  );
  const fields = [{ field: "included", from: 0.1, to: 40 }];
  expect(declared).toMatchObject([{ kind: "update", granted: 39.9, fields }]);
});

describe("a row that cannot be worked with", () => {
  const raw = {
    id: "cus_ent_1",
    external_id: "test:api_calls",
    customer_id: "acme",
    feature_id: "api_calls",
    internal_entity_id: null,
    unlimited: false,
    balance: 70,
    adjustment: 0,
    next_reset_at: START + DAY,
    expires_at: null,
    created_at: START - DAY,
    allowance: 100,
    interval: "month",
    interval_count: 1,
    rollover: null,
  };
  const planned = (fields: Partial<typeof raw>) => {
    const row = rowOfRawRead({ ...raw, ...fields }, () => undefined);
    const entries = [desiredBalance(monthly(100))];
    const context = { namespace: "test", now: START + 50 * DAY, isBoolean: () => false };
    return changesOf(entries, new Map([["acme", [row]]]), context).declared[0];
  };

  it("is a problem of its own, and neither hangs nor breaks the plan", () => {
    for (const interval_count of [0, -1, 0.5, Number.NaN]) {
      expect(planned({ interval_count })).toMatchObject({ kind: "blocked", reasons: [{ code: "flawed" }] });
    }
    const far = planned({ expires_at: 1e16 as never });
    expect(far).toMatchObject({ kind: "blocked", reasons: [{ code: "flawed" }] });
    expect(far?.reasons[0]?.text).toContain("10000000000000000");
    expect(planned({ next_reset_at: 1e16 })).toMatchObject({ kind: "blocked" });
  });

  it("is told from public reads as well", () => {
    const reset = { interval: "month", interval_count: 0, resets_at: START };
    expect(rowOfPublicRead({ ...shown, reset }, "acme").flaw).toContain("interval_count is 0");
  });
});
