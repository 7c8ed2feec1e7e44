// The key and the address. The key is never repeated, nor any part of it.
import { checkedBaseUrl, checkedSecretKey, DEFAULT_BASE_URL, environmentOfKey } from "../../autumn/index.ts";
import { ProblemsError } from "../../schema/index.ts";
import { type Check, ok, problem, type Surroundings, warning } from "./check.ts";

const READ = ["AUTUMN_SECRET_KEY", "AUTUMN_BASE_URL"];
/** Variables of this tool itself: the version, which the build sets, and the teams of a policy. */
const OURS = /^AUTUMN_BALANCES_/;

export function accessChecks(surroundings: Surroundings): Check[] {
  return [key(surroundings), variables(surroundings), baseUrl(surroundings)];
}

function key({ env, files }: Surroundings): Check {
  const id = "secret-key";
  const written = env.AUTUMN_SECRET_KEY;
  const bad = problemOf(() => checkedSecretKey(written));
  if (bad !== null) return problem(id, bad.says, bad.hint);
  const trimmed = written?.trim() ?? "";
  const environment = environmentOfKey(trimmed);
  if (environment === null) {
    const hint = "set AUTUMN_SECRET_KEY to a secret key, which reads am_sk_test_… or am_sk_live_…";
    return warning(id, "there is a key, of a kind that is not known", hint);
  }
  const wanted = "problems" in files ? null : files.environment;
  if (wanted !== null && wanted !== environment) {
    const hint = `set AUTUMN_SECRET_KEY to a key that starts with ${wanted === "live" ? "am_sk_live_" : "am_sk_test_"}`;
    return problem(id, `it is a ${environment} key, and the files are for ${wanted}`, hint);
  }
  if (trimmed !== written) {
    return warning(id, `a ${environment} key, with spaces or line breaks around it`, "set it without them");
  }
  return ok(id, `a ${environment} key`);
}

/** Of variables that this tool does not read only the names are shown: a value may be a key. */
function variables({ env }: Surroundings): Check {
  const id = "environment-variables";
  const names = Object.keys(env)
    .filter((name) => /^AUTUMN_/i.test(name) && !OURS.test(name) && env[name] !== undefined)
    .sort();
  const unread = names.filter((name) => !READ.includes(name));
  if (unread.length > 0) {
    const hint = `only ${READ.join(" and ")} are read; unset the others, or set one of these`;
    return warning(id, `not read by this tool: ${unread.join(", ")}`, hint);
  }
  return ok(id, names.length === 0 ? "no AUTUMN_… variable is set" : `set: ${names.join(", ")}`);
}

function baseUrl({ env, baseUrl: option, allowHttp }: Surroundings): Check {
  const id = "base-url";
  const { written, from } = addressOf(env, option);
  const bad = problemOf(() => checkedBaseUrl(written, { allowHttp }));
  if (bad !== null) return problem(id, `${bad.says} (${from})`, bad.hint);
  const checked = checkedBaseUrl(written, { allowHttp });
  if (problemOf(() => checkedBaseUrl(written)) !== null) {
    const hint = "anybody on the way can read it: use https as soon as the server has it";
    return warning(id, `${checked} (${from}) gets the key unencrypted`, hint);
  }
  return ok(id, `${checked} (${from})`);
}

/** Where requests would go, as it was written. */
export function addressOf(
  env: Surroundings["env"],
  option: string | undefined,
): { readonly written: string; readonly from: string } {
  if (option !== undefined) return { written: option, from: "--base-url" };
  const variable = env.AUTUMN_BASE_URL;
  return variable !== undefined
    ? { written: variable, from: "AUTUMN_BASE_URL" }
    : { written: DEFAULT_BASE_URL, from: "as nothing else is set" };
}

function problemOf(check: () => unknown): { says: string; hint: string } | null {
  try {
    check();
    return null;
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error;
    const [first] = error.problems;
    return { says: first?.message ?? error.message, hint: first?.hint ?? "" };
  }
}
