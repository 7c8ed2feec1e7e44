import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { stringify } from "yaml";
import {
  type LoadedConfig,
  loadConfig,
  loadConfigSync,
  loadExpanded,
  parseBalances,
  withMembers,
} from "../../src/config/index.ts";
import { ProblemsError } from "../../src/schema/index.ts";

const HEAD = "version: 1\nnamespace: contracts\nbalances: []\n";

/** A folder with a balances file and others, which is a checkout of its own. */
function folder(files: Readonly<Record<string, string>>): string {
  const made = mkdtempSync(join(tmpdir(), "grants-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  mkdirSync(join(made, ".git"));
  mkdirSync(join(made, "in"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(made, name), text);
  return made;
}

async function problemsIn(cwd: string, paths: readonly string[] = ["balances.yaml"]): Promise<string[]> {
  try {
    await loadConfig(paths, { cwd, withQueries: true });
    return [];
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error;
    return error.problems.map(({ place, code }) => `${place?.file}:${place?.line}:${place?.column} ${code}`);
  }
}

const plain = ({ balances }: LoadedConfig) => balances.map(({ place, ...balance }) => balance);

const CSV_GRANT = `${HEAD}grants:
  - id: promised
    to: { csv: customers.csv, where: { Plan: pro }, map: { customer_id: Customer, included: Credits } }
    feature_id: ai_credits
    included: 7
`;

describe("a grant", () => {
  it("gives each row of a CSV file that counts the balance, with what its cells say", async () => {
    const csv = 'Customer,Plan,Credits\r\nacme,pro,100\r\nglobex,free,5\r\n\r\n"in""itech",pro,\r\n';
    const cwd = folder({ "balances.yaml": CSV_GRANT, "customers.csv": csv });
    const { balances, declaredGroups } = await loadConfig([], { cwd });
    expect(balances).toMatchObject([
      { customerId: "acme", included: 100, key: "promised", place: { file: "customers.csv", line: 2 } },
      { customerId: 'in"itech', included: 7, place: { file: "customers.csv", line: 5 } },
    ]);
    expect(declaredGroups).toMatchObject([{ name: "promised", source: "csv", whenTheyLeave: "keep" }]);
  });

  const chosenBy = async (where: string, csv: string): Promise<string[]> => {
    const text = `${HEAD}grants:\n  - id: promised\n    to: { csv: customers.csv, where: ${where} }\n    feature_id: ai_credits\n    included: 7\n`;
    const cwd = folder({ "balances.yaml": text, "customers.csv": csv });
    return (await loadConfig([], { cwd })).balances.map(({ customerId }) => customerId);
  };

  it("takes true for what a spreadsheet writes for it, and its text only as it stands there", async () => {
    const csv = "customer_id,active\na,TRUE\nb,true\nc,True\nd,FALSE\ne,yes\n";
    expect(await chosenBy("{ active: true }", csv)).toEqual(["a", "b", "c"]);
    expect(await chosenBy("{ active: [false, yes] }", csv)).toEqual(["d", "e"]);
    expect(await chosenBy('{ active: "true" }', csv)).toEqual(["b"]);
  });

  it("compares a number with a cell as it is written", async () => {
    const csv = "customer_id,code\na,007\nb,7\nc,7.0\nd,1e3\n";
    expect(await chosenBy("{ code: 007 }", csv)).toEqual(["a"]);
    expect(await chosenBy("{ code: [7, 1e3] }", csv)).toEqual(["b", "d"]);
    expect(await chosenBy("{ code: 7.0 }", csv)).toEqual(["c"]);
  });

  it("does not mind spaces behind the separators of a file that is written by hand", async () => {
    const csv = "customer_id, Plan name\na, pro\nb, free\n";
    expect(await chosenBy("{ Plan name: pro }", csv)).toEqual(["a"]);
  });

  it("proposes the name of a column so that YAML reads it", async () => {
    const csv = "customer_id,Plan: name\na,pro\n";
    await expect(chosenBy('{ "plan: name": pro }', csv)).rejects.toMatchObject({
      problems: [{ hint: 'did you mean `"Plan: name"`?' }],
    });
  });

  it("refuses a condition that no row can meet", async () => {
    await expect(chosenBy("{ Plan: [] }", "customer_id,Plan\na,pro\n")).rejects.toMatchObject({
      problems: [{ message: "`grants.0.to.where.Plan` is empty", place: { line: 6, column: 46 } }],
    });
  });

  it("does not pass over a column that is named like a field", async () => {
    const text = (map: string) =>
      `${HEAD}grants:\n  - id: promised\n    to: { csv: customers.csv${map} }\n    feature_id: ai_credits\n    included: 7\n`;
    const csv = "customer_id,included,expires_at\nacme,100,\n";
    const cwd = folder({ "balances.yaml": text(""), "customers.csv": csv });
    await expect(loadConfig([], { cwd })).rejects.toMatchObject({
      problems: [
        {
          message:
            "the column `included` is named like a field, and the grant does not say whether it counts",
          hint: "write `map: { included: included }` beside `csv` if it does, or `map: { customer_id: customer_id }` if not",
          place: { file: "customers.csv", line: 1, column: 13 },
        },
      ],
    });
    writeFileSync(join(cwd, "balances.yaml"), text(", map: { included: included }"));
    expect((await loadConfig([], { cwd })).balances).toMatchObject([{ included: 100 }]);
    writeFileSync(join(cwd, "balances.yaml"), text(", map: { customer_id: customer_id }"));
    expect((await loadConfig([], { cwd })).balances).toMatchObject([{ included: 7 }]);
  });

  it.each([";", "\t"])("takes columns apart at %j", async (sign) => {
    const csv = `\uFEFFCustomer${sign}Plan${sign}Credits\nacme${sign}pro${sign}1\n`;
    const cwd = folder({ "balances.yaml": CSV_GRANT, "customers.csv": csv });
    expect(plain(await loadConfig([], { cwd }))).toMatchObject([{ customerId: "acme", included: 1 }]);
  });

  it("comes to the same as entries that are written out, from a list and from a CSV file", async () => {
    const id = fc.stringMatching(/^[=+@'a-z0-9][a-z0-9",;=]{0,6}$/);
    const members = fc.uniqueArray(fc.record({ id, units: fc.integer({ min: 1, max: 99 }) }), {
      selector: (one) => one.id,
      maxLength: 30,
      minLength: 1,
    });
    const cell = (text: string) => `"${(/^[=+\-@']/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
    await fc.assert(
      fc.asyncProperty(members, fc.boolean(), async (all, monthly) => {
        const balance = {
          id: "gift",
          feature_id: "api_calls",
          ...(monthly ? { reset: { interval: "month" } } : {}),
        };
        const rest = { version: 1, namespace: "n" };
        const map = { customer_id: "customer_id", included: "units" };
        const cwd = folder({
          "csv.yaml": stringify({
            ...rest,
            balances: [],
            grants: [{ to: { csv: "in/m.csv", map }, ...balance }],
          }),
          "in/m.csv": `customer_id,units\n${all.map((one) => `${cell(one.id)},${one.units}\n`).join("")}`,
          "list.yaml": stringify({
            ...rest,
            balances: [],
            grants: [{ to: { customers: all.map((one) => one.id) }, included: 5, ...balance }],
          }),
        });
        const written = (units: (one: { units: number }) => number) =>
          parseBalances(
            stringify({
              ...rest,
              balances: all.map((one) => ({ customer_id: one.id, included: units(one), ...balance })),
            }),
            "long.yaml",
          ).config;
        expect(plain(await loadConfig(["csv.yaml"], { cwd }))).toEqual(
          plain(written(({ units }) => units) as LoadedConfig),
        );
        expect(plain(await loadConfig(["list.yaml"], { cwd }))).toEqual(
          plain(written(() => 5) as LoadedConfig),
        );
        rmSync(cwd, { recursive: true });
      }),
      { numRuns: 30 },
    );
  });
});

describe("what is wrong with a grant is said where it is written:", () => {
  const list = (more: string) => `${HEAD}grants:\n  - ${more}\n`;
  it.each([
    [
      "no id",
      list("{ to: { customers: [a] }, feature_id: x, included: 1 }"),
      "balances.yaml:5:5 missing-field",
    ],
    ["nobody", list("{ to: {}, id: i, feature_id: x, included: 1 }"), "balances.yaml:5:7 bad-target"],
    [
      "two targets",
      list("{ to: { customers: [], csv: a }, id: i, feature_id: x }"),
      "balances.yaml:5:7 bad-target",
    ],
    ["everybody", list("{ to: { autumn: {} }, id: i, feature_id: x }"), "balances.yaml:5:7 bad-target"],
    [
      "a filter that there is not",
      list("{ to: { autumn: { plans: a } }, id: i, feature_id: x }"),
      "balances.yaml:5:23 unknown-field",
    ],
    [
      "a customer without a name",
      list('{ to: { customers: [""] }, id: i, feature_id: x }'),
      "balances.yaml:5:25 bad-id",
    ],
    [
      "a customer who is in it twice",
      list("{ to: { customers: [a, b, a] }, id: i, feature_id: x }"),
      "balances.yaml:5:31 same-balance",
    ],
    [
      "an amount, once for all",
      list("{ to: { customers: [a, b, c] }, id: i, feature_id: x, included: 0 }"),
      "balances.yaml:5:69 out-of-range",
    ],
    [
      "a balance of nobody",
      list("{ to: { autumn: { plan: p } }, id: i, feature_id: x, included: 0 }"),
      "balances.yaml:5:68 out-of-range",
    ],
  ])("%s", async (_, text, problem) => {
    expect(await problemsIn(folder({ "balances.yaml": text }))).toEqual([problem]);
  });

  it("a customer whom a grant and an entry give one balance, with both places", async () => {
    const text = `version: 1
namespace: n
balances: [{ customer_id: acme, id: promised, feature_id: x, included: 1 }]
grants: [{ to: { customers: [acme] }, id: promised, feature_id: x, included: 1 }]
`;
    const { problems } = parseBalances(text, "balances.yaml");
    expect(problems).toMatchObject([{ code: "same-balance", place: { line: 4, column: 30 } }]);
    expect(problems[0]?.message).toContain("balances.yaml:3:12");
  });

  it.each([
    ["a number with a comma", 'acme,pro,"1,000"', "customers.csv:2:10 not-a-number"],
    ["a cell after a quoted one", '"a,cme",pro,x', "customers.csv:2:13 not-a-number"],
    ["no customer", ",pro,1", "customers.csv:2:1 bad-id"],
    ["a space around an id", "acme ,pro,1", "customers.csv:2:1 bad-id"],
    ["a row that is too short", "acme,pro", "customers.csv:2:1 uneven-row"],
    ["a quote that nothing closes", '"acme,pro,1', "customers.csv:2:1 bad-csv"],
    ["a quote in the middle", 'ac"me,pro,1', "customers.csv:2:1 bad-csv"],
    ["a NUL", "ac\0me,pro,1", "customers.csv:2:3 not-text"],
    ["a control character", "ac\u001bme,pro,1", "customers.csv:2:1 bad-id"],
    ["a customer who is there twice", "a,pro,1\na,pro,2", "customers.csv:3:1 same-balance"],
    ["a row of a million cells", ",".repeat(1_000_000), "customers.csv:2:1 too-large"],
    ["a cell of two megabytes", `${"a".repeat(2 << 20)},pro,1`, "customers.csv:2:1 too-large"],
    ["lines within cells before it", '"a\nb",free,1\nx,pro,no', "customers.csv:4:7 not-a-number"],
  ])("%s", async (_, rows, problem) => {
    const cwd = folder({ "balances.yaml": CSV_GRANT, "customers.csv": `Customer,Plan,Credits\n${rows}\n` });
    expect(await problemsIn(cwd)).toEqual([problem]);
  });

  it.each([
    ["a header of a million columns", `Customer${",".repeat(1_000_000)}\n`, "customers.csv:1:1 too-large"],
    ["no header", "", "customers.csv:1:1 no-header"],
    [
      "more rows than are read",
      `Customer,Plan,Credits\n${"a,b,1\n".repeat(200_001)}`,
      "customers.csv:200002:1 too-large",
    ],
    [
      "lines within cells before it, as Windows ends them",
      'Customer,Plan,Credits\r\n"a\r\n\r\nb",free,1\r\n\r\nx,pro,no\r\n',
      "customers.csv:6:7 not-a-number",
    ],
    ["a column that there is not", "Customer,plan,Credits\n", "balances.yaml:6:40 unknown-column"],
    ["a column that is there twice", "Customer,Plan,Credits,Credits\n", "balances.yaml:6:93 unknown-column"],
  ])("%s", async (_, csv, problem) => {
    const cwd = folder({ "balances.yaml": CSV_GRANT, "customers.csv": csv });
    expect(await problemsIn(cwd)).toEqual([problem]);
  });

  it.each([
    "../secret.csv",
    "/etc/passwd",
    "in/../../secret.csv",
    "C:\\\\secret.csv",
    "link.csv",
    "in",
    "none.csv",
  ])("a file that is not within the checkout: %s", async (path) => {
    const text = list(`{ to: { csv: "${path}" }, id: i, feature_id: x, included: 1 }`);
    const cwd = folder({ "balances.yaml": text });
    symlinkSync("/etc/passwd", join(cwd, "link.csv"));
    const [problem, ...more] = await problemsIn(cwd);
    expect(problem).toMatch(/^balances.yaml:5:18 (outside-checkout|no-file)$/);
    expect(more).toEqual([]);
  });

  it("a file beside a text that stands in none", () => {
    expect(parseBalances(CSV_GRANT, "b.yaml").problems).toMatchObject([{ code: "csv-not-read" }]);
  });

  it("a group that Autumn has to be asked for, where nobody asks", async () => {
    const cwd = folder({
      "balances.yaml": list("{ to: { autumn: { plan: p } }, id: i, feature_id: x, included: 1 }"),
    });
    await expect(loadConfig([], { cwd })).rejects.toThrow("Autumn is not asked here");
  });

  it("groups of one name that end differently for those who leave", () => {
    const one = (more: string) => `{ to: { customers: [${more}`;
    const text = `${HEAD}grants: [${one("a] }, id: i, feature_id: x, included: 1 }")}, ${one("b] }, id: i, feature_id: x, included: 1, when_they_leave: end }")}]`;
    expect(parseBalances(text, "b.yaml").problems).toMatchObject([{ code: "grants-disagree" }]);
  });
});

describe("a group that Autumn is asked for", () => {
  const asked = async (query: string) => {
    const text = `${HEAD}grants: [{ to: { autumn: ${query} }, id: i, feature_id: x, included: 1 }]`;
    return loadConfig([], { cwd: folder({ "balances.yaml": text }), withQueries: true });
  };
  const customers = [
    { id: "a", name: "Ann", email: null, plans: [{ id: "pro", status: "active" }] },
    { id: "b", name: null, email: "b@ann.example", plans: [{ id: "pro", status: "scheduled" }] },
    { id: "c", name: null, email: null, plans: [{ id: "free", status: "active" }] },
    { id: "d", name: null, email: null, plans: [{ id: "pro", status: "expired" }] },
    { id: "e", name: null, email: null, plans: [] },
  ];
  it.each([
    ["{ plan: pro }", "ab"],
    ["{ plan: [pro, free], status: active }", "ac"],
    ["{ status: scheduled }", "b"],
    ["{ search: ANN }", "ab"],
    ["{ search: ann, plan: pro, status: active }", "a"],
    ["{ plan: none }", ""],
  ])("is of those who satisfy all of %s", async (query, members) => {
    const { balances } = withMembers(await asked(query), customers);
    expect(balances.map(({ customerId }) => customerId).join("")).toBe(members);
  });

  it("is refused where the server does not tell of plans", async () => {
    const config = await asked("{ plan: pro }");
    expect(() => withMembers(config, [{ id: "a", plans: null }])).toThrow("does not tell which plans");
  });

  it("has nobody whom an entry gives the same balance", async () => {
    const config = await asked("{ plan: pro }");
    const twice = withMembers(config, customers.slice(0, 1));
    expect(() => withMembers({ ...config, balances: twice.balances }, customers)).toThrow(
      'given "i" at balances.yaml:4:10 too',
    );
  });

  it("are compared with what entries adopt", async () => {
    const adopting = (adopt: string) =>
      `version: 1\nnamespace: contracts\nbalances:\n  - { customer_id: a, feature_id: exports, id: own, included: 1, adopt: "${adopt}" }\ngrants:\n  - { id: i, feature_id: exports, included: 1, to: { autumn: { search: a } } }\n`;
    const members = async (adopt: string, known: readonly { id: string }[]) => {
      const cwd = folder({ "balances.yaml": adopting(adopt) });
      return () => withMembers(loadConfigSync([], { cwd, withQueries: true }), known);
    };
    const message = `"contracts:i~2" is the balance of the entry at balances.yaml:6:5`;
    expect(await members("contracts:i~2", [{ id: "a" }])).toThrow(message);
    expect(await members("contracts:i~2", [{ id: "ab" }])).not.toThrow();
    expect(await members("other:i", [{ id: "a" }])).not.toThrow();
  });

  it("is named where all balances are written out, as its own are not", () => {
    const text = `${HEAD}grants: [{ to: { autumn: { plan: pro } }, id: i, feature_id: x, included: 1 }]`;
    expect(loadExpanded([], { cwd: folder({ "balances.yaml": text }) })).toBe(
      "version: 1\nnamespace: contracts\n# without those of i (balances.yaml:4:10): only Autumn knows its customers\nbalances: []\n",
    );
  });

  it("is given the defaults of the file, as every other entry is", async () => {
    const grant = "{ to: { autumn: { plan: pro } }, id: i, feature_id: x, included: 1 }";
    const text = `${HEAD}defaults: { reason: Welcome, protected: true, expires_at: 2030-01-01T00:00:00Z }\ngrants: [${grant}]`;
    const config = await loadConfig([], { cwd: folder({ "balances.yaml": text }), withQueries: true });
    const [{ note, isProtected, expiresAt } = {}] = withMembers(config, customers).balances;
    const ends = Date.parse("2030-01-01T00:00:00Z");
    expect({ note, isProtected, expiresAt }).toMatchObject({
      note: { reason: "Welcome" },
      isProtected: true,
      expiresAt: ends,
    });
  });

  it.each([
    ["defaults", "unlimited: true", "defaults: { reset: { interval: month } }", "default-clashes"],
    [
      "periods",
      "included: 1, starts_at: 2028-01-01T00:00:00Z, expires_at: 2027-01-01T00:00:00Z",
      "",
      "ends-before-start",
    ],
  ])("is checked before anybody is known: %s", async (_, more, defaults, code) => {
    const text = `${HEAD}${defaults}\ngrants: [{ to: { autumn: { plan: p } }, id: i, feature_id: x, ${more} }]`;
    expect(await problemsIn(folder({ "balances.yaml": text }))).toEqual([`balances.yaml:5:10 ${code}`]);
  });
});
