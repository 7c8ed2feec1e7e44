// Calls that arrive late, in part, or after somebody else's: what was decided on one sight of a row has its effect once.
import { describe, expect, it } from "vitest";
import type { BalanceEntry } from "../../src/schema/index.ts";
import { monthly, NEXT_SUMMER, oneOff } from "./entries.ts";
import { LEVELS, World } from "./world.ts";

const bodyOf = (init: RequestInit | undefined): Record<string, unknown> =>
  JSON.parse(String(init?.body ?? "{}")) as Record<string, unknown>;

/** Two versions of the file are applied at once; the first update to 200 waits until one to 300 is under way. */
async function twoVersions(world: World, arrivesFirst: 200 | 300): Promise<string[]> {
  const plans = [await world.plan([oneOff(200)]), await world.plan([oneOff(300)])];
  let later = () => {};
  const isThere = new Promise<void>((resolve) => {
    later = resolve;
  });
  let isFirst = true;
  world.route = async (input, init) => {
    const { included_grant: grant } = bodyOf(init);
    if (grant === 200 && isFirst) {
      isFirst = false;
      // For longer than the run has the customer.
      await isThere;
    }
    if (grant !== 300) return world.emulator.fetch(input, init);
    if (arrivesFirst === 200) later();
    if (arrivesFirst === 200) await new Promise((resolve) => setTimeout(resolve, 5));
    const answer = await world.emulator.fetch(input, init);
    later();
    return answer;
  };
  const outcomes = await Promise.all(plans.map((plan) => world.apply(plan)));
  world.route = world.emulator.fetch;
  return outcomes.flatMap(({ results }) => results.map(({ result }) => result));
}

/** An older server that fails after the first field of the first update that sets `field`. */
function failsHalfWay(world: World, field: string): void {
  let isFirst = true;
  world.route = async (input, init) => {
    const { [field]: late, ...rest } = bodyOf(init);
    if (!isFirst || late === undefined || !rest.add_to_balance) return world.emulator.fetch(input, init);
    isFirst = false;
    const headers = new Headers(init?.headers);
    headers.delete("idempotency-key");
    await world.emulator.fetch(input, { ...init, headers, body: JSON.stringify(rest) });
    return Response.json({ message: "broken", code: "internal_error" }, { status: 500 });
  };
}

describe.each(LEVELS)("on a server of %s", (level) => {
  it.each([200, 300] as const)("of two updates of one row one has its effect: to %i", async (first) => {
    const world = new World({ level });
    await world.converge([oneOff(100)]);
    await world.use("acme", "storage", 30);
    const results = await twoVersions(world, first);
    expect(results).toContain("converged");
    const [row] = await world.live("acme");
    expect(row?.usage).toBe(30);
    await world.apply(await world.plan([oneOff(300)]));
    expect(await world.live("acme")).toMatchObject([{ grant: 300, usage: 30 }]);
  });

  it.each([200, 300] as const)("of two counts of one debt one has its effect: for %i", async (first) => {
    const world = new World({ level });
    await world.converge([oneOff(100, { expires_at: NEXT_SUMMER })]);
    await world.use("acme", "storage", 30);
    await twoVersions(world, first);
    await world.apply(await world.plan([oneOff(300)]));
    expect(await world.live("acme")).toMatchObject([{ grant: 300, usage: 30 }]);
    expect((await world.plan([oneOff(300)])).changes).toEqual([]);
  });

  it("does not change what another run has changed since the plan", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100)]);
    const results = await twoVersions(world, 200);
    // Neither writes over the other: the plan of one of them says what is not true any more.
    expect(results.sort()).toEqual(["converged", "not_tried"]);
    expect(world.sent("update").filter((body) => body.included_grant === 300)).toHaveLength(1);
    expect(await world.live("acme")).toMatchObject([{ grant: 200, remaining: 200 }]);
  });

  it("makes an end later where updates take effect so late that the first has passed by then", async () => {
    const world = new World({ level });
    await world.converge([monthly(100)]);
    await world.use("acme", "api_calls", 30);
    const late: { at: number; input: Parameters<World["route"]>[0]; init: RequestInit | undefined }[] = [];
    const real = world.emulator.fetch;
    world.route = async (input, init) => {
      world.ms += 400;
      const now = world.ms;
      for (const call of late.splice(0)) {
        if (call.at > now) late.push(call);
        else {
          world.ms = call.at;
          await real(call.input, call.init);
          world.ms = now;
        }
      }
      if (bodyOf(init).expires_at === undefined) return real(input, init);
      late.push({ at: now + 3000, input, init });
      return Response.json({ success: true });
    };
    const began = world.ms;
    await world.converge([monthly(150)]);
    expect(world.ms - began).toBeLessThan(60_000);
    world.route = real;
    expect(await world.live("acme")).toMatchObject([{ grant: 150, usage: 30 }]);
  });
});

