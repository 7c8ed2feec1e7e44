// What `plan` and `apply` have in common: the configuration, the key, the address, and a plan made from them.
import {
  AutumnClient,
  type CallRecord,
  checkedBaseUrl,
  checkedSecretKey,
  DEFAULT_BASE_URL,
  environmentOfKey,
  paceOf,
  systemClock,
} from "../autumn/index.ts";
import { type LoadedConfig, loadConfig } from "../config/index.ts";
import { makePlan, type Plan, type Refusal, refusals } from "../reconcile/index.ts";
import { brief } from "../report/index.ts";
import type { Environment, Limits } from "../schema/index.ts";
import { RefusedError } from "./failure.ts";
import { untilInterrupted } from "./interruption.ts";
import type { SessionOptions } from "./options.ts";
import { Progress, planProgress } from "./progress.ts";
import type { Terminal } from "./terminal.ts";

export interface Session {
  readonly api: AutumnClient;
  readonly plan: Plan;
  /** What keeps the plan from being applied. */
  readonly refusals: readonly Refusal[];
}

/** Reads the files, asks the API and makes the plan. Changes nothing. */
export async function openSession(
  paths: readonly string[],
  options: SessionOptions,
  terminal: Terminal,
): Promise<Session> {
  const config = await untilInterrupted(() => loadConfig(paths));
  const secretKey = checkedSecretKey(process.env.AUTUMN_SECRET_KEY);
  const environment = environmentOfKey(secretKey);
  refuseOtherEnvironment(environment, config.environment, options.sandbox === true);
  const baseUrl = checkedBaseUrl(options.baseUrl ?? (process.env.AUTUMN_BASE_URL || DEFAULT_BASE_URL), {
    allowHttp: options.allowHttp === true,
  });
  const pace = options.rate === undefined ? {} : { requestsPerSecond: options.rate };
  const api = new AutumnClient({
    baseUrl,
    secretKey,
    ...pace,
    ...(options.timeout === undefined ? {} : { timeoutMs: options.timeout * 1000 }),
    onCall: callLogger(terminal, baseUrl),
  });
  const progress = new Progress(terminal);
  const request = {
    namespace: config.namespace,
    environment,
    baseUrl,
    balances: config.balances,
    createCustomers: config.createCustomers,
    limits: limitsOf(config, options),
    prune: options.prune === true,
    wholeOrganisation: options.allCustomers === true,
    checkGrants: options.checkGrants,
    concurrency: options.concurrency,
    requestsPerSecond: paceOf("balances", pace),
  };
  try {
    const onEvent = planProgress(progress);
    const plan = await untilInterrupted(() => makePlan(api, request, { clock: systemClock, onEvent }));
    return { api, plan, refusals: refusals(plan, { force: options.force === true }) };
  } finally {
    progress.end();
  }
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

/** The limits of the file, as far as no option says otherwise. */
function limitsOf({ limits }: LoadedConfig, options: SessionOptions): Limits {
  return {
    deletes: options.limitDeletes ?? limits.deletes,
    deletePercent: options.limitDeletePercent ?? limits.deletePercent,
    replaces: options.limitReplaces ?? limits.replaces,
    replacePercent: options.limitReplacePercent ?? limits.replacePercent,
    granted: new Map([...limits.granted, ...(options.limitGranted ?? [])]),
  };
}

/** Logs every call, and says once that the API does not answer, as trying again takes a while. */
function callLogger(terminal: Terminal, baseUrl: string): (call: CallRecord) => void {
  let hasWarned = false;
  return ({ call, customerId, attempt, status, ms }) => {
    const customer = customerId === undefined ? "" : ` of ${brief(customerId)}`;
    const again = attempt === 1 ? "" : ` (attempt ${attempt})`;
    terminal.say(
      "debug",
      `debug: ${call}${customer}: ${status ?? "no answer"} in ${Math.round(ms)} ms${again}\n`,
    );
    if (status !== null || hasWarned) return;
    hasWarned = true;
    terminal.say("info", `No answer from ${brief(baseUrl)} yet, trying again …\n`);
  };
}
