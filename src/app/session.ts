// What `plan` and `apply` have in common: the configuration, the API, and a plan made from them.
import { type AutumnClient, AutumnError, problemOfRefusedId } from "../autumn/index.ts";
import { brokenBase, type LoadedConfig, loadBase, loadConfig } from "../config/index.ts";
import {
  forced,
  limitsOfShard,
  makePlan,
  type Plan,
  type PlanEnvironment,
  type PlanRequest,
  type Refusal,
  refusals,
} from "../reconcile/index.ts";
import { type DesiredBalance, type Limits, ProblemsError } from "../schema/index.ts";
import { type Connection, connect } from "./connection.ts";
import { untilInterrupted } from "./interruption.ts";
import { type Resolved, resolveMembers } from "./members.ts";
import type { SessionOptions } from "./options.ts";
import { loadPolicy, teamsOf } from "./policy.ts";
import { Progress, planProgress } from "./progress.ts";
import type { Terminal } from "./terminal.ts";

export interface Session {
  readonly api: AutumnClient;
  readonly plan: Plan;
  /** What the plan was made from. */
  readonly request: PlanRequest;
  /** What keeps the plan from being applied. */
  readonly refusals: readonly Refusal[];
}

/** Reads the files, asks the API and makes the plan. Changes nothing. */
export async function openSession(
  paths: readonly string[],
  options: SessionOptions,
  terminal: Terminal,
): Promise<Session> {
  const written = await untilInterrupted(() => loadConfig(paths, { withQueries: true }));
  const teams = teamsOf(options.team);
  const policy = await untilInterrupted(() => loadPolicy(options.changedSince ?? options.base));
  const connection = connect(options, written.environment, terminal);
  const { api } = connection;
  const { config, members, customers } = await membersFrom(api, written, terminal);
  const base = await baseOf(config, paths, options, (at) => membersFrom(api, at, terminal, customers));
  const warnings = [...(base.warnings ?? []), ...policy.warnings];
  const request = { ...requestOf(config, options, connection), ...members, ...base, warnings };
  const made = await whileReading(api, config.balances, terminal, (environment) =>
    makePlan(api, request, environment),
  );
  const fromOptions = limitsGiven(options);
  const judged = policy.judged(made, request, teams);
  const plan = options.force === true ? forced(judged, { fromOptions }) : judged;
  return { api, plan, request, refusals: refusals(plan, { fromOptions }) };
}

/**
 * Asks Autumn who belongs to the groups.
 * @param customers all of them, if they have been listed
 */
export function membersFrom(
  api: AutumnClient,
  config: LoadedConfig,
  terminal: Terminal,
  customers: Resolved["customers"] = null,
): Promise<Resolved> {
  return whileReading(api, config.balances, terminal, ({ signal }) =>
    resolveMembers(api, config, signal, customers),
  );
}

/** What is to be planned. */
export function requestOf(
  config: LoadedConfig,
  options: SessionOptions,
  { baseUrl, environment, requestsPerSecond }: Connection,
): PlanRequest {
  return {
    namespace: config.namespace,
    environment,
    baseUrl,
    balances: config.balances,
    createCustomers: config.createCustomers,
    retire: config.retire,
    limits: limitsOf(config, options),
    prune: options.prune === true,
    shard: options.shard ?? null,
    wholeOrganisation: options.allCustomers === true,
    checkGrants: options.checkGrants,
    concurrency: options.concurrency,
    requestsPerSecond,
  };
}

/** Reads from the API and shows progress; ^C stops it at once. */
export async function whileReading<T>(
  { serverClock: clock }: AutumnClient,
  balances: readonly DesiredBalance[],
  terminal: Terminal,
  read: (environment: PlanEnvironment) => Promise<T>,
): Promise<T> {
  const progress = new Progress(terminal);
  try {
    const onEvent = planProgress(progress);
    return await untilInterrupted(() => read({ clock, onEvent }));
  } catch (error) {
    throw atEntries(error, balances);
  } finally {
    progress.end();
  }
}

/** The API's refusal of one customer, as problems at the lines of its entries; any other error as it is. */
function atEntries(error: unknown, balances: readonly DesiredBalance[]): unknown {
  if (!(error instanceof AutumnError) || !error.isBadRequest) return error;
  const { customerId } = error;
  const places = balances.flatMap((balance) =>
    balance.customerId === customerId && balance.place ? [balance.place] : [],
  );
  if (customerId === undefined || places.length === 0) return error;
  const problem = problemOfRefusedId(error, { customerId });
  return new ProblemsError(
    places.map((place) => ({ ...problem, place })),
    { cause: error },
  );
}

/** What the plan is compared with; warnings say where that cannot be read. */
async function baseOf(
  now: LoadedConfig,
  paths: readonly string[],
  { base: compared, changedSince }: SessionOptions,
  resolve: (config: LoadedConfig) => Promise<Resolved>,
): Promise<Pick<PlanRequest, "base" | "warnings" | "onlyChanged">> {
  const given = changedSince ?? compared;
  if (given === undefined) return { base: null, warnings: [] };
  const { name, config, warnings } = await untilInterrupted(() => loadBase(given, paths, { now }));
  if (config === null && warnings.length > 0) return { base: null, warnings };
  const onlyChanged = changedSince !== undefined;
  if (config === null) {
    const nothingYet = { name, namespace: now.namespace, balances: [], createCustomers: false };
    return { base: nothingYet, warnings, onlyChanged };
  }
  const { namespace, createCustomers } = config;
  try {
    const { config: whole, members } = await resolve(config);
    const base = { name, namespace, balances: whole.balances, createCustomers, groups: members.groups };
    return { base, warnings, onlyChanged };
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error;
    return { base: null, warnings: [...warnings, brokenBase(name, error.problems)] };
  }
}

/** The limits of the file (for a shard, its part of them), unless options say otherwise. */
function limitsOf(config: LoadedConfig, options: SessionOptions): Limits {
  const limits = limitsOfShard(config.limits, options.shard ?? null);
  return {
    deletes: options.limitDeletes ?? limits.deletes,
    deletePercent: options.limitDeletePercent ?? limits.deletePercent,
    replaces: options.limitReplaces ?? limits.replaces,
    replacePercent: options.limitReplacePercent ?? limits.replacePercent,
    granted: new Map([...limits.granted, ...(options.limitGranted ?? [])]),
    ...(limits.groupPercent === undefined ? {} : { groupPercent: limits.groupPercent }),
    ...(limits.grantedAt ? { grantedAt: limits.grantedAt } : {}),
  };
}

/** The names, as in files, of the limits that options set. */
function limitsGiven(options: SessionOptions): Set<string> {
  const names = new Set([...(options.limitGranted ?? [])].map(([featureId]) => `granted.${featureId}`));
  if (options.limitDeletePercent !== undefined) names.add("delete_percent");
  if (options.limitReplacePercent !== undefined) names.add("replace_percent");
  return names;
}
