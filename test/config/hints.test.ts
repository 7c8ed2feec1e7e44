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

const GRANT =
  "version: 1\nnamespace: contracts\nbalances: []\ngrants:\n  - id: gift\n    feature_id: exports\n";
const grant = (rest: string): string => `${GRANT}    ${rest}\n`;
const PHASES = "phases: [{ included: 5, ends_at: 2030-01-01T00:00:00Z }, { included: 6 }]";
const templated = (template: string, entry: string): string =>
  `version: 1\nnamespace: contracts\ntemplates:\n  welcome: ${template}\nbalances:\n  - { customer_id: acme, ${entry} }\n`;

describe("the hint for a value in a list", () => {
  const members = (list: string) => grant(`included: 5\n    to: { customers: ${list} }`);

  it.each([
    [members("[acme, 012]"), 'quote it: `"012"`', members('[acme, "012"]')],
    [members("[true]"), 'quote it: `"true"`', members('["true"]')],
    [
      members("[acme, null]"),
      'give it a value, or remove it; if that is the text, quote it: `"null"`',
      members('[acme, "null"]'),
    ],
    [
      members("\n      - |\n        acme\n      - globex").replace(" }", "").replace("{ ", "\n      "),
      "write it in one line: `acme`, or with `|-`",
      members("[acme, globex]"),
    ],
    [
      grant("included: 5\n    to: { autumn: { plan: [] } }"),
      "write at least one, or remove the field",
      grant("included: 5\n    to: { autumn: { plan: [pro] } }"),
    ],
    [block(PHASES.replace("{ included: 6 }", "null")), "give it a value, or remove it", block(PHASES)],
  ])("is written as an item: %s", (wrong, hint, right) => {
    expect(problemOf(wrong)?.hint).toBe(hint);
    const problems = read(right).problems.filter(({ code }) => code !== "needs-asking");
    expect(problems).toEqual([]);
  });
});

describe("the hint for a field that belongs elsewhere", () => {
  const HERE = "to: { customers: [acme] }";

  it.each([
    [
      block(`${PHASES}\n    next_reset_at: 2030-01-01T00:00:00Z`),
      "remove `next_reset_at`: the first reset is one interval after the grant",
    ],
    [
      block(PHASES.replace("included: 6", "included: 6, next_reset_at: 2030-01-01T00:00:00Z")),
      "remove it: a phase has no first reset of its own",
    ],
    [block(PHASES.replace("ends_at", "expires_at")), "did you mean `ends_at`?"],
    [block(PHASES.replace("included: 6", "included: 6, id: b")), "it belongs in the entry, beside `phases`"],
    [
      grant(`included: 5\n    customer_id: acme\n    ${HERE}`),
      "the customers are written in `to`: `to: { customers: [acme] }`",
    ],
    [
      grant(`included: 5\n    ${HERE}\n    where: { plan: pro }`),
      "it belongs in `to`: `to: { csv: …, where: … }`",
    ],
    [block(`included: 5\n    ${HERE}`), "it belongs in an entry of `grants`"],
    [block("included: 5\n    with: { seats: 5 }"), "it goes with `template: …`, which is not there"],
    [templated("{ feature_id: exports, included: 5 }", "tempalte: welcome"), "did you mean `template`?"],
    [
      templated("{ feature_id: exports, included: 5, template: b }", "template: welcome"),
      "a template cannot use another one: write its fields here",
    ],
    [
      grant("included: 5\n    to: { csv: a.csv, map: { reset: Cycle } }"),
      "the fields here are `customer_id`, `entity_id`, `included`, `unlimited`, `expires_at`, `next_reset_at`",
    ],
  ])("leads there: %s", (wrong, hint) => {
    expect(read(wrong).problems.map((one) => one.hint)).toContain(hint);
  });

  it("is the only complaint about it", () => {
    const both = block(
      `${PHASES}\n    next_reset_at: 2030-01-01T00:00:00Z\n    rollover: { duration: forever }`,
    );
    expect(read(both).problems.map(({ code, pointer }) => `${code} ${pointer}`)).toEqual([
      "no-first-reset-of-phases /balances/0/next_reset_at",
      "phases-say-it /balances/0/rollover",
    ]);
    const within = block(PHASES.replace("included: 6", "included: 6, next_reset_at: 2030-01-01T00:00:00Z"));
    expect(read(within).problems.map(({ code }) => code)).toEqual(["unknown-field"]);
  });
});

describe("the hint for a value from a template", () => {
  it.each([
    [
      "{ parameters: { n: { default: 5 } }, feature_id: exports, included: '${n}000' }",
      "write 5000, in place of a text that holds a parameter",
    ],
    [
      "{ parameters: { n: { default: '5' } }, feature_id: exports, included: '${n}' }",
      "write 5, without quotes",
    ],
  ])("says what can be written there: %s", (template, hint) => {
    expect(problemOf(templated(template, "template: welcome"))?.hint).toBe(hint);
  });

  it("says how a parameter may be called", () => {
    const [problem] = read(
      templated("{ parameters: { 'n n': {} }, feature_id: exports }", "template: welcome"),
    ).problems;
    expect(problem).toMatchObject({
      message: '`templates.welcome.parameters` cannot have the name "n n"',
      hint: "begin it with a letter, and go on with up to 63 letters, digits, _ and -",
    });
  });
});

it.each([
  [grant("included: 5\n    to: { csv: [a.csv] }"), "write text, for example `csv: customers.csv`"],
  [
    `version: 1\nnamespace: contracts\ndefaults: { owner: [a] }\nbalances: []\n`,
    "write text, for example `owner: finance`",
  ],
  [grant("included: 5\n    to: { autumn: { search: '' } }"), "write something, or remove the field"],
])("the hint for a text knows what kind of text: %s", (wrong, hint) => {
  expect(problemOf(wrong)?.hint).toBe(hint);
});
