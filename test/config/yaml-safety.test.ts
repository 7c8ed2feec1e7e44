// Texts that break or attack YAML readers: each has one clear answer, and quickly.
import { describe, expect, it } from "vitest";
import { parseBalances } from "../../src/config/index.ts";
import { yamlDocument } from "../../src/config/yaml/document.ts";
import { Lines } from "../../src/config/yaml/lines.ts";

const head = "version: 1\nnamespace: a\nbalances:\n";

const bomb = `a: &a [x,x,x,x,x,x,x,x,x,x]
${[..."bcdefghi"].map((name, i) => `${name}: &${name} [${`*${"abcdefgh"[i]},`.repeat(10)}]`).join("\n")}
version: 1`;

const syntax: [name: string, text: string, code: string, at: string, message: RegExp][] = [
  ["an alias bomb", bomb, "alias-bomb", "5:", /stand for more than \d+ values/],
  [
    "an alias to itself",
    `${head}  - &a { customer_id: acme, feature_id: f, reset: *a }`,
    "alias-loop",
    "4:51",
    /\*a stands inside/,
  ],
  ["an unknown alias", `${head}  - *acme`, "unknown-alias", "4:5", /nothing above is marked &acme/],
  [
    "a merge of a text",
    `${head}  - { <<: acme, customer_id: a, feature_id: f }`,
    "bad-merge",
    "4:11",
    /`<<` takes a mapping/,
  ],
  [
    "two merges",
    `${head}  - { <<: {}, <<: {}, customer_id: a, feature_id: f }`,
    "given-twice",
    "4:15",
    /`<<` is given twice; the first is at f.yaml:4:7/,
  ],
  [
    "a field given twice",
    "version: 1\nnamespace: a\nbalances: []\nnamespace: b",
    "given-twice",
    "4:1",
    /first is at f.yaml:2:1/,
  ],
  [
    "__proto__ given twice",
    `${head}  - { customer_id: a, feature_id: f, __proto__: 1, __proto__: 2 }`,
    "given-twice",
    "4:52",
    /`__proto__` is given twice/,
  ],
  ["two documents", `${head}  []\n---\n${head}  []`, "several-documents", "5:1", /second YAML document/],
  ["an empty second document", `${head}  []\n---\n`, "several-documents", "5:1", /second YAML document/],
  ["100,000 lists in each other", "[".repeat(100_000), "nested-too-deeply", "1:10", /nest too deeply/],
  ["100,000 mappings in each other", "{a: ".repeat(100_000), "nested-too-deeply", "1:", /nest too deeply/],
  ["100,000 block lists in each other", "- ".repeat(100_000), "nested-too-deeply", "1:", /nest too deeply/],
  ["100,000 explicit keys in each other", "? ".repeat(100_000), "nested-too-deeply", "1:", /nest too deeply/],
  [
    "deep indentation",
    Array.from({ length: 500 }, (_, i) => `${" ".repeat(i)}a:`).join("\n"),
    "nested-too-deeply",
    "",
    /nest too deeply/,
  ],
  ["a tab as indentation", `${head}\t- customer_id: acme`, "yaml-tab", "4:1", /a tab is used as indentation/],
  ["a NUL byte", "version: 1\nnamespace: a\0b", "not-text", "2:13", /NUL byte/],
  ["YAML 1.1", "%YAML 1.1\n---\nversion: 1", "yaml-directive", "1:1", /directives are not supported/],
  [
    "a %TAG directive",
    "%TAG ! tag:example.com,2000:\n---\nversion: 1",
    "yaml-directive",
    "1:1",
    /directives are not supported/,
  ],
  [
    "a !!js tag",
    "version: 1\nnamespace: !!js/function 'x'\nbalances: []",
    "yaml-tag",
    "2:",
    /the tag !!js\/function is not supported/,
  ],
  [
    "a tagged mapping",
    "version: 1\nnamespace: a\nbalances: !!omap []",
    "yaml-tag",
    "3:",
    /the tag !!omap is not supported/,
  ],
  [
    "a list as a name",
    `${head}  - { [a, b]: c, customer_id: a, feature_id: f }`,
    "name-not-text",
    "4:7",
    /must be plain text/,
  ],
  [
    "null as a name",
    `${head}  - { ~: c, customer_id: a, feature_id: f }`,
    "name-not-text",
    "4:7",
    /the name ~ is not text/,
  ],
  [
    "no name at all",
    `${head}  - { : c, customer_id: a, feature_id: f }`,
    "name-not-text",
    "4:6",
    /the name of a field is missing/,
  ],
  ["an unclosed bracket", "version: 1\nbalances: [", "yaml-syntax", "2:", /not valid YAML/],
  [
    "an unclosed quote",
    'version: 1\nnamespace: "a',
    "yaml-syntax",
    "2:",
    /not valid YAML: missing closing "quote/,
  ],
  ["a value with a colon", "version: 1\nnamespace: a: b", "yaml-syntax", "2:", /not valid YAML/],
  ["a missing colon", "version: 1\nnamespace a\nbalances: []", "yaml-syntax", "2:", /not valid YAML/],
  [
    "a name that starts with @",
    "version: 1\nnamespace: @a",
    "yaml-syntax",
    "2:12",
    /cannot start with reserved character @/,
  ],
];

