// Entries are added to a file without touching what people wrote in it.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { addEntries, newFile, parseBalances } from "../../src/config/index.ts";
import { type BalanceEntry, desiredBalance } from "../../src/schema/index.ts";

const BONUS: BalanceEntry = {
  customer_id: "acme",
  feature_id: "api_calls",
  id: "bonus",
  included: 0.5,
  reset: { interval: "month" },
  adopt: "black-friday",
};
const FLAG: BalanceEntry = { customer_id: "globex", feature_id: "sso" };

function added(text: string, entries: readonly BalanceEntry[], file = "balances.yaml"): string {
  const result = addEntries(text, entries, file);
  if ("problems" in result) throw new Error(result.problems.map(({ message }) => message).join("\n"));
  return result.text;
}

const HEAD = "version: 1\nnamespace: contracts\n";
const FLOW = "{ customer_id: acme, feature_id: a, included: 5 }";

/** Name, a file, and what is in it once `FLAG` has been added. */
const LAYOUTS: readonly (readonly [string, string, string])[] = [
  [
    "a list with comments around and after it",
    `# ours\n${HEAD}\nbalances:   # all of them\n  # the first\n  - customer_id: acme # who\n    feature_id:   api_calls\n    included: 5 # how much\n  # why\n\n# the end\nenvironment: sandbox\n`,
    `# ours\n${HEAD}\nbalances:   # all of them\n  # the first\n  - customer_id: acme # who\n    feature_id:   api_calls\n    included: 5 # how much\n  - customer_id: globex\n    feature_id: sso\n  # why\n\n# the end\nenvironment: sandbox\n`,
  ],
  [
    "a list that is not indented, without a line break at its end",
    `${HEAD}balances:\n- { customer_id: acme, feature_id: a, included: 5 }   # c`,
    `${HEAD}balances:\n- { customer_id: acme, feature_id: a, included: 5 }   # c\n- customer_id: globex\n  feature_id: sso\n`,
  ],
  [
    "a list that is indented deep",
    `${HEAD}balances:\n      -   customer_id: acme\n          feature_id: a\n          included: 5\n`,
    `${HEAD}balances:\n      -   customer_id: acme\n          feature_id: a\n          included: 5\n      - customer_id: globex\n        feature_id: sso\n`,
  ],
  [
    "Windows' line breaks",
    `${HEAD}balances:\n  - customer_id: acme\n    feature_id: a\n    included: 5\n`.replaceAll("\n", "\r\n"),
    `${HEAD}balances:\n  - customer_id: acme\n    feature_id: a\n    included: 5\n  - customer_id: globex\n    feature_id: sso\n`.replaceAll(
      "\n",
      "\r\n",
    ),
  ],
  [
    "a byte order mark",
    `\uFEFF${HEAD}balances:\n  - { customer_id: acme, feature_id: a, included: 5 }\n`,
    `\uFEFF${HEAD}balances:\n  - { customer_id: acme, feature_id: a, included: 5 }\n  - customer_id: globex\n    feature_id: sso\n`,
  ],
  [
    "anchors, aliases and a block of text at the end",
    `${HEAD}balances: &all\n  - &m\n    customer_id: acme\n    feature_id: a\n    included: 5\n  - <<: *m\n    id: |-\n      two\n\n# end\n`,
    `${HEAD}balances: &all\n  - &m\n    customer_id: acme\n    feature_id: a\n    included: 5\n  - <<: *m\n    id: |-\n      two\n  - customer_id: globex\n    feature_id: sso\n\n# end\n`,
  ],
  [
    "an empty list",
    `${HEAD}balances: [] # to come\n# the end\n`,
    `${HEAD}balances: # to come\n  - customer_id: globex\n    feature_id: sso\n# the end\n`,
  ],
  [
    "an empty list at the end of the text",
    `${HEAD}balances: [ ]`,
    `${HEAD}balances:\n  - customer_id: globex\n    feature_id: sso\n`,
  ],
  [
    "a list without a value",
    `${HEAD}balances:   # to come\n  # - customer_id: acme\n\nenvironment: sandbox\n`,
    `${HEAD}balances:   # to come\n  - customer_id: globex\n    feature_id: sso\n  # - customer_id: acme\n\nenvironment: sandbox\n`,
  ],
  [
    "a list without a value at the end of the text",
    `${HEAD}"balances" :`,
    `${HEAD}"balances" :\n  - customer_id: globex\n    feature_id: sso\n`,
  ],
  [
    "a list without a value between Windows' line breaks",
    `\uFEFF${HEAD}balances:\nenvironment: sandbox\n`.replaceAll("\n", "\r\n"),
    `\uFEFF${HEAD}balances:\n  - customer_id: globex\n    feature_id: sso\nenvironment: sandbox\n`.replaceAll(
      "\n",
      "\r\n",
    ),
  ],
  [
    "a list that is null",
    `${HEAD}balances: ~ # none\n`,
    `${HEAD}balances: # none\n  - customer_id: globex\n    feature_id: sso\n`,
  ],
  [
    "a list in brackets on one line",
    `${HEAD}balances: [ { customer_id: acme, feature_id: a, included: 5 } ] # c\n`,
    `${HEAD}balances: [ { customer_id: acme, feature_id: a, included: 5 }, { customer_id: globex, feature_id: sso } ] # c\n`,
  ],
  [
    "a list in brackets on several lines, with a comma at its end",
    `${HEAD}balances: [\n    { customer_id: acme, feature_id: a, included: 5 }, # c\n  ]\n`,
    `${HEAD}balances: [\n    { customer_id: acme, feature_id: a, included: 5 },\n    { customer_id: globex, feature_id: sso }, # c\n  ]\n`,
  ],
  [
    "the end of a document",
    `---\n${HEAD}balances:\n  - { customer_id: acme, feature_id: a, included: 5 }\n...\n`,
    `---\n${HEAD}balances:\n  - { customer_id: acme, feature_id: a, included: 5 }\n  - customer_id: globex\n    feature_id: sso\n...\n`,
  ],
];

