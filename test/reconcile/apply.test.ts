// Applying: in the face of other runs, of a change of mind, and of an API that fails.
import { describe, expect, it } from "vitest";
import { applyPlan } from "../../src/reconcile/index.ts";
import { GLOBEX, monthly, oneOff, summary } from "./entries.ts";
import { DAY, LEVELS, World } from "./world.ts";

const everyone = Array.from({ length: 12 }, (_, n) => ({ ...oneOff(100), customer_id: `c${n}` }));

describe.each(LEVELS)("applying, server of %s", (level) => {
  it("refuses what has changed since the plan was made, and does the rest", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100), oneOff(100, GLOBEX)]);
    const plan = await world.plan([oneOff(150), oneOff(150, GLOBEX)]);
    await world.converge([oneOff(120)]);
    const outcome = await world.apply(plan);
    expect(outcome.results).toMatchObject([
      { result: "not_tried", problem: { code: "changed-since-plan" } },
      { result: "converged" },
    ]);
    expect(await world.live("acme")).toMatchObject([{ grant: 120 }]);
  });

  it("has nothing left to do where another run was faster", async () => {
    const world = new World({ level });
    await world.converge([monthly(100), oneOff(100), oneOff(5, { id: "gone" })]);
    const after = [monthly(150), oneOff(150)];
    const plan = await world.plan(after, { prune: true });
    await world.converge(after, { prune: true });
    world.emulator.clearRequests();
    const outcome = await world.apply(plan);
    expect(outcome.results.map(({ result }) => result)).toEqual(["converged", "converged", "converged"]);
    expect(world.sent("update").filter((body) => body.add_to_balance !== 0)).toEqual([]);
    expect([...world.sent("create"), ...world.sent("delete")]).toEqual([]);
  });

  it.each([0, DAY])(
    "creates nothing beside a successor that was made since the plan (%d ms ago)",
    async (age) => {
      const world = new World({ level });
      const entries = [monthly(100), monthly(7, { entity_id: "seat_1" })];
      const plan = await world.plan(entries);
      await world.converge(entries);
      await world.converge(entries.map((entry) => ({ ...entry, included: 200 })));
      world.ms += age;
      const outcome = await world.apply(plan);
      // The cheap look at a fresh plan's customer does not show rows of entities; nobody replaces within minutes.
      const expected = age === 0 ? [expect.anything(), "not_tried"] : ["not_tried", "not_tried"];
      const results = outcome.results.map(({ result }) => result).reverse();
      expect(results).toEqual(expected);
      expect((await world.live("acme")).filter(({ id }) => !id?.includes("@"))).toHaveLength(1);
    },
  );

  it("finishes the customers at hand when it is stopped, and leaves the others", async () => {
    const world = new World({ level });
    const plan = await world.plan(everyone, { createCustomers: true });
    const stop = new AbortController();
    world.route = async (input, init) => {
      if (String(input).endsWith("balances.create")) stop.abort();
      return world.emulator.fetch(input, init);
    };
    const outcome = await world.apply(plan, stop.signal);
    expect(outcome.interrupted).toBe(true);
    const results = outcome.results.map(({ result }) => result);
    expect(results.filter((result) => result === "converged").length).toBeGreaterThanOrEqual(1);
    expect(results.filter((result) => result === "not_tried").length).toBeGreaterThanOrEqual(8);
    expect(new Set(results)).toEqual(new Set(["converged", "not_tried"]));
  });

  it("says that it has failed, and not that nothing was sent, when stopped before making anew what did not last", async () => {
    const world = new World({ level });
    const plan = await world.plan(everyone, { createCustomers: true });
    const stop = new AbortController();
    let passes = 0;
    const deleteAll = async (): Promise<void> => {
      world.route = world.emulator.fetch;
      for (const { customer_id, feature_id } of everyone) {
        await world.call("balances.delete", { customer_id, feature_id, balance_id: `test:${feature_id}` });
      }
    };
    const outcome = await applyPlan(world.client(), plan, {
      clock: world.clock,
      concurrency: 1,
      signal: stop.signal,
      onEvent: ({ type }) => {
        if (type === "started" && passes === 1) stop.abort();
        if (type !== "verifying" || ++passes > 1) return;
        world.route = async (input, init) => {
          await deleteAll();
          return world.emulator.fetch(input, init);
        };
      },
    });
    expect(outcome.interrupted).toBe(true);
    expect(new Set(outcome.results.map(({ result }) => result))).toEqual(new Set(["converged", "failed"]));
    const failed = outcome.results.filter(({ result }) => result === "failed");
    expect(failed).toMatchObject(failed.map(() => ({ wrote: true, problem: { code: "not-converged" } })));
  });

  it("goes on with the other customers when one fails", async () => {
    const world = new World({ level });
    const plan = await world.plan(everyone, { createCustomers: true });
    const fault = { kind: "status", status: 400, code: "invalid_inputs", times: 100 } as const;
    world.emulator.inject({ ...fault, route: "POST /v1/balances.create", customer_id: "c3" });
    const outcome = await world.apply(plan);
    const wrong = outcome.results.filter(({ result }) => result !== "converged");
    expect(wrong).toMatchObject([
      { change: { customerId: "c3" }, result: "failed", problem: { code: "invalid_inputs" } },
    ]);
  });

  it("stops where the key is refused, which all would run into", async () => {
    const world = new World({ level });
    const plan = await world.plan(everyone, { createCustomers: true });
    const fault = { kind: "status", status: 401, code: "invalid_secret_key", times: 1000 } as const;
    world.emulator.inject({ ...fault, route: "*" });
    const outcome = await world.apply(plan);
    const results = outcome.results.map(({ result }) => result);
    expect(results.filter((result) => result === "failed").length).toBeLessThanOrEqual(4);
    expect(results.filter((result) => result === "not_tried").length).toBeGreaterThanOrEqual(8);
  });

  it("tells what it did when it cannot read it back", async () => {
    const world = new World({ level });
    const plan = await world.plan([oneOff(100), oneOff(100, GLOBEX)]);
    let isRefused = false;
    world.route = async (input, init) => {
      if (String(input).endsWith("balances.create")) isRefused = true;
      const isRead = /list/.test(String(input));
      if (isRefused && isRead) return Response.json({ message: "no", code: "broken" }, { status: 500 });
      return world.emulator.fetch(input, init);
    };
    const outcome = await world.apply(plan);
    expect(outcome.results).toMatchObject([
      { result: "failed", problem: { code: "not-read-back", hint: expect.any(String) } },
      { result: "failed", problem: { code: "not-read-back" } },
    ]);
    world.route = world.emulator.fetch;
    expect((await world.plan([oneOff(100), oneOff(100, GLOBEX)])).changes).toEqual([]);
  });

  it("says what does not read as declared in the end", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100)]);
    const plan = await world.plan([oneOff(150)]);
    world.route = async (input, init) => {
      const body = JSON.parse(String(init?.body ?? "{}")) as { included_grant?: number };
      // A server that says yes and does nothing.
      if (body.included_grant !== undefined) return Response.json({ success: true });
      return world.emulator.fetch(input, init);
    };
    const outcome = await world.apply(plan);
    expect(outcome.results).toMatchObject([{ result: "failed", problem: { code: "not-shown" } }]);
  });

  it("keeps the other changes of a customer that cannot be read", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100), monthly(100)]);
    const plan = await world.plan([oneOff(150), monthly(150)]);
    const fault = { kind: "status", status: 400, code: "broken", times: 100 } as const;
    world.emulator.inject({ ...fault, route: "GET /v1/balances/list" });
    const outcome = await world.apply(plan);
    expect(outcome.results.map(({ result }) => result).sort()).toEqual(["failed", "not_tried"]);
  });

  it("survives a mistake of its own", async () => {
    const world = new World({ level });
    const plan = await world.plan([oneOff(100), oneOff(100, GLOBEX)]);
    const [first, ...others] = plan.changes;
    const broken = {
      ...plan,
      changes: [{ ...first, desired: { ...first?.desired, rollover: undefined } } as never, ...others],
    };
    const outcome = await world.apply(broken);
    expect(outcome.results).toMatchObject([
      { result: "failed", problem: { code: "unexpected" } },
      { result: "converged" },
    ]);
  });

  it("sends the same keys for the same writes, so that two pipelines cannot do the same thing twice", async () => {
    const keysOf = async (): Promise<unknown[]> => {
      const world = new World({ level });
      await world.converge([oneOff(100), monthly(100)]);
      await world.converge([oneOff(150), monthly(150)]);
      const writes = world.emulator.requests().filter(({ path }) => path.startsWith("/v1/balances."));
      return writes.flatMap(({ headers }) => headers["idempotency-key"] ?? []);
    };
    const keys = await keysOf();
    expect(keys).toEqual(await keysOf());
    expect(new Set(keys).size).toBe(keys.length);
    // Three creates, an update, and usage that is counted.
    expect(keys).toHaveLength(5);
  });

  it("does what the plan says in an order that does not depend on the entries'", async () => {
    const world = new World({ level });
    const entries = [
      monthly(1),
      oneOff(2),
      oneOff(3, GLOBEX),
      oneOff(4, { id: "b" }),
      oneOff(5, { id: "a" }),
    ];
    const there = await world.plan(entries);
    const back = await world.plan([...entries].reverse());
    expect(summary(there)).toEqual(summary(back));
  });
});
