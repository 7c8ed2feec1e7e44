// Makes a plan: reads rows, diffs them with the entries, reads more where that was not enough, and sums up. Writes
// nothing.
import type { AutumnApi } from "../autumn/index.ts";
import { ProblemsError } from "../schema/index.ts";
import { compareText } from "../text/index.ts";
import { withinChanged } from "./decide/changed-customers.ts";
import { type Changes, changesOf } from "./decide/changes.ts";
import {
  againstBase,
  baseWarnings,
  creatingAsBefore,
  endingAsBefore,
  removedSince,
} from "./decide/compare-with-base.ts";
import { estimateOf } from "./decide/estimate.ts";
import { checkFeatures, checkLimits } from "./decide/feature-problems.ts";
import { departed, groupReports } from "./decide/groups.ts";
import { hasStarted, scheduledOf } from "./decide/scheduled.ts";
import { totalsOf } from "./decide/summary.ts";
import { warningsOf } from "./decide/warnings.ts";
import { AccountReader } from "./observe/account-reader.ts";
import { decideClosely } from "./observe/look-closer.ts";
import type { Observation } from "./observe/observation.ts";
import { checkTargets } from "./observe/targets.ts";
import type { Row } from "./row.ts";
import { membersOf, withinShard } from "./shard.ts";
import type { Change, Plan, PlanEnvironment, PlanRequest } from "./types.ts";

/**
 * Makes a plan: what has to change for the server's rows to match the entries. Writes nothing.
 *
 * @throws ProblemsError with every entry that does not fit the server, such as one of an unknown feature or customer
 * @throws AutumnError when a read fails
 */
export async function makePlan(
  api: AutumnApi,
  request: PlanRequest,
  environment: PlanEnvironment,
): Promise<Plan> {
  return (await planWithDeclared(api, request, environment)).plan;
}

/** A plan, with the change of every entry. */
export interface PlanWithDeclared {
  readonly plan: Plan;
  /** One per entry, in their order, including those of kind `none`. */
  readonly declared: readonly Change[];
}

/** @throws as `makePlan` does */
export async function planWithDeclared(
  api: AutumnApi,
  whole: PlanRequest,
  environment: PlanEnvironment,
): Promise<PlanWithDeclared> {
  const ofShard = withinShard(whole);
  const { request, leftOut } = withinChanged(ofShard);
  const { balances, namespace, base = null, shard = null, groups = [] } = request;
  const { signal, onEvent } = environment;
  const named = new Set([...balances, ...(base?.balances ?? [])].map(({ customerId }) => customerId));
  const reader = new AccountReader(api, {
    namespace,
    balances,
    ...(base ? { also: removedSince(base, request) } : {}),
    includes: leftOut === null ? membersOf(shard) : (customerId) => named.has(customerId),
    // With `onlyChanged`, `also` holds every customer who lost an entry, so nobody else has to be read.
    wholeOrganisation:
      leftOut === null &&
      (request.wholeOrganisation ||
        request.prune ||
        groups.some(({ whenTheyLeave }) => whenTheyLeave === "end")),
    concurrency: request.concurrency,
    ...(signal ? { signal } : {}),
    ...(onEvent ? { onEvent } : {}),
  });
  const features = await reader.readFeatures();
  // All entries are checked, not only this shard's: it costs nothing, and one wrong entry stops every shard.
  const problems = [...checkLimits(whole.limits, features), ...checkFeatures(whole.balances, features)];
  if (problems.length > 0) throw new ProblemsError(problems);
  const listed = await reader.readRows();

  const now = api.serverTime();
  const retire = request.retire ?? "end";
  const context = { namespace, now, isBoolean: listed.isBoolean, retire };
  const decide = ({ rows }: Observation): Changes => changesOf(balances, rows, context);
  const closer = await decideClosely(reader, listed, decide, request, environment, now);
  const { observation, unread } = closer;
  const changes = base ? againstBase(closer.changes, base, observation.rows, context) : closer.changes;

  const checked = await checkTargets(api, changes.declared, observation, request, environment);
  const declared = base ? creatingAsBefore(checked.declared, base) : checked.declared;
  const left = departed(changes.undeclared, groups);
  const ending = base ? endingAsBefore(left.ending, base) : left.ending;
  const undeclared = request.prune ? left.others : [];
  const planned = [...declared, ...ending, ...undeclared]
    .filter((change) => change.kind !== "none")
    .sort(byCustomerAndKey);
  const plan = {
    namespace,
    retire,
    environment: request.environment,
    baseUrl: request.baseUrl,
    madeAt: now,
    base: base && { name: base.name },
    scope: observation.scope,
    shard,
    leftOut,
    customers: new Set([...observation.rows.keys(), ...balances.map(({ customerId }) => customerId)]).size,
    ownedRows: changes.ownedRows,
    changes: planned,
    unchanged: declared.filter(
      ({ kind, desired }) => kind === "none" && (desired === null || hasStarted(desired, now)),
    ).length,
    scheduled: scheduledOf(balances, now),
    leftOver: request.prune
      ? []
      : left.others
          .map(({ customerId, key, row, isPending }) => ({ customerId, key, row: row as Row, isPending }))
          .sort(byCustomerAndKey),
    totals: totalsOf(planned),
    ...(groups.length === 0
      ? {}
      : {
          groups: groupReports(groups, {
            declared,
            departed: left,
            balances: ofShard.balances,
            base: ofShard.base ?? null,
          }),
        }),
    warnings: [...(request.warnings ?? []), ...baseWarnings(request), ...warningsOf(declared, unread, now)],
    limits: request.limits,
    lifted: [],
    estimate: estimateOf(planned, {
      ...request,
      callMs: api.quickestMs(),
      emptyCustomers: checked.emptyCustomers,
    }),
    policy: null,
  };
  return { plan, declared };
}

function byCustomerAndKey(
  a: { customerId: string; key: string },
  b: { customerId: string; key: string },
): number {
  return compareText(a.customerId, b.customerId) || compareText(a.key, b.key);
}
