// Reads back what was changed, and tells for each change whether it took effect.
import type { AutumnApi, Clock } from "../../autumn/index.ts";
import { balanceName, type Problem } from "../../schema/index.ts";
import { type Changes, changesOf } from "../decide/changes.ts";
import { AccountReader } from "../observe/account-reader.ts";
import type { Observation } from "../observe/observation.ts";
import { booleansOf, type Change, type Plan } from "../types.ts";

/** How long reading back is repeated for effects that are late, in ms: some organisations update asynchronously. */
const LATE_MS = 15_000;

export interface Verified {
  /** The changes that the rows show. */
  readonly seen: readonly Change[];
  /** Those that they do not show. */
  readonly missing: readonly { readonly change: Change; readonly problem: Problem }[];
}

export async function verify(
  api: AutumnApi,
  sent: readonly Change[],
  plan: Plan,
  { clock, concurrency }: { clock: Clock; concurrency: number },
): Promise<Verified> {
  if (sent.length === 0) return { seen: [], missing: [] };
  const balances = sent.flatMap(({ desired }) => desired ?? []);
  const reader = new AccountReader(api, {
    namespace: plan.namespace,
    balances,
    booleans: booleansOf(sent),
    also: sent.map(({ customerId }) => ({ customerId, entityId: null, balanceId: null })),
    // For one or two customers, a page of the organisation's list is not worth trying.
    ...(new Set(sent.map(({ customerId }) => customerId)).size <= 2 ? { mostPages: 0 } : {}),
    wholeOrganisation: false,
    concurrency,
  });

  const deadline = clock.now() + LATE_MS;
  let open: readonly Change[] = sent;
  let failure: unknown;
  try {
    let observation = await reader.readRows();
    for (let wait = 200; ; wait = Math.min(wait * 2, 2000)) {
      open = stillOpen(open, observation, plan, api.serverTime());
      if (open.length === 0 || clock.now() >= deadline) break;
      await clock.sleep(wait);
      observation = await reader.readCustomers(new Set(open.map((change) => change.customerId)));
    }
  } catch (error) {
    // The calls were made: that they cannot be read back is an outcome, not an exception.
    failure = error;
  }
  const problemOf = (change: Change): Problem =>
    failure === undefined ? notConverged(change) : notRead(change, failure);
  const late = new Set(open);
  return {
    seen: sent.filter((change) => !late.has(change)),
    missing: sent
      .filter((change) => late.has(change))
      .map((change) => ({ change, problem: problemOf(change) })),
  };
}

const HINT = "plan again to see what is left to do";

const notConverged = ({ balanceId, customerId }: Change): Problem => ({
  code: "not-converged",
  message: `${balanceId} of ${customerId} was changed, but does not read as declared`,
  hint: HINT,
});

const notRead = ({ balanceId, customerId }: Change, error: unknown): Problem => ({
  code: "not-read-back",
  message: `${balanceId} of ${customerId} was changed, but could not be read back: ${error instanceof Error ? error.message : error}`,
  hint: HINT,
});

/** The changes that the rows do not show yet. */
function stillOpen(open: readonly Change[], observation: Observation, plan: Plan, now: number): Change[] {
  const declared = open.filter((change) => change.desired !== null);
  const changes: Changes = changesOf(
    declared.flatMap(({ desired }) => desired ?? []),
    observation.rows,
    { namespace: plan.namespace, now, isBoolean: observation.isBoolean, retire: plan.retire },
  );
  const stands = (change: Change | undefined): boolean =>
    change === undefined ||
    change.kind === "none" ||
    change.reasons.some(({ code }) => code === "waits-for-reset");
  const leftOver = new Map(
    changes.undeclared.map((change) => [balanceName(change.customerId, change.key), change]),
  );
  const wrong = new Set(declared.filter((_, index) => !stands(changes.declared[index])));
  for (const change of open) {
    if (change.desired === null && !stands(leftOver.get(balanceName(change.customerId, change.key))))
      wrong.add(change);
  }
  return open.filter((change) => wrong.has(change));
}