describe("a text that YAML readers trip over", () => {
  it.each(syntax)("%s", (_, text, code, at, message) => {
    const { config, problems } = parseBalances(text, "f.yaml");
    expect(config).toBeNull();
    const problem = problems.find((one) => one.code === code);
    expect(problem).toMatchObject({
      code,
      message: expect.stringMatching(message),
      hint: expect.any(String),
    });
    expect(`${problem?.place?.line}:${problem?.place?.column}`.slice(0, at.length)).toBe(at);
  });

  it.each([
    ["nothing", ""],
    ["only space", " \n\n"],
    ["only comments", "# balances\n"],
    ["only ---", "---\n"],
    ["only a byte order mark", "\uFEFF"],
    ["null", "null"],
  ])("an empty file: %s", (_, text) => {
    expect(parseBalances(text, "f.yaml").problems).toMatchObject([
      { code: "empty-file", message: "the file is empty" },
    ]);
  });

  it("accepts --- at the start and ... at the end", () => {
    const { config, problems } = parseBalances(
      "%YAML 1.2\n---\nversion: 1\nnamespace: a\nbalances: []\n...\n",
      "f.yaml",
    );
    expect(problems).toEqual([]);
    expect(config?.namespace).toBe("a");
  });

  it("accepts the tags of YAML's own core", () => {
    const { config } = parseBalances("version: 1\nnamespace: !!str 2027\nbalances: !!seq []", "f.yaml");
    expect(config?.namespace).toBe("2027");
  });

  it("never changes what objects inherit", () => {
    const evil = `${head}  - { __proto__: { polluted: true }, customer_id: a, feature_id: f }
  - { <<: { __proto__: { polluted: true } }, customer_id: b, feature_id: f }
  - { customer_id: c, feature_id: f, "constructor": { prototype: { polluted: true } } }`;
    const { problems } = parseBalances(evil, "f.yaml");
    expect(problems.map(({ code, pointer }) => [code, pointer])).toEqual([
      ["unknown-field", "/balances/0/__proto__"],
      ["unknown-field", "/balances/1/__proto__"],
      ["unknown-field", "/balances/2/constructor"],
    ]);
    expect("polluted" in {}).toBe(false);
  });

  it("takes features that are named like what objects inherit", () => {
    const { config, problems } = parseBalances(
      `version: 1
namespace: a
limits: { granted: { __proto__: 5, constructor: 6 } }
balances: [{ customer_id: __proto__, feature_id: toString }]`,
      "f.yaml",
    );
    expect(problems).toEqual([]);
    expect(config?.limits.granted).toEqual(
      new Map([
        ["__proto__", 5],
        ["constructor", 6],
      ]),
    );
    expect(config?.balances[0]).toMatchObject({ customerId: "__proto__", featureId: "toString" });
  });

  it("shows a broken text's first lines of trouble, not thousands", () => {
    const { problems } = parseBalances("]\n".repeat(50_000), "f.yaml");
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.length).toBeLessThanOrEqual(10);
  });

  it("refuses a text of more signs than memory can hold", () => {
    const text = "version: 1\n- - -\n";
    const lines = new Lines(text, "f.yaml");
    expect(yamlDocument(text, lines, 10)).toMatchObject({
      problems: [{ code: "too-large", place: { line: 2 } }],
    });
  });

  it("keeps control characters and bidi marks of the text out of its messages", () => {
    const { problems } = parseBalances(
      'version: 1\nnamespace: "\\e[31m"\nbalances: [{"\\u202e\\e": 1}, "\\x07", *\u202e]',
      "f.yaml",
    );
    for (const { message, hint } of problems) expect(`${message}${hint}`).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(problems.length).toBeGreaterThan(0);
  });
});

