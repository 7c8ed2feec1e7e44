// Deterministic idempotency keys, a second fence behind the lease of the customer. Of runs that send the same key,
// Autumn lets one pass (scenario parallel-same-key), and keeps the key for 24 hours, for all routes and bodies. With a
// slice of time in the key, the same change can be made again in a later slice. A key without one is for what may
// happen to a row only once: it holds however late a call arrives.
import { createHash } from "node:crypto";

/**
 * @param purpose what the call is for, such as `create`
 * @param content what else tells the call from others
 * @param slice the name of the lease's slice of time; `null` for what may be done only once
 */
export function idempotencyKey(
  purpose: string,
  target: { namespace: string; customerId: string; balanceId: string },
  content: unknown,
  slice: string | null,
): string {
  const { namespace, customerId, balanceId } = target;
  const text = JSON.stringify([2, purpose, namespace, customerId, balanceId, content, slice]);
  return `autumn-balances-${createHash("sha256").update(text).digest("base64url")}`;
}
