// `defaults:` of a file, and what entries say to people.
import { describe, expect, it } from "vitest";
import { parseBalances } from "../../src/config/index.ts";

const fileOf = (defaults: string, ...entries: string[]): string =>
  [
    "version: 1",
    "namespace: contracts",
    `defaults: ${defaults}`,
    "balances:",
    ...entries.map((e) => `  - ${e}`),
  ].join("\n");
const read = (defaults: string, ...entries: string[]) =>
  parseBalances(fileOf(defaults, ...entries), "balances.yaml");
const ACME = "customer_id: acme, feature_id: api_calls, included: 10";

describe("reason, ticket and owner", () => {
  it("are kept with the entry, and left out where it has none", () => {
    const { config } = read(
      "{}",
      `{ ${ACME}, reason: Renewal 2027, ticket: "FIN-1" }`,
      "{ customer_id: b, feature_id: f }",
    );
    expect(config?.balances.map(({ note }) => note)).toEqual([
      { reason: "Renewal 2027", ticket: "FIN-1", owner: null },
      undefined,
    ]);
  });

  it.each([
    ['reason: ""', "`reason` is empty", "write something, or remove the field"],
    ["ticket: 1042", "`ticket` is the number 1042, but must be text", 'quote it: `ticket: "1042"`'],
    [
      'owner: "a\\e[2Jb"',
      '`owner` is "a\\u{1b}[2Jb", which has the control character \\u{1b} in it',
      "remove the character",
    ],
    [
      `reason: ${"x".repeat(501)}`,
      "`reason` is longer than 500 characters",
      "say it in fewer words, and put the rest behind `ticket`",
    ],
  ])("are refused where they could not be shown: %s", (field, message, hint) => {
    const { problems } = read("{}", `{ ${ACME}, ${field} }`);
    expect(problems.map(({ message, hint, place }) => ({ message, hint, line: place?.line }))).toEqual([
      { message, hint, line: 5 },
    ]);
  });

  it("count characters, not code units", () => {
    expect(read("{}", `{ ${ACME}, owner: "${"😀".repeat(200)}" }`).problems).toEqual([]);
    expect(read("{}", `{ ${ACME}, owner: "${"😀".repeat(201)}" }`).problems).toHaveLength(1);
  });
});

describe("defaults", () => {
  it("hold for the entries that do not write the field", () => {
    const { config } = read(
      "{ owner: finance, reason: Contracts, reset: { interval: month } }",
      `{ ${ACME} }`,
      `{ customer_id: globex, feature_id: api_calls, included: 5, reset: { interval: year }, owner: sales }`,
    );
    expect(config?.balances).toMatchObject([
      { reset: { interval: "month" }, note: { owner: "finance", reason: "Contracts" } },
      { reset: { interval: "year" }, note: { owner: "sales", reason: "Contracts" } },
    ]);
  });

  it("say at the entry what they do not go with, once for each entry", () => {
    const { config, problems } = read(
      "{ reset: { interval: month }, owner: finance }",
      `{ ${ACME} }`,
      "{ customer_id: b, feature_id: f, unlimited: true }",
      `{ customer_id: c, feature_id: f, included: 1, expires_at: 2027-01-31T00:00:00Z }`,
    );
    expect(config).toBeNull();
    expect(
      problems.map(({ code, message, place, pointer }) => ({ code, message, line: place?.line, pointer })),
    ).toEqual([
      {
        code: "default-clashes",
        message:
          "`reset` makes no sense together with `unlimited: true`; `reset` comes from `defaults` of the file",
        line: 6,
        pointer: "/balances/1",
      },
      {
        code: "default-clashes",
        message:
          "a balance that resets cannot have `expires_at`: Autumn takes both and then never resets it; `reset` comes from `defaults` of the file",
        line: 7,
        pointer: "/balances/2",
      },
    ]);
  });

  it("do not go with phases where these say it", () => {
    const phased = "{ customer_id: b, feature_id: f, phases: [{ included: 1 }] }";
    const { problems } = read("{ starts_at: 2027-01-31T00:00:00Z, owner: finance }", phased);
    expect(problems.map(({ code, message }) => [code, message])).toEqual([
      [
        "default-clashes",
        "with `phases`, `starts_at` is said by each of them; `starts_at` comes from `defaults` of the file",
      ],
    ]);
  });

  it("are wrong once where one is no field, and not at each entry again", () => {
    const { problems } = read("{ foo: 1, reset: { interval: month } }", `{ ${ACME} }`);
    expect(problems.map(({ code, place }) => `${place?.line} ${code}`)).toEqual(["3 unknown-field"]);
  });

  it.each([
    [
      "{ customer_id: acme }",
      "there is no field `customer_id`",
      "`customer_id` belongs in an entry of `balances`",
    ],
    ["{ included: 5 }", "there is no field `included`", "`included` belongs in an entry of `balances`"],
    ["{ __proto__: { included: 5 } }", "there is no field `__proto__`", undefined],
    ["[]", "`defaults` is a list, but must be a mapping of fields", "write `defaults: { owner: finance }`"],
    ["{ owner: 5 }", "`defaults.owner` is the number 5, but must be text", 'quote it: `owner: "5"`'],
  ])("take what is the same for any customer only: %s", (defaults, message, hint) => {
    const { problems } = read(defaults, `{ ${ACME} }`);
    expect(problems[0]).toMatchObject({
      message,
      ...(hint === undefined ? {} : { hint }),
      place: { line: 3 },
    });
    expect(problems).toHaveLength(1);
  });
});
