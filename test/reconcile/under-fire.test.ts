// What broke the promises once: kills, usage and resets at the wrong moment, two runs beside each other.
import { describe, expect, it } from "vitest";
import { applyPlan, type Plan } from "../../src/reconcile/index.ts";
import type { BalanceEntry } from "../../src/schema/index.ts";
import { ACME, monthly, NEXT_SUMMER, oneOff } from "./entries.ts";
import { killedAt } from "./kill.ts";
import { DAY, LEVELS, World } from "./world.ts";

const applying = (world: World, entries: readonly BalanceEntry[]) => async () =>
  world.apply(await world.plan(entries));

/** Whether a call counts usage on a row without resets. */
const countsOnce = (route: string, body: Record<string, unknown>): boolean =>
  route === "balances.update" && Number(body.included_grant) > 1;

/** Uses units, as far as there are any. @returns how many were used */
async function useUp(world: World, feature: string, value: number): Promise<number> {
  const answer = (await world.call("balances.track", { ...ACME, feature_id: feature, value })) as {
    deductions: { value: number }[];
  };
  return answer.deductions.reduce((sum, one) => sum + one.value, 0);
}

/** What is left and used of the one row of a feature that lives. */
async function onlyRow(world: World, feature: string) {
  const rows = (await world.live("acme")).filter((row) => row.feature === feature && row.remaining !== 0);
  expect(rows).toHaveLength(1);
  return rows[0];
}

