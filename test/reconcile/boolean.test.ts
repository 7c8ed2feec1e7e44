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
