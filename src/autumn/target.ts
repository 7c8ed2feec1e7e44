// Last line of defence: no call is sent without its exact target. Without a customer, Autumn takes the newest one;
// without a feature or balance_id, it deletes every row of the customer or of the feature (scenario delete-by-feature).
import { AutumnError } from "./error.ts";

/** @throws AutumnError unless customer, feature and balance_id are all there */
export function guardTarget(
  call: string,
  body: { customer_id: string; feature_id: string; balance_id: string },
): void {
  guardCustomer(call, body.customer_id);
  if (isName(body.feature_id) && isName(body.balance_id)) return;
  throw withoutTarget(call);
}

/** @throws AutumnError unless the id reaches the server unchanged */
export function guardCustomer(call: string, customerId: string): void {
  if (!isName(customerId)) throw withoutTarget(call);
}

/** A lone surrogate has no UTF-8, and would be sent as another name. */
function isName(id: unknown): boolean {
  return typeof id === "string" && id !== "" && !/\p{Surrogate}/u.test(id);
}

function withoutTarget(call: string): AutumnError {
  return new AutumnError(`${call} was about to be sent without its exact target`, {
    outcome: "refused",
    call,
  });
}
