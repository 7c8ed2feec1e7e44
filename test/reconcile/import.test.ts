// What is there → entries that declare it, and why others cannot.
import { describe, expect, it } from "vitest";
import type { Proposals } from "../../src/reconcile/index.ts";
import type { BalanceEntry } from "../../src/schema/index.ts";
import { entriesOf, imported, nameOf } from "./importing.ts";
import { DAY, LEVELS, START, World } from "./world.ts";

/** `by-hand: used-up`: what was left out, and why. */
const reasons = ({ leftOut }: Proposals): string[] =>
  leftOut.map(({ row, code }) => `${row.balanceId ?? row.internalId}: ${code}`);

describe.each(LEVELS)("import, server of %s", (level) => {
  const monthly = { reset: { interval: "month" } };

  it("gives a balance of the namespace back the entry that made it", async () => {
    const world = new World({ level });
    const entries: BalanceEntry[] = [
      { customer_id: "acme", feature_id: "api_calls", included: 100, ...monthly } as BalanceEntry,
      {
        customer_id: "acme",
        feature_id: "storage",
        entity_id: "seat_1",
        id: "extra",
        included: 0.5,
        expires_at: "2027-01-31T00:00:00Z",
      },
      { customer_id: "acme", feature_id: "storage", entity_id: "seat_2", unlimited: true },
      {
        customer_id: "globex",
        feature_id: "credits",
        included: 7,
        reset: { interval: "week", interval_count: 2 },
        rollover: { max: 5, length: 2, duration: "month" },
      },
      { customer_id: "globex", feature_id: "sso" },
    ];
    await world.converge(entries);
    const { proposals, leftOut, declared } = await imported(world);
    expect({ leftOut, declared }).toEqual({ leftOut: [], declared: 0 });
    const byName = (a: BalanceEntry, b: BalanceEntry): number => (nameOf(a) < nameOf(b) ? -1 : 1);
    expect(proposals.map(({ entry }) => entry).sort(byName)).toEqual([...entries].sort(byName));
  });

  it("declares a balance that was replaced by the id it had all along", async () => {
    const world = new World({ level });
    const entry = { customer_id: "acme", feature_id: "api_calls", included: 100, ...monthly } as BalanceEntry;
    await world.converge([entry]);
    await world.use("acme", "api_calls", 30);
    await world.converge([{ ...entry, included: 150 }]);
    expect((await world.live("acme")).map(({ id }) => id)).toEqual(["test:api_calls~2"]);
    expect(entriesOf(await imported(world))).toEqual([{ ...entry, included: 150 }]);
  });

  it("leaves a balance without an id out, of which no entry could ever have a name", async () => {
    const world = new World({ level });
    world.emulator.seed({ customers: [{ id: "acme", entities: [{ id: "a\u0007b", feature_id: "seats" }] }] });
    await world.grantByHand("acme", "storage", { entity_id: "a\u0007b", included_grant: 5 });
    await world.grantByHand("acme", "storage", {
      entity_id: "a\u0007b",
      included_grant: 5,
      balance_id: "named",
    });
    const found = await imported(world);
    expect(entriesOf(found)).toEqual([]);
    expect(found.leftOut.map(({ code }) => code)).toEqual(["bad-id", "bad-id"]);
  });

  it("adopts what somebody else granted, by its name or a free one", async () => {
    const world = new World({ level });
    await world.converge([{ customer_id: "acme", feature_id: "storage", included: 5 }]);
    await world.grantByHand("acme", "storage", { balance_id: "bonus", included_grant: 10 });
    await world.grantByHand("acme", "storage", { balance_id: "bonus~2", included_grant: 20 });
    for (const included_grant of [30, 40]) {
      await world.grantByHand("acme", "storage", { included_grant });
      world.ms += 1000;
    }
    const entries = entriesOf(await imported(world));
    expect(entries.map(({ id, included, adopt }) => [id, included, adopt])).toEqual([
      [undefined, 5, undefined],
      ["bonus", 10, "bonus"],
      ["storage-2", 20, "bonus~2"],
      ["storage-3", 30, expect.stringMatching(/^cus_ent_/)],
      ["storage-4", 40, expect.stringMatching(/^cus_ent_/)],
    ]);
  });

  it("does not take the name of an own balance that is used up for another", async () => {
    const world = new World({ level });
    await world.converge([{ customer_id: "acme", feature_id: "storage", included: 5 }]);
    await world.use("acme", "storage", 5);
    await world.grantByHand("acme", "storage", { balance_id: "storage", included_grant: 10 });
    const result = await imported(world);
    expect(reasons(result)).toEqual(["test:storage: used-up"]);
    expect(entriesOf(result)).toMatchObject([{ id: "storage-2", adopt: "storage" }]);
  });

  it("leaves another namespace's balances to it, until told to take them over", async () => {
    const world = new World({ level });
    await world.grantByHand("acme", "storage", { balance_id: "other:extra~3", included_grant: 10 });
    await world.grantByHand("acme", "storage", { balance_id: "https://x", included_grant: 10 });
    expect(reasons(await imported(world))).toEqual([
      "https://x: other-namespace",
      "other:extra~3: other-namespace",
    ]);
    const result = await imported(world, { adopts: true });
    expect(entriesOf(result)).toMatchObject([{ id: "extra", adopt: "other:extra~3" }]);
  });

  it("declares another namespace's balance once, although what was replaced comes back at its reset", async () => {
    const world = new World({ level });
    const entry = { customer_id: "acme", feature_id: "api_calls", included: 100, ...monthly } as BalanceEntry;
    await world.converge([entry], { namespace: "other" });
    await world.use("acme", "api_calls", 100);
    await world.converge([{ ...entry, included: 150 }], { namespace: "other" });
    world.ms += 3000;
    const result = await imported(world, { adopts: true });
    expect(entriesOf(result)).toEqual([{ ...entry, included: 150, adopt: "other:api_calls~2" }]);
    expect(reasons(result)).toEqual(["other:api_calls: replaced"]);
  });

  it("leaves another namespace's balance to it as long as its replacement is not finished", async () => {
    const world = new World({ level });
    const once = { customer_id: "acme", feature_id: "storage" };
    await world.grantByHand("acme", "storage", { balance_id: "other:storage", included_grant: 50 });
    await world.grantByHand("acme", "storage", { balance_id: "other:storage~2", included_grant: 39.999613 });
    const both = ["other:storage: interrupted", "other:storage~2: interrupted"];
    expect(reasons(await imported(world, { adopts: true }))).toEqual(both);
    const old = { ...once, balance_id: "other:storage" };
    await world.call("balances.update", { ...old, expires_at: world.ms + 2500 });
    world.ms += 3000;
    const ended = await imported(world, { adopts: true });
    expect(reasons(ended)).toEqual(["other:storage: ended", "other:storage~2: interrupted"]);
    expect(entriesOf(ended)).toEqual([]);
    const moved = { ...once, balance_id: "other:storage~2", included_grant: 50, add_to_balance: 10.000387 };
    await world.call("balances.update", moved);
    expect(entriesOf(await imported(world, { adopts: true }))).toMatchObject([{ included: 50 }]);
  });

  it("declares what is used up until its reset, with what the reset brings back", async () => {
    const world = new World({ level });
    await world.grantByHand("acme", "storage", { balance_id: "by-hand", included_grant: 10, ...monthly });
    await world.use("acme", "storage", 10);
    const entries = entriesOf(await imported(world));
    expect(entries).toMatchObject([{ included: 10, reset: { interval: "month" }, adopt: "by-hand" }]);
    expect((await world.plan(entries)).changes).toEqual([]);
  });

  it("leaves out a grant that the next reset takes back, and declares it after that", async () => {
    const world = new World({ level });
    await world.grantByHand("acme", "storage", { balance_id: "by-hand", included_grant: 10, ...monthly });
    const target = { customer_id: "acme", feature_id: "storage", balance_id: "by-hand" };
    await world.call("balances.update", { ...target, included_grant: 50, add_to_balance: 40 });
    const { leftOut } = await imported(world);
    expect(leftOut).toMatchObject([
      {
        code: "reset-would-revert",
        text: "it reads 50 now, but each reset goes back to the 10 given at creation",
      },
    ]);
    world.ms += 32 * DAY;
    expect(entriesOf(await imported(world))).toMatchObject([{ included: 10 }]);
  });

  it("declares a grant that was moved for good as it is now", async () => {
    const world = new World({ level });
    await world.grantByHand("acme", "storage", { balance_id: "by-hand", included_grant: 10 });
    const target = { customer_id: "acme", feature_id: "storage", balance_id: "by-hand" };
    await world.call("balances.update", { ...target, included_grant: 50 });
    expect(entriesOf(await imported(world))).toMatchObject([{ included: 50 }]);
  });

  it.each([
    ["ended", { included_grant: 10, expires_at: START + DAY / 2 }, "ended"],
    ["used up for ever", { included_grant: 30 }, "used-up"],
    ["empty", { included_grant: 0 }, "empty"],
    ["negative", { included_grant: -5 }, "out-of-range"],
    ["larger than any number that is exact", { included_grant: 2 ** 60 }, "out-of-range"],
    [
      "never reset for its end",
      { included_grant: 50, ...monthly, expires_at: START + 9 * DAY },
      "expires-or-resets",
    ],
    [
      "in cycles of 1,001 days",
      { included_grant: 50, reset: { interval: "day", interval_count: 1001 } },
      "out-of-range",
    ],
    ["named with a line break", { included_grant: 50, balance_id: "a\nb" }, "bad-id"],
    ["named with a terminal escape", { included_grant: 50, balance_id: "\u001b[2J" }, "bad-id"],
    ["named like a secret key", { included_grant: 50, balance_id: "am_sk_live_x" }, "secret"],
  ])("leaves out what is %s", async (_, balance, code) => {
    const world = new World({ level });
    await world.grantByHand("acme", "storage", { balance_id: "by-hand", ...balance });
    await world.use("acme", "storage", 30);
    world.ms += DAY;
    const { proposals, leftOut } = await imported(world);
    expect({ proposals, codes: leftOut.map((one) => one.code) }).toEqual({ proposals: [], codes: [code] });
  });

  it("leaves out balances that share an id, also while all of them are used up", async () => {
    const world = new World({ level });
    for (const balance_id of ["by-hand", "test:storage"]) {
      const twice = [1, 2].map(() =>
        world.grantByHand("acme", "storage", { balance_id, included_grant: 10, ...monthly }),
      );
      await Promise.all(twice);
    }
    const all = ["by-hand", "by-hand", "test:storage", "test:storage"].map((name) => `${name}: duplicate`);
    expect(reasons(await imported(world))).toEqual(all);
    await world.use("acme", "storage", 40);
    expect(reasons(await imported(world))).toEqual(all);
  });

  it("leaves out a replacement that was interrupted, which a plan finishes", async () => {
    const world = new World({ level });
    for (const balance_id of ["test:storage", "test:storage~2"]) {
      await world.grantByHand("acme", "storage", { balance_id, included_grant: 10, ...monthly });
    }
    expect(reasons(await imported(world))).toEqual([
      "test:storage: interrupted",
      "test:storage~2: interrupted",
    ]);
  });

  it("counts what plans grant, and declares none of it", async () => {
    const world = new World({ level });
    const balances = [{ feature_id: "storage", included_grant: 5 }];
    world.emulator.seed({ customers: [{ id: "acme", plans: [{ plan_id: "pro", balances }] }] });
    for (const customers of [undefined, ["acme"]]) {
      const options = customers === undefined ? {} : { customers };
      expect(await imported(world, options)).toMatchObject({ ofPlans: 1, proposals: [], leftOut: [] });
    }
  });

  it("finds the entity of every balance that a read shows", async () => {
    const world = new World({ level });
    const entities = Array.from({ length: 1100 }, (_, n) => ({ id: `e${n}`, feature_id: "seats" }));
    world.emulator.seed({ customers: [{ id: "globex", entities }] });
    for (const entity_id of ["e0", "e7", "e1099"]) {
      await world.grantByHand("globex", "storage", { entity_id, included_grant: 5 });
      await world.grantByHand("globex", "api_calls", { entity_id, unlimited: true, balance_id: entity_id });
    }
    const names = entriesOf(await imported(world)).map(({ entity_id }) => entity_id);
    expect(names.sort()).toEqual(["e0", "e0", "e1099", "e1099", "e7", "e7"]);
  });

  it("says that a customer does not exist", async () => {
    const world = new World({ level });
    await expect(imported(world, { customers: ["acme", "nobody"] })).rejects.toMatchObject({
      problems: [{ code: "unknown-customer", message: "there is no customer nobody" }],
    });
  });

  it("reads customers without balances only where the server cannot list balances", async () => {
    const world = new World({ level });
    world.emulator.seed({ customers: Array.from({ length: 40 }, (_, n) => ({ id: `c${n}` })) });
    await world.grantByHand("c7", "storage", { included_grant: 5 });
    expect(entriesOf(await imported(world))).toHaveLength(1);
    const closely = world.calls.filter(({ call }) => call === "balances/list").length;
    expect(closely).toBe(level === "2026-10" ? 1 : 42);
  });
});

it("does without names of entities where an older server cannot list them", async () => {
  const world = new World({ level: "2026-08" });
  await world.grantByHand("acme", "storage", { entity_id: "seat_1", balance_id: "a", included_grant: 5 });
  const { route } = world;
  world.route = async (input, init) => {
    if (!String(input).endsWith("/entities.list")) return route(input, init);
    return Response.json({ message: "no", code: "no_auth_header" }, { status: 401 });
  };
  expect(reasons(await imported(world))).toEqual(["a: unknown-entity"]);
});
