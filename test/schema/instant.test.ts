import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EARLIEST_MS, instantToMs, LATEST_MS, msToInstant } from "../../src/schema/index.ts";

describe("an instant", () => {
  it.each([
    ["2027-01-31T00:00:00Z", Date.UTC(2027, 0, 31)],
    ["2027-01-31t00:00:00z", Date.UTC(2027, 0, 31)],
    ["2027-01-31 00:00:00Z", Date.UTC(2027, 0, 31)],
    ["2027-01-31T00:00:00+01:00", Date.UTC(2027, 0, 30, 23)],
    ["2027-01-31T00:00:00-23:59", Date.UTC(2027, 0, 31, 23, 59)],
    ["2027-01-31T00:00:00-00:00", Date.UTC(2027, 0, 31)],
    ["2027-01-31T12:34:56.7Z", Date.UTC(2027, 0, 31, 12, 34, 56, 700)],
    ["2027-01-31T12:34:56.789999999Z", Date.UTC(2027, 0, 31, 12, 34, 56, 789)],
    ["2028-02-29T00:00:00Z", Date.UTC(2028, 1, 29)],
    ["2000-02-29T00:00:00Z", Date.UTC(2000, 1, 29)],
    ["2400-02-29T00:00:00Z", Date.UTC(2400, 1, 29)],
    ["9999-12-31T23:59:59.999Z", LATEST_MS],
    ["9999-12-31T23:59:59.999+14:00", LATEST_MS - 14 * 3_600_000],
    ["9999-12-31T23:59:59.999-00:00", LATEST_MS],
    ["2000-01-01T00:00:00Z", EARLIEST_MS],
    ["2000-01-01T00:00:00+00:00", EARLIEST_MS],
    [EARLIEST_MS, EARLIEST_MS],
    [LATEST_MS, LATEST_MS],
  ])("is %s", (written, ms) => {
    expect(instantToMs(written)).toBe(ms);
  });

  it.each([
    "2027-01-31",
    "2027-01-31T00:00:00",
    "2027-01-31T00:00Z",
    "2027-02-29T00:00:00Z",
    "2100-02-29T00:00:00Z",
    "2027-04-31T00:00:00Z",
    "2027-13-01T00:00:00Z",
    "2027-00-01T00:00:00Z",
    "2027-01-00T00:00:00Z",
    "2027-01-31T24:00:00Z",
    "2027-01-31T23:59:60Z",
    "2027-01-31T00:00:00+24:00",
    "2027-01-31T00:00:00+0100",
    "2027-01-31T00:00:00.Z",
    "2027-01-31T00:00:00.1234567890Z",
    "1999-12-31T23:59:59Z",
    "2000-01-01T00:00:00+01:00",
    "9999-12-31T23:59:59-05:00",
    "+02027-01-31T00:00:00Z",
    " 2027-01-31T00:00:00Z",
    "2027-01-31T00:00:00Z\n",
    "",
    EARLIEST_MS - 1,
    LATEST_MS + 1,
    EARLIEST_MS + 0.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1_801_353_600,
  ])("is not %j", (written) => {
    expect(instantToMs(written)).toBeUndefined();
  });

  it("is one of UTC's years as well, so that it can be written back", () => {
    const zones = ["Z", "+14:00", "-12:00", "+00:00", "-00:00"];
    for (const day of ["2000-01-01", "2000-01-02", "9999-12-30", "9999-12-31"]) {
      for (const zone of zones) {
        const ms = instantToMs(`${day}T12:00:00${zone}`);
        if (ms !== undefined) expect(instantToMs(msToInstant(ms))).toBe(ms);
      }
    }
  });

  it("has as many days in a month as the calendar", () => {
    for (const year of [2000, 2001, 2004, 2096, 2100, 2200, 2300, 2400, 2800, 4000, 9900, 9996]) {
      for (let month = 1; month <= 12; month++) {
        const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
        for (let day = 28; day <= 32; day++) {
          const text = `${year}-${String(month).padStart(2, "0")}-${day}T00:00:00Z`;
          expect([text, instantToMs(text) !== undefined]).toEqual([text, day <= days]);
        }
      }
    }
  });

  const anyMs = fc.integer({ min: EARLIEST_MS, max: LATEST_MS });

  it("is read as Date.parse reads it, in any zone", () => {
    const two = (value: number) => String(value).padStart(2, "0");
    fc.assert(
      fc.property(anyMs, fc.boolean(), fc.nat(23), fc.nat(59), (ms, east, hours, minutes) => {
        const text = new Date(ms)
          .toISOString()
          .replace("Z", `${east ? "+" : "-"}${two(hours)}:${two(minutes)}`);
        // In such a zone, a moment of this day may be of another year in UTC.
        const isBeyond = /^(?:2000-01-01.*\+|9999-12-31.*-)(?!00:00)/.test(text);
        expect(instantToMs(text)).toBe(isBeyond ? undefined : Date.parse(text));
      }),
      { numRuns: 5000 },
    );
  });

  it("comes back from text unchanged", () => {
    fc.assert(
      fc.property(anyMs, (ms) => {
        expect(instantToMs(msToInstant(ms))).toBe(ms);
        expect(instantToMs(ms)).toBe(ms);
      }),
      { numRuns: 5000 },
    );
    expect(msToInstant(Date.UTC(2027, 0, 31))).toBe("2027-01-31T00:00:00Z");
  });
});
