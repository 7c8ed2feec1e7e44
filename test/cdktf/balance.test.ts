import {
  App,
  Fn,
  Lazy,
  TerraformLocal,
  TerraformOutput,
  TerraformStack,
  TerraformVariable,
  Testing,
  Token,
} from "cdktf";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import {
  AutumnProvider,
  type AutumnProviderConfig,
  Balance,
  type BalanceConfig,
} from "../../src/cdktf/index.ts";
import { balancesIn, errorOf, stackWithProvider } from "./stack.ts";

const acme: BalanceConfig = { customerId: "acme", featureId: "api_calls" };

const synthesized = (config: Partial<BalanceConfig>): Record<string, unknown> | undefined => {
  const stack = stackWithProvider();
  new Balance(stack, "balance", { ...acme, ...config });
  return balancesIn(stack).balance;
};

describe("a balance", () => {
  it("declares what it was given", () => {
    const reset = { interval: "month", intervalCount: 2 } as const;
    const rollover = { maxPercentage: 50, length: 3, duration: "month" };
    expect(synthesized({ included: 50_000, reset, rollover, balanceId: "contract" })).toEqual({
      customer_id: "acme",
      feature_id: "api_calls",
      included: 50_000,
      reset: { interval: "month", interval_count: 2 },
      rollover: { max_percentage: 50, length: 3, duration: "month" },
      balance_id: "contract",
    });
    expect(synthesized({ unlimited: true, entityId: "seat_42" })).toMatchObject({
      unlimited: true,
      entity_id: "seat_42",
    });
  });

  it.each([
    ["a Date", new Date("2030-01-31T00:00:00Z")],
    ["RFC 3339", "2030-01-31T00:00:00Z"],
    ["milliseconds", Date.UTC(2030, 0, 31)],
  ])("takes %s as the moment it ends", (_, expiresAt) => {
    expect(synthesized({ included: 5, expiresAt })?.expires_at).toBe("2030-01-31T00:00:00Z");
  });

  it("takes a Date as the first reset", () => {
    const nextResetAt = new Date("2030-01-31T00:00:00.250Z");
    const reset = { interval: "month" };
    expect(synthesized({ included: 5, reset, nextResetAt })?.next_reset_at).toBe("2030-01-31T00:00:00.250Z");
  });

  it.each([
    ["a Date that is none", new Date("soon")],
    ["seconds", 1_893_456_000],
    ["another text", "2030-01-31"],
  ])("refuses %s as the moment it ends", (_, expiresAt) => {
    expect(() => synthesized({ included: 5, expiresAt })).toThrow(/expiresAt: `expires_at` is /);
  });

  it("can be referenced", () => {
    const stack = stackWithProvider();
    const { remoteId, balanceId, id } = new Balance(stack, "balance", acme);
    new TerraformOutput(stack, "names", { value: [remoteId, balanceId, id] });
    expect(JSON.parse(Testing.synth(stack)).output.names.value).toEqual([
      "${autumn_balance.balance.remote_id}",
      "${autumn_balance.balance.balance_id}",
      "${autumn_balance.balance.id}",
    ]);
  });

  it("can be moved from the address that it had", () => {
    const stack = stackWithProvider();
    new Balance(stack, "storage", acme).moveFromId("autumn_balance.acme-storage");
    expect(JSON.parse(Testing.synth(stack)).moved).toEqual([
      { from: "autumn_balance.acme-storage", to: "autumn_balance.storage" },
    ]);
  });

  it("keeps the arguments that every resource has", () => {
    const stack = stackWithProvider();
    const first = new Balance(stack, "first", acme);
    new Balance(stack, "second", {
      ...acme,
      balanceId: "second",
      dependsOn: [first],
      lifecycle: { preventDestroy: true },
    });
    expect(balancesIn(stack).second).toMatchObject({
      depends_on: ["autumn_balance.first"],
      lifecycle: { prevent_destroy: true },
    });
  });
});

