import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { type LoadedConfig, parseBalances } from "../../src/config/index.ts";

const HEAD = "version: 1\nnamespace: contracts\n";

const problemsOf = (text: string) =>
  parseBalances(HEAD + text, "balances.yaml").problems.map(
    ({ place, code }) => `${place?.line}:${place?.column} ${code}`,
  );

const plain = (config: LoadedConfig | null) => config?.balances.map(({ place, ...balance }) => balance);

const balancesOf = (text: string) => {
  const { config, problems } = parseBalances(HEAD + text, "balances.yaml");
  expect(problems).toEqual([]);
  return plain(config);
};

describe("a template", () => {
  it("stands for its balance, with what the entry gives itself", () => {
    const text = `
templates:
  welcome: { feature_id: ai_credits, included: 500, expires_at: 2027-01-31T00:00:00Z }
balances:
  - { customer_id: acme, template: welcome }
  - { customer_id: globex, template: welcome, included: 900 }
`;
    const [acme, globex] = balancesOf(text) ?? [];
    expect(acme).toMatchObject({ customerId: "acme", featureId: "ai_credits", included: 500 });
    expect(globex).toMatchObject({ customerId: "globex", included: 900, expiresAt: acme?.expiresAt });
  });

  it("stands for several balances, which share what stands beside them", () => {
    const text = `
templates:
  enterprise:
    parameters: { seats: {}, credits: { default: 1000 } }
    reset: { interval: month }
    balances:
      - { feature_id: seats, included: "\${seats}", id: "seats-\${seats}", reset: { interval: year } }
      - { feature_id: ai_credits, included: "\${credits}" }
balances:
  - { customer_id: acme, template: enterprise, with: { seats: 25 } }
`;
    expect(balancesOf(text)).toMatchObject([
      { featureId: "seats", included: 25, key: "seats-25", reset: { interval: "year" } },
      { featureId: "ai_credits", included: 1000, reset: { interval: "month" } },
    ]);
  });

  it("has parameters in phases as well, and a mistake there is told at the value", () => {
    const text = (calls: string) => `
templates:
  ramp:
    parameters: { from: {}, calls: {} }
    feature_id: api_calls
    phases:
      - { included: 100, ends_at: "\${from}" }
      - { included: "\${calls}", reset: { interval: month } }
balances:
  - { customer_id: acme, template: ramp, with: { from: 2090-01-01T00:00:00Z, calls: ${calls} } }
`;
    const start = Date.parse("2090-01-01T00:00:00Z");
    expect(balancesOf(text("500"))).toMatchObject([
      {
        phases: [
          { included: 100, endsAt: start },
          { included: 500, startsAt: start },
        ],
      },
    ]);
    expect(problemsOf(text("many"))).toEqual(["12:85 not-a-number"]);
    expect(problemsOf(text("500").replace("calls}", "call}"))).toEqual(["10:21 unknown-parameter"]);
  });

  it(`has texts that hold \`\${\` themselves`, () => {
    const text = `
templates:
  odd: { feature_id: a, included: 1, id: "$\${x}" }
balances: [{ customer_id: acme, template: odd }]
`;
    expect(balancesOf(text)).toMatchObject([{ key: `\${x}` }]);
  });

  it("never looks at what a parameter brings in", () => {
    const text = `
templates:
  odd: { parameters: { a: {}, b: { default: 1 } }, feature_id: x, included: 1, id: "\${a}\${a}" }
balances: [{ customer_id: acme, template: odd, with: { a: "\${b}\${a}" } }]
`;
    expect(balancesOf(text)).toMatchObject([{ key: `\${b}\${a}\${b}\${a}` }]);
  });
});