describe("adding entries", () => {
  it.each(LAYOUTS)("keeps %s", (_, before, after) => {
    expect(added(before, [FLAG])).toBe(after);
  });

  it("keeps the file when there is nothing to add", () => {
    const text = `${HEAD}balances: []`;
    expect(added(text, [])).toBe(text);
  });

  it.each(["", " ", "  ", "\t"])("keeps JSON that is indented by %j", (indent) => {
    const file = { version: 1, namespace: "contracts", balances: [FLAG] };
    const text = JSON.stringify(file, null, indent);
    const after = added(text, [BONUS], "balances.json");
    expect(JSON.parse(after)).toEqual({ ...file, balances: [FLAG, BONUS] });
    if (indent !== "") expect(after).toBe(JSON.stringify({ ...file, balances: [FLAG, BONUS] }, null, indent));
    const empty = JSON.stringify({ ...file, balances: [] }, null, indent);
    expect(JSON.parse(added(empty, [FLAG, BONUS], "balances.json"))).toEqual({
      ...file,
      balances: [FLAG, BONUS],
    });
  });

  it("takes null in JSON for an empty list", () => {
    const file = { version: 1, namespace: "contracts", balances: null };
    const after = added(JSON.stringify(file, null, 2), [FLAG], "balances.json");
    expect(after).toBe(JSON.stringify({ ...file, balances: [FLAG] }, null, 2));
  });

  it("writes JSON into a file that looks like it, whatever its name", () => {
    const text = '{ "version": 1, "namespace": "contracts", "balances": [] }';
    expect(JSON.parse(added(text, [FLAG], "balances.yaml"))).toMatchObject({ balances: [FLAG] });
  });

  it("writes a file that begins like those of init", async () => {
    const written = newFile("contracts", [BONUS, FLAG], "balances.yaml");
    await expect("text" in written ? written.text : "").toMatchFileSnapshot("golden/imported.yaml");
    const json = newFile("contracts", [BONUS, FLAG], "balances.JSON");
    await expect("text" in json ? json.text : "").toMatchFileSnapshot("golden/imported.json");
  });

  it.each(["true", "null", "1e5", "0x1", "1_000"])("writes the namespace %s as text", (namespace) => {
    const written = newFile(namespace, [], "balances.yaml");
    const { config } = parseBalances("text" in written ? written.text : "", "balances.yaml");
    expect(config?.namespace).toBe(namespace);
  });

  it.each([
    ["a list that is an alias", "x: &all []\nbalances: *all\n"],
    ["a list without a value that has a tag", "balances: !!null\n"],
    ["a list without a value and a colon", "? balances\n"],
    ["a list with nothing but a comment", "balances: [\n # none yet\n ]\n"],
  ])("refuses %s", (_, rest) => {
    expect(addEntries(`${HEAD}${rest}`, [FLAG], "balances.yaml")).toMatchObject({
      problems: [{ code: "cannot-add" }],
    });
  });

  it("refuses what would make a file larger than is read", () => {
    const many = Array.from({ length: 60_000 }, (_, n) => ({
      ...FLAG,
      customer_id: `${"x".repeat(250)}${n}`,
    }));
    const result = addEntries(`${HEAD}balances: []\n`, many, "balances.yaml");
    expect(result).toMatchObject({ problems: [{ code: "too-large" }] });
  });

  it("refuses an entry that is declared already, and one that no file may have", () => {
    const twice = addEntries(added(`${HEAD}balances: []\n`, [FLAG]), [FLAG], "balances.yaml");
    expect(twice).toMatchObject({ problems: [{ code: "same-balance" }] });
    for (const adopt of ["line\nbreak", " space", "", "\u001b[2J", "\u2028"]) {
      const result = addEntries(`${HEAD}balances: []\n`, [{ ...FLAG, adopt }], "balances.yaml");
      expect(result, JSON.stringify(adopt)).toHaveProperty("problems");
    }
  });

  it("adds beside grants and templates, whose balances are not in the list", () => {
    const grants = `grants:
  - { id: g, to: { customers: [zed] }, feature_id: a, included: 1 }
  - { id: h, to: { csv: members.csv }, feature_id: a, included: 1 }
  - { id: i, to: { autumn: { plan: pro } }, feature_id: a, included: 1 }
`;
    const templates = "templates: { t: { feature_id: a, included: 1 } }\n";
    const list = "balances:\n  - { customer_id: acme, template: t }\n";
    expect(added(`${HEAD}${templates}${list}${grants}`, [FLAG])).toBe(
      `${HEAD}${templates}${list}  - customer_id: globex\n    feature_id: sso\n${grants}`,
    );
  });

  it("lets defaults add texts and protection, and refuses what they would make of the balance", () => {
    const list = "balances:\n  - { customer_id: acme, feature_id: a, included: 5 }\n";
    const texts = `${HEAD}defaults: { owner: finance, reason: Contracts, protected: true }\n${list}`;
    expect(added(texts, [FLAG])).toBe(`${texts}  - customer_id: globex\n    feature_id: sso\n`);
    const ends = `${HEAD}defaults: { expires_at: 2030-01-01T00:00:00Z }\n${list}`;
    expect(addEntries(ends, [FLAG], "balances.yaml")).toMatchObject({
      problems: [{ code: "changed-by-defaults" }],
    });
    const own = { ...FLAG, expires_at: "2029-01-01T00:00:00Z" };
    expect(added(ends, [own])).toContain("2029");
  });

  it("writes any id so that it is read as it was, and hides nothing", () => {
    const name = fc
      .oneof(
        fc.string({ unit: "binary", minLength: 1, maxLength: 12 }),
        fc.string({
          unit: fc.constantFrom(..."\"'#:- {}[],&*!|>%@`?=~\\\u202e\u200b\u00a0\ufe0f😀é1eE.0xt"),
          minLength: 1,
        }),
        fc.constantFrom(
          "true",
          "No",
          "null",
          "1_000",
          "0o7",
          "2027-01-31",
          "<<",
          "---",
          "...",
          "=",
          "!!str x",
        ),
      )
      .filter((text) => /^(?!\s)[^\p{Cc}\p{Cs}\u2028\u2029]+(?<!\s)$/u.test(text) && !/~\d+$/.test(text));
    const entry = fc.record({
      customer_id: name,
      feature_id: name,
      id: name,
      adopt: name,
      included: fc.double({ min: 1e-9, max: 2 ** 53 - 1, noNaN: true }),
    });
    fc.assert(
      fc.property(entry, fc.constantFrom("block", "brackets", "json"), (one, layout) => {
        const list =
          layout === "brackets" ? "balances: [{ customer_id: a, feature_id: b }]\n" : "balances: []\n";
        const json = '{ "version": 1, "namespace": "contracts", "balances": [] }';
        const text = layout === "json" ? added(json, [one], "b.json") : added(`${HEAD}${list}`, [one]);
        const { config } = parseBalances(text, "balances.yaml");
        const { place, ...read } = config?.balances.at(-1) ?? {};
        expect(read).toEqual(desiredBalance(one));
        expect(text.replaceAll("\n", "")).not.toMatch(/\p{C}|\p{Zl}|\p{Zp}|\ufe0f|(?! )\p{Zs}/u);
        if (layout === "json") JSON.parse(text);
      }),
      { numRuns: 500 },
    );
  });
});

