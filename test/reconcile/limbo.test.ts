// Rows that are used up or over: they keep their id, and the API can neither change nor delete them.
import { describe, expect, it } from "vitest";
import { ACME, monthly, NEXT_SUMMER, oneOff, SOON, summary } from "./entries.ts";
import { DAY, LEVELS, World } from "./world.ts";

describe.each(LEVELS)("a balance that is used up, server of %s", (level) => {
  it("is left alone when it is as declared", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100), monthly(50)]);
    await world.use("acme", "storage", 100);
    await world.use("acme", "api_calls", 50);
    expect((await world.plan([oneOff(100), monthly(50)])).changes).toEqual([]);
  });

  it("gets a successor when it is raised, with all its usage", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100)]);
    await world.use("acme", "storage", 100);
    const plan = await world.converge([oneOff(150)]);
    expect(summary(plan)).toEqual(["replace test:storage~2 (drained)"]);
    expect(plan.changes[0]).toMatchObject({ carries: 100, granted: 50, retires: [] });
    const [, successor] = await world.rows("acme");
    expect(successor).toMatchObject({ id: "test:storage~2", grant: 150, usage: 100, remaining: 50 });
    expect((await world.plan([oneOff(150)])).changes).toEqual([]);
  });

  it("hands its usage on once, however many generations follow", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100)]);
    await world.use("acme", "storage", 100);
    await world.converge([oneOff(150, { expires_at: NEXT_SUMMER })]);
    await world.use("acme", "storage", 20);
    await world.converge([oneOff(150)]);
    const rows = await world.rows("acme");
    expect(rows.at(-1)).toMatchObject({ id: "test:storage~3", grant: 150, usage: 120 });
    expect((await world.plan([oneOff(150)])).changes).toEqual([]);
  });

  it("does not have a refund taken back that came after its replacement", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100)]);
    await world.use("acme", "storage", 100);
    await world.converge([oneOff(150)]);
    await world.use("acme", "storage", -20);
    expect((await world.plan([oneOff(150)])).changes).toEqual([]);
  });

  it("is retired after its reset when it was replaced while used up", async () => {
    const world = new World({ level });
    await world.converge([monthly(100)]);
    await world.use("acme", "api_calls", 100);
    await world.converge([monthly(150)]);
    const cycle = (await world.rows("acme")).map(({ resetsAt }) => resetsAt);
    // The milliseconds say that usage of the first row is counted in this cycle.
    expect(Math.floor((cycle[1] ?? 0) / 1000)).toBe(Math.floor((cycle[0] ?? 0) / 1000));

    const waiting = await world.plan([monthly(150)]);
    expect(waiting.changes).toEqual([]);
    expect(waiting.warnings).toMatchObject([
      { code: "comes-back", message: expect.stringContaining("on 2026-12-22T12:00:00Z with 100 units") },
    ]);

    world.ms = (cycle[0] ?? 0) + 1000;
    const plan = await world.converge([monthly(150)]);
    expect(summary(plan)).toEqual(["replace test:api_calls~2 (interrupted)"]);
    // The old grant was there on top, and goes.
    expect(plan.changes[0]).toMatchObject({ creates: false, granted: -100 });
    expect(plan.changes[0]?.reasons[0]?.text).toContain("came back at its reset");
    expect(plan.totals).toEqual([{ featureId: "api_calls", per: "month", added: 0, taken: 100 }]);
    expect(await world.live("acme")).toMatchObject([{ id: "test:api_calls~2", remaining: 150, usage: 0 }]);
  });

  it("is created when it was deleted by hand while nobody looked, and not when it was used up", async () => {
    const world = new World({ level });
    const plan = await world.plan([oneOff(100)]);
    expect(summary(plan)).toEqual(["create test:storage"]);
    await world.converge([oneOff(100)]);
    await world.use("acme", "storage", 100);
    // The plan from before is applied now. No public read shows the row; the API says that the id is taken.
    const outcome = await world.apply(plan);
    expect(outcome.results).toMatchObject([{ result: "converged" }]);
    expect(await world.rows("acme")).toMatchObject([{ id: "test:storage", remaining: 0 }]);
  });

  it("waits for its reset when it is to be deleted", async () => {
    const world = new World({ level });
    await world.converge([monthly(100)]);
    await world.use("acme", "api_calls", 100);
    const plan = await world.plan([], { prune: true });
    // A server without balances.list hides it from the list of all customers until then.
    expect(summary(plan)).toEqual(level === "2026-10" ? ["blocked test:api_calls (waits-for-reset)"] : []);
    world.ms += 31 * DAY;
    await world.converge([], { prune: true });
    expect(await world.rows("acme")).toEqual([]);
  });

  it("is history when it never resets and nobody declares it", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100)]);
    await world.use("acme", "storage", 100);
    const plan = await world.plan([], { prune: true });
    expect(plan).toMatchObject({ changes: [], leftOver: [] });
  });

  it("may be declared to end: nothing is left that could", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100)]);
    await world.use("acme", "storage", 100);
    expect((await world.plan([oneOff(100, { expires_at: NEXT_SUMMER })])).changes).toEqual([]);
  });

  it("is left alone by an id that exists in limbo, with no read that shows it: never a successor", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100)]);
    await world.use("acme", "storage", 100);
    // A server that hides it from every read.
    world.route = async (input, init) => {
      const answer = await world.emulator.fetch(input, init);
      if (!/balances(\/|\.)list/.test(String(input))) return answer;
      const body = (await answer.json()) as Record<string, unknown>;
      return Response.json({ ...body, balances: [], list: [] }, answer);
    };
    const plan = await world.plan([oneOff(100)]);
    expect(summary(plan)).toEqual(["create test:storage"]);
    const outcome = await world.apply(plan);
    expect(outcome.results).toMatchObject([
      { result: "blocked", problem: { message: expect.stringContaining("used up") } },
    ]);
    expect((await world.rows("acme")).map(({ id }) => id)).toEqual(["test:storage"]);
    expect(world.sent("create").filter(({ balance_id }) => balance_id !== "test:storage")).toEqual([]);
  });
});

