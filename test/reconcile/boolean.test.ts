// Boolean features: on or off, by one grant at a time.
import { describe, expect, it } from "vitest";
import { ACME, summary } from "./entries.ts";
import { DAY, LEVELS, World } from "./world.ts";

const SSO = { ...ACME, feature_id: "sso" } as const;

describe.each(LEVELS)("a boolean feature, server of %s", (level) => {
  it("is granted once", async () => {
    const world = new World({ level });
    expect(summary(await world.converge([SSO]))).toEqual(["create test:sso"]);
    expect((await world.plan([SSO])).changes).toEqual([]);
  });

  it("is blocked when another grant has it on, with the way out", async () => {
    const world = new World({ level });
    await world.grantByHand("acme", "sso", { balance_id: "by-hand" });
    const plan = await world.plan([SSO]);
    expect(summary(plan)).toEqual(["blocked test:sso (flag-is-on)"]);
    expect((await world.plan([{ ...SSO, adopt: "by-hand" }])).changes).toEqual([]);
  });

  it("is blocked when a plan has it on", async () => {
    const world = new World({ level });
    const plans = [{ plan_id: "pro", balances: [{ feature_id: "sso" }] }];
    world.emulator.seed({ customers: [{ id: "acme", plans }] });
    const plan = await world.plan([SSO]);
    expect(summary(plan)).toEqual(["blocked test:sso (flag-is-on)"]);
    expect(plan.changes[0]).toMatchObject({ creates: false });
  });

  it("is blocked for an entity when the customer has it, and for the customer when an entity has it", async () => {
    const world = new World({ level });
    await world.converge([SSO]);
    expect(summary(await world.plan([SSO, { ...SSO, entity_id: "seat_1" }]))).toEqual([
      "blocked test:sso@seat_1 (flag-is-on)",
    ]);
    const other = new World({ level });
    await other.converge([{ ...SSO, entity_id: "seat_1" }]);
    expect(summary(await other.plan([SSO, { ...SSO, entity_id: "seat_1" }]))).toEqual([
      "blocked test:sso (flag-is-on)",
    ]);
  });

  it("is blocked for the second entry that turns it on, before and after the first is applied", async () => {
    const world = new World({ level });
    const again = { ...SSO, id: "again" };
    const atSeats = ["seat_1", "seat_2"].map((entity_id) => ({ ...SSO, entity_id }));
    const first = await world.plan([...atSeats, again, { ...SSO, customer_id: "globex" }]);
    expect(summary(first)).toEqual([
      "blocked test:again (flag-is-on)",
      "create test:sso@seat_1",
      "create test:sso@seat_2",
      "create test:sso",
    ]);
    expect(first.changes[0]?.reasons[0]?.text).toBe(
      "sso is turned on by the entry of test:sso@seat_1 as well; remove one of the two entries",
    );
    const plan = await world.converge([SSO, again]);
    expect(summary(plan)).toEqual(["blocked test:again (flag-is-on)", "create test:sso"]);
    const next = await world.plan([SSO, again]);
    expect(summary(next)).toEqual(["blocked test:again (flag-is-on)"]);
    expect(next.changes[0]?.reasons[0]?.text).toBe(
      "sso is on already, by test:sso; remove one of the two entries, or take that one over with `adopt` if it has none",
    );
  });

  it("says that it is on when somebody was faster", async () => {
    const world = new World({ level });
    const plan = await world.plan([SSO]);
    await world.grantByHand("acme", "sso", { balance_id: "by-hand" });
    const outcome = await world.apply(plan);
    expect(outcome.results).toMatchObject([
      { result: "blocked", problem: { message: "sso is on already, by another grant" } },
    ]);
  });

  it("is granted to an entity", async () => {
    const world = new World({ level });
    await world.converge([{ ...SSO, entity_id: "seat_1" }]);
    expect((await world.plan([{ ...SSO, entity_id: "seat_1" }])).changes).toEqual([]);
  });

  it("is prolonged after its end", async () => {
    const world = new World({ level });
    await world.converge([{ ...SSO, expires_at: world.ms + DAY }]);
    world.ms += 2 * DAY;
    const plan = await world.converge([{ ...SSO, expires_at: world.ms + DAY }]);
    expect(summary(plan)).toEqual(["replace test:sso~2 (expired)"]);
  });
});
