import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TerraformStack, Testing } from "cdktf";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AutumnProvider, Balance, BalancesFile } from "../../src/cdktf/index.ts";
import { nameOf } from "../../src/config/find-files.ts";
import { has } from "../support/has.ts";
import { balancesIn, errorOf, stackWithProvider } from "./stack.ts";

const folder = mkdtempSync(join(tmpdir(), "balances-file-"));
let files = 0;

function fileWith(content: unknown): string {
  const path = join(folder, `${++files}.yaml`);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

const file = (balances: readonly unknown[], settings: object = {}): string =>
  fileWith({ version: 1, namespace: "contracts", ...settings, balances });

const balancesOf = (path: string) => {
  const stack = stackWithProvider();
  new BalancesFile(stack, "contracts", { path });
  return balancesIn(stack);
};

const calls = {
  customer_id: "acme",
  feature_id: "api_calls",
  included: 50_000,
  reset: { interval: "month" },
};
const credits = { customer_id: "acme", feature_id: "ai_credits", entity_id: "seat_42", included: 250 };
const sso = { customer_id: "globex", feature_id: "sso" };

describe("a balances file", () => {
  it("becomes a balance for each entry", () => {
    const rollover = { max: 10, length: 2, duration: "month" };
    const path = file([
      { ...calls, rollover, next_reset_at: "2030-01-01T00:00:00Z" },
      { ...credits, expires_at: 1_893_456_000_000 },
      { customer_id: "globex", feature_id: "exports", id: "all", unlimited: true },
    ]);
    expect(Object.values(balancesOf(path))).toEqual([
      {
        customer_id: "acme",
        feature_id: "ai_credits",
        balance_id: "ai_credits@seat_42",
        entity_id: "seat_42",
        included: 250,
        expires_at: "2030-01-01T00:00:00Z",
      },
      {
        customer_id: "acme",
        feature_id: "api_calls",
        balance_id: "api_calls",
        included: 50_000,
        reset: { interval: "month", interval_count: 1 },
        rollover: { max: 10, length: 2, duration: "month" },
        next_reset_at: "2030-01-01T00:00:00Z",
      },
      { customer_id: "globex", feature_id: "exports", balance_id: "all", unlimited: true },
    ]);
  });

  it("offers what it says and what becomes of it", () => {
    const stack = stackWithProvider("stack");
    const contracts = new BalancesFile(stack, "contracts", {
      path: file([calls, credits], { environment: undefined }),
    });
    expect(contracts.namespace).toBe("contracts");
    expect(contracts.environment).toBeUndefined();
    expect(contracts.balances.map(({ node }) => node.path)).toEqual([
      "stack/contracts/acme/api_calls",
      "stack/contracts/acme/ai_credits@seat_42",
    ]);
    expect(contracts.balance("acme", "ai_credits@seat_42")).toBe(contracts.balances[1]);
    expect(errorOf(() => contracts.balance("acme", "ai_credits")).message).toContain(
      'the file has no balance "ai_credits" of "acme"',
    );
  });

  it("reads folders", () => {
    const many = join(folder, "many");
    mkdirSync(many);
    writeFileSync(join(many, "a.json"), JSON.stringify({ version: 1, namespace: "n", balances: [calls] }));
    writeFileSync(join(many, "b.json"), JSON.stringify({ version: 1, namespace: "n", balances: [sso] }));
    expect(Object.keys(balancesOf(many))).toHaveLength(2);
  });

  it("says what is wrong by file, line and column", () => {
    const path = fileWith(
      "version: 1\nnamespace: contracts\nbalances:\n  - customer_id: acme\n    feature: api_calls\n",
    );
    const { message } = errorOf(() => balancesOf(path));
    expect(message.split("\n")).toEqual([
      "stack/contracts:",
      `  ${nameOf(path, process.cwd())}:5:5: there is no field \`feature\``,
      "    hint: did you mean `feature_id`?",
    ]);
  });

  it("shares arguments with its balances", () => {
    const stack = stackWithProvider();
    const other = new AutumnProvider(stack, "other", { alias: "other" });
    new BalancesFile(stack, "contracts", {
      path: file([calls]),
      provider: other,
      lifecycle: { preventDestroy: true },
    });
    expect(Object.values(balancesIn(stack))).toMatchObject([
      { provider: "autumn.other", lifecycle: { prevent_destroy: true } },
    ]);
  });

  it("clashes with a construct that declares the same balance", () => {
    const stack = stackWithProvider("stack");
    new Balance(stack, "calls", { customerId: "acme", featureId: "api_calls" });
    expect(errorOf(() => new BalancesFile(stack, "contracts", { path: file([calls]) })).message).toContain(
      'customer "acme" has another balance named "api_calls": stack/calls',
    );
  });

  // Synthesizing an import asks terraform for its version.
  it.skipIf(!has("terraform"))(
    "imports a balance that it takes over, under the name that the entry has",
    () => {
      const stack = stackWithProvider();
      new BalancesFile(stack, "contracts", { path: file([{ ...credits, adopt: "black-friday" }]) });
      const [[address, balance] = []] = Object.entries(balancesIn(stack));
      expect(balance).toMatchObject({ balance_id: "ai_credits@seat_42" });
      expect(JSON.parse(Testing.synth(stack)).import).toEqual([
        {
          to: `autumn_balance.${address}`,
          id: '{"customer_id":"acme","balance_id":"black-friday","name":"ai_credits@seat_42","entity_id":"seat_42"}',
        },
      ]);
    },
  );
});

describe("what Terraform has no place for", () => {
  const warningsOf = (settings: object): string[] => {
    const stack = stackWithProvider();
    const contracts = new BalancesFile(stack, "contracts", { path: file([calls], settings) });
    return contracts.node.metadata.filter(({ type }) => type === "@cdktf/warn").map(({ data }) => data);
  };

  it("is warned of", () => {
    expect(warningsOf({ create_customers: true, limits: { deletes: 5 } })).toEqual([
      "`create_customers` of the file has no effect here: Terraform has no such thing",
      "`limits` of the file has no effect here: Terraform has no such thing",
    ]);
    expect(warningsOf({})).toEqual([]);
  });

  it("is warned of where a customer who leaves a group would keep the balance", () => {
    const welcome = { id: "welcome", feature_id: "ai_credits", included: 5, to: { customers: ["acme"] } };
    expect(warningsOf({ grants: [welcome] })).toEqual([
      "`when_they_leave: keep` of the file has no effect here: Terraform ends the balance of a customer who leaves the group",
    ]);
    expect(warningsOf({ grants: [{ ...welcome, when_they_leave: "end" }] })).toEqual([]);
  });

  it.each([
    ["starts_at", { ...calls, starts_at: "2090-01-01T00:00:00Z" }],
    ["phases", { customer_id: "acme", feature_id: "api_calls", phases: [{ included: 5 }] }],
  ])("is refused where it is %s", (field, entry) => {
    const { message } = errorOf(() => balancesOf(file([entry])));
    expect(message).toMatch(new RegExp(`\\.yaml:1:\\d+: \`${field}\` has no place in Terraform`));
  });

  it("is refused where it is the environment, unless the provider has it", () => {
    const path = file([calls], { environment: "live" });
    expect(() => balancesOf(path)).toThrow(
      'the file says `environment: live`: give stack/autumn `environment: "live"`, so that it refuses any other key',
    );
    const stack = new TerraformStack(Testing.app(), "stack");
    const contracts = new BalancesFile(stack, "contracts", { path });
    new AutumnProvider(stack, "autumn", { environment: contracts.environment ?? "sandbox" });
    expect(Object.keys(balancesIn(stack))).toHaveLength(1);
  });
});

describe("a file", () => {
  it("is not overruled by arguments that it has no use for", () => {
    const config = { path: file([calls]), included: 999 };
    expect(errorOf(() => new BalancesFile(stackWithProvider(), "contracts", config)).message).toContain(
      '"included" is no argument of a balances file',
    );
  });

  it("cannot have CDKTF fill in an id", () => {
    const { message } = errorOf(() => balancesOf(file([{ ...calls, customer_id: "${TfToken[TOKEN.4]}" }])));
    expect(message).toContain("an id has the form of a mark that CDKTF fills in");
    expect(message).toMatch(/\.yaml:1:\d+: /);
  });

  it("asks its own environment only of the provider that it uses", () => {
    const stack = new TerraformStack(Testing.app(), "stack");
    new AutumnProvider(stack, "sandbox", { environment: "sandbox", namespace: "a" });
    new AutumnProvider(stack, "live", { environment: "live", namespace: "a", alias: "live" });
    new BalancesFile(stack, "contracts", { path: file([calls], { environment: "sandbox" }) });
    expect(Object.keys(balancesIn(stack))).toHaveLength(1);
  });
});

describe("addresses", () => {
  const id = fc.oneof(
    fc.constantFrom(
      "acme",
      "acme-eu",
      "acme.eu",
      "acmeeu",
      "Default",
      "Resource",
      "a/b",
      "a--b",
      "a b",
      "日本",
      "東京",
    ),
    fc.constantFrom(
      "${path.root}",
      "%{ if true }x%{ endif }",
      "$${x}",
      "%",
      "%25",
      "__proto__",
      "1st",
      "é",
      "é",
    ),
  );
  const entries = fc.uniqueArray(
    fc.record({ customer_id: id, feature_id: id, id: fc.option(id, { nil: undefined }) }),
    { selector: (entry) => JSON.stringify([entry.customer_id, entry.id ?? entry.feature_id]), minLength: 1 },
  );

  it("are one for each entry, whatever its ids are", () => {
    fc.assert(
      fc.property(entries, (all) => {
        const found = balancesOf(file(all));
        expect(Object.keys(found)).toHaveLength(all.length);
        for (const address of Object.keys(found)) expect(address).toMatch(/^[A-Za-z_][\w-]{0,254}$/);
      }),
    );
  });

  it("do not depend on the order of the entries, nor on the other entries", () => {
    fc.assert(
      fc.property(entries, fc.nat(), (all, some) => {
        const before = balancesOf(file(all));
        expect(balancesOf(file(all.toReversed()))).toEqual(before);
        const rest = all.toSpliced(some % all.length, 1);
        expect(before).toMatchObject(balancesOf(file(rest)));
      }),
    );
  });

  it("have no text that Terraform would fill in", () => {
    const [balance] = Object.values(balancesOf(file([{ customer_id: "${path.root}", feature_id: "%{x}$" }])));
    expect(balance).toMatchObject({ customer_id: "$${path.root}", feature_id: "%%{x}$" });
  });

  it.each(["", " ", null, 5])("refuses %j as a path, and takes no other file for it", (path) => {
    const make = () => new BalancesFile(stackWithProvider(), "file", { path } as { path: string });
    expect(errorOf(make).problems).toMatchObject([{ code: "bad-path", argument: "path" }]);
  });
});
