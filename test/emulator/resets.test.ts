// Resets: when they come, what they give back, and what rolls over.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addMonths, INTERVALS, nextBoundary, windowAround } from "../../src/emulator/intervals.ts";
import { call, customer, DAY, frozen, START } from "./helpers.ts";

describe("a reset", () => {
  it("gives back the grant of creation and moves on by whole intervals", async () => {
    const emulator = frozen({ storeDelayMs: 0 });
    const c = customer(emulator);
    await c.create({ included_grant: 100, balance_id: "b", reset: { interval: "month" } });
    await c.track(30);
    emulator.setTime("2027-04-15T00:00:00Z");
    expect(await c.get()).toMatchObject({
      granted: 100,
      remaining: 100,
      next_reset_at: Date.UTC(2027, 4, 1),
    });
  });

  it("happens in GET balances/list too", async () => {
    const emulator = frozen({ storeDelayMs: 0 });
    const c = customer(emulator);
    await c.create({ included_grant: 100, reset: { interval: "day" } });
    await c.track(30);
    emulator.advance(DAY);
    expect(await c.raw()).toMatchObject([{ balance: 100, next_reset_at: START + 2 * DAY }]);
  });

  it("never comes when expires_at was given without next_reset_at", async () => {
    const emulator = frozen({ storeDelayMs: 0 });
    const c = customer(emulator);
    await c.create({ included_grant: 100, reset: { interval: "day" }, expires_at: START + 90 * DAY });
    await c.track(30);
    emulator.advance(10 * DAY);
    expect(await c.get()).toMatchObject({ remaining: 70, next_reset_at: null });
  });

  it("does not bring an expired row back", async () => {
    const emulator = frozen();
    const c = customer(emulator);
    const times = { next_reset_at: START + 2 * DAY, expires_at: START + 3 * DAY };
    await c.create({ included_grant: 100, reset: { interval: "day" }, ...times });
    emulator.advance(4 * DAY);
    expect(await c.get()).toBeUndefined();
    expect(await c.raw()).toMatchObject([{ next_reset_at: START + 2 * DAY }]);
  });

  it("is clamped to the end of a month, in UTC", () => {
    expect(addMonths(Date.UTC(2027, 0, 31), 1)).toBe(Date.UTC(2027, 1, 28));
    expect(nextBoundary(Date.UTC(2027, 0, 31), "month", 1, Date.UTC(2027, 2, 1))).toBe(Date.UTC(2027, 2, 28));
    expect(addMonths(Date.UTC(2028, 1, 29), 12)).toBe(Date.UTC(2029, 1, 28));
  });

  it("always comes after now, and the boundary before it does not", () => {
    const resetting = INTERVALS.filter((interval) => interval !== "one_off");
    fc.assert(
      fc.property(
        fc.constantFrom(...resetting),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 0, max: 700 * DAY }),
        (interval, count, late) => {
          const next = nextBoundary(START, interval, count, START + late);
          expect(next).toBeGreaterThan(START + late);
          if (next > nextBoundary(START, interval, count, START)) {
            expect(nextBoundary(START, interval, count, next - 1)).toBe(next);
          }
        },
      ),
    );
  });
});

