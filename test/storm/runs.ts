// The runs of a storm: of the command line's engine, of the Terraform provider's, and one that is killed.
import { Balances } from "../../src/provider/engine.ts";
import { type ChangeOutcome, isAction, type PlanRequest } from "../../src/reconcile/index.ts";
import { type BalanceEntry, desiredBalance } from "../../src/schema/index.ts";
import type { World } from "../reconcile/world.ts";

type Log = (line: string) => void;

const inWords = ({ change, result, problem }: ChangeOutcome): string =>
  `  ${change.kind} ${change.balanceId}: ${result}${problem ? ` (${problem.message})` : ""}`;

export async function applyFile(
  world: World,
  entries: readonly BalanceEntry[],
  options: Partial<PlanRequest>,
  log: Log,
): Promise<void> {
  const plan = await world.plan(entries, options);
  const { results } = await world.apply(plan);
  for (const outcome of results) log(inWords(outcome));
}

/** A run of the Terraform provider: every balance by itself, all at once. */
export async function provide(world: World, entries: readonly BalanceEntry[], log: Log): Promise<void> {
  log("  as a provider");
  const options = { namespace: "test", environment: null, baseUrl: "http://autumn", clock: world.clock };
  const balances = new Balances(world.client(), options);
  const { signal } = new AbortController();
  await balances.allFeatures();
  const outcomes = entries.map(async (entry) => {
    const desired = desiredBalance(entry);
    const change = await balances.changeOf(desired, null, null);
    if (!isAction(change)) return;
    log(inWords(await balances.inTurn(desired.customerId, () => balances.apply(change, signal))));
  });
  for (const outcome of await Promise.allSettled(outcomes)) {
    if (outcome.status === "rejected") log(`  failed: ${outcome.reason}`);
  }
}

/**
 * Runs until one of the calls, and never goes on. A run of fewer calls comes to its end.
 * @param way `route`: that of the calls before; `reach`: the rest of it, for the last
 * @param kill `at`: which call; `takesEffect`: whether that one still has its effect
 */
export async function untilKilled(
  world: World,
  way: { readonly route: World["route"]; readonly reach: World["route"] },
  kill: { readonly at: number; readonly takesEffect: boolean },
  run: () => Promise<void>,
  log: Log,
): Promise<void> {
  let left = kill.at;
  const never = new Promise<never>(() => undefined);
  await new Promise<void>((resolve) => {
    let isDead = false;
    world.route = async (input, init): Promise<Response> => {
      if (isDead) return never;
      const isLast = --left === 0;
      if (isLast) isDead = true;
      if (!isLast) return way.route(input, init);
      log(`  killed ${kill.takesEffect ? "after" : "before"} ${String(input)} ${String(init?.body ?? "")}`);
      if (kill.takesEffect) await way.reach(input, init);
      resolve();
      return never;
    };
    void run().then(resolve);
  });
  world.forgetCalls();
  world.route = way.route;
}
