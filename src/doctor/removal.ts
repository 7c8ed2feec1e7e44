// Removing what a run has made. What the server does not delete is made harmless as far as possible, and reported.
import type { AutumnClient, RawAnswer } from "../autumn/index.ts";
import { isOk, told } from "./bench.ts";

/** Something that could not be removed. */
export interface LeftOver {
  readonly kind: "customer" | "feature";
  readonly id: string;
  /** What became of it, or why it is still there. */
  readonly why: string;
}

/** Removes customers with everything they hold, then features. Never throws; what failed is in what it returns. */
export async function removeAll(
  client: AutumnClient,
  customers: Iterable<string>,
  features: Iterable<string>,
  onRemoved: () => void = () => {},
): Promise<LeftOver[]> {
  const left: LeftOver[] = [];
  const remove = async (kind: LeftOver["kind"], id: string, work: Promise<string | null>): Promise<void> => {
    const why = await work.catch((error: unknown) =>
      error instanceof Error ? error.message : String(error),
    );
    if (why !== null) left.push({ kind, id, why });
    onRemoved();
  };
  await Promise.all([...customers].map((id) => remove("customer", id, removeCustomer(client, id))));
  // One after the other, and after the customers: a feature that a customer holds cannot be deleted.
  for (const id of features) await remove("feature", id, removeFeature(client, id));
  return left;
}

/** @returns `null` once it is gone, else why it is not */
async function removeCustomer(client: AutumnClient, id: string): Promise<string | null> {
  const byCall = await client.ask({
    method: "POST",
    path: "/v1/customers.delete",
    body: { customer_id: id, delete_in_stripe: false },
    group: "customer",
    customerId: id,
    effect: "repeatable",
  });
  if (isGone(byCall, "customer_not_found")) return null;
  if (!isMissing(byCall)) return told(byCall);
  // Older servers have the REST form only.
  const byRest = await client.ask({
    method: "DELETE",
    path: `/v1/customers/${encodeURIComponent(id)}`,
    group: "customer",
    customerId: id,
    effect: "repeatable",
  });
  if (isGone(byRest, "customer_not_found")) return null;
  return isMissing(byRest) ? "the server has no call that deletes customers" : told(byRest);
}

/** @returns `null` once it is gone, else what became of it */
async function removeFeature(client: AutumnClient, id: string): Promise<string | null> {
  const deleted = await client.ask({
    method: "POST",
    path: "/v1/features.delete",
    body: { feature_id: id },
    group: "balances",
    effect: "repeatable",
  });
  if (isGone(deleted, "feature_not_found")) return null;
  // A feature that was ever in use may not be deletable. Archived, it is out of everybody's sight.
  const archived = await client.ask({
    method: "POST",
    path: "/v1/features.update",
    body: { feature_id: id, archived: true },
    group: "balances",
    effect: "repeatable",
  });
  const why = isMissing(deleted) ? "the server has no call that deletes features" : told(deleted);
  return isOk(archived) ? `archived (${why})` : why;
}

const isGone = (answer: RawAnswer, notFound: string): boolean =>
  isOk(answer) || (answer.status === 404 && answer.code === notFound);

const isMissing = ({ status, code }: RawAnswer): boolean => status === 401 && code === "no_auth_header";
