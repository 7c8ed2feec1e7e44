// What `import` does, without its files.
import { type Proposals, proposeEntries, readInFull } from "../../src/reconcile/index.ts";
import { type BalanceEntry, desiredBalance } from "../../src/schema/index.ts";
import type { World } from "./world.ts";

export interface Options {
  readonly declared?: readonly BalanceEntry[];
  readonly adopts?: boolean;
  readonly customers?: readonly string[];
}

export async function imported(
  world: World,
  { declared = [], adopts = false, customers }: Options = {},
): Promise<Proposals & { ofPlans: number }> {
  const request = { namespace: "test", customers: customers ?? null, concurrency: 4 };
  const { rows, features, ofPlans } = await readInFull(world.client(), request);
  const proposals = proposeEntries(rows, {
    namespace: "test",
    balances: declared.map((entry) => desiredBalance(entry)),
    features,
    now: world.clock.now(),
    adoptNamespaces: new Set(adopts ? ["other", "terraform"] : []),
    isSecret: (text) => text.includes("am_sk_"),
  });
  return { ...proposals, ofPlans };
}

export const entriesOf = ({ proposals }: Proposals): BalanceEntry[] => proposals.map(({ entry }) => entry);

/** Customer and key. */
export const nameOf = (entry: BalanceEntry): string => `${entry.customer_id} ${desiredBalance(entry).key}`;
