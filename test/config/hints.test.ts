// Hints are followed: what one says to write is read, and means what stood there before.
import { describe, expect, it } from "vitest";
import { parseBalances } from "../../src/config/index.ts";

const START = "version: 1\nnamespace: contracts\nbalances:\n";
const read = (text: string) => parseBalances(text, "balances.yaml");
const problemOf = (text: string) => read(text).problems[0];
const block = (line: string): string =>
  `${START}  - customer_id: acme\n    feature_id: exports\n    ${line}\n`;
const flow = (fields: string): string =>
  `${START}  - { customer_id: acme, feature_id: exports, ${fields} }\n`;

describe("the hint for an amount", () => {
  it.each([
    [block('included: "500"'), "write 500, without quotes", block("included: 500")],
    [block("included: !!str 500"), "write 500, without the tag", block("included: 500")],
    [block("included: !!float 500"), "write 500, without the tag", block("included: 500")],
    [block("included: >-\n      500"), "write 500, in the line of its name", block("included: 500")],
    [flow("included: 1,000.5"), "write 1000.5", flow("included: 1000.5")],
    [flow("included: 1,000,000.25, id: a"), "write 1000000.25", flow("included: 1000000.25, id: a")],
    [flow("included: 1,5"), "write 1.5", flow("included: 1.5")],
    [
      block("included: 5\n    expires_at: !!str 1893456000"),
      "write 1893456000000, without the tag, or 2030-01-01T00:00:00Z",
      block("included: 5\n    expires_at: 1893456000000"),
    ],
    [
      flow("included: 5, reset: { interval: 30d }"),
      "write `interval: day` and `interval_count: 30`",
      flow("included: 5, reset: { interval: day, interval_count: 30 }"),
    ],
  ])("of %s is %s", (wrong, hint, right) => {
    expect(problemOf(wrong)?.hint).toBe(hint);
    expect(problemOf(right)).toBeUndefined();
  });

  it.each([
    ["0", "to grant nothing, remove the entry"],
    ["99,999,999,999,999,999", "for no limit at all, leave it out and write `unlimited: true`"],
  ])("of %s leads to no number that is refused", (amount, hint) => {
    expect(problemOf(block(`included: "${amount}"`))?.hint).toBe(hint);
  });
});

describe("the hint for what is empty", () => {
  it("leaves out to remove what has to be there, and takes a word of YAML for the id that it may be", () => {
    const wrong = `${START}  - { customer_id: null, feature_id: exports, included: 5 }\n`;
    const hint = 'give it a value, for example `acme`; if that is the text, quote it: `customer_id: "null"`';
    expect(problemOf(wrong)?.hint).toBe(hint);
    const right = read(wrong.replace("customer_id: null", 'customer_id: "null"'));
    expect(right.problems).toEqual([]);
    expect(problemOf(block("included:"))?.hint).toBe(
      "give it a value, for example `50000`, or remove the field",
    );
  });
});

describe("the hint for a setting", () => {
  const set = (setting: string): string => `version: 1\nnamespace: contracts\n${setting}\nbalances: []\n`;

  it.each([
    ["limits: { deletes: -1 }", "the closest that is allowed is 0", "limits: { deletes: 0 }"],
    ["limits: { granted: { a: -1 } }", "the closest that is allowed is 0", "limits: { granted: { a: 0 } }"],
    [
      "limits: { granted: 5 }",
      "write `granted: { api_calls: 1000000 }`",
      "limits: { granted: { api_calls: 1000000 } }",
    ],
    [
      "defaults: { reset: month }",
      "write `reset: { interval: month }`",
      "defaults: { reset: { interval: month } }",
    ],
    ["$schema: 5", 'quote it: `$schema: "5"`', '$schema: "5"'],
  ])("%s is %s", (wrong, hint, right) => {
    expect(problemOf(set(wrong))?.hint).toBe(hint);
    expect(problemOf(set(right))).toBeUndefined();
  });

  it("of limits that are no mapping names the fields", () => {
    expect(problemOf(set("limits: 5"))?.hint).toMatch(/^write fields below it; there are `deletes`, /);
  });
});

describe("the hint for a file", () => {
  it("names the sign that begins a second document", () => {
    expect(problemOf(`${START}...\nmore: 1\n`)?.hint).toContain("`...`");
    expect(problemOf(`${START}---\nmore: 1\n`)?.hint).toContain("`---`");
  });

  it("tells of lines that end with CR alone", () => {
    const problem = problemOf(block("included: 5").replaceAll("\n", "\r"));
    expect(problem).toMatchObject({ code: "lone-cr", place: { line: 1, column: 11 } });
    expect(problemOf(block("included: 5").replaceAll("\n", "\r\n"))).toBeUndefined();
  });
});