describe("the frame of a file", () => {
  it.each([
    [
      "a list",
      "- customer_id: acme",
      ["not-a-mapping"],
      "the file is a list, but must be a mapping of fields",
    ],
    ["a text", "hello", ["not-a-mapping"], 'the file is "hello", but must be a mapping of fields'],
    ["no fields", "{}", ["missing-field", "missing-field", "missing-field"], "`version` is missing"],
    [
      "version 2",
      "version: 2\nnamespace: a\nbalances: []",
      ["unknown-version"],
      "`version` is 2, but only version 1 is known",
    ],
    ['version "1"', 'version: "1"\nnamespace: a\nbalances: []', ["unknown-version"], "`version` is text"],
    ["no version", "namespace: a\nbalances: []", ["missing-field"], "`version` is missing"],
    [
      "a misspelled namespace",
      "version: 1\nnamspace: a\nbalances: []",
      ["unknown-field"],
      "there is no field `namspace`",
    ],
    [
      "a namespace with a colon",
      "version: 1\nnamespace: a:b\nbalances: []",
      ["bad-namespace"],
      '`namespace` is "a:b", but has to be letters, digits, ".", "_" and "-", starting with a letter or a digit, 64 at most',
    ],
    [
      "a namespace that is a number",
      "version: 1\nnamespace: 2027\nbalances: []",
      ["not-text"],
      "`namespace` is the number 2027, but must be text",
    ],
    ["balances without a list", "version: 1\nnamespace: a\nbalances:", ["empty"], "`balances` is empty"],
    [
      "balances as a mapping",
      "version: 1\nnamespace: a\nbalances: { customer_id: acme }",
      ["not-a-list"],
      "`balances` is a mapping, but must be a list",
    ],
    [
      "an entry's field at the top",
      "version: 1\nnamespace: a\nbalances: []\ncustomer_id: acme",
      ["unknown-field"],
      "there is no field `customer_id`",
    ],
    [
      "an environment that does not exist",
      "version: 1\nnamespace: a\nenvironment: production\nbalances: []",
      ["not-one-of"],
      '`environment` is "production", but must be one of sandbox, live',
    ],
    [
      "a limit below zero",
      "version: 1\nnamespace: a\nlimits: { deletes: -1 }\nbalances: []",
      ["out-of-range"],
      "`limits.deletes` is -1, but must be a whole number of at least 0",
    ],
    [
      "a percentage above 100",
      "version: 1\nnamespace: a\nlimits: { delete_percent: 101 }\nbalances: []",
      ["out-of-range"],
      "`limits.delete_percent` is 101, but must be a number from 0 to 100",
    ],
    [
      "a granted limit for no feature",
      'version: 1\nnamespace: a\nlimits: { granted: { " x": 1 } }\nbalances: []',
      ["bad-id"],
      '`limits.granted` cannot have the name " x"',
    ],
    [
      "a granted limit for a number",
      "version: 1\nnamespace: a\nlimits: { granted: { 5: 1 } }\nbalances: []",
      ["name-not-text"],
      "the name 5 is not text",
    ],
  ])("%s", (_, text, codes, message) => {
    const { problems } = parseBalances(text, "f.yaml");
    expect(problems.map((problem) => problem.code)).toEqual(codes);
    expect(problems[0]?.message).toBe(message);
    expect(problems.every((problem) => problem.hint && problem.place)).toBe(true);
  });

  it("hints at live for production, and at where an entry's field belongs", () => {
    const { problems } = parseBalances(
      "version: 1\nnamespace: a\nenvironment: production\nbalances: []\ncustomer_id: acme",
      "f.yaml",
    );
    expect(problems.map((problem) => problem.hint)).toEqual([
      "did you mean live?",
      "`customer_id` belongs in an entry of `balances`",
    ]);
  });
});
