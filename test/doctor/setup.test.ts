// The checks of one's own side, each with what is right and what is not.
import { describe, expect, it } from "vitest";
import { type Surroundings, setupChecks } from "../../src/doctor/index.ts";
import { setupText } from "../../src/report/index.ts";

const KEY = "am_sk_test_9f8e7d6c5b4a";

const RIGHT: Surroundings = {
  toolVersion: "1.2.3",
  nodeVersion: "20.20.2",
  env: { AUTUMN_SECRET_KEY: KEY },
  baseUrl: undefined,
  allowHttp: false,
  files: {
    files: ["balances.yaml"],
    namespace: "contracts",
    environment: "sandbox",
    balances: 3,
    customers: 1,
  },
  access: [{ path: "balances.yaml", isReadable: true, isOpenToAll: false }],
  folder: { path: "/", isWritable: true, isOpenToAll: false },
  certificates: null,
  stdoutIsTerminal: true,
  stdinIsTerminal: true,
};

const env = (variables: Record<string, string | undefined>): Partial<Surroundings> => ({
  env: { ...RIGHT.env, ...variables },
});
const checked = (changes: Partial<Surroundings>) => setupChecks({ ...RIGHT, ...changes });
const found = (id: string, changes: Partial<Surroundings>) => {
  const check = checked(changes).find((one) => one.id === id);
  return { status: check?.status, says: check?.says };
};

it("has nothing to say against what is right", () => {
  const checks = checked({});
  expect(checks.filter(({ status }) => status !== "ok")).toEqual([]);
  expect(setupText(checks)).toContain("Nothing in the way on this machine.\n\nok      tool-version");
});

