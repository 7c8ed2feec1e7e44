// Checks whether an earlier plan still holds, by planning its changes again from the current rows.
import type { AutumnApi } from "../autumn/index.ts";
import { balanceName, type DesiredBalance, ProblemsError } from "../schema/index.ts";
import { type Changes, changesOf } from "./decide/changes.ts";
import { estimateOf } from "./decide/estimate.ts";
import { checkFeatures } from "./decide/feature-problems.ts";
import { fingerprintOf } from "./decide/fingerprint.ts";
import { endsWithGroup, leaving } from "./decide/groups.ts";
import { totalsOf } from "./decide/summary.ts";
import { AccountReader } from "./observe/account-reader.ts";
import { decideClosely } from "./observe/look-closer.ts";
import type { Observation } from "./observe/observation.ts";
import { checkTargets } from "./observe/targets.ts";
import { type Row, nameOf as rowName, settled } from "./row.ts";
import { type Change, isAction, type Plan, type PlanEnvironment, type PlanRequest } from "./types.ts";

/** What is needed to make an earlier plan again. */
export interface RenewRequest
  extends Pick<PlanRequest, "createCustomers" | "concurrency" | "requestsPerSecond"> {
  /** All entries of the customers that the plan changes. Entries of other customers are ignored. */
  readonly balances: readonly DesiredBalance[];
}

/** A change that would be a different one now. */
export interface MovedChange {
  readonly was: Change;
  /** What it would be now; `undefined` when no entry or row is left for it. */
  readonly is: Change | undefined;
  /** The row that it was to change, as it is now; `undefined` when there was none or it is gone. */
  readonly row: Row | undefined;
}

/** An earlier plan, made again. */
export interface RenewedPlan {
  /** The plan, with its changes made again from the current rows. Not to be applied if `moved` has any. */
  readonly plan: Plan;
  readonly moved: readonly MovedChange[];
}

const nameOf = ({ customerId, key }: Pick<Change, "customerId" | "key">): string =>
  balanceName(customerId, key);

/**
 * Plans the changes of an earlier plan again. It reads only the customers that they concern: whatever else has become
 * due is left to the next plan. Writes nothing.
 *
 * @throws ProblemsError when a customer, entity or feature is gone
 * @throws AutumnError when a read fails
 */
export async function renewPlan(
  api: AutumnApi,
  made: Plan,
  request: RenewRequest,
  environment: PlanEnvironment,
): Promise<RenewedPlan> {
  const { signal, onEvent } = environment;
  const { namespace } = made;
  const actions = made.changes.filter(isAction);
  const customers = new Set(actions.map(({ customerId }) => customerId));
  const balances = request.balances.filter(({ customerId }) => customers.has(customerId));
  const reader = new AccountReader(api, {
    namespace,
    balances,
    // Deletions have no entry to find their rows by, and lists hide some of those rows.
    also: actions.map(({ customerId, entityId, row }) => ({
      customerId,
      // That of the row, which may be another one than the entry's: no read may show its name by itself.
      entityId: row?.entityId ?? entityId,
      balanceId: row?.balanceId ?? null,
    })),
    includes: (customerId) => customers.has(customerId),
    wholeOrganisation: false,
    concurrency: request.concurrency,
    ...(signal ? { signal } : {}),
    ...(onEvent ? { onEvent } : {}),
  });
  const features = await reader.readFeatures();
  const granted = actions.flatMap(({ desired }) => desired ?? []);
  const problems = checkFeatures(granted, features);
  if (problems.length > 0) throw new ProblemsError(problems);
  const listed = await reader.readRows();

  const now = api.serverTime();
  const context = { namespace, now, isBoolean: listed.isBoolean, retire: made.retire };
  const decide = ({ rows }: Observation): Changes => changesOf(balances, alike(rows, actions), context);
  // If creation grants were not read for the earlier plan, reading them now could change the result for the same rows.
  const wasBlind = made.warnings.some(({ code }) => code === "grants-not-checked");
  const checkGrants = wasBlind ? "never" : "always";
  const options = { namespace, checkGrants } as const;
  const { observation, changes } = await decideClosely(reader, listed, decide, options, environment, now);

  const asPlanned = (change: Change): Change =>
    endsWithGroup(made.groups, change.key) ? leaving(change) : change;
  const planned = new Set(actions.map(nameOf));
  const declared = changes.declared.filter((change) => planned.has(nameOf(change)));
  const checked = await checkTargets(api, declared, observation, request, environment);
  const today = new Map(
    [...changes.undeclared.map(asPlanned), ...checked.declared].map((change) => [nameOf(change), change]),
  );
  const renewed = actions.map((was) => ({ was, is: today.get(nameOf(was)) }));
  const rowNow = ({ customerId, row: before }: Change): Row | undefined => {
    const rows = observation.rows.get(customerId) ?? [];
    const row = before && rows.find((one) => rowName(one) === rowName(before));
    return row ? settled(row, now) : undefined;
  };
  const moved = renewed
    .filter(({ was, is }) => is === undefined || fingerprintOf(was, now) !== fingerprintOf(is, now))
    .map(({ was, is }) => ({ was, is, row: rowNow(was) }));
  const fresh = renewed.flatMap(({ was, is }) =>
    is
      ? [{ ...is, isPending: was.isPending, ...(was.wasProtected ? { wasProtected: true as const } : {}) }]
      : [],
  );
  return {
    plan: {
      ...made,
      madeAt: now,
      changes: fresh,
      totals: totalsOf(fresh),
      estimate: estimateOf(fresh, {
        ...request,
        callMs: api.quickestMs(),
        emptyCustomers: checked.emptyCustomers,
      }),
    },
    moved,
  };
}

/** The rows, without creation grants and rollovers where the changes were planned without them. */
function alike(
  rows: ReadonlyMap<string, readonly Row[]>,
  actions: readonly Change[],
): ReadonlyMap<string, readonly Row[]> {
  const blind = new Set(
    actions
      .filter(({ row }) => row !== null && row.creationGrant === undefined)
      .map(({ customerId }) => customerId),
  );
  if (blind.size === 0) return rows;
  return new Map(
    [...rows].map(([customerId, list]) => [
      customerId,
      blind.has(customerId)
        ? list.map((row) => ({ ...row, creationGrant: undefined, rollover: undefined }))
        : list,
    ]),
  );
}