describe.each(LEVELS)("under fire, on a server of %s,", (level) => {
  it("no more can be used than is declared, by whoever uses all there is right after the create", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100)]);
    let used = await useUp(world, "storage", 100);
    world.ms += 1500;
    world.route = async (input, init) => {
      const answer = await world.emulator.fetch(input, init);
      if (String(input).endsWith("balances.create")) used += await useUp(world, "storage", 1000);
      return answer;
    };
    for (let run = 0; run < 4; run++) {
      await applying(world, [oneOff(150)])();
      world.ms += 1500;
    }
    expect(used).toBeLessThanOrEqual(150);
    expect((await world.plan([oneOff(150)])).changes).toEqual([]);
  });

  it("usage is kept of a run that is killed right after its create, however much is used until the next", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100, { expires_at: world.ms + 5 * DAY })]);
    await world.use("acme", "storage", 30);
    world.ms += 20 * DAY;
    const after = [oneOff(100, { expires_at: NEXT_SUMMER })];
    await killedAt(world, applying(world, after), (route) => route === "balances.create");
    await world.use("acme", "storage", 40);
    await world.converge(after);
    expect(await onlyRow(world, "storage")).toMatchObject({ grant: 100, remaining: 30 });
  });

  it("usage of a used-up cycle is counted on what is granted once instead", async () => {
    const world = new World({ level });
    await world.converge([monthly(100, { feature_id: "storage" })]);
    await world.use("acme", "storage", 100);
    await killedAt(world, applying(world, [oneOff(300)]), (route) => route === "balances.create");
    await world.use("acme", "storage", 150);
    await world.converge([oneOff(300)]);
    expect(await onlyRow(world, "storage")).toMatchObject({ grant: 300, remaining: 50 });
  });

  it.each(["balances.create", "expires_at", "next_reset_at"])(
    "usage of the new cycle is counted when a run is killed at %s and a reset passes",
    async (step) => {
      const world = new World({ level });
      await world.converge([monthly(100)]);
      await world.use("acme", "api_calls", 30);
      await killedAt(
        world,
        applying(world, [monthly(150)]),
        (route, body) => route === step || (route === "balances.update" && step in body),
      );
      world.ms += 40 * DAY;
      await world.use("acme", "api_calls", 120);
      await world.converge([monthly(150)]);
      expect(await onlyRow(world, "api_calls")).toMatchObject({ grant: 150, remaining: 30 });
    },
  );

  it("usage that uses up the old row and goes on with the new one is counted once", async () => {
    const world = new World({ level });
    await world.converge([monthly(100)]);
    await world.use("acme", "api_calls", 90);
    await killedAt(world, applying(world, [monthly(150)]), (_, body) => Number(body.add_to_balance) < 0);
    await world.use("acme", "api_calls", 20);
    await world.converge([monthly(150)]);
    expect(await onlyRow(world, "api_calls")).toMatchObject({ grant: 150, remaining: 40 });
  });

  it("usage of a row whose successor was used up before it was counted goes to the next", async () => {
    const world = new World({ level });
    await world.converge([oneOff(127)]);
    await world.use("acme", "storage", 6);
    const between = [monthly(23, { feature_id: "storage" })];
    await killedAt(world, applying(world, between), (_, body) => Number(body.add_to_balance) < 0, "without");
    const used = await useUp(world, "storage", 40);
    world.ms += 1500;
    await world.converge([oneOff(192)]);
    expect(await onlyRow(world, "storage")).toMatchObject({ grant: 192, remaining: 192 - 6 - used });
    expect((await world.plan([oneOff(192)])).changes).toEqual([]);
  });

  it("usage that was to be counted on a day is over with it, though it was counted nowhere", async () => {
    const world = new World({ level });
    const daily = [oneOff(200, { reset: { interval: "day" } })];
    await world.converge([oneOff(300)]);
    await world.use("acme", "storage", 50);
    await killedAt(
      world,
      applying(world, daily),
      (_, body) => "add_to_balance" in body && body.add_to_balance === -50,
      "without",
    );
    await useUp(world, "storage", 200);
    world.ms += 3 * DAY;
    await world.converge([oneOff(300)]);
    expect(await onlyRow(world, "storage")).toMatchObject({ grant: 300, usage: 0 });
  });

  it("usage of a day that was to be counted for good goes on, though it was counted nowhere", async () => {
    const world = new World({ level });
    await world.converge([oneOff(150, { reset: { interval: "day" } })]);
    await world.use("acme", "storage", 100);
    await killedAt(world, applying(world, [oneOff(120)]), countsOnce, "without");
    const used = await useUp(world, "storage", 20);
    world.ms += 3 * DAY;
    await world.converge([oneOff(200, { reset: { interval: "day" } })]);
    expect(await onlyRow(world, "storage")).toMatchObject({ grant: 200, usage: 100 + used });
  });

  it.each([false, true])(
    "usage of a row that came back is counted when the entry changes again (a run was killed before: %s)",
    async (isKilled) => {
      const world = new World({ level });
      const daily = (included: number) => [oneOff(included, { reset: { interval: "day" } })];
      await world.converge(daily(100));
      await world.use("acme", "storage", 100);
      await world.converge([oneOff(200)]);
      world.ms += DAY;
      await world.use("acme", "storage", 30);
      if (isKilled) {
        await killedAt(world, applying(world, [oneOff(200)]), (_, body) => "expires_at" in body);
        world.ms += 60_000;
      }
      await world.converge(daily(300));
      expect(await onlyRow(world, "storage")).toMatchObject({ grant: 300, usage: 130 });
    },
  );

  it("a cut that was killed before the row went grants nothing when it is raised again", async () => {
    const world = new World({ level });
    await world.converge([oneOff(107)]);
    await world.use("acme", "storage", 97);
    const cut = [monthly(97, { feature_id: "storage" })];
    await killedAt(world, applying(world, cut), (_, body) => "expires_at" in body);
    for (let run = 0; run < 3; run++) await applying(world, [oneOff(147)])();
    expect(await onlyRow(world, "storage")).toMatchObject({ grant: 147, remaining: 50 });
  });

  it("of two versions of the file at once the newer holds in the end, and nothing is added up", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100)]);
    const plans = [await world.plan([oneOff(200)]), await world.plan([oneOff(300)])];
    await Promise.all(plans.map((plan) => world.apply(plan)));
    await world.converge([oneOff(300)]);
    expect(await onlyRow(world, "storage")).toMatchObject({ grant: 300, remaining: 300 });
    expect((await world.plan([oneOff(300)])).changes).toEqual([]);
  });

  it("two runs of one file at once, with usage in between, count it once", async () => {
    const world = new World({ level });
    await world.converge([monthly(100)]);
    await world.use("acme", "api_calls", 30);
    const plans = [await world.plan([monthly(150)]), await world.plan([monthly(150)])];
    let isUsed = false;
    world.route = async (input, init) => {
      const answer = await world.emulator.fetch(input, init);
      if (!isUsed && String(init?.body).includes("next_reset_at")) {
        isUsed = true;
        await world.use("acme", "api_calls", 5);
      }
      return answer;
    };
    await Promise.all(plans.map((plan) => world.apply(plan)));
    expect(await onlyRow(world, "api_calls")).toMatchObject({ grant: 150, remaining: 115 });
  });

  it.each([0, 900])(
    "a reset in the middle of a run takes the old usage with it (at .%i of its second)",
    async (ms) => {
      const boundary = Date.UTC(2027, 0, 1) + ms;
      const entry = (included: number) => [monthly(included, { next_reset_at: boundary })];
      for (let lead = 0; lead < 9000; lead += 90) {
        const world = new World({ level });
        await world.converge(entry(100));
        await world.use("acme", "api_calls", 30);
        world.ms = boundary - lead - 60_000;
        const plan = await world.plan(entry(150));
        world.ms = boundary - lead;
        world.route = async (input, init) => {
          world.ms += 60;
          const answer = await world.emulator.fetch(input, init);
          world.ms += 60;
          return answer;
        };
        await world.apply(plan);
        world.route = world.emulator.fetch;
        world.ms = boundary + 3_600_000;
        for (let run = 0; run < 2; run++) await applying(world, entry(150))();
        expect(await onlyRow(world, "api_calls"), `begun ${lead} ms before`).toMatchObject({
          grant: 150,
          usage: 0,
        });
        expect((await world.plan(entry(150))).changes, `begun ${lead} ms before`).toEqual([]);
      }
    },
  );

  it.each(["balances.create", "add_to_balance"])(
    "a first reset on the last of a month is a reset, for a run that was killed at %s",
    async (step) => {
      const world = new World({ level });
      world.ms = Date.UTC(2027, 0, 29, 12);
      await world.converge([oneOff(100, { feature_id: "api_calls" })]);
      await world.use("acme", "api_calls", 100);
      const after = [monthly(150, { next_reset_at: Date.UTC(2027, 0, 31, 12) })];
      await killedAt(
        world,
        applying(world, after),
        (route, body) => route === step || Number(body[step]) === -100,
      );
      world.ms = Date.UTC(2027, 1, 5);
      await applying(world, after)();
      expect(await onlyRow(world, "api_calls")).toMatchObject({ grant: 150, remaining: 150 });
    },
  );

  it("the same is granted, taken back and changed again all day long, and waits for nothing", async () => {
    const world = new World({ level });
    for (let day = 0; day < 5; day++) {
      const began = world.ms;
      await world.converge([oneOff(100)]);
      await world.converge([], { prune: true });
      expect(world.ms - began).toBeLessThan(3000);
      world.ms += 600_000;
    }
    await world.converge([oneOff(100)]);
    for (let n = 0; n < 10; n++) {
      const began = world.ms;
      await world.converge([oneOff(n % 2 ? 100 : 150)]);
      expect(world.ms - began).toBeLessThan(3000);
    }
    expect(await onlyRow(world, "storage")).toMatchObject({ grant: 100, remaining: 100 });
  });

  it("a monthly grant goes to and fro within minutes, each time as it was used", async () => {
    const world = new World({ level });
    await world.converge([monthly(100)]);
    for (let n = 0; n < 6; n++) {
      await world.use("acme", "api_calls", 5);
      await world.converge([monthly(n % 2 ? 100 : 150)]);
    }
    expect(await onlyRow(world, "api_calls")).toMatchObject({ grant: 100, usage: 30 });
  });

  it.each(["end", "delete"] as const)(
    "a plan from before creates nothing beside what was made, replaced and used up since (%s)",
    async (retire) => {
      const world = new World({ level });
      const stale = await world.plan([monthly(100)]);
      await world.converge([monthly(100)]);
      await world.use("acme", "api_calls", 30);
      world.ms += 60_000;
      await world.converge([monthly(150)], { retire });
      await world.use("acme", "api_calls", 120);
      world.ms += 60_000;
      const { results } = await world.apply(stale);
      expect(results.map(({ result }) => result)).toEqual(["not_tried"]);
      const left = (await world.live("acme")).map(({ remaining }) => remaining);
      expect(left).toEqual([0]);
    },
  );

  it("a customer in use loses nothing of what is used while a balance is replaced", async () => {
    const world = new World({ level });
    await world.converge([monthly(1000)]);
    await world.use("acme", "api_calls", 30);
    let used = 30;
    let last = world.ms;
    world.route = async (input, init) => {
      world.ms += 60;
      const isAfterFlush = String(input).endsWith("balances.create");
      for (; !isAfterFlush && last + 200 <= world.ms; last += 200) used += await useUp(world, "api_calls", 3);
      const answer = await world.emulator.fetch(input, init);
      world.ms += 60;
      return answer;
    };
    await world.converge([monthly(1500)]);
    world.route = world.emulator.fetch;
    world.ms += 2000;
    expect(used).toBeGreaterThan(60);
    expect(await onlyRow(world, "api_calls")).toMatchObject({ grant: 1500, usage: used });
  });

  it("a balance that is begun to be used while it is replaced is there once", async () => {
    const world = new World({ level });
    await world.converge([oneOff(38, { expires_at: NEXT_SUMMER })]);
    world.ms += 60_000;
    let used = 0;
    world.route = async (input, init) => {
      if (String(input).includes("balances/list")) {
        used += await useUp(world, "storage", 10);
        world.ms += 1500;
      }
      return world.emulator.fetch(input, init);
    };
    await world.converge([oneOff(106)]);
    world.route = world.emulator.fetch;
    expect(await onlyRow(world, "storage")).toMatchObject({ grant: 106, remaining: 106 - used });
  });

  it("a successor that is used up while the first row lives is seen by the plan and by the apply", async () => {
    const world = new World({ level });
    await world.converge([oneOff(127)]);
    await world.use("acme", "storage", 6);
    await killedAt(
      world,
      applying(world, [monthly(23, { feature_id: "storage" })]),
      (route) => route === "balances.create",
    );
    // The shorter cycle is used first.
    await world.use("acme", "storage", 46);
    await world.converge([oneOff(192)]);
    expect(await onlyRow(world, "storage")).toMatchObject({ grant: 192, remaining: 192 - 52 });
  });

  it("the oldest of many balances is replaced beside others that are created", async () => {
    const world = new World({ level });
    const entry = (id: string, included: number) => monthly(included, { id });
    await world.converge([entry("zz-oldest", 100)]);
    world.ms += 60_000;
    const others = Array.from({ length: 32 }, (_, n) => entry(`b${n}`, 10));
    await world.converge([entry("zz-oldest", 100), ...others]);
    const added = Array.from({ length: 5 }, (_, n) => entry(`a${n}`, 10));
    const after = [entry("zz-oldest", 150), ...others, ...added];
    await world.converge(after);
    const rows = (await world.live("acme")).filter(({ id }) => id?.startsWith("test:zz-oldest"));
    expect(rows).toMatchObject([{ id: "test:zz-oldest~2", grant: 150 }]);
  });

  it("a used-up row that comes back each month gives nobody more than is declared, while a run comes by daily", async () => {
    const world = new World({ level });
    await world.converge([monthly(100)]);
    await world.use("acme", "api_calls", 100);
    const after = [monthly(150)];
    await world.converge(after);
    const reset = (await world.rows("acme"))[0]?.resetsAt as number;
    for (let month = 0; month < 3; month++) {
      world.ms = new Date(reset).setUTCMonth(new Date(reset).getUTCMonth() + month) + 60_000;
      let units = 0;
      for (let day = 0; day < 27; day++) {
        units += await useUp(world, "api_calls", 120);
        world.ms += DAY / 2;
        await applying(world, after)();
        world.ms += DAY / 2;
      }
      expect(units, `month ${month + 1}`).toBe(150);
    }
  });

  it("a call that fails after its effect, beside another run, adds up to nothing", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100)]);
    const plans = [await world.plan([oneOff(150)]), await world.plan([oneOff(150)])];
    let isFirst = true;
    world.route = async (input, init) => {
      if (!isFirst || !String(init?.body).includes('included_grant":150'))
        return world.emulator.fetch(input, init);
      isFirst = false;
      // It is held up until long after the slice of time that the run had the customer for.
      world.ms += 20_000;
      const headers = new Headers(init?.headers);
      headers.delete("idempotency-key");
      await world.emulator.fetch(input, { ...init, headers });
      return Response.json({ message: "broken", code: "internal_error" }, { status: 500 });
    };
    await Promise.all(plans.map((plan) => world.apply(plan)));
    expect(await onlyRow(world, "storage")).toMatchObject({ grant: 150, remaining: 150 });
  });

  it("a call that comes late, after another run has finished its work, has no effect", async () => {
    const world = new World({ level });
    await world.converge([oneOff(64)]);
    await world.use("acme", "storage", 64);
    await killedAt(world, applying(world, [oneOff(174)]), (route) => route === "balances.create");
    const after = [oneOff(224)];
    const plan: Plan = await world.plan(after);
    let isHeld = true;
    const late = world.client();
    world.route = async (input, init) => {
      if (isHeld && String(init?.body).includes('included_grant":224')) {
        isHeld = false;
        world.ms += 20_000;
        world.route = world.emulator.fetch;
        await applying(world, after)();
      }
      return world.emulator.fetch(input, init);
    };
    await applyPlan(late, plan, { clock: world.clock, concurrency: 4 });
    expect(await onlyRow(world, "storage")).toMatchObject({ grant: 224, remaining: 160 });
  });

  /** Has another call write back what it had read before, right after the first update of ours that matches. */
  function undoOnce(world: World, isOurs: (body: Record<string, unknown>) => boolean, back: object): void {
    let isUndone = false;
    world.route = async (input, init) => {
      const answer = await world.emulator.fetch(input, init);
      const body = JSON.parse(String(init?.body ?? "{}")) as Record<string, unknown>;
      if (!isUndone && String(input).endsWith("balances.update") && isOurs(body)) {
        isUndone = true;
        const { customer_id, feature_id, balance_id } = body;
        await world.call("balances.update", { customer_id, feature_id, balance_id, ...back });
      }
      return answer;
    };
  }

  it("an update that another call undoes is made once more", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100)]);
    await world.use("acme", "storage", 30);
    undoOnce(world, (body) => body.included_grant === 150, { included_grant: 100, remaining: 70 });
    await world.converge([oneOff(150)]);
    expect(await onlyRow(world, "storage")).toMatchObject({ grant: 150, usage: 30 });
  });

  it("what is left is put right when another call writes back what was left before a cut", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100)]);
    await world.use("acme", "storage", 30);
    undoOnce(world, (body) => body.included_grant === 60, { remaining: 70 });
    await world.converge([oneOff(60)]);
    expect(await onlyRow(world, "storage")).toMatchObject({ grant: 60, usage: 30 });
  });

  it("usage is counted again when another call writes back what was left before", async () => {
    const world = new World({ level });
    await world.converge([monthly(100)]);
    await world.use("acme", "api_calls", 30);
    undoOnce(world, (body) => body.add_to_balance === -30, { remaining: 150 });
    await world.converge([monthly(150)]);
    expect(await onlyRow(world, "api_calls")).toMatchObject({ grant: 150, usage: 30 });
  });

  /** Has another call undo one of ours, of a customer who uses units after the next read, and after every later call. */
  function undoInUse(
    world: World,
    isOurs: (body: Record<string, unknown>) => boolean,
    back: object,
    { feature, first = 1 }: { feature: string; first?: number },
  ): { used: number } {
    const tally = { used: 0 };
    undoOnce(world, isOurs, back);
    const undoing = world.route;
    let isInUse = false;
    world.route = async (input, init) => {
      const answer = await undoing(input, init);
      if (isInUse) tally.used += await useUp(world, feature, tally.used === 0 ? first : 1);
      isInUse ||= isOurs(JSON.parse(String(init?.body ?? "{}")));
      return answer;
    };
    return tally;
  }

  it.each([1, 110])(
    "a raise that another call half undoes is completed though the customer goes on and uses %i",
    async (first) => {
      const world = new World({ level, storeDelayMs: 0 });
      await world.converge([oneOff(100)]);
      await world.use("acme", "storage", 30);
      const isRaise = (body: Record<string, unknown>): boolean => body.included_grant === 150;
      const tally = undoInUse(world, isRaise, { included_grant: 100 }, { feature: "storage", first });
      await world.converge([oneOff(150)]);
      expect(await onlyRow(world, "storage")).toMatchObject({ grant: 150, usage: 30 + tally.used });
    },
  );

  it("a cut and an end of which another call undoes the grant are completed, and cut nothing twice", async () => {
    const world = new World({ level, storeDelayMs: 0 });
    await world.converge([oneOff(100)]);
    await world.use("acme", "storage", 30);
    const isCut = (body: Record<string, unknown>): boolean => body.included_grant === 60;
    let used = 0;
    undoOnce(world, isCut, { included_grant: 100 });
    const undoing = world.route;
    world.route = async (input, init) => {
      const answer = await undoing(input, init);
      if (used === 0 && world.sent("update").some(isCut)) used += await useUp(world, "storage", 0.5);
      return answer;
    };
    await world.converge([oneOff(60, { expires_at: NEXT_SUMMER })]);
    expect(await onlyRow(world, "storage")).toMatchObject({ grant: 60, usage: 30 + used });
  });

  it("a cut of which what is left was undone is put right though the customer goes on", async () => {
    const world = new World({ level, storeDelayMs: 0 });
    await world.converge([oneOff(100)]);
    await world.use("acme", "storage", 30);
    const isCut = (body: Record<string, unknown>): boolean => body.included_grant === 60;
    const tally = undoInUse(world, isCut, { remaining: 70 }, { feature: "storage" });
    await world.converge([oneOff(60)]);
    expect(await onlyRow(world, "storage")).toMatchObject({ grant: 60, usage: 30 + tally.used });
  });

  it("usage that another call has undone is counted again though the customer goes on", async () => {
    const world = new World({ level, storeDelayMs: 0 });
    await world.converge([monthly(100)]);
    await world.use("acme", "api_calls", 30);
    const isCount = (body: Record<string, unknown>): boolean =>
      body.add_to_balance === -30 && body.next_reset_at !== undefined;
    const tally = undoInUse(world, isCount, { remaining: 150 }, { feature: "api_calls" });
    await world.converge([monthly(150)]);
    expect(await onlyRow(world, "api_calls")).toMatchObject({ grant: 150, usage: 30 + tally.used });
  });

  it("says what usage should be where a limit keeps it from being counted again while the customer goes on", async () => {
    const world = new World({ level, storeDelayMs: 0 });
    await world.converge([monthly(100)]);
    const usage_limits = [{ feature_id: "api_calls", enabled: true, limit: 90, interval: "month" }];
    await world.call("customers.update", { ...ACME, billing_controls: { usage_limits } });
    await world.use("acme", "api_calls", 30);
    const isCount = (body: Record<string, unknown>): boolean => body.remaining === 120;
    undoInUse(world, isCount, { remaining: 150 }, { feature: "api_calls" });
    const { results } = await world.apply(await world.plan([monthly(150)]));
    expect(results[0]).toMatchObject({ result: "failed" });
    expect(results[0]?.problem?.message).toContain("reads 0 used, but should have been at 30");
  });

  it("says what is missing when it was used up before what was undone could be counted again", async () => {
    const world = new World({ level, storeDelayMs: 0 });
    await world.converge([monthly(100)]);
    await world.use("acme", "api_calls", 30);
    const isCount = (body: Record<string, unknown>): boolean => body.add_to_balance === -30;
    undoOnce(world, isCount, { remaining: 5 });
    const undoing = world.route;
    let wasRead = false;
    world.route = async (input, init) => {
      const isLater = world.sent("update").some(isCount);
      if (isLater && wasRead) await useUp(world, "api_calls", 5);
      wasRead ||= isLater;
      return undoing(input, init);
    };
    const { results } = await world.apply(await world.plan([monthly(5)]));
    expect(results[0]).toMatchObject({ result: "failed" });
    expect(results[0]?.problem?.message).toContain("its usage reads 30 too low");
  });

  it("a refund of all that was used, right after it was counted, is not taken for one", async () => {
    const world = new World({ level });
    await world.converge([oneOff(100, { expires_at: NEXT_SUMMER })]);
    await world.use("acme", "storage", 30);
    let isGivenBack = false;
    world.route = async (input, init) => {
      const answer = await world.emulator.fetch(input, init);
      if (!isGivenBack && String(init?.body).includes('included_grant":150')) {
        isGivenBack = true;
        await useUp(world, "storage", -30);
      }
      return answer;
    };
    await world.converge([oneOff(150)]);
    world.ms += 1500;
    expect(await onlyRow(world, "storage")).toMatchObject({ grant: 150, usage: 0 });
  });
});
