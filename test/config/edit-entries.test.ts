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

  it("adds, changes and removes entries that use a template, whatever that comes to", () => {
    const templates =
      'templates: { pair: { parameters: { units: {} }, balances: [{ feature_id: a, included: "${units}" }, { feature_id: b, included: 1 }] } }\n';
    const use = (customer_id: string, n: number) =>
      ({ customer_id, template: "pair", with: { units: n } }) as unknown as BalanceEntry;
    const text = `${templates}${fileOf(line("a"), "  - { customer_id: b, template: pair, with: { units: 1 } }\n")}`;
    const added = edited(text, { remove: [named("a")], add: [use("c", 3)] });
    expect(added).toBe(
      `${templates}${fileOf("  - { customer_id: b, template: pair, with: { units: 1 } }\n", "  - customer_id: c\n    template: pair\n    with: { units: 3 }\n")}`,
    );
    expect(edited(text, { change: [{ ...named("a"), entry: use("a", 2) }] })).toContain(
      "template: pair, with: { units: 2 }",
    );
    expect(edited(text, { add: [{ ...use("c", 3), template: "pare" } as BalanceEntry] })).toBe(
      "unknown-template",
    );
  });
});
