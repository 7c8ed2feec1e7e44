// What is wrong only between entries and between files.
import { describe, expect, it } from "vitest";
import { combine } from "../../src/config/loaded-config.ts";
import { readBalances } from "../../src/config/parse.ts";

const together = (files: Record<string, string>) =>
  combine(Object.entries(files).map(([file, text]) => readBalances(text, file)));

const file = (namespace: string, rest: string, balances = "balances: []") =>
  `version: 1\nnamespace: ${namespace}\n${rest}${balances}\n`;
const entries = (...list: string[]) =>
  file("contracts", "", `balances:\n${list.map((entry) => `  - { ${entry} }`).join("\n")}`);

describe("settings in several files", () => {
  it("add up, and may be repeated where they agree", () => {
    const { config, problems } = together({
      "b.yaml": file("contracts", "limits: { deletes: 1, granted: { a: 5 } }\ncreate_customers: true\n"),
      "a.yaml": file(
        "contracts",
        "environment: live\nlimits: { deletes: 1, replaces: 2, granted: { b: 6 } }\n",
      ),
    });
    expect(problems).toEqual([]);
    expect(config).toMatchObject({
      files: ["a.yaml", "b.yaml"],
      environment: "live",
      createCustomers: true,
      retire: "end",
      limits: { deletes: 1, deletePercent: 30, replaces: 2, replacePercent: 30 },
    });
    expect(config?.limits.granted).toEqual(
      new Map([
        ["a", 5],
        ["b", 6],
      ]),
    );
  });

  it.each([
    [
      "namespace",
      file("contracts", ""),
      file("other", ""),
      'namespace` is "other" here, but "contracts" at a.yaml:2:12',
      2,
      12,
    ],
    [
      "environment",
      file("n", "environment: live\n"),
      file("n", "environment: sandbox\n"),
      'environment` is "sandbox" here, but "live" at a.yaml:3:14',
      3,
      14,
    ],
    [
      "create_customers",
      file("n", "create_customers: true\n"),
      file("n", "create_customers: false\n"),
      "create_customers` is `false` here, but `true` at a.yaml:3:19",
      3,
      19,
    ],
    [
      "a limit",
      file("n", "limits: { deletes: 1 }\n"),
      file("n", "limits: { deletes: 2 }\n"),
      "limits.deletes` is 2 here, but 1 at a.yaml:3:20",
      3,
      20,
    ],
    [
      "a granted limit",
      file("n", "limits: { granted: { a: 1 } }\n"),
      file("n", "limits: { granted: { a: 2 } }\n"),
      "limits.granted.a` is 2 here, but 1 at a.yaml:3:25",
      3,
      25,
    ],
  ])("must agree: %s", (_, first, second, message, line, column) => {
    for (const files of [
      { "a.yaml": first, "b.yaml": second },
      { "b.yaml": second, "a.yaml": first },
    ]) {
      expect(together(files).problems).toEqual([
        expect.objectContaining({
          code: "files-disagree",
          message: `\`${message}`,
          hint: expect.any(String),
          place: { file: "b.yaml", line, column },
        }),
      ]);
    }
  });
});

describe("two entries of one customer", () => {
  it("with one key are a problem at the second, which names the first", () => {
    const { problems } = together({
      "b.yaml": entries("customer_id: acme, feature_id: a", "customer_id: globex, feature_id: a"),
      "a.yaml": entries("customer_id: acme, feature_id: a"),
    });
    expect(problems).toEqual([
      {
        code: "same-balance",
        message: 'customer "acme" has another balance named "a" at a.yaml:4:5',
        hint: "give one of the two an `id` of its own, for example `id: a-2`",
        place: { file: "b.yaml", line: 4, column: 5 },
        pointer: "/balances/0",
      },
    ]);
  });

  it.each([
    ["by feature and entity", "feature_id: a, entity_id: e", "feature_id: a, entity_id: e"],
    ["by an id that another's feature gives", "feature_id: a", "feature_id: b, id: a"],
    ["by an id that another's entity gives", "feature_id: a, entity_id: e", "feature_id: b, id: a@e"],
  ])("are the same %s", (_, one, other) => {
    const { problems } = together({
      "f.yaml": entries(`customer_id: acme, ${one}`, `customer_id: acme, ${other}`),
    });
    expect(problems).toMatchObject([{ code: "same-balance", place: { line: 5 } }]);
  });

  it("are found even where other entries are wrong", () => {
    const { problems } = together({
      "f.yaml": entries(
        "customer_id: acme, feature_id: a",
        "customer_id: 5",
        "customer_id: acme, feature_id: a",
      ),
    });
    expect(problems.map(({ code }) => code)).toEqual(["missing-field", "not-text", "same-balance"]);
  });

  it("may have one feature under two ids, and two entities", () => {
    const { problems } = together({
      "f.yaml": entries(
        "customer_id: acme, feature_id: a",
        "customer_id: acme, feature_id: a, id: b",
        "customer_id: acme, feature_id: a, entity_id: x",
        "customer_id: acme, feature_id: a, entity_id: y",
      ),
    });
    expect(problems).toEqual([]);
  });
});

describe("adopt", () => {
  it("takes over one balance for one entry", () => {
    const { problems } = together({
      "f.yaml": entries(
        "customer_id: acme, feature_id: a, adopt: old",
        "customer_id: globex, feature_id: a, adopt: old",
        "customer_id: acme, feature_id: b, adopt: old",
      ),
    });
    expect(problems).toMatchObject([
      {
        code: "adopted-twice",
        message: '"old" is already adopted by the entry at f.yaml:4:5',
        place: { line: 6 },
      },
    ]);
  });

  it("may name the entry's own balance, or one that is declared no more", () => {
    const { problems } = together({
      "f.yaml": entries(
        "customer_id: acme, feature_id: a, adopt: 'contracts:a'",
        "customer_id: acme, feature_id: b, adopt: 'contracts:gone'",
      ),
    });
    expect(problems).toEqual([]);
  });

  it.each(["contracts:a", "contracts:a~2"])("may not name the balance of another entry: %s", (adopt) => {
    const { problems } = together({
      "f.yaml": entries(
        `customer_id: acme, feature_id: b, adopt: '${adopt}'`,
        "customer_id: acme, feature_id: a",
      ),
    });
    expect(problems).toMatchObject([
      {
        code: "adopts-anothers",
        message: `"${adopt}" is the balance of the entry at f.yaml:5:5`,
        place: { line: 4 },
      },
    ]);
  });
});
