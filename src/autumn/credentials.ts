// The secret key and the address that it is sent to: checks that both are well-formed and that the key stays private.
import { type Environment, ProblemsError } from "../schema/index.ts";

/** Autumn's own service. */
export const DEFAULT_BASE_URL = "https://api.useautumn.com";

/** The environment that a secret key belongs to; `null` for a key of an unknown form. */
export function environmentOfKey(secretKey: string): Environment | null {
  if (secretKey.startsWith("am_sk_live_")) return "live";
  if (secretKey.startsWith("am_sk_test_")) return "sandbox";
  return null;
}

/** Addresses that never leave this machine: not 0.0.0.0, and no name that only looks like one of them. */
function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** What is wrong with a text that is not a URL, without repeating it: it may be a key. */
function oddityOfUrl(text: string): string {
  if (/^["'`“”‘’]/.test(text)) return `: it begins with ${text[0]}`;
  if (/^am_[a-z]{2,}_/i.test(text)) return ": it is a key";
  return /^https?:\/\//i.test(text) ? "" : ": it does not begin with https://";
}

/**
 * The address that requests go to, without `/v1` and without a slash at its end.
 * @param options `allowHttp`: whether the key may be sent unencrypted to another machine; `allowHttpBy`: how the user
 *   can allow that; `setBy`: what the address was set by, such as `AUTUMN_BASE_URL`
 * @throws ProblemsError when it is no address, carries credentials, or would send the key unencrypted to another
 *   machine without `allowHttp`
 */
export function checkedBaseUrl(
  written: string,
  options: { allowHttp?: boolean; allowHttpBy?: string; setBy?: string } = {},
): string {
  const refuse = (message: string, hint: string): never => {
    throw new ProblemsError([{ code: "base-url", message, hint }]);
  };
  const setBy = options.setBy ?? "it";
  const example = `write ${setBy} like https://api.useautumn.com`;
  // A blank URL does not mean the default: the key would go to a server that nobody has named.
  if (!/\S/.test(written))
    refuse("the base URL is blank", `check the variable that it comes from, or leave ${setBy} out`);
  const url = URL.canParse(written)
    ? new URL(written)
    : refuse(`the base URL is not a URL${oddityOfUrl(written.trim())}`, example);
  if (url.username || url.password)
    refuse("the base URL carries credentials", "pass the key as AUTUMN_SECRET_KEY");
  if (url.protocol !== "https:" && url.protocol !== "http:")
    refuse("the base URL is not an address of the web: it does not begin with https://", example);
  if (url.search || url.hash) refuse("the base URL has a query or a fragment", example);
  if (url.protocol === "http:" && !isLoopback(url.hostname) && options.allowHttp !== true) {
    refuse(
      `the base URL ${url.origin} would send the secret key unencrypted`,
      `use https, or ${options.allowHttpBy ?? "pass --allow-http"} if the network between is trusted`,
    );
  }
  // Not `href`, which keeps the ? or # of an empty query or fragment.
  const address = (url.origin + url.pathname).replace(/\/+$/, "");
  return address.replace(/\/v1$/, "").replace(/\/+$/, "");
}

/** Beginnings of keys that are not secret keys of Autumn, and of what `.env` files and headers put around a key. */
const OTHER_BEGINNINGS =
  /^(?:["'`“”‘’]+|Bearer\b|\w+=|am_pk_(?:test_|live_)?|am_jwt_|[a-z]{2}_(?:test|live)_|sk-(?:ant-|proj-)?|gh[a-z]_|\$)/i;

/** What is wrong with a text that is not a key of Autumn, without anything secret. */
function oddityOf(key: string): string | undefined {
  const beginning = OTHER_BEGINNINGS.exec(key)?.[0];
  // What stands before `=` may be anything, so it is not shown.
  if (beginning?.endsWith("=") === true) return "begins with a name and =";
  if (beginning !== undefined) return `begins with ${beginning}`;
  const end = /["'`“”‘’]+$/.exec(key)?.[0];
  return end === undefined ? undefined : `ends with ${end}`;
}

/**
 * Checks the form of a secret key, without ever repeating it.
 * @param setBy what the key was set by, such as a variable
 * @throws ProblemsError when there is no key, or it cannot be one of Autumn's
 */
export function checkedSecretKey(written: string | undefined, setBy = "AUTUMN_SECRET_KEY"): string {
  const key = written?.trim() ?? "";
  if (key === "") {
    throw new ProblemsError([
      {
        code: "no-secret-key",
        message: "there is no secret key",
        hint: `set ${setBy} (am_sk_test_… for the sandbox)`,
      },
    ]);
  }
  const other = oddityOf(key);
  if (other !== undefined) {
    throw new ProblemsError([
      {
        code: "bad-secret-key",
        message: `the secret key is none of Autumn's: it ${other}`,
        hint: `set ${setBy} (am_sk_test_… or am_sk_live_…), without quotes`,
      },
    ]);
  }
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new ProblemsError([
      {
        code: "bad-secret-key",
        message: "the secret key has characters that no key has",
        hint: "copy it again from the dashboard; it reads am_sk_test_… or am_sk_live_…",
      },
    ]);
  }
  return key;
}