describe("a wrong balance", () => {
  it("is refused with the construct's path, the argument and a way out", () => {
    const stack = stackWithProvider("contracts");
    const error = errorOf(
      () => new Balance(stack, "calls", { ...acme, reset: { interval: "month", intervalCount: 0.5 } }),
    );
    expect(error.message.split("\n")).toEqual([
      "contracts/calls:",
      "  reset.intervalCount: `reset.interval_count` is 0.5, but must be a whole number from 1 to 1000",
      "    hint: the closest that is allowed is 1",
    ]);
    expect(error.path).toBe("contracts/calls");
    expect(stack.node.tryFindChild("calls")).toBeUndefined();
  });

  it("is refused with everything that is wrong", () => {
    const wrong = { ...acme, customerId: "", included: -1, unlimited: true };
    const { problems } = errorOf(() => new Balance(stackWithProvider(), "calls", wrong));
    expect(problems.map(({ code }) => code).length).toBeGreaterThan(2);
  });

  it.each([
    ["customer_id", "write customerId"],
    ["id", "write balanceId"],
    ["includedGrant", "write included"],
    ["adopt", "call importFrom on the balance"],
  ])("cannot hide behind a name that the bindings overlook: %s", (name, hint) => {
    const wrong = { ...acme, [name]: "acme" };
    expect(errorOf(() => new Balance(stackWithProvider(), "calls", wrong)).problems).toEqual([
      { code: "unknown-field", message: `"${name}" is no argument of a balance`, hint },
    ]);
  });

  it("is told what to do in code, and not in a file", () => {
    const hintOf = (config: Partial<BalanceConfig>) =>
      /hint: (.*)/.exec(
        errorOf(() => new Balance(stackWithProvider(), "b", { ...acme, ...config })).message,
      )?.[1];
    expect(hintOf({ customerId: "acme\n" })).toBe("write it in one line: `customer_id: acme`");
    expect(hintOf({ included: 0 })).toBe("to grant nothing, remove the construct");
  });

  it("cannot hide behind such a name within an argument", () => {
    const reset = { interval: "month", interval_count: 2 };
    const error = errorOf(() => new Balance(stackWithProvider(), "calls", { ...acme, included: 1, reset }));
    expect(error.problems.map(({ message, hint }) => [message, hint])).toEqual([
      ['"reset.interval_count" is no argument of a balance', "write reset.intervalCount"],
    ]);
  });

  it("does not let what it was given into a terminal", () => {
    const error = errorOf(
      () => new Balance(stackWithProvider(), "calls", { ...acme, customerId: "\u001b[31macme\u202e" }),
    );
    expect(error.message).toContain("\\u{1b}[31macme\\u{202e}");
    expect(error.message).not.toMatch(/[\u001b\u202e]/);
  });
});

describe("an argument that is set later", () => {
  it.each<[string, (balance: Balance) => void, string]>([
    [
      "an amount",
      (balance) => {
        balance.included = -5;
      },
      "included: `included` is -5",
    ],
    [
      "a moment",
      (balance) => {
        balance.expiresAt = "soon";
      },
      'expiresAt: `expires_at` is "soon"',
    ],
    ["a reset", (balance) => balance.putReset({ interval: "mnth" }), "reset.interval: "],
  ])("is checked at synthesis: %s", (_, set, said) => {
    const stack = stackWithProvider();
    set(new Balance(stack, "balance", { ...acme, included: 5 }));
    expect(() => balancesIn(stack)).toThrow(said);
  });
});

describe("what is known only when Terraform runs", () => {
  const stack = stackWithProvider();
  const text = new TerraformVariable(stack, "text", { type: "string" }).stringValue;
  const amount = new TerraformVariable(stack, "amount", { type: "number" }).numberValue;
  const flag = new TerraformVariable(stack, "flag", { type: "bool" }).booleanValue;

  it.each<[string, Partial<BalanceConfig>]>([
    ["an id", { customerId: text, featureId: text, entityId: text, balanceId: text }],
    ["a part of an id", { customerId: `team-${text}` }],
    ["an amount", { included: amount }],
    ["a flag", { unlimited: flag }],
    ["a moment", { expiresAt: text, included: 5 }],
    ["an interval", { reset: { interval: text }, included: 5, nextResetAt: text }],
    ["a count", { reset: { interval: "month", intervalCount: amount }, rollover: { duration: "forever" } }],
    ["a limit", { reset: { interval: "month" }, rollover: { duration: "forever", max: amount } }],
    ["a function", { customerId: Fn.lower("ACME") }],
    ["null", { entityId: Token.asString(Token.nullValue()) }],
  ])("is trusted: %s", (_, config) => {
    expect(() => new Balance(stackWithProvider(), "balance", { ...acme, ...config })).not.toThrow();
  });

  it("is no excuse for the rest", () => {
    const config = { customerId: text, featureId: "api_calls", included: -5 };
    expect(errorOf(() => new Balance(stackWithProvider(), "balance", config)).message).toContain(
      "`included`",
    );
    const noReset = { ...acme, expiresAt: text, rollover: { duration: "forever" } };
    expect(errorOf(() => new Balance(stackWithProvider(), "balance", noReset)).message).toContain("`reset`");
  });

  it.each<[string, object, string]>([
    ["a name that there is not", { expireAt: text, included: 5 }, "there is no field `expire_at`"],
    ["such a name beside it", { reset: { interval: text, intervalCuont: 3 }, included: 5 }, "interval_cuont"],
    ["a value beside it", { reset: { interval: "month", intervalCount: 0.5 }, included: amount }, "0.5"],
    ["a value within it", { reset: { interval: text, intervalCount: 0.5 }, included: 5 }, "0.5"],
    [
      "a word within it",
      { reset: { interval: "month" }, included: 5, rollover: { duration: "monht", max: amount } },
      "monht",
    ],
  ])("does not hide %s", (_, config, said) => {
    const wrong = () => new Balance(stackWithProvider(), "balance", { ...acme, ...config });
    expect(errorOf(wrong).message).toContain(said);
  });

  it("may turn out to be no reset, beside an end", () => {
    const config = { ...acme, included: 5, expiresAt: text, reset: { interval: text } };
    expect(() => new Balance(stackWithProvider(), "balance", config)).not.toThrow();
  });

  it("may be the same for two balances", () => {
    const both = stackWithProvider();
    new Balance(both, "one", { ...acme, customerId: text });
    expect(() => new Balance(both, "two", { ...acme, customerId: text })).not.toThrow();
  });
});

