// Entries are changed and removed in the text of a file without touching the others.
import { describe, expect, it } from "vitest";
import { type Edit, editEntries } from "../../src/config/index.ts";
import type { BalanceEntry } from "../../src/schema/index.ts";

const line = (customer: string, included = 1): string =>
  `  - { customer_id: ${customer}, feature_id: a, included: ${included} }\n`;
const fileOf = (...lines: string[]): string =>
  `version: 1\nnamespace: contracts\nbalances:\n${lines.join("")}`;
const named = (customer_id: string) => ({ customer_id, id: "a" });
const entry = (customer_id: string, included: number): BalanceEntry => ({
  customer_id,
  feature_id: "a",
  included,
});

function edited(text: string, edit: Edit): string {
  const result = editEntries(text, edit, "balances.yaml");
  return "text" in result ? result.text : result.problems.map(({ code }) => code).join(" ");
}

describe("editing entries", () => {
  const file = fileOf(line("a"), line("b"), line("c"));

  it("changes and removes those that are named, and adds others", () => {
    const change = [{ ...named("a"), entry: entry("a", 2) }];
    expect(edited(file, { change, remove: [named("b")], add: [entry("d", 4)] })).toBe(
      fileOf(line("a", 2), line("c"), "  - customer_id: d\n    feature_id: a\n    included: 4\n"),
    );
  });

  it("refuses to do two things with one entry, which would reach into the next", () => {
    const change = { ...named("b"), entry: entry("b", 2) };
    expect(edited(file, { remove: [named("b"), named("b")] })).toBe("named-twice");
    expect(edited(file, { change: [change, change] })).toBe("named-twice");
    expect(edited(file, { change: [change], remove: [named("b")] })).toBe("named-twice");
  });

  it("adds to a file with defaults and a CSV file, where these are meant", () => {
    const rest = "grants: [{ id: g, to: { csv: members.csv }, feature_id: a, included: 1 }]\n";
    const text = `${fileOf(line("a"))}defaults: { reset: { interval: month } }\n${rest}`;
    expect(edited(text, { remove: [named("a")], add: [entry("b", 1)] })).toContain("customer_id: b");
  });
});
