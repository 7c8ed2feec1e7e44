// What files mean: the same balance in all the ways it can be written.
import { describe, expect, it } from "vitest";
import { parseBalances } from "../../src/config/index.ts";

const parsed = (balances: string) => {
  const { config, problems } = parseBalances(
    `version: 1\nnamespace: contracts\nbalances:\n${balances}`,
    "balances.yaml",
  );
  expect(problems).toEqual([]);
  return config;
};

describe("a file", () => {
  it("gives every balance its fields, defaults and place", () => {
    const config = parsed(`  - customer_id: acme
    feature_id: api_calls
    included: 50000
    reset: { interval: month }
  - { customer_id: acme, feature_id: ai_credits, entity_id: seat_42, included: 250, expires_at: 2027-01-31T00:00:00Z }
  - { customer_id: globex, feature_id: exports, unlimited: true }
`);
    expect(config).toEqual({
      files: ["balances.yaml"],
      namespace: "contracts",
      environment: null,
      createCustomers: false,
      retire: "end",
      limits: { deletes: 10, deletePercent: 30, replaces: 10, replacePercent: 30, granted: new Map() },
      balances: [
        {
          customerId: "acme",
          featureId: "api_calls",
          entityId: null,
          included: 50000,
          unlimited: false,
          reset: { interval: "month", intervalCount: 1 },
          expiresAt: null,
          rollover: null,
          nextResetAt: null,
          key: "api_calls",
          adopt: null,
          place: { file: "balances.yaml", line: 4, column: 5 },
        },
        expect.objectContaining({
          key: "ai_credits@seat_42",
          included: 250,
          expiresAt: Date.UTC(2027, 0, 31),
          place: { file: "balances.yaml", line: 8, column: 5 },
        }),
        expect.objectContaining({
          unlimited: true,
          included: null,
          place: { file: "balances.yaml", line: 9, column: 5 },
        }),
      ],
    });
  });

  it("sets what stands around the balances", () => {
    const text = `
version: 1
namespace: contracts
environment: live
create_customers: true
limits: { deletes: 0, replace_percent: 12.5, granted: { api_calls: 1000, "a/b~c": 5 } }
balances: []`;
    expect(parseBalances(text, "balances.yaml").config).toEqual({
      files: ["balances.yaml"],
      namespace: "contracts",
      environment: "live",
      createCustomers: true,
      retire: "end",
      limits: {
        deletes: 0,
        deletePercent: 30,
        replaces: 10,
        replacePercent: 12.5,
        granted: new Map([
          ["api_calls", 1000],
          ["a/b~c", 5],
        ]),
        grantedAt: new Map([
          ["api_calls", expect.objectContaining({ line: 6, column: 57 })],
          ["a/b~c", expect.objectContaining({ line: 6, column: 74 })],
        ]),
      },
      balances: [],
    });
  });

  it("reads `no`, `on` and dates as text, as YAML 1.2 says", () => {
    const config = parsed("  - { customer_id: no, feature_id: on, id: 2027-01-31 }");
    expect(config?.balances[0]).toMatchObject({ customerId: "no", featureId: "on", key: "2027-01-31" });
  });

  it("reads JSON, its escapes and its emoji", () => {
    const text = JSON.stringify(
      { version: 1, namespace: "contracts", balances: [{ customer_id: "a😀\u00e9/\\", feature_id: 'f"' }] },
      null,
      "\t",
    );
    const { config, problems } = parseBalances(text.replace("😀", "\\ud83d\\ude00"), "balances.json");
    expect(problems).toEqual([]);
    expect(config?.balances[0]).toMatchObject({ customerId: "a😀\u00e9/\\", featureId: 'f"' });
    expect(config?.balances[0]?.place).toEqual({ file: "balances.json", line: 5, column: 3 });
  });

  it("has the same lines and columns with a byte order mark and with CRLF", () => {
    const unix = "version: 1\nnamespace: contracts\nbalances:\n  - customer_id: acme\n    feature_id: 5\n";
    const place = { file: "f.yaml", line: 5, column: 17 };
    for (const text of [unix, `\uFEFF${unix}`, unix.replaceAll("\n", "\r\n")]) {
      expect(parseBalances(text, "f.yaml").problems.map((problem) => problem.place)).toEqual([place]);
    }
    const first = parseBalances("\uFEFFversio: 1\nnamespace: a\nbalances: []", "f.yaml").problems;
    expect(first[0]?.place).toEqual({ file: "f.yaml", line: 1, column: 1 });
  });

  it("counts columns in UTF-16 units", () => {
    const { problems } = parseBalances(
      'version: 1\nnamespace: a\nbalances: [{ customer_id: "😀", feature_id: 5 }]',
      "f.yaml",
    );
    expect(problems[0]?.place).toEqual({ file: "f.yaml", line: 3, column: 45 });
  });
});

describe("anchors, aliases and merge keys", () => {
  it("stand for what they refer to", () => {
    const config = parsed(`
  - { customer_id: &who acme, feature_id: a, included: 1, reset: &monthly { interval: month } }
  - { customer_id: *who, feature_id: b, included: 1, reset: *monthly }`);
    expect(config?.balances[1]).toMatchObject({
      customerId: "acme",
      reset: { interval: "month", intervalCount: 1 },
    });
  });

  it("merge what the entry does not say itself, the first mapping of a list first", () => {
    const config = parsed(`
  - &base { customer_id: acme, feature_id: a, included: 1, reset: { interval: month } }
  - &more { customer_id: globex, feature_id: b, included: 2 }
  - { feature_id: c, <<: *base }
  - { <<: [*more, *base], feature_id: d }
  - { <<: { customer_id: initech }, feature_id: e }`);
    expect(config?.balances.slice(2)).toMatchObject([
      { customerId: "acme", featureId: "c", included: 1, reset: { interval: "month" } },
      { customerId: "globex", featureId: "d", included: 2, reset: { interval: "month" } },
      { customerId: "initech", featureId: "e" },
    ]);
  });

  it("use the latest anchor of a name", () => {
    const config = parsed(`
  - { customer_id: &who acme, feature_id: a }
  - { customer_id: &who globex, feature_id: b }
  - { customer_id: *who, feature_id: c }`);
    expect(config?.balances[2]?.customerId).toBe("globex");
  });

  it("are wrong once, where it is written, however often they are used", () => {
    const text = `version: 1
namespace: a
balances:
  - { customer_id: acme, feature_id: a, reset: &r { interval: mnth } }
  - { customer_id: acme, feature_id: b, reset: *r }
  - { <<: { reset: *r }, customer_id: acme, feature_id: c }`;
    expect(parseBalances(text, "f.yaml").problems).toEqual([
      expect.objectContaining({ code: "not-one-of", place: { file: "f.yaml", line: 4, column: 63 } }),
    ]);
  });

  it("may be used ten thousand times", () => {
    const entries = Array.from({ length: 10_000 }, (_, index) => `  - { customer_id: c${index}, <<: *base }`);
    const config = parsed(
      `  - &base { customer_id: acme, feature_id: a, included: 1, reset: { interval: month } }\n${entries.join("\n")}`,
    );
    expect(config?.balances).toHaveLength(10_001);
  });

  it("leave a quoted << alone: it is a name like any other", () => {
    const { problems } = parseBalances('{ version: 1, namespace: a, balances: [], "<<": {} }', "f.yaml");
    expect(problems).toMatchObject([{ code: "unknown-field", message: "there is no field `<<`" }]);
  });
});
