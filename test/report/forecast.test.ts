// Forecasts in every format, of ids that could be anything: the calendar by RFC 5545, and the page in a real browser.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { startBrowser } from "../../scripts/browser.ts";
import { forecast } from "../../src/forecast/index.ts";
import { folded, forecastCalendar, forecastHtml, forecastText } from "../../src/report/index.ts";
import { type BalanceEntry, desiredBalance } from "../../src/schema/index.ts";
import { has } from "../support/has.ts";
import { screenshot } from "./screenshot.ts";

const FROM = Date.UTC(2026, 10, 22, 12);
const HOSTILE = 'x;,\\\n<b>"\u001b[31m\u202e</script>é';

function report(customerId = "acme") {
  const entries = [
    { customer_id: customerId, feature_id: "api_calls", included: 50_000, reset: { interval: "month" } },
    { customer_id: customerId, feature_id: "exports", included: 250, expires_at: "2027-01-31T00:00:00Z" },
  ] as BalanceEntry[];
  const balances = entries.map((entry) => desiredBalance(entry, { file: "a;b,c.yaml", line: 4, column: 5 }));
  return {
    namespace: "contracts",
    forecast: forecast(balances, FROM, Date.UTC(2027, 5, 1)),
    isMoment: false,
  };
}

/** The content lines of a calendar. */
const unfolded = (calendar: string): string[] => calendar.replaceAll("\r\n ", "").split("\r\n");

describe("the calendar", () => {
  it("has lines of at most 75 octets that unfold to what they were", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 400 }), (text) => {
        const line = text.replaceAll(/[\r\n]/g, "");
        const lines = folded(line).split("\r\n");
        for (const one of lines) expect(Buffer.byteLength(one)).toBeLessThanOrEqual(75);
        expect(lines.join("\r\n").replaceAll("\r\n ", "")).toBe(line);
      }),
    );
  });

  it("has an event for everything that happens, each with what RFC 5545 asks for", () => {
    const calendar = forecastCalendar(report(HOSTILE));
    expect(calendar).not.toMatch(/(?<!\r)\n|\r(?!\n)/);
    for (const line of calendar.split("\r\n")) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    const lines = unfolded(calendar);
    expect(lines.slice(0, 3)).toEqual([
      "BEGIN:VCALENDAR",
      "VERSION:2.0",
      "PRODID:-//autumn-balances//forecast//EN",
    ]);
    expect(lines.slice(-2)).toEqual(["END:VCALENDAR", ""]);
    const count = (start: string) => lines.filter((line) => line.startsWith(start)).length;
    const events = report().forecast.events.length;
    for (const name of ["BEGIN:VEVENT", "UID:", "DTSTAMP:20261122T120000Z", "DTSTART:", "SUMMARY:"])
      expect(count(name), name).toBe(events);
    const names =
      /^(?:BEGIN|END|VERSION|PRODID|CALSCALE|METHOD|UID|DTSTAMP|DTSTART|SUMMARY|DESCRIPTION|CATEGORIES|TRANSP):/;
    for (const line of lines.slice(0, -1)) expect(line).toMatch(names);
    expect(lines.filter((line) => line.startsWith("SUMMARY:x\\;\\,\\\\"))).toHaveLength(events);
    expect(lines.find((line) => line.startsWith("DESCRIPTION:"))).toContain(
      "namespace contracts\\ndeclared in a\\;b\\,c.yaml:4:5\\n",
    );
    expect(calendar).not.toMatch(/[\u001b\u202e]/);
  });

  it("gives the same thing the same UID, and no two things one", () => {
    const uids = (calendar: string) => unfolded(calendar).filter((line) => line.startsWith("UID:"));
    const all = uids(forecastCalendar(report()));
    expect(uids(forecastCalendar(report()))).toEqual(all);
    expect(new Set(all).size).toBe(all.length);
    expect(uids(forecastCalendar(report("globex")))).not.toEqual(all);
  });
});

describe("the text", () => {
  it("shows no more than it is to, and hides nothing that ids hold", () => {
    const text = forecastText(report(HOSTILE), { most: 2 });
    expect(text).toContain("--full shows all of them");
    expect(text).not.toMatch(/[\u001b\u202e]/);
  });

  it("shows some of the months of eight thousand years, and how many more there are", () => {
    const monthly = {
      customer_id: "acme",
      feature_id: "api_calls",
      included: 5,
      reset: { interval: "month" },
    };
    const balances = [desiredBalance(monthly as BalanceEntry)];
    const ever = {
      namespace: "contracts",
      forecast: forecast(balances, FROM, Date.UTC(9999, 11, 31)),
      isMoment: false,
    };
    expect(forecastText(ever, { most: 12 })).toContain(
      "  … and 95,666 more months: --full shows all of them",
    );
    // All of them are more amounts than a call takes arguments.
    const two = [...balances, desiredBalance({ ...monthly, feature_id: "exports" } as BalanceEntry)];
    const most = { ...ever, forecast: forecast(two, FROM, Date.UTC(9999, 11, 31)) };
    expect(forecastText(most)).toContain("9999-12");
    expect(forecastHtml(ever)).toContain("9999-12");
  });
});

describe.skipIf(!has("chromium"))("the page in a browser", () => {
  it("draws a chart for each feature, asks no network, and takes no id for HTML", async () => {
    const folder = mkdtempSync(join(tmpdir(), "autumn-balances-forecast-"));
    const browser = await startBrowser();
    try {
      const file = join(folder, "forecast.html");
      writeFileSync(file, forecastHtml(report(HOSTILE)));
      for (const colorScheme of ["light", "dark"] as const) {
        const page = await (await browser.newContext({ colorScheme })).newPage();
        const misdeeds: string[] = [];
        page.on("console", (message) => misdeeds.push(`console: ${message.text()}`));
        page.on("pageerror", (error) => misdeeds.push(`error: ${error.message}`));
        page.on("request", (request) => {
          if (request.url() !== pathToFileURL(file).href) misdeeds.push(`request: ${request.url()}`);
        });
        await page.goto(pathToFileURL(file).href);
        expect(await page.locator("svg[role=img]").count()).toBe(2);
        const heights = (await page.evaluate(
          `[...document.querySelectorAll("figure:first-of-type rect.bar")].map((bar) => bar.getBoundingClientRect().height)`,
        )) as number[];
        expect(heights).toHaveLength(7);
        for (const height of heights) expect(height).toBeGreaterThan(20);
        const fill = await page.evaluate(`getComputedStyle(document.querySelector("rect.bar")).fill`);
        expect(fill).toBe(colorScheme === "light" ? "rgb(26, 127, 55)" : "rgb(87, 197, 109)");
        expect(await page.locator("main b").count()).toBe(0);
        expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
        await page.screenshot({ path: screenshot(`forecast-${colorScheme}`), fullPage: true });
        expect(misdeeds).toEqual([]);
      }
    } finally {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
