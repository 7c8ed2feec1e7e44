// Last line of defence: no call is sent without its exact target. Without a customer Autumn takes the newest one;
// without a feature or a balance_id it deletes every row of the customer or of the feature (scenario
// delete-by-feature).
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

/** @throws AutumnError unless the customer is named in a way that reaches the server as it is */
export function guardCustomer(call: string, customerId: string): void {
  if (!isName(customerId)) throw withoutTarget(call);
}

/** Half a surrogate pair has no UTF-8, and would be sent as another name. */
function isName(id: unknown): boolean {
  return typeof id === "string" && id !== "" && !/\p{Surrogate}/u.test(id);
}

function withoutTarget(call: string): AutumnError {
  return new AutumnError(`${call} was about to be sent without its exact target`, {
    outcome: "refused",
    call,
  });
}
