// The provider's configuration: where each setting comes from, and what is refused.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { clientOf, configure, providerSchema, validateConfiguration } from "../../src/provider/client.ts";
import { type CtyObject, DiagnosticError, UNKNOWN } from "../../src/provider/protocol/index.ts";

const NOTHING: CtyObject = Object.fromEntries(
  Object.keys(providerSchema.attributes).map((name) => [name, null]),
);
const config = (changes: CtyObject): CtyObject => ({ ...NOTHING, ...changes });
const KEY = "am_sk_test_0123456789";

beforeEach(() => {
  vi.stubEnv("AUTUMN_SECRET_KEY", KEY);
  vi.stubEnv("AUTUMN_BASE_URL", undefined);
});
afterEach(() => vi.unstubAllEnvs());

function refusal(changes: CtyObject): DiagnosticError {
  try {
    validateConfiguration(config(changes));
    configure(config(changes));
  } catch (error) {
    if (error instanceof DiagnosticError) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

describe("the provider's configuration", () => {
  it("has defaults for everything but the key", () => {
    const { balances, force, onExisting } = clientOf(configure(config({})));
    expect(balances.options).toMatchObject({
      namespace: "terraform",
      environment: "sandbox",
      baseUrl: "https://api.useautumn.com",
    });
    expect({ force, onExisting }).toEqual({ force: false, onExisting: "adopt" });
  });

  it("takes no blank address for Autumn's own", () => {
    for (const blank of ["", " "]) {
      vi.stubEnv("AUTUMN_BASE_URL", blank);
      expect(refusal({}).diagnostics).toMatchObject([
        {
          summary: "the base URL is blank",
          detail: "Check the variable that it comes from, or leave AUTUMN_BASE_URL out.",
        },
      ]);
    }
  });

  it("goes before the environment", () => {
    vi.stubEnv("AUTUMN_BASE_URL", "http://localhost:1");
    expect(clientOf(configure(config({}))).balances.options.baseUrl).toBe("http://localhost:1");
    const given = config({
      base_url: "http://localhost:2/",
      secret_key: "am_sk_live_0123456789",
      namespace: "n",
    });
    expect(clientOf(configure(given)).balances.options).toMatchObject({
      namespace: "n",
      environment: "live",
      baseUrl: expect.stringContaining("http://localhost:2"),
    });
  });

  it("is put off while a part of it is not known", () => {
    expect(configure(config({ secret_key: UNKNOWN }))).toBeNull();
    expect(() => clientOf(null)).toThrow("not known yet");
    expect(() => validateConfiguration(config({ max_retries: UNKNOWN, namespace: UNKNOWN }))).not.toThrow();
  });

  it("guards the environment", () => {
    expect(refusal({ environment: "live" }).diagnostics[0]).toMatchObject({
      summary: "The secret key is one of the sandbox environment",
      path: ["environment"],
    });
    expect(configure(config({ environment: "sandbox" }))).not.toBeNull();
  });

  it.each([
    ["namespace", "a b"],
    ["environment", "production"],
    ["on_existing", "ignore"],
    ["requests_per_second", 0n],
    ["max_retries", -1n],
    ["max_retries", 2.5],
  ] as const)("refuses %s = %s at its place", (name, value) => {
    expect(refusal({ [name]: value }).diagnostics[0]?.path).toEqual([name]);
  });

  it.each(["namespace", "environment", "secret_key", "base_url", "on_existing"])(
    "refuses an empty %s, whenever it comes to be known",
    (name) => {
      expect(refusal({ [name]: "" }).diagnostics[0]).toMatchObject({
        summary: `${name} is empty`,
        path: [name],
      });
      expect(() => configure(config({ [name]: "" }))).toThrow(`${name} is empty`);
    },
  );

  it("checks what was not known when it was validated", () => {
    expect(() => configure(config({ namespace: "a b" }))).toThrow("Invalid namespace");
  });

  it("sends the key unencrypted to another machine only where that is allowed", () => {
    const base_url = "http://autumn.billing.svc.cluster.local:8080";
    expect(refusal({ base_url }).diagnostics[0]).toMatchObject({
      summary: `the base URL ${base_url} would send the secret key unencrypted`,
      detail: "Use https, or set allow_http = true in the provider if the network between is trusted.",
    });
    const allowed = clientOf(configure(config({ base_url, allow_http: true })));
    expect(allowed.balances.options.baseUrl).toBe(base_url);
  });

  it("needs a key, and never repeats one that is refused", () => {
    vi.stubEnv("AUTUMN_SECRET_KEY", "");
    expect(refusal({}).message).toMatch(/key/i);
    const wrong = "sk_secret_of_somebody_else\u0001";
    expect(JSON.stringify(refusal({ secret_key: wrong }).diagnostics)).not.toContain("somebody_else");
  });
});