describe("a text that other readers of YAML take for something else", () => {
  const WORDS = [
    "no",
    "on",
    "y",
    "Off",
    "1_000",
    "1:30",
    "0o17",
    "0b11",
    "2001-12-14",
    "=",
    "<<",
    "~",
    "null",
  ];

  it.each(WORDS)("is quoted: %s", (word) => {
    const entry = { ...FLAG, customer_id: word, id: word };
    for (const text of [
      newFile(word, [entry], "b.yaml"),
      addEntries(`${HEAD}balances: [${FLOW}]\n`, [entry], "b.yaml"),
    ]) {
      if ("problems" in text) {
        // No namespace begins with a sign.
        expect(word).toMatch(/^[=<~]|:/);
        continue;
      }
      expect(text.text).toContain(`customer_id: "${word}"`);
      expect(text.text).toContain(`id: "${word}"`);
      if (!text.text.startsWith(HEAD)) expect(text.text).toContain(`namespace: "${word}"\n`);
      for (const version of ["1.1", "1.2"] as const) {
        const { balances: read } = parse(text.text, { version }) as { balances: BalanceEntry[] };
        expect(read.at(-1)).toEqual(entry);
      }
    }
  });

  it("leaves all others as they are", () => {
    const ids = ["acme", "v1", "seat_42", "1-2", "no-2", "jane@example.com", "Nothing"];
    for (const id of ids) expect(added(`${HEAD}balances: []\n`, [{ ...FLAG, id }])).toContain(`id: ${id}\n`);
  });
});

it("writes small amounts so that every reader of YAML takes them for numbers", () => {
  const text = added(`${HEAD}balances: []\n`, [{ customer_id: "acme", feature_id: "a", included: 1e-7 }]);
  expect(text).toContain("included: 0.0000001\n");
  expect(parse(text, { version: "1.1" }).balances[0].included).toBe(1e-7);
});
