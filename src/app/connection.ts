// What every verb that asks the API has in common: the key, the address, the pace, and a client made from them.
import {
  AutumnClient,
  type CallRecord,
  checkedBaseUrl,
  checkedSecretKey,
  DEFAULT_BASE_URL,
  environmentOfKey,
  paceOf,
} from "../autumn/index.ts";
import type { Environment } from "../schema/index.ts";
import { brief } from "../text/index.ts";
import { RefusedError } from "./failure.ts";
import type { ApiOptions, SessionOptions } from "./options.ts";
import type { Terminal } from "./terminal.ts";

export interface Connection {
  readonly api: AutumnClient;
  readonly baseUrl: string;
  /** That of the key; `null` for a key of an unknown form. */
  readonly environment: Environment | null;
  /** How many calls per second are made that count against the limit shared with others. */
  readonly requestsPerSecond: number;
}

/**
 * Asks nothing yet.
 * @param ofFile the environment that the files say they are for
 * @param signal once it is aborted, nothing more is sent
 * @throws ProblemsError for a key or address that cannot be one, RefusedError for a key of another environment
 */
export function connect(
  options: ApiOptions & Pick<SessionOptions, "shard">,
  ofFile: Environment | null,
  terminal: Terminal,
  signal?: AbortSignal,
): Connection {
  const secretKey = checkedSecretKey(process.env.AUTUMN_SECRET_KEY);
  const environment = environmentOfKey(secretKey);
  refuseOtherEnvironment(environment, ofFile, options.sandbox === true);
  const baseUrl = checkedBaseUrl(options.baseUrl ?? process.env.AUTUMN_BASE_URL ?? DEFAULT_BASE_URL, {
    allowHttp: options.allowHttp === true,
    setBy: options.baseUrl === undefined ? "AUTUMN_BASE_URL" : "--base-url",
  });
  const pace = {
    ...(options.shard === undefined ? {} : { processes: options.shard.count }),
    ...(options.rate === undefined ? {} : { requestsPerSecond: options.rate }),
  };
  const api = new AutumnClient({
    baseUrl,
    secretKey,
    ...pace,
    ...(options.timeout === undefined ? {} : { timeoutMs: options.timeout * 1000 }),
    ...(signal === undefined ? {} : { signal }),
    onCall: callLogger(terminal, baseUrl),
  });
  return { api, baseUrl, environment, requestsPerSecond: paceOf("balances", pace) };
}

function refuseOtherEnvironment(
  ofKey: Environment | null,
  ofFile: Environment | null,
  sandbox: boolean,
): void {
  if (sandbox && ofKey === "live") {
    throw new RefusedError([
      {
        code: "live-key",
        message: "--sandbox was given, but AUTUMN_SECRET_KEY is a live key",
        hint: "set AUTUMN_SECRET_KEY to the sandbox's key (am_sk_test_…)",
      },
    ]);
  }
  if (ofKey === null || ofFile === null || ofKey === ofFile) return;
  throw new RefusedError([
    {
      code: "other-environment",
      message: `the file says \`environment: ${ofFile}\`, but AUTUMN_SECRET_KEY is a key of the ${ofKey} environment`,
      hint: `set AUTUMN_SECRET_KEY to a key that starts with ${ofFile === "live" ? "am_sk_live_" : "am_sk_test_"}`,
    },
  ]);
}

/** Logs every call, and says once that the API does not answer, because retrying takes a while. */
function callLogger(terminal: Terminal, baseUrl: string): (call: CallRecord) => void {
  let hasWarned = false;
  return ({ call, customerId, attempt, status, ms, again: isSentAgain }) => {
    const customer = customerId === undefined ? "" : ` of ${brief(customerId)}`;
    const again = attempt === 1 ? "" : ` (attempt ${attempt})`;
    terminal.say(
      "debug",
      `debug: ${call}${customer}: ${status ?? "no answer"} in ${Math.round(ms)} ms${again}\n`,
    );
    if (status !== null || !isSentAgain || hasWarned) return;
    hasWarned = true;
    terminal.say("info", `No answer from ${brief(baseUrl)} yet, trying again …\n`);
  };
}
