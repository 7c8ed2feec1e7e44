// Deterministic Idempotency-Keys. Two pipelines that set out to do the same thing send the same key, and Autumn
// lets one of them pass (scenario parallel-same-key). A key is kept for 24 hours, over all routes and bodies.
import { createHash } from "node:crypto";

/**
 * @param purpose what the call is for, such as `create`
 * @param content what it will do, so that another intent is another key
 * @param attempt from 1; raised only once it is certain that the attempt before had no effect
 */
export function idempotencyKey(
  purpose: string,
  target: { namespace: string; customerId: string; balanceId: string },
  content: unknown,
  attempt: number,
): string {
  const { namespace, customerId, balanceId } = target;
  const text = JSON.stringify([1, purpose, namespace, customerId, balanceId, content, attempt]);
  return `autumn-balances-${createHash("sha256").update(text).digest("base64url")}`;
}
