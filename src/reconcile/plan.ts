// Makes a plan: observe, compare, look closer where the first look was not enough, and sum up. Writes nothing.
import type { AutumnApi } from "../autumn/index.ts";
import { ProblemsError } from "../schema/index.ts";
import { compareText } from "../text/index.ts";
import { type Changes, changesOf } from "./decide/changes.ts";
import { againstBase, baseWarnings, creatingAsBefore, removedSince } from "./decide/compare-with-base.ts";
import { estimateOf } from "./decide/estimate.ts";
import { checkFeatures, checkLimits } from "./decide/feature-problems.ts";
import { totalsOf } from "./decide/summary.ts";
import { warningsOf } from "./decide/warnings.ts";
import { lookCloser } from "./observe/look-closer.ts";
import { Observer } from "./observe/observe.ts";
import { checkTargets } from "./observe/targets.ts";
import type { Row } from "./row.ts";
import { membersOf, withinShard } from "./shard.ts";
import type { Change, Plan, PlanEnvironment, PlanRequest } from "./types.ts";

/**
 * @throws ProblemsError with everything that is wrong with the entries in view of the server
 * @throws AutumnError when the server does not answer what is asked
 */
export async function makePlan(
  api: AutumnApi,
  request: PlanRequest,
  environment: PlanEnvironment,
): Promise<Plan> {
  return (await survey(api, request, environment)).plan;
}

/** A plan, and what it was made from. */
export interface Survey {
  readonly plan: Plan;
  /** One for each entry, in their order; those that are as declared, too. */
  readonly declared: readonly Change[];
}

/** @throws as `makePlan` does */
export async function survey(
  api: AutumnApi,
  whole: PlanRequest,
  environment: PlanEnvironment,
): Promise<Survey> {
  const request = withinShard(whole);
  const { balances, namespace, base = null, shard = null } = request;
  const { signal, onEvent } = environment;
  const observer = new Observer(api, {
    namespace,
    balances,
    ...(base ? { also: removedSince(base, request) } : {}),
    includes: membersOf(shard),
    wholeOrganisation: request.wholeOrganisation || request.prune,
    concurrency: request.concurrency,
    ...(signal ? { signal } : {}),
    ...(onEvent ? { onEvent } : {}),
  });
  await observer.readFeatures();
  // Of all entries, as it costs nothing: when one is wrong, no shard begins.
  const problems = [
    ...checkLimits(whole.limits, observer.features),
    ...checkFeatures(whole.balances, observer.features),
  ];
  if (problems.length > 0) throw new ProblemsError(problems);
  await observer.readRows();

  const now = api.serverTime();
  const retire = request.retire ?? "end";
  const context = { namespace, now, isBoolean: observer.isBoolean, retire };
  const diff = (): Changes => changesOf(balances, observer.rows, context);
  let changes = diff();
  const closer = await lookCloser(observer, changes, request, environment, now);
  if (closer.read > 0) changes = diff();
  if (base) changes = againstBase(changes, base, observer.rows, context);

  const checked = await checkTargets(api, changes.declared, observer, request, environment);
  const declared = base ? creatingAsBefore(checked, base) : checked;
  const undeclared = request.prune ? changes.undeclared : [];
  const planned = [...declared, ...undeclared]
    .filter((change) => change.kind !== "none")
    .sort(byCustomerAndKey);
  const plan = {
    namespace,
    retire,
    environment: request.environment,
    baseUrl: request.baseUrl,
    madeAt: now,
    base: base && { name: base.name },
    scope: observer.scope,
    shard,
    customers: new Set([...observer.rows.keys(), ...balances.map(({ customerId }) => customerId)]).size,
    ownedRows: changes.ownedRows,
    changes: planned,
    unchanged: declared.length - declared.filter((change) => change.kind !== "none").length,
    leftOver: request.prune
      ? []
      : changes.undeclared
          .map(({ customerId, key, row, isPending }) => ({ customerId, key, row: row as Row, isPending }))
          .sort(byCustomerAndKey),
    totals: totalsOf(planned),
    warnings: [
      ...(request.warnings ?? []),
      ...baseWarnings(request),
      ...warningsOf(declared, closer.unread, now),
    ],
    limits: request.limits,
    lifted: [],
    estimate: estimateOf(planned, request.requestsPerSecond),
  };
  return { plan, declared };
}

function byCustomerAndKey(
  a: { customerId: string; key: string },
  b: { customerId: string; key: string },
): number {
  return compareText(a.customerId, b.customerId) || compareText(a.key, b.key);
}

/** By code unit, so that the order is the same on every machine. */