describe.each(LEVELS)("a balance that is over, server of %s", (level) => {
  const over = async (): Promise<World> => {
    const world = new World({ level });
    await world.converge([oneOff(100, { expires_at: SOON })]);
    await world.use("acme", "storage", 30);
    world.ms = SOON + DAY;
    return world;
  };

  it("is never granted again by what declared it", async () => {
    const world = await over();
    expect((await world.plan([oneOff(100, { expires_at: SOON })])).changes).toEqual([]);
  });

  it("is prolonged by a successor, with its usage, and counts as granted anew", async () => {
    const world = await over();
    const plan = await world.converge([oneOff(100, { expires_at: NEXT_SUMMER })]);
    expect(summary(plan)).toEqual(["replace test:storage~2 (expired)"]);
    expect(plan.changes[0]).toMatchObject({ carries: 30, granted: 100 });
    expect(plan.totals).toEqual([{ featureId: "storage", per: "once", added: 100, taken: 0 }]);
    const rows = await world.rows("acme");
    expect(rows.at(-1)).toMatchObject({ grant: 100, usage: 30, expiresAt: NEXT_SUMMER });
    expect((await world.plan([oneOff(100, { expires_at: NEXT_SUMMER })])).changes).toEqual([]);
  });

  it("is history when nobody declares it", async () => {
    const world = await over();
    expect(await world.plan([], { prune: true })).toMatchObject({ changes: [], leftOver: [] });
  });

  it("is not granted at all when it would be over already, and says so", async () => {
    const world = new World({ level });
    const plan = await world.plan([
      { ...ACME, feature_id: "storage", included: 5, expires_at: world.ms - 1 },
    ]);
    expect(plan).toMatchObject({ changes: [], unchanged: 1, warnings: [{ code: "already-over" }] });
  });

  it("ends soon: the plan says so", async () => {
    const world = new World({ level });
    const plan = await world.plan([oneOff(5, { expires_at: world.ms + DAY })]);
    expect(plan.warnings).toMatchObject([{ code: "ends-soon" }]);
  });

  it("ends soon from now on: the plan says so, and only once", async () => {
    const world = new World({ level });
    await world.converge([oneOff(5)]);
    const ending = oneOff(5, { expires_at: world.ms + DAY });
    expect((await world.plan([ending])).warnings).toMatchObject([{ code: "ends-soon" }]);
    await world.converge([ending]);
    expect((await world.plan([{ ...ending, included: 6 }])).warnings).toEqual([]);
  });
});
