// Checks that the customers and entities that a plan grants to exist.
import { type AutumnApi, AutumnError, problemOfRefusedId } from "../../autumn/index.ts";
import { type DesiredBalance, type Problem, ProblemsError } from "../../schema/index.ts";
import { problemAt } from "../decide/feature-problems.ts";
import { shareFlag } from "../flags.ts";
import { groupBy } from "../group.ts";
import type { Change, PlanEnvironment, PlanRequest } from "../types.ts";
import type { Observation } from "./observation.ts";
import { forEachOf } from "./pool.ts";

/** The changes, after a look at the customers and entities that they grant to. */
export interface CheckedTargets {
  readonly declared: readonly Change[];
  /** Customers who are granted something and were seen to have no balances at all, not even those of a plan. */
  readonly emptyCustomers: ReadonlySet<string>;
}

/**
 * Checks that customers and entities that are granted something exist. A flag that a plan has turned on already becomes
 * a blocked change.
 *
 * @throws ProblemsError with everything that does not exist or cannot be granted to
 * @throws AutumnError when a read fails
 */
export async function checkTargets(
  api: Pick<AutumnApi, "getCustomer" | "getEntity">,
  declared: readonly Change[],
  observation: Pick<Observation, "rows" | "isBoolean">,
  {
    concurrency,
    createCustomers,
    knownCustomers,
  }: Pick<PlanRequest, "concurrency" | "createCustomers" | "knownCustomers">,
  { signal }: Pick<PlanEnvironment, "signal">,
): Promise<CheckedTargets> {
  const emptyCustomers = new Set<string>();
  const problems = new Map<Change, Problem>();
  const replacements = new Map<Change, Change>();
  const adopting = declared.filter((change) => change.kind === "create" && change.desired?.adopt != null);
  for (const change of adopting) problems.set(change, nothingToAdopt(change));
  const flags = declared.filter(
    (change) => change.kind === "create" && observation.isBoolean(change.featureId) && !problems.has(change),
  );
  for (const [change, first] of turnedOnTwice(flags)) replacements.set(change, flagOfEntry(change, first));

  const byCustomer = groupBy(
    declared.filter((change) => change.creates && !problems.has(change) && !replacements.has(change)),
    (change) => change.customerId,
  );
  await forEachOf(
    byCustomer,
    concurrency,
    async ([customerId, creating]) => {
      const hasRows =
        (observation.rows.get(customerId)?.length ?? 0) > 0 || knownCustomers?.has(customerId) === true;
      const asksFlags = creating.some(
        (change) => change.kind === "create" && observation.isBoolean(change.featureId),
      );
      const customer =
        hasRows && !asksFlags
          ? "exists"
          : await unlessRefused(api.getCustomer(customerId), creating, problems);
      if (customer === "refused") return;
      if (customer !== "exists" && customer?.hasBalances !== true) emptyCustomers.add(customerId);
      for (const change of creating) {
        if (customer === undefined) {
          if (!createCustomers) problems.set(change, noCustomer(customerId));
          else if (change.entityId !== null) problems.set(change, noEntity(change));
          else replacements.set(change, { ...change, createsCustomer: true });
        } else if (customer !== "exists" && change.kind === "create" && change.entityId === null) {
          if (customer.flags.includes(change.featureId) && observation.isBoolean(change.featureId)) {
            replacements.set(change, flagOfPlan(change));
          }
        }
      }
      if (customer === undefined) return;
      for (const [entityId, ofEntity] of groupBy(creating, (change) => change.entityId)) {
        if (entityId === null) continue;
        const entity = await unlessRefused(api.getEntity(customerId, entityId), ofEntity, problems);
        if (entity === "refused") continue;
        for (const change of ofEntity) {
          if (entity === undefined) problems.set(change, noEntity(change));
          else if (entity.feature_id === change.featureId) problems.set(change, ownFeature(change));
        }
      }
    },
    signal,
  );
  if (problems.size > 0) {
    // In the order of the entries, not of the answers.
    const found = declared.flatMap((change) => {
      const problem = problems.get(change);
      return problem ? [problemAt(change.desired as DesiredBalance, problem)] : [];
    });
    throw new ProblemsError(found);
  }
  return { declared: declared.map((change) => replacements.get(change) ?? change), emptyCustomers };
}

/** The answer; or a problem for each change, when the server rejects an id as malformed. */
async function unlessRefused<T>(
  answer: Promise<T>,
  changes: readonly Change[],
  problems: Map<Change, Problem>,
): Promise<T | "refused"> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof AutumnError) || !error.isBadRequest) throw error;
    for (const change of changes) problems.set(change, problemOfRefusedId(error, change));
    return "refused";
  }
}

const noCustomer = (customerId: string): Problem => ({
  code: "unknown-customer",
  message: `there is no customer ${customerId}`,
  hint: "create the customer first, or write `create_customers: true` at the top of the file",
});

const noEntity = ({ customerId, entityId }: Change): Problem => ({
  code: "unknown-entity",
  message: `customer ${customerId} has no entity ${entityId}`,
  hint: "create the entity in Autumn first",
});

const ownFeature = ({ entityId, featureId }: Change): Problem => ({
  code: "feature-of-the-entity",
  message: `${entityId} is itself counted by ${featureId}, so it cannot hold a balance of it`,
  hint: "remove `entity_id`, or grant another feature",
});

const nothingToAdopt = ({ customerId, desired }: Change): Problem => ({
  code: "nothing-to-adopt",
  message: `customer ${customerId} has no balance ${desired?.adopt} to adopt`,
  hint: "correct the balance_id, or remove `adopt` to grant the balance anew",
});

/** The changes that turn a flag on after another entry has done so for the same holder, each with the first one. */
function turnedOnTwice(flags: readonly Change[]): [Change, Change][] {
  const byFlag = groupBy(flags, ({ customerId, featureId }) => JSON.stringify([customerId, featureId]));
  return [...byFlag.values()].flatMap((same) => {
    const first: Change[] = [];
    return same.flatMap((change): [Change, Change][] => {
      const other = first.find(({ entityId }) => shareFlag(entityId, change.entityId));
      if (other !== undefined) return [[change, other]];
      first.push(change);
      return [];
    });
  });
}

const blockedFlag = (change: Change, text: string): Change => ({
  ...change,
  kind: "blocked",
  creates: false,
  reasons: [{ code: "flag-is-on", text }],
  granted: 0,
});

const flagOfEntry = (change: Change, { featureId, balanceId }: Change): Change =>
  blockedFlag(
    change,
    `${featureId} is turned on by the entry of ${balanceId} as well; remove one of the two entries`,
  );

const flagOfPlan = (change: Change): Change =>
  blockedFlag(change, `${change.featureId} is on already, by a plan or another grant`);
