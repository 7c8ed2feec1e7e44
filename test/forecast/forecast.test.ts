// What a forecast tells, and of which months.
import { describe, expect, it } from "vitest";
import { forecast } from "../../src/forecast/index.ts";
import { type BalanceEntry, desiredBalance, ProblemsError } from "../../src/schema/index.ts";

const at = (text: string): number => Date.parse(text);
const balance = (rest: Partial<BalanceEntry>) =>
  desiredBalance({ customer_id: "acme", feature_id: "api_calls", ...rest } as BalanceEntry);
const FROM = at("2027-01-31T12:00:00Z");

describe("forecast", () => {
  it("keeps a day that was cut to a shorter month", () => {
    const monthly = balance({ included: 10, reset: { interval: "month" } });
    const { events, holdings } = forecast([monthly], FROM, at("2027-04-30T00:00:00Z"));
    expect(events.map((event) => new Date(event.at).toISOString().slice(0, 10))).toEqual([
      "2027-02-28",
      "2027-03-28",
      "2027-04-28",
    ]);
    expect(holdings).toMatchObject([{ nextResetAt: at("2027-05-28T12:00:00Z") }]);
  });

  it("sums by month and feature, with what is there at the start in the first month", () => {
    const { months } = forecast(
      [
        balance({ included: 10, reset: { interval: "month" } }),
        balance({ included: 5, id: "b" }),
        balance({ feature_id: "exports", unlimited: true }),
      ],
      FROM,
      at("2027-03-01T00:00:00Z"),
    );
    expect(months).toEqual([
      { month: "2027-01", featureId: "api_calls", units: 15 },
      { month: "2027-02", featureId: "api_calls", units: 10 },
    ]);
  });

  it("tells an end, leaves out what is over, and tells a start that is to come", () => {
    const later = { ...balance({ included: 3, id: "later" }), startsAt: FROM + 1000 };
    const made = forecast(
      [
        balance({ included: 1, id: "over", expires_at: "2027-01-01T00:00:00Z" }),
        balance({ included: 2, id: "ends", expires_at: "2027-02-01T00:00:00Z" }),
        later,
      ],
      FROM,
      at("2027-03-01T00:00:00Z"),
    );
    expect(made.over).toBe(1);
    expect(made.events.map(({ kind, entry }) => `${kind} ${entry.key}`)).toEqual(["start later", "end ends"]);
    expect(made.holdings.map(({ entry }) => entry.key)).toEqual(["later"]);
  });

  it("refuses more than anybody reads", () => {
    const often = balance({ included: 1, reset: { interval: "minute" } });
    expect(() => forecast([often], FROM, FROM + 300_000 * 60_000)).toThrow(ProblemsError);
  });
});
