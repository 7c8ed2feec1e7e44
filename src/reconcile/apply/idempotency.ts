// Deterministic Idempotency-Keys. Two runs that set out to do the same thing in the same slice of time send the same
// key, and Autumn lets one of them pass (scenario parallel-same-key). It is a second fence behind the lease of the
// customer. A key is kept for 24 hours, over all routes and bodies; as the slice is part of it, the same change can be
// made again a moment later. What can be done to a row once only has a key without a slice: it holds however late a
// call arrives.
import { createHash } from "node:crypto";

/**
 * @param purpose what the call is for, such as `create`
 * @param content what it will do, so that another intent is another key
 * @param slice the slice of time that the customer was taken for; `null` for what is done once only
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
