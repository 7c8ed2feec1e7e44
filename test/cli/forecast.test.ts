// forecast, without any key.
import { describe, expect, it } from "vitest";
import { published } from "../report/published-schema.ts";
import { balances, folder, MONTHLY, ONCE, run, transcript } from "./helper.ts";

const { validates, describes: describesForecast } = published("forecast");

const cwd = () =>
  folder({ "balances.yaml": balances([MONTHLY, { ...ONCE, expires_at: "2027-01-31T00:00:00Z" }]) });
const SPAN = ["--from", "2026-12-01", "--until", "2027-03-01"];

describe("forecast", () => {
  it("tells months, events and balances as text", async () => {
    const ended = await run(["forecast", ...SPAN], { cwd: cwd() });
    await expect(transcript(ended)).toMatchFileSnapshot("golden/forecast.txt");
  });

  it("tells what there is at a moment", async () => {
    const { stdout } = await run(["forecast", "--from", "2026-12-01", "--at", "2027-02-01"], { cwd: cwd() });
    expect(stdout).toContain("acme: api_calls  50,000 a month since 2027-02-01T00:00:00Z, resets 2027-03-01");
    expect(stdout).not.toContain("globex:");
    expect(stdout).not.toContain("Units granted by month");
  });

  it("prints the document that its schema describes", async () => {
    const { stdout } = await run(["forecast", ...SPAN, "--format", "json"], { cwd: cwd() });
    const document = JSON.parse(stdout);
    expect(validates(document), JSON.stringify(validates.errors)).toBe(true);
    expect(describesForecast(document), JSON.stringify(describesForecast.errors)).toBe(true);
    expect(document.months).toContainEqual({ month: "2026-12", feature_id: "ai_credits", units: 250 });
    const wrong = await run(["forecast", "nothing.yaml", "--format", "json"], { cwd: cwd() });
    expect(wrong.code).toBe(1);
    expect(validates(JSON.parse(wrong.stdout))).toBe(true);
  });

  it("knows what starts later, and each phase of what changes", async () => {
    const entry = { customer_id: "initech", feature_id: "ai_credits", reason: "a trial", owner: "sales" };
    const phases = [
      { included: 10, ends_at: "2027-01-15T00:00:00Z" },
      { included: 40, ends_at: "2027-02-15T00:00:00Z" },
    ];
    const later = { ...ONCE, starts_at: "2027-02-01T00:00:00Z" };
    const files = { "balances.yaml": balances([{ ...entry, phases }, later]) };
    const { stdout, stderr } = await run(["forecast", ...SPAN, "--format", "json"], { cwd: folder(files) });
    const document = JSON.parse(stdout);
    expect(describesForecast(document), stderr + JSON.stringify(describesForecast.errors)).toBe(true);
    const said = document.events.map((one: Record<string, unknown>) => [one.at, one.event, one.customer_id]);
    expect(said).toEqual([
      ["2027-01-15T00:00:00Z", "end", "initech"],
      ["2027-01-15T00:00:00Z", "start", "initech"],
      ["2027-02-01T00:00:00Z", "start", "globex"],
      ["2027-02-15T00:00:00Z", "end", "initech"],
    ]);
  });

  it("prints tables, calendars and pages", async () => {
    const csv = (await run(["forecast", ...SPAN, "--format", "csv"], { cwd: cwd() })).stdout.split("\r\n");
    expect(csv[0]).toBe("at,event,customer_id,entity_id,feature_id,key,units,interval,interval_count");
    expect(csv[1]).toBe("2027-01-01T00:00:00Z,reset,acme,,api_calls,api_calls,50000,month,1");
    const ics = (await run(["forecast", ...SPAN, "--format", "ics"], { cwd: cwd() })).stdout;
    expect(ics.match(/BEGIN:VEVENT/g)).toHaveLength(4);
    const html = (await run(["forecast", ...SPAN, "--format", "html"], { cwd: cwd() })).stdout;
    expect(html).toMatch(/^<!DOCTYPE html>/);
  });

  it("says of a group that only Autumn knows that it asks nobody", async () => {
    const grants = [{ id: "g", feature_id: "exports", included: 5, to: { autumn: { plan: "pro" } } }];
    const files = { "balances.yaml": balances([], { grants }) };
    const { code, stderr } = await run(["forecast"], { cwd: folder(files) });
    expect(code).toBe(1);
    expect(stderr).toContain(
      'Autumn is not asked here who belongs to the group "g"\n  hint: write its customers; only',
    );
  });

  it("refuses an end before the beginning, and what is no moment", async () => {
    const { code, stderr } = await run(["forecast", "--from", "2027-01-01", "--until", "2026-01-01"], {
      cwd: cwd(),
    });
    expect(code).toBe(1);
    expect(stderr).toContain("before it begins");
    for (const until of ["tomorrow", "2027-02-30", "90", "12m"]) {
      const wrong = await run(["forecast", "--until", until], { cwd: cwd() });
      expect(wrong.code).toBe(1);
      expect(wrong.stderr).toContain("Write it like 2026-10-01, 2026-10-01T12:00:00Z, 36h, 90d or 12w.");
    }
    // The beginning is no time after something else.
    const from = await run(["forecast", "--from", "90d"], { cwd: cwd() });
    expect(from.stderr).toContain("Write it like 2026-10-01 or 2026-10-01T12:00:00Z.");
    expect((await run(["forecast", "--at", "2027-01-01", "--until", "2w"], { cwd: cwd() })).code).toBe(1);
  });
});