describe("the same balance twice", () => {
  it("is refused, with both paths", () => {
    const stack = stackWithProvider("contracts");
    new Balance(stack, "one", acme);
    expect(errorOf(() => new Balance(stack, "two", { ...acme, included: 5 })).message.split("\n")).toEqual([
      "contracts/two:",
      '  customer "acme" has another balance named "api_calls": contracts/one',
      "    hint: remove one of the two, or give one of them a `balanceId` of its own",
    ]);
  });

  it("is two balances where the customer, the name, the stack or the provider differs", () => {
    const stack = stackWithProvider("contracts");
    const other = new AutumnProvider(stack, "other", { alias: "other", namespace: "other" });
    new Balance(stack, "one", acme);
    new Balance(stack, "two", { ...acme, customerId: "globex" });
    new Balance(stack, "three", { ...acme, entityId: "seat_42" });
    new Balance(stack, "four", { ...acme, balanceId: "bonus" });
    new Balance(stack, "five", { ...acme, provider: other });
    new Balance(stackWithProvider(), "one", acme);
    expect(Object.keys(balancesIn(stack))).toHaveLength(5);
  });

  it("is refused for a count of a balance that is only one", () => {
    const several = () => new Balance(stackWithProvider(), "calls", { ...acme, count: 3 });
    expect(errorOf(several).message).toContain('with a count of 3, "acme" would have several balances');
    expect(() => new Balance(stackWithProvider(), "calls", { ...acme, count: 1 })).not.toThrow();
  });

  it("is the same through the default provider, named or not", () => {
    const stack = new TerraformStack(Testing.app(), "contracts");
    const provider = new AutumnProvider(stack, "autumn");
    new Balance(stack, "one", acme);
    expect(errorOf(() => new Balance(stack, "two", { ...acme, provider })).message).toContain(
      "contracts/one",
    );
  });

  it("is not left in the tree", () => {
    const stack = stackWithProvider();
    new Balance(stack, "one", acme);
    errorOf(() => new Balance(stack, "two", acme));
    expect(Object.keys(balancesIn(stack))).toEqual(["one"]);
  });

  it("is refused where two ids are one address, of which Terraform would see only the last", () => {
    const stack = stackWithProvider("contracts");
    new Balance(stack, "acme.eu", acme);
    new Balance(stack, "acmeeu", { ...acme, customerId: "globex" });
    expect(() => Testing.synth(stack, true)).toThrow(
      "contracts/acmeeu and contracts/acme.eu have the same address, acmeeu: rename one of them",
    );
  });
});