const places = { place: { file: "a.yaml", line: 3, column: 5 } };
const CASES: readonly (readonly [string, string, Partial<Surroundings>, string, string])[] = [
  ["an old Node", "node-version", { nodeVersion: "18.20.0" }, "problem", "Node 18.20.0 is too old"],
  ["no key", "secret-key", env({ AUTUMN_SECRET_KEY: undefined }), "problem", "there is no secret key"],
  ["an empty key", "secret-key", env({ AUTUMN_SECRET_KEY: " " }), "problem", "there is no secret key"],
  [
    "a key in quotes",
    "secret-key",
    env({ AUTUMN_SECRET_KEY: `"${KEY}"` }),
    "problem",
    "the secret key is none of Autumn's: it begins with \"",
  ],
  [
    "half a line of a key",
    "secret-key",
    env({ AUTUMN_SECRET_KEY: `${KEY}\nx` }),
    "problem",
    "the secret key has characters that no key has",
  ],
  [
    "a key with a line break",
    "secret-key",
    env({ AUTUMN_SECRET_KEY: `${KEY}\n` }),
    "warning",
    "a sandbox key, with spaces or line breaks around it",
  ],
  [
    "another kind of key",
    "secret-key",
    env({ AUTUMN_SECRET_KEY: "am_pk_test_1" }),
    "problem",
    "the secret key is none of Autumn's: it begins with am_pk_test_",
  ],
  [
    "a key of a kind that is not known",
    "secret-key",
    env({ AUTUMN_SECRET_KEY: "am_other_1" }),
    "warning",
    "there is a key, of a kind that is not known",
  ],
  [
    "a key of the other environment",
    "secret-key",
    env({ AUTUMN_SECRET_KEY: "am_sk_live_1" }),
    "problem",
    "it is a live key, and the files are for sandbox",
  ],
  [
    "a variable that is not read",
    "environment-variables",
    env({ AUTUMN_API_KEY: KEY }),
    "warning",
    "not read by this tool: AUTUMN_API_KEY",
  ],
  [
    "no address",
    "base-url",
    env({ AUTUMN_BASE_URL: "autumn" }),
    "problem",
    "the base URL is not a URL: it does not begin with https:// (AUTUMN_BASE_URL)",
  ],
  [
    "a variable that is blank",
    "base-url",
    env({ AUTUMN_BASE_URL: "" }),
    "problem",
    "the base URL is blank (AUTUMN_BASE_URL)",
  ],
  [
    "an address with a password",
    "base-url",
    { baseUrl: "https://u:p@a.example" },
    "problem",
    "the base URL carries credentials (--base-url)",
  ],
  [
    "plain http to another machine",
    "base-url",
    { baseUrl: "http://a.example" },
    "problem",
    "the base URL http://a.example would send the secret key unencrypted (--base-url)",
  ],
  [
    "plain http that is allowed",
    "base-url",
    { baseUrl: "http://a.example", allowHttp: true },
    "warning",
    "http://a.example (--base-url) gets the key unencrypted",
  ],
  [
    "plain http to this machine",
    "base-url",
    { baseUrl: "http://localhost:8080/v1/" },
    "ok",
    "http://localhost:8080 (--base-url)",
  ],
  [
    "a proxy on a Node that cannot use it",
    "proxy",
    env({ HTTPS_PROXY: "http://u:p@proxy:1", NODE_USE_ENV_PROXY: "1" }),
    "warning",
    "HTTPS_PROXY is set, and not used: the server is asked directly, as Node 20.20.2 cannot do otherwise",
  ],
  [
    "a proxy that is not turned on",
    "proxy",
    { ...env({ https_proxy: "http://proxy:1" }), nodeVersion: "24.1.0" },
    "warning",
    "https_proxy is set, and not used: the server is asked directly",
  ],
  [
    "a proxy that is used",
    "proxy",
    { ...env({ HTTPS_PROXY: "http://proxy:1", NODE_USE_ENV_PROXY: "1" }), nodeVersion: "22.21.0" },
    "ok",
    "HTTPS_PROXY is set, and used",
  ],
  [
    "a proxy that excepts the server",
    "proxy",
    env({ HTTPS_PROXY: "http://proxy:1", NO_PROXY: "localhost, .useautumn.com:443" }),
    "ok",
    "HTTPS_PROXY is set, and NO_PROXY excepts the server: it is asked directly",
  ],
  [
    "a proxy that excepts another",
    "proxy",
    env({ HTTPS_PROXY: "http://proxy:1", NO_PROXY: "tumn.com,useautumn.com:8443" }),
    "warning",
    "HTTPS_PROXY is set, and not used: the server is asked directly",
  ],
  ["a proxy that is none", "proxy", env({ HTTPS_PROXY: "proxy" }), "problem", "HTTPS_PROXY is no URL"],
  [
    "a proxy for all",
    "proxy",
    env({ ALL_PROXY: "socks5://proxy:1" }),
    "warning",
    "ALL_PROXY is set, which Node never reads",
  ],
  [
    "a proxy of the other kind",
    "proxy",
    env({ HTTP_PROXY: "http://proxy:1" }),
    "ok",
    "no proxy is set; the server is asked directly",
  ],
  [
    "certificates that cannot be read",
    "certificates",
    { certificates: { error: "ENOENT" } },
    "problem",
    "NODE_EXTRA_CA_CERTS cannot be read: ENOENT",
  ],
  [
    "a file without certificates",
    "certificates",
    { certificates: { count: 0 } },
    "problem",
    "the file of NODE_EXTRA_CA_CERTS has no certificate",
  ],
  [
    "certificates of one's own",
    "certificates",
    { certificates: { count: 2 } },
    "ok",
    "those that Node brings, and 2 of NODE_EXTRA_CA_CERTS",
  ],
  [
    "certificates that are not checked",
    "certificate-checks",
    env({ NODE_TLS_REJECT_UNAUTHORIZED: "0" }),
    "problem",
    "NODE_TLS_REJECT_UNAUTHORIZED=0: anybody on the way can read the key",
  ],
  ["CI", "terminal", env({ CI: "true" }), "ok", "CI is set: nobody is asked, and apply needs --yes"],
  [
    "a pipe",
    "terminal",
    { stdoutIsTerminal: false },
    "ok",
    "stdout is no terminal: nobody is asked, and apply needs --yes",
  ],
  [
    "files with mistakes",
    "balances-files",
    {
      files: {
        problems: [
          { code: "x", message: "unknown field", ...places },
          { code: "y", message: "another" },
        ],
      },
    },
    "problem",
    "a.yaml:3:5: unknown field (and 1 more)",
  ],
  [
    "files without a namespace that is known",
    "namespace",
    { files: { problems: [] } },
    "warning",
    "not known, as the files are not valid",
  ],
  [
    "a file that cannot be read",
    "file-permissions",
    { access: [{ path: "a.yaml", isReadable: false, isOpenToAll: false }] },
    "problem",
    "cannot be read: a.yaml",
  ],
  [
    "files that everybody may change",
    "file-permissions",
    { access: ["a", "b", "c", "d"].map((path) => ({ path, isReadable: true, isOpenToAll: true })) },
    "warning",
    "anybody on this machine may change: a, b, c and 1 more",
  ],
  [
    "a folder that everybody may add to",
    "folder-permissions",
    { folder: { path: "/", isWritable: true, isOpenToAll: true } },
    "warning",
    "anybody on this machine may add files to this folder",
  ],
  [
    "a folder that cannot be written to",
    "folder-permissions",
    { folder: { path: "/", isWritable: false, isOpenToAll: false } },
    "warning",
    "this folder cannot be written to",
  ],
];

describe("checks", () => {
  it.each(CASES)("see %s", (_, id, changes, status, says) => {
    expect(found(id, changes)).toEqual({ status, says });
  });

  it("have a way out where something is in the way, and none where nothing is", () => {
    for (const [, , changes] of CASES)
      for (const { status, hint } of checked(changes)) expect(hint === null).toBe(status === "ok");
  });

  it("never have the key, nor the proxy's password", () => {
    for (const [, , changes] of CASES) {
      const text = JSON.stringify(checked(changes));
      expect(text).not.toContain(KEY);
      expect(text).not.toContain("u:p@");
    }
  });
});