describe("what is wrong with a template is said where it is written:", () => {
  const template = `templates:
  s:
    parameters: { n: {}, when: { default: soon } }
    feature_id: x
    included: \${n}
    expires_at: \${when}
`;
  it.each([
    [
      "a name that no template has",
      `${template}balances: [{ customer_id: a, template: ss }]`,
      "9:40 unknown-template",
    ],
    [
      "a value of a parameter",
      `${template}balances: [{ customer_id: a, template: s, with: { n: x, when: 2027-01-31T00:00:00Z } }]`,
      "9:54 not-a-number",
    ],
    [
      "a default",
      `${template}balances: [{ customer_id: a, template: s, with: { n: 1 } }]`,
      "5:43 bad-instant",
    ],
    ["a missing value", `${template}balances: [{ customer_id: a, template: s }]`, "9:12 missing-parameter"],
    [
      "a value of no parameter",
      `${template}balances: [{ customer_id: a, template: s, with: { n: 1, N2: 1 } }]`,
      "9:57 unknown-parameter",
    ],
    [
      "a field that there is not",
      "templates:\n  s:\n    feature_id: x\n    include: 1\nbalances: []",
      "6:5 unknown-field",
    ],
    [
      "a parameter that there is not",
      `templates:\n  s:\n    feature_id: \${y}\nbalances: []`,
      "5:17 unknown-parameter",
    ],
    [
      "a `${` without an end",
      `templates:\n  s:\n    feature_id: \${y\nbalances: []`,
      "5:17 unknown-parameter",
    ],
    [
      "what the fields do not allow together",
      "templates:\n  s:\n    feature_id: x\n    reset: { interval: month }\nbalances:\n  - { customer_id: a, template: s, included: 1, expires_at: 2027-01-31T00:00:00Z }",
      "8:49 expires-or-resets",
    ],
    [
      "a parameter that is a list",
      "templates:\n  s: { feature_id: x, parameters: { n: { default: [] } } }\nbalances: []",
      "4:51 not-a-value",
    ],
    ["no balances", "templates:\n  s: { balances: [] }\nbalances: []", "4:8 empty-template"],
    [
      "an id for several",
      "templates:\n  s: { balances: [{ feature_id: a, included: 1 }, { feature_id: b, included: 1 }] }\nbalances: [{ customer_id: a, template: s, id: x }]",
      "5:43 several-balances",
    ],
    [
      "a value without a template",
      "balances: [{ customer_id: a, feature_id: x, included: 1, with: {} }]",
      "3:58 unknown-field",
    ],
  ])("%s", (_, text, problem) => {
    expect(problemsOf(text)).toEqual([problem]);
  });

  it.each(["__proto__", "constructor", "toString", "hasOwnProperty"])("the name %s", (name) => {
    expect(problemsOf(`templates: {}\nbalances: [{ customer_id: a, template: ${name} }]`)).toHaveLength(1);
    const written = `templates: { ${name}: { feature_id: x, included: 1, parameters: { ${name}: {} } } }\nbalances: [{ customer_id: a, template: ${name}, with: { ${name}: 1 } }]`;
    parseBalances(HEAD + written, "balances.yaml");
    expect(({} as { feature_id?: unknown }).feature_id).toBeUndefined();
  });
});

it("stops where a file comes to more balances than are read", () => {
  const balance = "{ feature_id: a, included: 1 }";
  const entries = "  - { customer_id: acme, template: t }\n".repeat(1100);
  const text = `templates:\n  t:\n    balances: [${`${balance},`.repeat(500)}]\nbalances:\n${entries}`;
  expect(problemsOf(text)).toEqual(["1007:5 too-many-balances"]);
});

it("comes to the same balances as what is written out", () => {
  const included = fc.integer({ min: 1, max: 1000 });
  const id = fc.stringMatching(/^[a-z]{1,8}$/);
  const template = fc.record({
    feature: id,
    included,
    reset: fc.option(fc.constantFrom("month", "year"), { nil: undefined }),
    isParameter: fc.boolean(),
  });
  const entry = fc.record({
    template: fc.nat(2),
    given: fc.option(included, { nil: undefined }),
    own: fc.option(included, { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(template, { minLength: 3, maxLength: 3 }), fc.array(entry), (templates, entries) => {
      const body = (t: (typeof templates)[number], amount: unknown) => ({
        feature_id: t.feature,
        included: amount,
        ...(t.reset ? { reset: { interval: t.reset } } : {}),
      });
      const short = {
        templates: Object.fromEntries(
          templates.map((t, n) => [
            `t${n}`,
            t.isParameter
              ? { parameters: { amount: { default: t.included } }, ...body(t, `\${amount}`) }
              : body(t, t.included),
          ]),
        ),
        balances: entries.map(({ template: n, given, own }, customer) => ({
          customer_id: `c${customer}`,
          template: `t${n}`,
          ...(given !== undefined && templates[n]?.isParameter ? { with: { amount: given } } : {}),
          ...(own === undefined ? {} : { included: own }),
        })),
      };
      const long = {
        balances: entries.map(({ template: n, given, own }, customer) => {
          const t = templates[n] as (typeof templates)[number];
          const amount = own ?? (t.isParameter ? given : undefined) ?? t.included;
          return { customer_id: `c${customer}`, ...body(t, amount) };
        }),
      };
      expect(balancesOf(stringify(short))).toEqual(balancesOf(stringify(long)));
    }),
  );
});
