import { describe, expect, it } from "vitest";
import { duration, moment, units } from "../../src/report/index.ts";
import { count, cycle, cycleOf } from "../../src/report/words.ts";

describe("words", () => {
  it("sets thousands apart", () => {
    expect([0, 999, 1000, 1234567, -50250, 1234.5678, 1e21].map(units)).toEqual([
      ...["0", "999", "1,000", "1,234,567", "-50,250", "1,234.5678", "1e+21"],
    ]);
  });

  it("counts", () => {
    expect([count(1, "balance"), count(2000, "balance"), count(0, "entry", "entries")]).toEqual([
      ...["1 balance", "2,000 balances", "0 entries"],
    ]);
  });

  it("names cycles", () => {
    expect(["once", "hour", "month", "2 months", "semi_annual", "3 semi_annuals"].map(cycle)).toEqual([
      ...["once", "an hour", "a month", "every 2 months", "a half-year", "every 3 half-years"],
    ]);
    expect(cycleOf({ interval: "week", intervalCount: 2 })).toBe("every 2 weeks");
    expect(cycleOf(null)).toBe("once");
  });

  it("says how long something takes", () => {
    expect([0, 499, 1_400, 59_400, 60_000, 400_000, 7_200_000, 7_500_000].map(duration)).toEqual([
      ...["under 1 s", "under 1 s", "1 s", "59 s", "1 min", "6 min 40 s", "2 h", "2 h 5 min"],
    ]);
  });

  it("writes moments that have no date as their amount", () => {
    expect(moment(9e15)).toBe("9000000000000000 ms");
  });
});