describe("a rollover", () => {
  const monthly = { included_grant: 100, balance_id: "b", reset: { interval: "month" } };

  it("keeps what was left, up to its maximum, on top of the new grant", async () => {
    const emulator = frozen({ storeDelayMs: 0 });
    const c = customer(emulator);
    await c.create({ ...monthly, rollover: { max: 50, length: 1, duration: "month" } });
    expect((await c.get())?.rollovers).toEqual([]);
    await c.track(30);
    emulator.setTime("2027-02-01T00:00:00Z");
    const balance = await c.get();
    expect(balance).toMatchObject({ granted: 150, remaining: 150, usage: 0 });
    expect(balance?.rollovers).toEqual([{ granted: 50, balance: 50, expires_at: Date.UTC(2027, 2, 1) }]);
    expect(balance?.breakdown).toMatchObject([{ included_grant: 100, remaining: 100 }]);
  });

  it("is used before the grant and expires", async () => {
    const emulator = frozen({ storeDelayMs: 0 });
    const c = customer(emulator);
    await c.create({ ...monthly, rollover: { max: 50, length: 1, duration: "month" } });
    emulator.setTime("2027-02-01T00:00:00Z");
    await c.track(20);
    expect(await c.get()).toMatchObject({ remaining: 130, usage: 20, breakdown: [{ remaining: 100 }] });
    emulator.setTime("2027-03-01T00:00:00Z");
    // 30 of January are gone; February's 100 roll over, cut to 50
    expect((await c.get())?.rollovers).toEqual([
      { granted: 50, balance: 50, expires_at: Date.UTC(2027, 3, 1) },
    ]);
  });

  it("that lasts for ever adds up to its maximum", async () => {
    const emulator = frozen({ storeDelayMs: 0 });
    const c = customer(emulator);
    await c.create({ ...monthly, rollover: { max: 150, length: 0, duration: "forever" } });
    emulator.setTime("2027-02-01T00:00:00Z");
    await c.get();
    emulator.setTime("2027-03-01T00:00:00Z");
    const balance = await c.get();
    expect(balance).toMatchObject({ granted: 250, remaining: 250 });
    expect(balance?.rollovers?.map((rollover) => rollover.expires_at)).toEqual([0, 0]);
  });

  it("can be limited to a percentage of the grant", async () => {
    const emulator = frozen({ storeDelayMs: 0 });
    const c = customer(emulator);
    const rollover = { max: null, max_percentage: 25, length: 1, duration: "month" };
    expect(await c.create({ ...monthly, rollover })).toMatchObject({ status: 200 });
    emulator.setTime("2027-02-01T00:00:00Z");
    expect(await c.get()).toMatchObject({ remaining: 125 });
  });

  it.each(["2026-08", "2026-10"] as const)(
    "is shown at level %s by the reads that show it",
    async (level) => {
      const emulator = frozen({ level, storeDelayMs: 0 });
      const c = customer(emulator);
      const terms = { max: 50, max_percentage: null, length: 1, duration: "month" };
      await c.create({ ...monthly, rollover: { max: 50, length: 1, duration: "month" } });
      emulator.setTime("2027-02-01T00:00:00Z");
      await c.track(20);
      const shown = [{ granted: 50, balance: 30, expires_at: Date.UTC(2027, 2, 1) }];
      expect((await c.get())?.rollovers).toEqual(shown);
      const entity = { customer_id: "c", entity_id: "seat_1" };
      const read = await call(emulator, "POST /v1/entities.get", entity);
      expect(read.body.balances.api_calls?.rollovers).toEqual(shown);
      expect(await c.raw()).toMatchObject([{ balance: 100, entitlement: { rollover: terms } }]);
      if (level === "2026-10") {
        const listed = await call(emulator, "POST /v1/balances.list", { customer_id: "c" });
        expect(listed.body.list).toMatchObject([{ remaining: 100, rollovers: shown }]);
      }
    },
  );

  it("of an entity's row counts in the totals of its customer", async () => {
    const emulator = frozen({ storeDelayMs: 0 });
    const c = customer(emulator);
    const rollover = { max: 50, length: 1, duration: "month" };
    await c.create({ ...monthly, rollover, entity_id: "seat_1" });
    emulator.setTime("2027-02-01T00:00:00Z");
    expect(await c.get()).toMatchObject({ granted: 150, remaining: 150, usage: 0, breakdown: [] });
  });

  it("is refused for seats and for balances that do not reset", async () => {
    const c = customer(frozen());
    const rollover = { max: 5, length: 1, duration: "month" };
    const seats = { feature_id: "seats", included_grant: 1, reset: { interval: "month" }, rollover };
    expect(await c.create(seats)).toMatchObject({ status: 400, body: { code: "invalid_request" } });
    expect(await c.create({ included_grant: 1, rollover })).toMatchObject({ status: 400 });
  });
});

describe("an interval_count of 0 or below", () => {
  it("is accepted, and every later read of that customer hangs", async () => {
    const emulator = frozen();
    const c = customer(emulator);
    expect(
      await c.create({ included_grant: 1, reset: { interval: "month", interval_count: 0 } }),
    ).toMatchObject({
      status: 200,
    });
    const late = new Promise((resolve) => setTimeout(resolve, 50, "no answer"));
    expect(await Promise.race([c.get(), late])).toBe("no answer");
    expect(await Promise.race([c.raw(), late])).toBe("no answer");
    await customer(emulator, "d").track(1);
    expect(await customer(emulator, "d").raw()).toEqual([]);
  });
});

describe("the window of a usage limit", () => {
  it("has now in it, and the next one begins where it ends", () => {
    const instants = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2040, 0, 1) });
    const intervals = fc.constantFrom(...INTERVALS.filter((interval) => interval !== "one_off"));
    fc.assert(
      fc.property(instants, intervals, fc.option(instants), (now, interval, anchor) => {
        const window = windowAround(now, interval, anchor);
        expect(window.startsAt).toBeLessThanOrEqual(now);
        expect(window.endsAt).toBeGreaterThan(now);
        expect(windowAround(window.startsAt, interval, anchor)).toEqual(window);
        expect(windowAround(window.endsAt, interval, anchor).startsAt).toBe(window.endsAt);
      }),
    );
  });

  it("is of the calendar without an anchor, weeks beginning on Monday", () => {
    const wednesday = Date.UTC(2026, 10, 25, 13);
    expect(windowAround(wednesday, "week", null)).toEqual({
      startsAt: Date.UTC(2026, 10, 23),
      endsAt: Date.UTC(2026, 10, 30),
    });
    expect(windowAround(wednesday, "quarter", null)).toEqual({
      startsAt: Date.UTC(2026, 9, 1),
      endsAt: Date.UTC(2027, 0, 1),
    });
  });

  it("is of the calendar when its anchor is no date at all", () => {
    expect(windowAround(0, "day", 1e300)).toEqual({ startsAt: 0, endsAt: DAY });
  });
});
