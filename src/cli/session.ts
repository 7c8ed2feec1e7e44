// What `plan` and `apply` have in common: the configuration, the API, and a plan made from them.
import { type AutumnClient, systemClock } from "../autumn/index.ts";
import { type LoadedConfig, loadConfig } from "../config/index.ts";
import { limitsOfShard, makePlan, type Plan, type Refusal, refusals } from "../reconcile/index.ts";
import type { Limits } from "../schema/index.ts";
import { connect } from "./connection.ts";
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
  const { api, baseUrl, environment, requestsPerSecond } = connect(options, config.environment, terminal);
  const progress = new Progress(terminal);
  const request = {
    namespace: config.namespace,
    environment,
    baseUrl,
    balances: config.balances,
    createCustomers: config.createCustomers,
    limits: limitsOf(config, options),
    prune: options.prune === true,
    shard: options.shard ?? null,
    wholeOrganisation: options.allCustomers === true,
    checkGrants: options.checkGrants,
    concurrency: options.concurrency,
    requestsPerSecond,
  };
  try {
    const onEvent = planProgress(progress);
    const plan = await untilInterrupted(() => makePlan(api, request, { clock: systemClock, onEvent }));
    return { api, plan, refusals: refusals(plan, { force: options.force === true }) };
  } finally {
    progress.end();
  }
}

/** The limits of the file, of a shard its part of them, as far as no option says otherwise. */
function limitsOf(config: LoadedConfig, options: SessionOptions): Limits {
  const limits = limitsOfShard(config.limits, options.shard ?? null);
  return {
    deletes: options.limitDeletes ?? limits.deletes,
    deletePercent: options.limitDeletePercent ?? limits.deletePercent,
    replaces: options.limitReplaces ?? limits.replaces,
    replacePercent: options.limitReplacePercent ?? limits.replacePercent,
    granted: new Map([...limits.granted, ...(options.limitGranted ?? [])]),
  };
}
