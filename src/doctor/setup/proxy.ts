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
  const names = url.protocol === "https:" ? ["HTTPS_PROXY", "https_proxy"] : ["HTTP_PROXY", "http_proxy"];
  const name = names.find((one) => (env[one] ?? "") !== "");
  const isOn = env.NODE_USE_ENV_PROXY === "1";
  if (name === undefined) {
    const all = ["ALL_PROXY", "all_proxy"].find((one) => (env[one] ?? "") !== "");
    return all === undefined
      ? ok(id, "no proxy is set; the server is asked directly")
      : warning(id, `${all} is set, which Node never reads`, `set ${names[0]} where a proxy is needed`);
  }
  if (!URL.canParse(env[name] ?? "")) {
    return problem(id, `${name} is no URL`, "write it like http://proxy.example:3128");
  }
  if (isExcepted(url, env.NO_PROXY || env.no_proxy || "")) {
    return ok(id, `${name} is set, and NO_PROXY excepts the server: it is asked directly`);
  }
  if (isOn && canUseProxy(nodeVersion)) return ok(id, `${name} is set, and used`);
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

/** Whether NO_PROXY names the server: `*`, a host, or the end of one, with or without a port. */
export function isExcepted(url: URL, list: string): boolean {
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .some((entry) => {
      if (entry === "*") return true;
      const [, name = "", only] = /^(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
      if (only !== undefined && only !== port) return false;
      const suffix = name.replace(/^\*?\./, "");
      return url.hostname === suffix || url.hostname.endsWith(`.${suffix}`);
    });
}