/** Answers calls with a success, and does nothing. */
function liesAbout(world: World, isLie: (route: string, body: Record<string, unknown>) => boolean): void {
  world.route = async (input, init) => {
    const route = new URL(String(input)).pathname.replace("/v1/", "");
    return isLie(route, bodyOf(init)) ? Response.json({ success: true }) : world.emulator.fetch(input, init);
  };
}

describe.each(LEVELS)("what a server of %s says it has done and has not", (level) => {
  it("leaves the customer with a balance, when it is the creation of a successor", async () => {
    const world = new World({ level });
    await world.converge([monthly(100)]);
    await world.use("acme", "api_calls", 30);
    let isFirst = true;
    let without = 0;
    const isLie = (route: string): boolean => {
      const lies = isFirst && route === "balances.create";
      if (lies) isFirst = false;
      return lies;
    };
    liesAbout(world, isLie);
    const { route } = world;
    world.route = async (input, init) => {
      const answer = await route(input, init);
      if ((await world.live("acme")).length === 0) without += 1;
      return answer;
    };
    await world.converge([monthly(150)]);
    expect(without).toBe(0);
    expect(await world.live("acme")).toMatchObject([{ grant: 150, usage: 30 }]);
  });

  it.each([
    ["create", "test:api_calls~2 does not show, though it was created"],
    ["expires_at", "test:api_calls could not be ended"],
    ["next_reset_at", "test:api_calls~2 does not show what was sent"],
  ])("is an outcome, when it never does: %s", async (what, message) => {
    const world = new World({ level });
    await world.converge([monthly(100)]);
    await world.use("acme", "api_calls", 30);
    liesAbout(
      world,
      (route, body) => route === `balances.${what}` || (route === "balances.update" && what in body),
    );
    const began = world.ms;
    const { results } = await world.apply(await world.plan([monthly(150)]));
    expect(results).toMatchObject([{ result: "failed", problem: { message } }]);
    expect(world.ms - began).toBeLessThan(60_000);
    world.route = world.emulator.fetch;
    await world.converge([monthly(150)]);
    expect(await world.live("acme")).toMatchObject([{ grant: 150, usage: 30 }]);
  });
});

describe("on a server that fails in the middle of an update", () => {
  const cases: [string, BalanceEntry, BalanceEntry, string, string][] = [
    ["a raise", oneOff(100), oneOff(150), "storage", "included_grant"],
    ["a cut", oneOff(100), oneOff(50), "storage", "included_grant"],
    ["a count", oneOff(100, { expires_at: NEXT_SUMMER }), oneOff(150), "storage", "included_grant"],
    ["a count in a cycle", monthly(100), monthly(150), "api_calls", "next_reset_at"],
  ];
  it.each(cases)("%s goes on where it stopped", async (_, before, after, feature, field) => {
    const world = new World({ level: "2026-08" });
    await world.converge([before]);
    await world.use("acme", feature, 30);
    failsHalfWay(world, field);
    await world.converge([after]);
    expect(await world.live("acme")).toMatchObject([{ grant: after.included, usage: 30 }]);
    expect((await world.plan([after])).changes).toEqual([]);
  });
});
