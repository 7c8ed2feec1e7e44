// Which addresses the key is sent to, and what a key says of itself.
import { describe, expect, it } from "vitest";
import { checkedBaseUrl, checkedSecretKey, environmentOfKey } from "../../src/autumn/index.ts";
import { ProblemsError } from "../../src/schema/index.ts";

function problemOf(work: () => unknown): string {
  try {
    return `no problem: ${work()}`;
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error;
    return error.problems.map(({ code, message }) => `${code}: ${message}`).join();
  }
}

describe("the base URL", () => {
  it.each([
    ["https://api.useautumn.com", "https://api.useautumn.com"],
    ["https://api.useautumn.com/", "https://api.useautumn.com"],
    ["https://api.useautumn.com///", "https://api.useautumn.com"],
    ["  https://api.useautumn.com \n", "https://api.useautumn.com"],
    ["HTTPS://API.UseAutumn.COM", "https://api.useautumn.com"],
    ["https://api.useautumn.com:443", "https://api.useautumn.com"],
    ["https://api.useautumn.com/v1", "https://api.useautumn.com"],
    ["https://api.useautumn.com/v1/", "https://api.useautumn.com"],
    ["https://api.useautumn.com?", "https://api.useautumn.com"],
    ["https://api.useautumn.com/#", "https://api.useautumn.com"],
    ["https://proxy.test:8443/autumn/", "https://proxy.test:8443/autumn"],
    ["https://proxy.test/autumn/v1", "https://proxy.test/autumn"],
    ["https://proxy.test/a/../b", "https://proxy.test/b"],
    ["https://[2001:db8::1]:8080", "https://[2001:db8::1]:8080"],
    ["https://0.0.0.0", "https://0.0.0.0"],
    ["http://localhost:8080", "http://localhost:8080"],
    ["http://LOCALHOST", "http://localhost"],
    ["http://localhost:80", "http://localhost"],
    ["http://127.0.0.1:4010/", "http://127.0.0.1:4010"],
    ["http://127.1.2.3", "http://127.1.2.3"],
    // Other ways to write 127.0.0.1
    ["http://127.1", "http://127.0.0.1"],
    ["http://2130706433", "http://127.0.0.1"],
    ["http://0x7f.1", "http://127.0.0.1"],
    ["http://[::1]:4010", "http://[::1]:4010"],
    ["http://[0:0:0:0:0:0:0:1]", "http://[::1]"],
  ])("%s is %s", (written, expected) => {
    expect(checkedBaseUrl(written)).toBe(expected);
  });

  it.each([
    "http://api.useautumn.com",
    "http://127.0.0.1.evil.com",
    "http://localhost.evil.com",
    "http://evil.com/127.0.0.1",
    "http://localhost.",
    "http://notlocalhost",
    "http://0.0.0.0:4010",
    "http://0",
    "http://128.0.0.1",
    "http://10.0.0.1",
    "http://192.168.0.1",
    "http://169.254.169.254",
    "http://[::]",
    "http://[::2]",
    "http://[fe80::1]",
    "http://[::ffff:10.0.0.1]",
    "http://[::ffff:127.0.0.1]",
    "http://ⅼocalhost.evil.com",
    "http://localhost%2eevil.com",
  ])("%s would send the key in the clear", (written) => {
    expect(problemOf(() => checkedBaseUrl(written))).toMatch(
      /base-url: .* would send the secret key unencrypted/,
    );
    expect(checkedBaseUrl(written, { allowHttp: true })).toMatch(/^http:/);
  });

  it.each([
    ["", /is blank$/],
    [" \n", /is blank$/],
    ["api.useautumn.com", /is not a URL: it does not begin with https:\/\/$/],
    ["//api.useautumn.com", /is not a URL: it does not begin with https:\/\/$/],
    ['"https://api.useautumn.com"', /is not a URL: it begins with "$/],
    ["am_sk_test_hunter2", /is not a URL: it is a key$/],
    ["http://", /is not a URL$/],
    ["http://127.0.0.999", /is not a URL/],
    ["https://a b", /is not a URL/],
    ["https://host:99999", /is not a URL/],
    ["localhost:8080", /is not an address of the web/],
    ["ftp://127.0.0.1", /is not an address of the web/],
    ["file:///etc/passwd", /is not an address of the web/],
    ["javascript:alert(1)", /is not an address of the web/],
    ["https://127.0.0.1@evil.com", /carries credentials/],
    ["https://user:hunter2@api.useautumn.com", /carries credentials/],
    ["http://localhost:8080@evil.com", /carries credentials/],
    ["https://:hunter2@api.useautumn.com", /carries credentials/],
    ["https://api.useautumn.com?key=hunter2", /query or a fragment/],
    ["https://api.useautumn.com/#hunter2", /query or a fragment/],
  ])("%j is refused", (written, expected) => {
    for (const allowHttp of [false, true]) {
      const problem = problemOf(() => checkedBaseUrl(written, { allowHttp }));
      expect(problem).toMatch(expected);
      expect(problem).not.toContain("hunter2");
    }
  });
});

describe("the secret key", () => {
  it.each([
    ["am_sk_live_a", "live"],
    ["am_sk_test_a", "sandbox"],
    ["am_sk_live", null],
    ["am_sk_lively_a", null],
    ["AM_SK_LIVE_a", null],
    [" am_sk_live_a", null],
    ["am_pk_live_a", null],
    ["xam_sk_live_a", null],
    ["", null],
  ])("%j belongs to %s", (key, environment) => {
    expect(environmentOfKey(key)).toBe(environment);
  });

  it("may have blanks around it", () => {
    expect(checkedSecretKey(" am_sk_test_a\n")).toBe("am_sk_test_a");
  });

  it.each([undefined, "", " ", "\n"])("%j is none", (written) => {
    expect(problemOf(() => checkedSecretKey(written))).toMatch(/^no-secret-key/);
  });

  it.each([
    "am_sk test",
    "am_sk\ntest",
    "am_sk_tést",
    "Bearer am_sk_test_a",
    "am_sk_test_\u0000",
    "am_sk_test_…",
  ])("%j is refused without being repeated", (written) => {
    const problem = problemOf(() => checkedSecretKey(written));
    expect(problem).toMatch(/^bad-secret-key/);
    expect(problem).not.toContain(written);
  });

  it.each([
    ['"am_sk_test_a_secret"', 'begins with "'],
    ["'am_sk_test_a_secret'", "begins with '"],
    ["“am_sk_test_a_secret”", "begins with “"],
    ['am_sk_test_a_secret"', 'ends with "'],
    ["Bearer am_sk_test_a_secret", "begins with Bearer"],
    ["AUTUMN_SECRET_KEY=am_sk_test_a_secret", "begins with a name and ="],
    ["sk_test_a_secret", "begins with sk_test_"],
    ["sk_live_a_secret", "begins with sk_live_"],
    ["am_pk_test_a_secret", "begins with am_pk_test_"],
    ["$AUTUMN_SECRET_KEY_a_secret", "begins with $"],
  ])("%s is none of Autumn's, and is not repeated", (written, says) => {
    const problem = problemOf(() => checkedSecretKey(written));
    expect(problem).toBe(`bad-secret-key: the secret key is none of Autumn's: it ${says}`);
    expect(problem).not.toContain("a_secret");
  });
});