describe("the provider", () => {
  const KEY = "am_sk_test_oops0123";
  const OTHER = "a-key-of-a-form-not-known";
  const ways: Readonly<Record<string, (stack: TerraformStack, key: string) => void>> = {
    "in a function": (stack, key) => new AutumnProvider(stack, "a", { secretKey: Fn.sensitive(key) }),
    "in another function": (stack, key) => new AutumnProvider(stack, "a", { secretKey: Fn.trimspace(key) }),
    "in functions": (stack, key) =>
      new AutumnProvider(stack, "a", {
        secretKey: Fn.sensitive(Fn.join("", [key.slice(0, 12), key.slice(12)])),
      }),
    ...Object.fromEntries(
      [
        "coalesce(var.key, base64decode(KEY))",
        "coalesce(var.key, KEY)",
        "sensitive(coalesce(trimspace(base64decode(KEY)), var.key))",
        'var.key == "" ? join("", [KEY]) : var.key',
        "var.is_live ? var.key : (var.key == null ? var.key : KEY)",
        "try(data.vault_secret.autumn.key, base64decode(KEY))",
        'lookup(var.keys, "sandbox", base64decode(KEY))',
      ].map((code) => [
        `as the other of two values: ${code}`,
        (stack: TerraformStack, key: string) => {
          const written = code.includes("base64") ? btoa(key) : key;
          const secretKey = `\${${code.replaceAll("KEY", JSON.stringify(written))}}`;
          new AutumnProvider(stack, "a", { secretKey: Lazy.stringValue({ produce: () => secretKey }) });
        },
      ]),
    ),
    "as the default of a variable": (stack, key) => {
      const variable = new TerraformVariable(stack, "key", { type: "string", sensitive: true, default: key });
      new AutumnProvider(stack, "a", { secretKey: variable.stringValue });
    },
    "in a local": (stack, key) =>
      new AutumnProvider(stack, "a", { secretKey: new TerraformLocal(stack, "key", key).asString }),
    "in a local that is the default of a variable": (stack, key) => {
      const variable = new TerraformVariable(stack, "key", { default: key });
      const local = new TerraformLocal(stack, "local", variable.stringValue);
      new AutumnProvider(stack, "a", { secretKey: local.asString });
    },
    "by an override": (stack, key) => new AutumnProvider(stack, "a").addOverride("secret_key", key),
    "by an override of the stack": (stack, key) => {
      new AutumnProvider(stack, "a");
      stack.addOverride("provider.autumn.0.secret_key", key);
    },
    "when it is first asked for": (stack, key) =>
      new AutumnProvider(stack, "a", { secretKey: Lazy.stringValue({ produce: () => key }) }),
  };

  it.each(Object.keys(ways))("refuses a secret key that is written %s", (way) => {
    for (const key of [KEY, OTHER]) {
      const stack = new TerraformStack(new App(), "contracts");
      ways[way]?.(stack, key);
      let said = "";
      try {
        said = Testing.synth(stack, true);
      } catch (error) {
        said = (error as Error).message;
      }
      expect(said).toContain("the secret key would be written to cdktf.out");
      expect(said).not.toContain(key);
    }
  });

  it("refuses a secret key that is written anywhere else in the app", () => {
    const synth = (build: (stack: TerraformStack) => void) => {
      const app = new App();
      const stack = new TerraformStack(app, "contracts");
      new AutumnProvider(stack, "a");
      build(stack);
      return () => Testing.synth(stack, true);
    };
    expect(synth((stack) => new TerraformOutput(stack, "key", { value: KEY }))).toThrow("secret key");
    const beside = synth((stack) => {
      new TerraformLocal(new TerraformStack(stack.node.root, "beside"), "key", KEY);
    });
    expect(beside).toThrow("secret key");
    vi.stubEnv("AUTUMN_SECRET_KEY", OTHER);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(synth((stack) => new TerraformOutput(stack, "key", { value: OTHER }))).toThrow("secret key");
    const harmless = synth((stack) => {
      new TerraformVariable(stack, "key", { description: "The key (am_sk_test_…)", sensitive: true });
    });
    expect(harmless).not.toThrow();
  });

  it.each([
    ["a parameter of somebody's", "${data.aws_ssm_parameter.autumn.value}"],
    [
      "a part of what is read",
      '${jsondecode(data.aws_secretsmanager_secret_version.a.secret_string)["autumn"]}',
    ],
    ["a file", '${trimspace(file("/run/secrets/autumn"))}'],
    ["one of two variables", '${coalesce(var.key, "")}'],
    ["a choice of what is known later", '${var.is_live ? var.keys["live"] : lookup(var.keys, "sandbox")}'],
    ["a part of a variable", '${trimspace(element(split(",", var.key), 0))}'],
    ["two parts", '${coalesce(join("", [var.key]), trimprefix(var.key, "Bearer "))}'],
  ])("takes %s as the secret key", (_, secretKey) => {
    const stack = new TerraformStack(new App(), "contracts");
    new TerraformVariable(stack, "key", { sensitive: true });
    const token = Lazy.stringValue({ produce: () => secretKey });
    new AutumnProvider(stack, "autumn", { secretKey: token });
    expect(JSON.parse(Testing.synth(stack, true)).provider.autumn).toEqual([{ secret_key: secretKey }]);
  });

  it.each(["namespace", "environment", "baseUrl", "secretKey"])("refuses an empty %s", (name) => {
    const stack = new TerraformStack(new App(), "contracts");
    expect(() => new AutumnProvider(stack, "autumn", { [name]: "" })).toThrow(`${name}: `);
  });

  it("refuses a secret key that would be written to files, without showing it", () => {
    const stack = new TerraformStack(new App(), "contracts");
    const error = errorOf(() => new AutumnProvider(stack, "autumn", { secretKey: "am_sk_test_oops" }));
    expect(error.message).toContain("secretKey: the secret key would be written to cdktf.out");
    expect(error.message).not.toContain("oops");
  });

  it("takes one that only Terraform will know", () => {
    const stack = new TerraformStack(Testing.app(), "contracts");
    const secretKey = new TerraformVariable(stack, "key", { sensitive: true }).stringValue;
    new AutumnProvider(stack, "autumn", { secretKey });
    expect(JSON.parse(Testing.synth(stack)).provider.autumn).toEqual([{ secret_key: "${var.key}" }]);
  });

  it.each<[string, () => string]>([
    ["has it in it", () => `am_sk_test_oops${Token.asString({ x: 1 })}`],
    ["becomes it", () => Lazy.stringValue({ produce: () => "am_sk_test_oops" })],
  ])("refuses a token that %s", (_, secretKey) => {
    const stack = new TerraformStack(Testing.app(), "contracts");
    new AutumnProvider(stack, "autumn", { secretKey: secretKey() });
    expect(() => Testing.synth(stack, true)).toThrow("the secret key would be written to cdktf.out");
  });

  it("refuses a key that is set later", () => {
    const stack = new TerraformStack(Testing.app(), "contracts");
    new AutumnProvider(stack, "autumn").secretKey = "am_sk_test_oops";
    expect(() => Testing.synth(stack, true)).toThrow("the secret key would be written to cdktf.out");
  });

  it("refuses what is no namespace and no environment", () => {
    const stack = new TerraformStack(Testing.app(), "contracts");
    const wrong = { namespace: "a:b", environment: "prod" };
    expect(errorOf(() => new AutumnProvider(stack, "autumn", wrong)).message).toBe(
      `contracts/autumn:
  namespace: "a:b" cannot be a namespace
    hint: letters, digits, ".", "_" and "-", starting with a letter or a digit, 64 at most
  environment: "prod" is no environment
    hint: write sandbox or live`,
    );
  });

  it.each([
    [
      { nameSpace: "contracts" },
      '"nameSpace" is no argument of the provider\n    hint: did you mean namespace?',
    ],
    [{ env: "live" }, '"env" is no argument of the provider\n    hint: did you mean environment?'],
    [{ base_url: "http://x" }, '"base_url" is no argument of the provider\n    hint: did you mean baseUrl?'],
    [{ color: 1 }, "hint: there are allowHttp, baseUrl, environment, "],
    [{ environment: null }, "environment: it is null\n    hint: give it a value, or leave it out"],
    [{ namespace: 5 }, '"5" cannot be a namespace'],
    [{ baseUrl: " " }, "the base URL is blank"],
  ])("refuses what no type keeps out of JavaScript, with which a guard would be off: %j", (config, says) => {
    const stack = new TerraformStack(Testing.app(), "contracts");
    const make = () => new AutumnProvider(stack, "autumn", config as AutumnProviderConfig);
    expect(errorOf(make).message).toContain(says);
  });

  it("refuses one namespace for two stacks of an app, where they are the same environment", () => {
    const app = Testing.app();
    const stackOf = (id: string, environment: string, namespace = "contracts") => {
      const stack = new TerraformStack(app, id);
      new AutumnProvider(stack, "autumn", { namespace, environment });
      return stack;
    };
    const first = stackOf("first", "sandbox");
    stackOf("live", "live");
    stackOf("other", "sandbox", "others");
    expect(() => Testing.synth(first, true)).not.toThrow();
    stackOf("second", "sandbox");
    expect(() => Testing.synth(first, true)).toThrow(
      "first/autumn and second/autumn have the same namespace, contracts: give each stack its own",
    );
  });
});
