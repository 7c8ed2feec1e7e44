// Proxies. Node's fetch does not look at the usual variables unless it is told to, and older ones cannot be told.

import { addressOf } from "./access.ts";
import { type Check, ok, problem, type Surroundings, warning } from "./check.ts";

/** Node that reads proxy variables when NODE_USE_ENV_PROXY is 1: 22.21, and from 24 on. */
function canUseProxy(nodeVersion: string): boolean {
  const [major = 0, minor = 0] = nodeVersion.split(".").map(Number);
  return major >= 24 || (major === 22 && minor >= 21);
}

export function proxyCheck(surroundings: Surroundings): Check {
  const id = "proxy";
  const { env, nodeVersion } = surroundings;
  const { written } = addressOf(env, surroundings.baseUrl);
  if (!URL.canParse(written))
    return warning(id, "not known, as the base URL is none", "correct the base URL");
  const url = new URL(written);
  const isHttps = url.protocol === "https:";
  const isOn = env.NODE_USE_ENV_PROXY === "1";
  const isUsed = isOn && canUseProxy(nodeVersion);
  const own = setOf(env, isHttps ? "https_proxy" : "http_proxy");
  // A Node that uses proxies takes that of http where there is none of https.
  const name = own ?? (isHttps && isUsed ? setOf(env, "http_proxy") : undefined);
  if (name === undefined) {
    const all = ["ALL_PROXY", "all_proxy"].find((one) => (env[one] ?? "") !== "");
    if (all === undefined) return ok(id, "no proxy is set; the server is asked directly");
    const hint = `set ${isHttps ? "HTTPS_PROXY" : "HTTP_PROXY"} where a proxy is needed`;
    return warning(id, `${all} is set, which Node never reads`, hint);
  }
  if (!URL.canParse(env[name] ?? "")) {
    return problem(id, `${name} is no URL`, "write it like http://proxy.example:3128");
  }
  if (isExcepted(url, env.no_proxy ?? env.NO_PROXY ?? "", nodeVersion)) {
    return ok(id, `${name} is set, and NO_PROXY excepts the server: it is asked directly`);
  }
  if (isUsed) return ok(id, `${name} is set, and used`);
  const direct = `${name} is set, and not used: the server is asked directly`;
  if (isOn) {
    return warning(
      id,
      `${direct}, as Node ${nodeVersion} cannot do otherwise`,
      "run it with Node 24 or later",
    );
  }
  return warning(id, direct, "where the proxy is needed, set NODE_USE_ENV_PROXY=1 with Node 24 or later");
}

/** The variable of that name, in small letters or else in capitals, unless it is empty: then it turns the proxy off. */
function setOf(env: Surroundings["env"], name: string): string | undefined {
  const set = [name, name.toUpperCase()].find((one) => env[one] !== undefined);
  return set !== undefined && env[set] !== "" ? set : undefined;
}

/**
 * Whether NO_PROXY names the server, with or without a port: by its name, by a domain that it is in, or by `*` alone.
 * Node 22 takes a domain only with a dot before it, which then stands for what is in it, and `*` before any end.
 */
function isExcepted(url: URL, list: string, nodeVersion: string): boolean {
  if (list === "*") return true;
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  const isOld = Number.parseInt(nodeVersion, 10) < 24;
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .some((entry) => {
      const [, name = "", only] = /^(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
      if (only !== undefined && only !== port) return false;
      if (isOld && /^[.*]/.test(name)) return url.hostname.endsWith(name.replace(/^\*/, ""));
      const domain = name.replace(/^\*?\./, "");
      return url.hostname === domain || (!isOld && url.hostname.endsWith(`.${domain}`));
    });
}
