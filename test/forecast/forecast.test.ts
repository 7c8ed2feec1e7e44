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

  it("sums decimals exactly", () => {
    const some = [0.1, 0.2].map((included) => balance({ included, id: `${included}` }));
    expect(forecast(some, FROM, FROM).months).toMatchObject([{ units: 0.3 }]);
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

  it("lets a balance go on from phase to phase, with its cycle and what the next phase adds", () => {
    const until = at("2027-03-01T00:00:00Z");
    const phased = balance({
      phases: [
        { included: 10, reset: { interval: "month" }, ends_at: "2027-02-10T00:00:00Z" },
        { included: 25, reset: { interval: "month" }, ends_at: "2027-02-20T00:00:00Z" },
        { included: 4 },
      ],
    });
    const made = forecast([phased], FROM, until);
    expect(made.events.map(({ kind, at: ms, units }) => [kind, new Date(ms).toISOString(), units])).toEqual([
      ["end", "2027-02-10T00:00:00.000Z", null],
      ["start", "2027-02-10T00:00:00.000Z", 15],
      ["end", "2027-02-20T00:00:00.000Z", null],
      ["start", "2027-02-20T00:00:00.000Z", 4],
    ]);
    expect(made.months.map(({ units }) => units)).toEqual([10, 19]);
    expect(made.holdings).toMatchObject([{ entry: { included: 4 }, nextResetAt: null }]);
    const { holdings } = forecast([phased], FROM, at("2027-02-15T00:00:00Z"));
    expect(holdings).toMatchObject([
      { entry: { included: 25, expiresAt: null }, nextResetAt: at("2027-02-28T12:00:00Z") },
    ]);
  });

  it("counts a balance as over after the last of its phases, and grants anew after a gap", () => {
    const phased = balance({
      gaps: "allowed",
      phases: [
        { included: 1, ends_at: "2027-02-02T00:00:00Z" },
        { included: 2, starts_at: "2027-02-03T00:00:00Z" },
        { included: 1, starts_at: "2027-02-04T00:00:00Z", ends_at: "2027-02-05T00:00:00Z" },
      ],
    });
    const told = (from: number) => forecast([phased], from, at("2027-03-01T00:00:00Z"));
    expect(told(FROM).events.map(({ kind, units }) => [kind, units])).toEqual([
      ["end", null],
      ["start", 2],
      ["end", null],
      ["start", 0],
      ["end", null],
    ]);
    expect(told(FROM).over).toBe(0);
    expect(told(at("2027-02-04T12:00:00Z")).over).toBe(0);
    expect(told(at("2027-02-05T00:00:00Z")).over).toBe(1);
  });

  it("refuses more than anybody reads", () => {
    const often = balance({ included: 1, reset: { interval: "minute" } });
    expect(() => forecast([often], FROM, FROM + 300_000 * 60_000)).toThrow(ProblemsError);
  });
});
